"""The step in which clips are looked for on the map by ear: one clicked, others scrubbed, a place between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPoint, Qt

from musicae_gui.self_test.driver import StepError
from musicae_gui.self_test.sound import device_frame, require_heard
from musicae_gui.views.map_canvas import MapCanvas

if TYPE_CHECKING:
    from musicae_gui.panels.map import MapPanel
    from musicae_gui.self_test.story import Story

HEARD = 0.8  # seconds of each


def explore(story: Story) -> dict[str, Any]:
    """Make the map, then hear what is on it.

    Raises:
        StepError: clips lie nowhere or all in one place, or what was pointed at is not what is heard.
    """
    from PySide6.QtWidgets import QPushButton

    from musicae_gui.panels.map import MapPanel

    driver, player = story.driver, story.services.player
    story.show("map")
    panel = driver.find(MapPanel, "map")
    controller = panel.controller
    start = panel.pane.page.start
    driver.until(lambda: controller.points is not None or start.isVisible(), 300, "the map, or what it costs")
    if controller.points is None:
        assert isinstance(start, QPushButton)
        driver.click(start)
    driver.until(lambda: controller.points is not None, 900, "the map")
    assert controller.points is not None
    values = controller.points.values
    if not np.isfinite(values).all() or not np.ptp(values, axis=0).all():
        raise StepError("the clips lie nowhere, or all in one place")
    evidence: dict[str, Any] = {"clips": len(values), "explained": controller.points.explained}
    canvas = driver.find(MapCanvas, "map.canvas")
    driver.until(lambda: canvas.isVisible() and canvas.width() > 100, 10, "the map to be seen")
    if player.available:
        evidence["heard"] = _listen(story, panel, canvas)
    driver.pause(0.3)
    story.picture("map")
    return evidence


def _listen(story: Story, panel: MapPanel, canvas: MapCanvas) -> dict[str, Any]:
    driver, player, controller = story.driver, story.services.player, panel.controller
    assert player.core is not None
    since = device_frame(player)
    left, right = (_dot(canvas, row) for row in _apart(canvas))
    driver.click(canvas, left)
    driver.until(lambda: player.playing, 5, "the clip to play")
    first, title = controller.current, player.title
    driver.pause(HEARD)
    driver.drag(canvas, [left, right])
    driver.until(lambda: controller.current != first, 5, "the scrub to reach another clip")
    driver.until(lambda: player.core is not None and player.core.events[-1].state == "heard", 5, "it to be heard")
    second, other = controller.current, player.title
    driver.pause(HEARD)
    driver.drag(canvas, [(left + right) / 2, (left + right) / 2 + QPoint(0, 12)], Qt.KeyboardModifier.ControlModifier)
    driver.until(lambda: player.title not in (title, other), 5, "a place between the clips")
    driver.until(lambda: player.core is not None and player.core.events[-1].state == "heard", 5, "it to be heard")
    driver.pause(HEARD)
    player.stop()
    driver.pause(0.3)
    return {"rows": [first, second], "titles": [title, other], **require_heard(player, since, 2 * HEARD)}


def _apart(canvas: MapCanvas) -> tuple[int, int]:
    """The dots farthest to the left and to the right."""
    places = [canvas.pixel_of(row).x() for row in range(len(canvas.picture))]
    return int(np.argmin(places)), int(np.argmax(places))


def _dot(canvas: MapCanvas, row: int) -> QPoint:
    return canvas.pixel_of(row).toPoint()
