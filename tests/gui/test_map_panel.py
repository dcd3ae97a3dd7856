"""The Map panel offscreen, by mouse and keys: what is heard, hidden, selected and remembered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from core.audio import Clip, read_clip
from core.latents.map_chart import SPACE, TSNE
from core.latents.map_groups import CLUSTER
from core.latents.recipes import Recipe
from core.playback.loudness import loudness
from musicae_gui import theme
from musicae_gui.controllers.morph_state import MorphState
from musicae_gui.panels.map import MapPanel
from musicae_gui.services import Services
from tests.gui.listen_fixtures import wait_idle
from tests.gui.map_fixtures import panel, pitch_at, row_of, services, tone_songs

__all__ = ["panel", "services", "tone_songs"]

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def dot(panel: MapPanel, row: int) -> QPoint:
    return panel.canvas.pixel_of(row).toPoint()


def empty_place(panel: MapPanel) -> QPoint:
    """A pixel far from every dot."""
    canvas = panel.canvas
    places = [QPoint(x, y) for x in range(20, canvas.width() - 20, 15) for y in range(20, canvas.height() - 20, 15)]
    dots = [canvas.pixel_of(row) for row in range(len(canvas.picture))]
    return max(places, key=lambda place: min((QPointF(place) - each).manhattanLength() for each in dots))


def test_a_click_on_a_dot_loads_its_clip_as_the_model_keeps_it_and_as_it_was(
    qtbot: QtBot, panel: MapPanel, services: Services
) -> None:
    for song, number, wanted in (("low", 0, 220.0), ("high", 1, 523.0)):
        row = row_of(panel, song, number)
        qtbot.mouseClick(panel.canvas, LEFT, NONE, dot(panel, row))
        assert panel.controller.current == row
        assert services.player.sides == 2
        for side in (0, 1):
            services.player.select_side(side)
            assert pitch_at(services.player.source) == pytest.approx(wanted, abs=4)
    assert services.player.duration == pytest.approx(5.0, abs=0.01)
    assert "high" in services.player.title


def test_the_original_is_as_loud_as_what_the_model_keeps_of_it(
    qtbot: QtBot, panel: MapPanel, services: Services
) -> None:
    panel.controller.hear(row_of(panel, "noise"))  # of which a model keeps little
    source = services.player.source
    assert source is not None
    levels = []
    for side in (0, 1):
        services.player.select_side(side)
        levels.append(loudness(Clip(source.read(0, source.frames).T.copy(), source.rate)))
    assert levels[1] == pytest.approx(levels[0], abs=0.3)


def test_the_side_of_the_transport_is_kept_from_clip_to_clip(qtbot: QtBot, panel: MapPanel, services: Services) -> None:
    panel.controller.hear(row_of(panel, "low"))
    services.player.select_side(1)
    panel.controller.selection.select(np.arange(2))
    panel.controller.selection.play()
    assert services.player.side == 1
    panel.controller.hear(row_of(panel, "high"))
    assert services.player.side == 1


def test_dragging_from_a_dot_scrubs_over_the_nearest_ones(qtbot: QtBot, panel: MapPanel, services: Services) -> None:
    canvas = panel.canvas
    first, second = row_of(panel, "low"), row_of(panel, "high")
    heard: list[int] = []
    canvas.scrubbed.connect(heard.append)
    qtbot.mousePress(canvas, LEFT, NONE, dot(panel, first))
    source = services.player.source
    qtbot.mouseMove(canvas, dot(panel, second))
    qtbot.mouseRelease(canvas, LEFT, NONE, dot(panel, second))
    assert heard[-1] == second == panel.controller.current
    assert services.player.source is source, "the same source goes on with another clip"
    assert pitch_at(source) == pytest.approx(440, abs=4)


@pytest.mark.parametrize("button", [Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton])
def test_the_middle_and_the_right_button_move_the_map(qtbot: QtBot, panel: MapPanel, button: Qt.MouseButton) -> None:
    canvas, place = panel.canvas, empty_place(panel)
    before = canvas.pixel_of(0)
    qtbot.mousePress(canvas, button, NONE, place)
    qtbot.mouseMove(canvas, place + QPoint(30, 20))
    qtbot.mouseRelease(canvas, button, NONE, place + QPoint(30, 20))
    moved = canvas.pixel_of(0) - before
    assert (moved.x(), moved.y()) == pytest.approx((30, 20), abs=0.01)
    assert panel.controller.current == -1
    canvas.fit()
    assert canvas.pixel_of(0).x() == pytest.approx(before.x(), abs=0.01)


def test_a_drag_over_empty_ground_hears_the_place_and_a_click_there_nothing(
    qtbot: QtBot, panel: MapPanel, services: Services
) -> None:
    canvas, place = panel.canvas, empty_place(panel)
    before = canvas.pixel_of(0)
    heard: list[int] = []
    canvas.place_heard.connect(lambda _place, near: heard.append(near))
    qtbot.mouseClick(canvas, LEFT, NONE, place)
    assert not heard
    qtbot.mousePress(canvas, LEFT, NONE, place)
    qtbot.mouseMove(canvas, place + QPoint(10, 0))
    source, mark = services.player.source, canvas.marks.place
    assert source is not None
    assert heard
    assert mark is not None
    there = canvas.camera.to_pixels(mark[:, None])
    assert (float(there[0][0]), float(there[1][0])) == pytest.approx((place.x() + 10, place.y()), abs=0.6)
    qtbot.mouseRelease(canvas, LEFT, NONE, place + QPoint(10, 0))
    assert canvas.pixel_of(0) == before, "the map itself stays where it is"


def test_a_place_between_the_clips_is_heard_and_marked(qtbot: QtBot, panel: MapPanel, services: Services) -> None:
    place = empty_place(panel)
    qtbot.mousePress(panel.canvas, LEFT, CTRL, place)
    source = services.player.source
    assert source is not None
    sound = source.read(0, source.frames)
    assert np.isfinite(sound).all()
    assert 1e-3 < np.abs(sound).max() <= 1.0
    mark = panel.canvas.marks.place
    assert mark is not None
    there = panel.canvas.camera.to_pixels(mark[:, None])
    assert (float(there[0][0]), float(there[1][0])) == pytest.approx((place.x(), place.y()), abs=0.6)
    qtbot.mouseMove(panel.canvas, place + QPoint(40, 0))
    assert services.player.source is source
    assert not np.array_equal(source.read(0, source.frames), sound), "another place sounds otherwise"
    qtbot.mouseRelease(panel.canvas, LEFT, CTRL, place)
    panel.controller.hear(0)
    assert panel.canvas.marks.place is None


def test_a_line_around_clips_selects_them_and_can_be_undone(qtbot: QtBot, panel: MapPanel, services: Services) -> None:
    canvas, row = panel.canvas, row_of(panel, "noise")
    middle = dot(panel, row)
    corners = [middle + QPoint(x, y) for x, y in ((-9, -9), (9, -9), (9, 9), (-9, 9))]
    qtbot.mousePress(canvas, LEFT, SHIFT, corners[0])
    for corner in corners[1:]:
        qtbot.mouseMove(canvas, corner)
    qtbot.mouseRelease(canvas, LEFT, SHIFT, corners[-1])
    chosen = panel.controller.selection.rows.tolist()
    assert row in chosen
    assert len(chosen) < 6
    assert panel.bar.isVisible()
    undo = services.session.undo_stack
    undo.undo()
    assert panel.controller.selection.rows.tolist() == []
    assert not panel.bar.isVisible()
    undo.redo()
    assert panel.controller.selection.rows.tolist() == chosen
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert panel.controller.selection.rows.tolist() == []


def test_selected_clips_play_in_a_row(panel: MapPanel, services: Services) -> None:
    low, high = row_of(panel, "low", 1), row_of(panel, "high", 0)
    panel.controller.selection.select(np.array([low, high]))
    panel.controller.selection.play()
    source = services.player.source
    assert services.player.duration == pytest.approx(10.0, abs=0.02)
    pitches = {low: 277.0, high: 440.0}
    for number, row in enumerate(sorted((low, high))):
        assert pitch_at(source, 5.0 * number + 2) == pytest.approx(pitches[row], abs=4)
    services.player.position.emit(7.0)  # nothing plays: the mark stays where it is
    assert panel.controller.current == -1


def test_the_average_of_selected_clips_holds_both(qtbot: QtBot, panel: MapPanel, services: Services) -> None:
    panel.controller.selection.select(np.array([row_of(panel, "low"), row_of(panel, "high")]))
    panel.bar.average.click()
    wait_idle(qtbot, services, lambda: services.player.source is not None)
    source = services.player.source
    assert source is not None
    sound = source.read(source.rate, source.rate)[:, 0]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    loudest = set(np.argsort(spectrum)[-8:].tolist())
    assert any(abs(place - 220) < 4 for place in loudest)
    assert any(abs(place - 440) < 4 for place in loudest)
    recipe = panel.controller.selection.recipe
    assert recipe is not None
    assert [part.start for part in recipe.parts] == [0.0, 0.0]
    (kept,) = services.library.creations.all()
    assert Recipe.from_dict(kept.recipe) == recipe
    assert kept.model == "klt-1378"


def test_selected_clips_are_saved_as_they_are_heard_and_as_a_table(
    qtbot: QtBot, panel: MapPanel, services: Services, tmp_path: Path
) -> None:
    rows = np.array([row_of(panel, "low"), row_of(panel, "noise", 1)])
    panel.controller.selection.select(rows)
    panel.controller.selection.export_clips(tmp_path)
    panel.controller.selection.export_table(tmp_path / "map.csv", {})
    wait_idle(qtbot, services)
    names = sorted(path.name for path in tmp_path.glob("*.wav"))
    assert names == ["low 0.00.wav", "noise 0.05.wav"]
    assert read_clip(tmp_path / names[0]).seconds == pytest.approx(5.0)
    lines = (tmp_path / "map.csv").read_text().splitlines()
    assert lines[0] == "title,author,genre,seconds,x,y"
    assert [line.split(",")[0] for line in lines[1:]] == [
        panel.controller.words(int(row)).split(" ")[0] for row in np.sort(rows)
    ]


def test_hidden_groups_are_neither_seen_nor_picked(qtbot: QtBot, panel: MapPanel) -> None:
    canvas, row = panel.canvas, row_of(panel, "noise")
    place = QPointF(dot(panel, row))
    assert canvas.row_at(place) == row
    legend = panel.side.legend
    names = [legend.item(number).text() for number in range(legend.count())]
    assert names == ["jazz", "rock"]
    legend.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert canvas.row_at(place, 3) == -1
    assert canvas.row_at(place, float("inf")) != row
    legend.only_wanted.emit(1)
    assert canvas.picture.rows.tolist() == [row, row_of(panel, "noise", 1)]
    legend.only_wanted.emit(1)
    assert len(canvas.picture.rows) == 6


def test_clusters_have_curves_a_chosen_k_and_centres_to_hear(qtbot: QtBot, panel: MapPanel, services: Services) -> None:
    side = panel.side
    side.kinds.setCurrentIndex(side.kinds.findData(CLUSTER))
    side.kinds.activated.emit(side.kinds.currentIndex())
    wait_idle(qtbot, services, lambda: panel.controller.groups.clustering is not None)
    assert side.curves.isVisible()
    assert len(panel.controller.groups.scores) == 6
    qtbot.mouseClick(side.curves, LEFT, NONE, QPoint(round(side.curves.x_of(3)), 60))
    assert panel.controller.groups.clustering is not None
    assert panel.controller.groups.clustering.k == side.legend.count() == 3
    assert panel.canvas.marks.centres is not None
    assert len(panel.canvas.marks.centres) == 3
    side.curves.setFocus()
    qtbot.keyClick(side.curves, Qt.Key.Key_Right)
    assert panel.controller.groups.clustering.k == 4
    assert services.session.state.panels["map"]["k"] == 4
    side.legend.setCurrentRow(2)
    side.centre.click()
    source = services.player.source
    assert source is not None
    assert np.abs(source.read(0, source.rate)).max() > 1e-3
    assert panel.canvas.marks.place is not None


def test_neighbours_are_listed_and_heard(qtbot: QtBot, panel: MapPanel, services: Services) -> None:
    row = row_of(panel, "low")
    panel.controller.choose(row)
    wait_idle(qtbot, services, lambda: bool(panel.side.near.rows))
    others = [int(each.key) for each in panel.side.near.rows]
    assert set(others) == set(range(6)) - {row, row_of(panel, "low", 1)}
    panel.side.others.setChecked(False)
    wait_idle(qtbot, services, lambda: len(panel.side.near.rows) == 5)
    assert str(row_of(panel, "low", 1)) in [each.key for each in panel.side.near.rows]
    panel.side.near.select(str(row_of(panel, "low", 1)))
    panel.side.near.activated_row.emit(panel.side.near.current_key)
    assert pitch_at(services.player.source) == pytest.approx(277, abs=4)


def test_arrows_walk_and_enter_plays(qtbot: QtBot, panel: MapPanel, services: Services) -> None:
    canvas = panel.canvas
    canvas.setFocus()
    panel.controller.choose(0)
    x = canvas.pixel_of(0).x()
    there = [canvas.pixel_of(row).x() for row in range(6)]
    key = Qt.Key.Key_Right if max(there) > x + 1 else Qt.Key.Key_Left
    qtbot.keyClick(canvas, key)
    assert panel.controller.current >= 0
    panel.controller.choose(row_of(panel, "high"))
    assert "high" in canvas.accessibleDescription()
    assert services.player.source is None, "walking does not play what is silent"
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert pitch_at(services.player.source) == pytest.approx(440, abs=4)


def test_a_map_in_space_is_turned_by_the_right_button(qtbot: QtBot, panel: MapPanel, services: Services) -> None:
    panel.controller.choose_layout(SPACE)
    canvas = panel.canvas
    assert canvas.is_deep
    before = [canvas.pixel_of(row) for row in range(6)]
    middle = QPoint(canvas.width() // 2, canvas.height() // 2)
    qtbot.mousePress(canvas, RIGHT, NONE, middle)
    qtbot.mouseMove(canvas, middle + QPoint(90, 30))
    qtbot.mouseRelease(canvas, RIGHT, NONE, middle + QPoint(90, 30))
    after = [canvas.pixel_of(row) for row in range(6)]
    assert any((one - other).manhattanLength() > 5 for one, other in zip(before, after, strict=True))
    for row, place in enumerate(after):
        found = canvas.row_at(place, 3)
        assert (canvas.pixel_of(found) - place).manhattanLength() <= (canvas.pixel_of(row) - place).manhattanLength()
    qtbot.mousePress(canvas, LEFT, CTRL, empty_place(panel))
    assert canvas.marks.place is not None
    assert len(canvas.marks.place) == 3
    qtbot.mouseRelease(canvas, LEFT, CTRL, empty_place(panel))


def test_t_sne_has_no_way_back_and_says_so(qtbot: QtBot, panel: MapPanel, services: Services) -> None:
    panel.controller.choose_layout(TSNE)
    wait_idle(qtbot, services, lambda: panel.controller.points is not None and not panel.controller.points.explained)
    qtbot.mouseClick(panel.canvas, LEFT, CTRL, empty_place(panel))
    assert services.player.source is None
    place = panel.findChild(QAbstractButton, "map.place")
    assert place is not None
    assert not place.isEnabled()


def test_the_menu_sends_a_clip_to_compare_and_to_morph(qtbot: QtBot, panel: MapPanel, services: Services) -> None:
    row = row_of(panel, "high", 1)
    chart = panel.controller.chart
    assert chart is not None
    key = chart.collection.songs[int(chart.collection.song[row])].key
    sent: list[tuple[str, list[str]]] = []
    services.session.open_in.connect(lambda panel, keys: sent.append((panel, keys)))
    asked: list[int] = []
    panel.canvas.opened.disconnect()  # a menu that pops up would want the keyboard, which this screen does not have
    panel.canvas.opened.connect(lambda row, _place: asked.append(row))
    qtbot.mouseDClick(panel.canvas, LEFT, NONE, dot(panel, row))
    qtbot.mouseClick(panel.canvas, RIGHT, NONE, dot(panel, row))
    assert asked == [row, row]
    menu = panel.menu(row)
    for action in menu.actions()[:4]:
        action.trigger()
    menu.deleteLater()
    assert sent == [("compare", [key]), ("morph", [key, ""]), ("morph", ["", key]), ("create", [key])]
    assert services.session.state.compare_range == [5.0, 10.0]
    for side in ("a", "b"):
        assert MorphState(services.session).stretch(side) == (5.0, 10.0), "the clip, not all of its song"


def test_another_model_maps_the_same_clips_beside(qtbot: QtBot, panel: MapPanel, services: Services) -> None:
    controller, second = panel.controller, panel.beside
    assert not second.isVisible()
    assert panel.tools.beside.findData("studio-1378") > 0
    controller.choose_beside("studio-1378")
    wait_idle(qtbot, services, lambda: second.is_ready and len(second.canvas.picture) == 6)
    assert (panel.canvas.title, second.canvas.title) == ("klt", "studio")
    row = row_of(panel, "high")
    qtbot.mouseClick(second.canvas, LEFT, NONE, second.canvas.pixel_of(controller.beside.own_row(row)).toPoint())
    assert controller.current == row
    assert panel.canvas.marks.current == row
    assert second.canvas.marks.current == controller.beside.own_row(row)
    assert controller.beside.sound.plays_here
    assert pitch_at(services.player.source) == pytest.approx(440, abs=4)
    panel.side.legend.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert len(second.canvas.picture.rows) == len(panel.canvas.picture.rows) == 2
    qtbot.mouseClick(second.canvas, LEFT, CTRL, QPoint(20, 20))
    assert second.canvas.marks.place is not None
    assert panel.canvas.marks.place is None
    controller.choose_layout(SPACE)
    assert second.canvas.is_deep
    controller.choose_beside("")
    assert not second.isVisible()
    assert panel.canvas.title == ""


def test_another_theme_colours_the_map_anew(panel: MapPanel) -> None:
    def ground(image: QImage) -> float:
        return float(image.pixelColor(3, 3).lightnessF())

    try:
        theme.apply("dark")
        assert ground(panel.canvas.grab().toImage()) < 0.3
    finally:
        theme.apply("light")
    assert ground(panel.canvas.grab().toImage()) > 0.8


def test_what_was_chosen_is_remembered(qtbot: QtBot, panel: MapPanel, services: Services) -> None:
    panel.controller.choose_layout(SPACE)
    panel.controller.groups.choose("song")
    again = MapPanel(services)
    qtbot.addWidget(again)
    again.show()
    wait_idle(qtbot, services, lambda: again.controller.points is not None)
    assert again.controller.layout == SPACE
    assert again.side.kinds.currentData() == "song"
    assert [again.side.legend.item(number).text() for number in range(3)] == ["high", "low", "noise"]


def test_every_control_is_named(panel: MapPanel) -> None:
    names = ("canvas", "model", "songs", "layout", "by", "hear", "place", "lasso", "turn", "fit", "closer", "farther")
    for name in (*names, "colour", "legend", "curves", "near", "others", "centre", "row", "average", "export", "clear"):
        widget = panel.findChild(QWidget, f"map.{name}")
        assert widget is not None, name
        assert widget.accessibleName(), name
        assert name in ("canvas", "curves") or widget.toolTip(), name
    assert isinstance(panel.findChild(QWidget, "map.layout"), QComboBox)
