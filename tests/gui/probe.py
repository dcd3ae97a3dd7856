"""The real program with a window on what goes on in it: where its widgets are, and a few facts.

    python -m tests.gui.probe DESCRIPTOR -- ARGUMENT...

Runs musicae_gui.app.main with the ARGUMENTs, unchanged. On the inherited socket DESCRIPTOR it answers one JSON
object a line with one JSON object a line, in the GUI thread, so that an answer also means that the event loop runs.
It only tells; everything that happens in the window, mouse and keyboard do.
"""

from __future__ import annotations

import json
import socket
import sys
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QPoint, QRect, QSize, QSocketNotifier, Qt, Signal, Slot


class Probe(QObject):
    """Answers questions. It begins when the event loop does: what is queued before the application is made, waits."""

    begin = Signal()

    def __init__(self, channel: socket.socket) -> None:
        super().__init__()
        self._channel = channel
        self._read = b""
        self._notifier: QSocketNotifier | None = None
        self.begin.connect(self._begin, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def _begin(self) -> None:
        self._notifier = QSocketNotifier(self._channel.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._asked)
        application = QCoreApplication.instance()
        assert application is not None
        application.aboutToQuit.connect(self._stop_listening)

    @Slot()
    def _stop_listening(self) -> None:
        if self._notifier is not None:
            self._notifier.setEnabled(False)

    def _asked(self) -> None:
        data = self._channel.recv(1 << 16)
        if not data:
            self._stop_listening()
            return
        *lines, self._read = (self._read + data).split(b"\n")
        for line in lines:
            try:
                answer = answer_to(json.loads(line))
            except Exception as error:  # the asker gets to know it
                answer = {"error": f"{type(error).__name__}: {error}"}
            self._channel.sendall(json.dumps(answer).encode() + b"\n")


def answer_to(question: dict[str, Any]) -> dict[str, Any]:
    """`widget` asks for a place, or with the other arguments of `place` for one inside it; `picture` for a PNG."""
    if "widget" in question:
        return place(**question)
    if "picture" in question:
        return {"saved": _window().grab().save(question["picture"])}
    return facts()


def place(
    widget: str,
    row: int | None = None,
    column: int = 0,
    percent: float | None = None,
    clip: int | None = None,
    spot: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """Global rectangle, state and words of the widget called `widget`, or of a part of it; `there` says if it exists.

    Args:
        row, column: of a list or table.
        percent: of the morph's slider.
        clip: a row of the map.
        spot: shares of the widget's width and height.
    """
    from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

    found: QWidget | None = None
    for top in QApplication.topLevelWidgets():
        for each in (top, *top.findChildren(QWidget, widget)):
            if each.objectName() == widget and (found is None or each.isVisible()):
                found = each
    if found is None:
        return {"there": False, "visible": False, "enabled": False}
    shown, area = found, found.rect()
    if isinstance(found, QAbstractItemView) and row is not None:
        index = found.model().index(row, column)
        shown, area = found.viewport(), found.visualRect(index)
        words = str(index.data() or "")
    else:
        words = _words(found)
    if percent is not None:
        area = QRect(round(found.x_of(percent)), 24, 1, 1)  # type: ignore[attr-defined]  # the morph slider
    if clip is not None:
        area = QRect(found.pixel_of(clip).toPoint(), QSize(1, 1))  # type: ignore[attr-defined]  # the map's canvas
    if spot is not None:
        area = QRect(round(spot[0] * found.width()), round(spot[1] * found.height()), 1, 1)
    seen = shown.visibleRegion().boundingRect().intersected(area)
    corner = shown.mapToGlobal(QPoint(0, 0))
    centre = corner + area.center()
    return {
        "there": True,
        "visible": shown.isVisible() and not seen.isEmpty(),
        "whole": seen.contains(area.center()),
        "enabled": found.isEnabled(),
        "focus": found.hasFocus(),
        "x": centre.x(),
        "y": centre.y(),
        "left": corner.x() + area.left(),
        "width": area.width(),
        "height": area.height(),
        "words": words,
        "window": int(found.window().winId()),
    }


def facts() -> dict[str, Any]:
    """What a user would see or hear now, in plain values."""
    from PySide6.QtWidgets import QApplication

    window = _window()
    services = window.services
    state, player = services.session.state, services.player
    focus, modal = QApplication.focusWidget(), QApplication.activeModalWidget()
    popup = QApplication.activePopupWidget()
    told: dict[str, Any] = {
        "window": int(window.winId()),
        "active": window.isActiveWindow(),
        "focus": focus.objectName() if focus is not None else "",
        "modal": modal.objectName() if modal is not None else "",
        "popup": popup is not None,
        "panel": window.panel.objectName() if window.panel is not None else "",
        "ready": state.model_loading == "" and services.models.loaded(services.session.model) is not None,
        "busy": window.busy(),
        "status": window.status.text.text(),
        "title": window.windowTitle(),
        "modified": window.isWindowModified(),
        "messages": [card.sentence for card in window.notifications.cards],
        "songs": [
            {"key": song.key, "title": song.title, "state": song.state, "genre": song.genre}
            for song in services.library.songs()
        ],
        "selected": state.selected,
        "runs": [{"folder": str(run.folder), "state": run.state} for run in services.library.runs()],
        "player": {
            "available": player.available,
            "status": player.status,
            "playing": player.playing,
            "title": player.title,
            "loop": player.loop,
            "seconds": player.seconds,
            "side": player.side,
            "starvations": player.starvations,
            "underflows": player.core.underflows if player.core is not None else 0,
            "starved": player.core.evidence.to_dict()["starvations"] if player.core is not None else [],
            "changes": player.core.evidence.to_dict()["changes"] if player.core is not None else [],
        },
    }
    for key, panel in window.panels.items():
        tell = _PANELS.get(key)
        if tell is not None:
            told[key] = tell(panel.controller)
    return told


def _compare(controller: Any) -> dict[str, Any]:
    return {
        "song": controller.song.title if controller.song is not None else "",
        "heard": controller.heard,
        "rows": [{"key": row.key, "title": row.title, "state": row.state, "text": row.text} for row in controller.rows],
    }


def _morph(controller: Any) -> dict[str, Any]:
    songs = {side: controller.song(side) for side in ("a", "b")}
    return {
        **{side: song.title if song is not None else "" for side, song in songs.items()},
        "percent": round(100 * controller.at),
        "ready": controller.pair is not None,
        "points": len(controller.curve.curve.points),
        "follows": controller.curve.follows,
    }


def _map(controller: Any) -> dict[str, Any]:
    chart = controller.chart
    return {
        "clips": [chart.collection.songs[song].title for song in chart.collection.song] if controller.points else [],
        "current": controller.current,
    }


def _create(controller: Any) -> dict[str, Any]:
    creation, editor = controller.history.current, controller.editor
    return {
        "kind": controller.wish.kind,
        "song": controller.wish.songs[0] if controller.wish.songs else "",
        "making": controller.is_making,
        "history": [each.title for each in controller.history.all],
        "opened": creation.title if creation is not None else "",
        "edits": len(creation.recipe.get("edits", ())) if creation is not None else 0,
        "ready": editor.latent is not None,
        "decoded": editor.heard is not None,
    }


def _train(controller: Any) -> dict[str, Any]:
    setup = controller.setup
    return {
        "chosen": setup.chosen,
        "epochs": setup.config.epochs,
        "steps_per_epoch": setup.config.steps_per_epoch,
        "running": controller.queue.running is not None,
        "jobs": [{"model": job.config.model, "state": job.state, "run": str(job.run)} for job in controller.queue.jobs],
    }


_PANELS = {"compare": _compare, "create": _create, "map": _map, "morph": _morph, "train": _train}


def _window() -> Any:
    from musicae_gui.window import Window

    for widget in _top_level():
        if isinstance(widget, Window) and widget.isVisible():
            return widget
    raise LookupError("there is no window yet")


def _top_level() -> list[Any]:
    from PySide6.QtWidgets import QApplication

    return QApplication.topLevelWidgets()


def _words(widget: Any) -> str:
    """What stands in a widget: text of a field, a label or a button, or the value of a slider."""
    for name in ("currentText", "text", "value"):
        read = getattr(widget, name, None)
        if read is not None:
            return str(read())
    return ""


def main() -> int:
    split = sys.argv.index("--")
    channel = socket.socket(fileno=int(sys.argv[1]))
    probe = Probe(channel)
    probe.begin.emit()
    from musicae_gui import app

    return app.main(sys.argv[split + 1 :])


if __name__ == "__main__":
    sys.exit(main())
