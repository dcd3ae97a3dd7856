"""The line at the window's foot: what loads, and the background work with its progress and a way to cancel it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from core.i18n import _
from musicae_gui import theme
from musicae_gui.tasks import Task, Tasks
from musicae_gui.views.elided import ElidedLabel

HEIGHT = 28
SHOWN = 6000  # ms: long enough to read, too short to be taken for the present


class StatusLine(QFrame):
    """Shows the newest of the titled tasks, and how many others there are."""

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self.setProperty("role", "status")
        self.setFixedHeight(HEIGHT)
        self._running: list[Task] = []
        self.text = ElidedLabel()
        self.text.setObjectName("status.text")
        self.text.setProperty("role", "muted")
        self.activity = QLabel()
        self.activity.setObjectName("status.activity")
        self.activity.setProperty("role", "muted")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setObjectName("status.progress")
        self.bar.setFixedWidth(160)
        self.bar.setAccessibleName(_("Progress"))
        self.cancel = QToolButton()
        self.cancel.setObjectName("status.cancel")
        self.cancel.setProperty("role", "small")
        self.cancel.setAccessibleName(_("Cancel"))
        self.cancel.setToolTip(_("Cancel this work"))
        theme.set_icon(self.cancel, "close", role="muted")
        self.cancel.clicked.connect(self._cancel)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.GRID, 0, theme.GRID, 0)
        row.setSpacing(theme.GRID)
        row.addWidget(self.text, 1)
        row.addWidget(self.activity, 0, Qt.AlignmentFlag.AlignRight)
        row.addWidget(self.bar)
        row.addWidget(self.cancel)
        self.fading = QTimer(self, singleShot=True, interval=SHOWN)
        self.fading.timeout.connect(lambda: self.text.setText(""))
        tasks.started.connect(self._started)
        tasks.progressed.connect(self._show)
        tasks.finished.connect(self._finished)
        self._show()

    def add(self, widget: QWidget) -> None:
        """Something that stays, at the right end."""
        self._row.addWidget(widget)

    def say(self, text: str, stays: bool = False) -> None:
        """Show `text`, for some seconds only unless it `stays`."""
        self.text.setText(text)
        if stays:
            self.fading.stop()
        else:
            self.fading.start()

    def _started(self, task: Task) -> None:
        self._running.append(task)
        self._show()

    def _finished(self, task: Task) -> None:
        if task in self._running:
            self._running.remove(task)
        self._show()

    def _cancel(self) -> None:
        if self._running:
            self._running[-1].cancel()

    def _show(self, _task: Task | None = None) -> None:
        for widget in (self.activity, self.bar, self.cancel):
            widget.setVisible(bool(self._running))
        if not self._running:
            return
        task = self._running[-1]
        words = task.text or task.title
        others = len(self._running) - 1
        if others:
            words = _("{work} (and {n} more)").format(work=words, n=others)
        metrics = self.activity.fontMetrics()
        self.activity.setText(metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, 420))
        self.bar.setRange(0, 0 if task.fraction < 0 else 1000)
        self.bar.setValue(round(1000 * max(0.0, task.fraction)))
