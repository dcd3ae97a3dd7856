"""The step in which a song is compared with what several models keep of it, seen and heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPoint

from musicae_gui.self_test.driver import Driver, StepError
from musicae_gui.self_test.sound import device_frame, require_heard

if TYPE_CHECKING:
    from musicae_gui.controllers.compare_row import Row
    from musicae_gui.self_test.story import Story

LEAST_LEVEL = 0.1  # of the original's, below which a reconstruction counts as silent


def compare(story: Story) -> dict[str, Any]:
    """Reconstruct by the default model and by the network just trained, judge, and switch A/B while it plays."""
    from musicae_gui.panels.compare import ComparePanel

    driver, services = story.driver, story.services
    story.show("compare")
    panel = driver.find(ComparePanel, "compare")
    controller = panel.controller
    driver.until(lambda: len(controller.rows) > 1, 60, "rows to compare")
    trained = [str(run.folder) for run in services.library.runs() if run.state == "done"]
    for number, run in enumerate(trained):  # the newest first
        _tick(driver, run, on=number == 0)
    driver.until(lambda: all(row.state in ("ready", "failed") for row in controller.rows), 300, "reconstructions")
    # ViSQOL's opinion takes much longer than all other measures, and nothing here hangs on it.
    driver.until(lambda: all(_measured(row) for row in controller.rows), 300, "their measures")
    rows = controller.rows
    evidence: dict[str, Any] = {"rows": [_facts(row) for row in rows]}
    driver.pause(1.0)
    story.picture("compare")
    for row in rows:
        if row.state != "ready":
            raise StepError(f"{row.title}: {row.text}")
    original = evidence["rows"][0]["rms"]
    for facts in evidence["rows"][1:]:
        if not facts["rms"] > LEAST_LEVEL * original:
            raise StepError(f"the reconstruction by {facts['title']} is silent")
    best = evidence["rows"][1]
    if not (best["si_sdr"] is not None and best["si_sdr"] > 0):
        raise StepError(f"the reconstruction by {best['title']} has nothing of the song")
    if services.player.available:
        evidence["heard"] = _switch(story, [row.key for row in rows[:2]])
    return evidence


def _tick(driver: Driver, model: str, *, on: bool) -> None:
    """Set or take away the tick at a trained model, if it is not as wanted already.

    Raises:
        StepError: the model is not offered, or the tick does not come.
    """
    from musicae_gui.views.model_list import ModelList

    models = driver.find(ModelList, "compare.models")
    box = models.box(model)
    if box is None:
        raise StepError("the trained run is not offered")
    if box.isChecked() is not on:
        driver.click(box, QPoint(8, box.height() // 2))
        driver.until(lambda: (box := models.box(model)) is not None and box.isChecked() is on, 5, "the run's tick")


def _measured(row: Row) -> bool:
    return not row.key or row.state == "failed" or "si_sdr" in row.facts


def _facts(row: Row) -> dict[str, Any]:
    clip = row.clip
    rms = float(np.sqrt(np.mean(np.square(clip.samples, dtype=np.float64)))) if clip is not None else 0.0
    facts = {name: row.facts.get(name) for name in ("si_sdr", "mel", "stft", "visqol")}
    return {"model": row.key, "title": row.title, "state": row.state, "rms": rms, **facts}


def _switch(story: Story, keys: list[str]) -> dict[str, Any]:
    """Play the original, change to the first reconstruction and back; each change with its device frame.

    Raises:
        StepError: a switch was not heard, or what it changed to is not what was meant.
    """
    from musicae_gui.panels.compare import ComparePanel

    driver, player = story.driver, story.services.player
    assert player.core is not None
    controller = driver.find(ComparePanel, "compare").controller
    since = device_frame(player)
    controller.hear(keys[0], play=True, at=0.0)
    driver.until(lambda: player.playing, 5, "the original to play")
    switches = []
    for key in (keys[1], keys[0], keys[1]):
        driver.pause(0.7)
        controller.hear(key)
        change = player.core.events[-1]
        driver.until(lambda change=change: change.state == "heard", 5, "the switch to be heard")  # type: ignore[misc]
        switches.append({"to": key, "asked_frame": change.requested_frame, "frame": change.frame})
    driver.pause(0.7)
    player.stop()
    driver.pause(0.3)
    return {"switches": switches, **require_heard(player, since, 1.5)}
