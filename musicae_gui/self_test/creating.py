"""The step in which something new is made, heard, edited, undone, and taken out as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from musicae_gui.self_test.driver import StepError
from musicae_gui.self_test.sound import SILENT, device_frame, require_heard

if TYPE_CHECKING:
    from musicae_gui.self_test.story import Story

LEAST_CHANGE = 1e-3  # of the sound by an edit, as a share of it


def create(story: Story) -> dict[str, Any]:
    """Make what the form proposes, reverse its latent, take that back.

    Raises:
        StepError: nothing was made, the edit changes nothing, or the file to drag is silent.
    """
    from PySide6.QtWidgets import QPushButton

    from core.audio import read_clip
    from musicae_gui.panels.create import CreatePanel

    driver, player, session = story.driver, story.services.player, story.services.session
    story.show("create")
    panel = driver.find(CreatePanel, "create")
    controller = panel.controller
    editor, history = controller.editor, controller.history
    driver.until(lambda: bool(controller.wish.songs), 30, "the songs of the recipe")
    known, since = len(history.all), device_frame(player)
    driver.click(driver.find(QPushButton, "create.make"))
    driver.until(lambda: len(history.all) > known and editor.latent is not None, 300, "something to be made")
    creation = history.current
    if creation is None or editor.latent is None:
        raise StepError("what was made is not open")
    if player.available:
        driver.until(lambda: player.playing, 10, "it to play")
        driver.pause(1.0)
    before = _excerpt(story)
    driver.click(driver.find(QPushButton, "create.reverse"))
    driver.until(lambda: _edits(history.current) == 1, 30, "the edit")
    after = _excerpt(story)
    change = _rms(after - before) / max(_rms(before), SILENT)
    if change < LEAST_CHANGE:
        raise StepError("the latent reversed sounds as before")
    if player.available:
        driver.pause(0.7)
        player.stop()
        driver.pause(0.3)
    session.undo_stack.undo()
    driver.until(lambda: _edits(history.current) == 0 and editor.heard is not None, 60, "the edit to be undone")
    path = controller.files.to_drag()
    if path is None:
        raise StepError("there is no file to drag out")
    clip = read_clip(path)
    if _rms(clip.samples) < SILENT:
        raise StepError("the file to drag out is silent")
    evidence = {"title": creation.title, "recipe": dict(creation.recipe), "relative_change": change, "file": path.name}
    driver.pause(0.3)
    story.picture("create")
    if player.available:
        evidence["heard"] = require_heard(player, since, 1.2)
    return evidence


def _edits(creation: Any) -> int:
    return len(creation.recipe.get("edits", ())) if creation is not None else -1


def _excerpt(story: Story) -> np.ndarray:
    """Half a second from the middle of what is loaded."""
    source = story.services.player.source
    if source is None:
        raise StepError("the creation is not loaded")
    return source.read(source.frames // 3, source.rate // 2)


def _rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if samples.size else 0.0
