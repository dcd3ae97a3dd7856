"""The step in which the sound glides between two songs while the slider moves, by every way, and is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt

from musicae_gui.controllers.morph_record import FOLDER
from musicae_gui.self_test.driver import Driver, StepError
from musicae_gui.self_test.sound import SILENT, device_frame, require_heard, spans_since
from musicae_gui.views.morph_slider import MorphSlider

if TYPE_CHECKING:
    from core.playback import Source
    from musicae_gui.panels.morph import MorphPanel
    from musicae_gui.player import PlayerAdapter
    from musicae_gui.self_test.story import Story

KEYS = (Qt.Key.Key_Home, Qt.Key.Key_2, Qt.Key.Key_5, Qt.Key.Key_8, Qt.Key.Key_Right, Qt.Key.Key_End)
EXCERPT = 5.0  # seconds of each end that are compared
HEARD_SECONDS = 0.4  # that tell a level
NEAR = 0.05  # log-mel distance (in powers of ten) of an end to its own song's reconstruction, at most


def glide(story: Story) -> dict[str, Any]:
    """Play between two songs, by slider, by every way, recorded, and judge the ends by the reconstructions."""
    from PySide6.QtWidgets import QPushButton

    from musicae_gui.panels.morph import MorphPanel

    driver, player = story.driver, story.services.player
    story.show("morph")
    panel = driver.find(MorphPanel, "morph")
    slider = driver.find(MorphSlider, "morph.slider")
    driver.until(slider.isEnabled, 60, "both songs to be encoded")
    evidence: dict[str, Any] = {}
    if player.available:
        since = device_frame(player)
        driver.click(driver.find(QPushButton, "morph.play"))
        driver.until(lambda: player.playing, 10, "the blend to play")
        driver.pause(1.0)
        story.stalls.begin("morph: while it glides")
        evidence["moves"] = [_move(driver, player, slider, key) for key in KEYS]
        slider.setValue(50)
        evidence["ways"] = _ways(driver, player)
        evidence["recorded"] = _recorded(story, panel, slider)
        # What is heard last is judged by what the slider says now.
        driver.until(lambda: _is_heard(player), 20, "the last change to be heard")
        story.stalls.begin("morph")
        player.stop()
        driver.pause(0.3)
        evidence["heard"] = require_heard(player, since, 2.0)
    slider.setValue(50)
    driver.pause(1.0)
    story.picture("morph")
    with story.stalls.paused():
        evidence["ends"] = _ends(driver, panel, slider, player)
    return evidence


def _move(driver: Driver, player: PlayerAdapter, slider: MorphSlider, key: Qt.Key) -> dict[str, Any]:
    """Press a key on the slider and wait until it is heard.

    Raises:
        StepError: the change was not heard within 5 s, or the sound is the same as before.
    """
    assert player.core is not None
    assert player.source is not None
    here = int(player.core.position) % player.source.frames
    before, old = player.source.read(here, player.rate // 2), slider.value()
    driver.key(slider, key)
    if slider.value() == old:
        return {"percent": old, "moved": False}
    change = player.core.events[-1]
    driver.until(lambda: change.state == "heard", 5, f"{slider.value()} % to be heard")
    after = player.source.read(here, player.rate // 2)
    difference = _rms(after - before) / max(_rms(before), SILENT)
    driver.pause(0.5)
    if difference < 1e-3:
        raise StepError(f"the sound at {slider.value()} % is that of {old} %")
    return {
        "percent": slider.value(),
        "moved": True,
        "asked_frame": change.requested_frame,
        "frame": change.frame,
        "milliseconds": 1000 * (change.frame - change.requested_frame) / player.rate if change.frame else None,
        "relative_change": difference,
    }


def _ways(driver: Driver, player: PlayerAdapter) -> list[dict[str, Any]]:
    """Go through the ways from A to B by the list's keys and back to the first, each heard while it plays.

    Raises:
        StepError: a way was not heard within 10 s, or sounds as the one before.
    """
    from PySide6.QtWidgets import QComboBox

    box = driver.find(QComboBox, "morph.way")
    driver.key(box, Qt.Key.Key_Home)
    heard = []
    for key in [Qt.Key.Key_Down] * (box.count() - 1) + [Qt.Key.Key_Home]:
        assert player.core is not None
        assert player.source is not None
        here = int(player.core.position) % player.source.frames
        before = player.source.read(here, player.rate // 2)
        driver.key(box, key)
        name, change = str(box.currentData()), player.core.events[-1]
        driver.until(lambda change=change: change.state == "heard", 10, f"the way {name} to be heard")  # type: ignore[misc]
        after = player.source.read(here, player.rate // 2)
        difference = _rms(after - before) / max(_rms(before), SILENT)
        if difference < 1e-3:
            raise StepError(f"the way {name} sounds as the one before")
        heard.append({"way": name, "frame": change.frame, "relative_change": difference})
    return heard


def _recorded(story: Story, panel: MorphPanel, slider: MorphSlider) -> dict[str, Any]:
    """Record while the slider moves: there are a file with sound and a curve that the slider then follows.

    Raises:
        StepError: one of them is missing, or the file is silent.
    """
    from PySide6.QtWidgets import QToolButton

    from core.audio import read_clip

    driver, folder = story.driver, story.services.data_dir / FOLDER
    finished = "[!.]*.wav"  # what is being written has a hidden name
    known = set(folder.glob(finished))
    button = driver.find(QToolButton, "morph.record")
    driver.click(button)
    for key in (Qt.Key.Key_1, Qt.Key.Key_6, Qt.Key.Key_9):
        driver.key(slider, key)
        driver.pause(0.4)
    driver.click(button)
    driver.until(lambda: bool(set(folder.glob(finished)) - known), 20, "the recording to be written")
    (path,) = set(folder.glob(finished)) - known
    curve = panel.controller.curve
    if not curve.follows or len(curve.curve.points) < 3:
        raise StepError(f"the recorded curve has {len(curve.curve.points)} points")
    clip = read_clip(path)
    rms = _rms(clip.samples)
    if rms < SILENT:
        raise StepError("the recording is silent")
    curve.follow(False)
    return {"seconds": clip.seconds, "rms": rms, "points": curve.curve.to_list()}


def _is_heard(player: PlayerAdapter) -> bool:
    """The newest change has been heard for a while."""
    assert player.core is not None
    spans = spans_since(player, 0)
    lasting = bool(spans) and spans[-1]["length"] > HEARD_SECONDS * player.rate
    return lasting and all(change.state != "pending" for change in player.core.events)


def _ends(driver: Driver, panel: MorphPanel, slider: MorphSlider, player: PlayerAdapter) -> list[dict[str, float]]:
    """Log-mel distance of what the blend plays at 0 and 100 % to both songs' reconstructions.

    Raises:
        StepError: an end is silent, far from its own song, or nearer to the other one.
    """
    from core.quality import mel_distance

    pair, source = panel.controller.pair, player.source
    if pair is None or source is None or not panel.controller.plays_here:
        raise StepError("there is no blend")
    rate = source.rate
    wanted = round(EXCERPT * rate)
    songs = [pair.codec.decode(latent).resampled(rate).samples[0][:wanted] for latent in (pair.a, pair.b)]
    found = []
    for number, percent in enumerate((0, 100)):
        slider.setValue(percent)
        driver.pause(0.2)
        played = _excerpt(source, len(songs[number]))
        own, other = songs[number], songs[1 - number]
        end = {
            "percent": percent,
            "rms": _rms(played),
            "to_own": mel_distance(own[: len(played)], played[: len(own)], rate),
            "to_other": mel_distance(other[: len(played)], played[: len(other)], rate),
        }
        found.append(end)
        if end["rms"] < SILENT:
            raise StepError(f"the blend at {percent} % is silent")
        if end["to_own"] > NEAR or end["to_other"] <= end["to_own"]:
            raise StepError(f"the blend at {percent} % is not that song: {end['to_own']:.3f} from its reconstruction")
    return found


def _excerpt(source: Source, frames: int) -> np.ndarray:
    """Mono samples from the source's beginning, read in pieces as the player reads them."""
    frames = min(frames, source.frames)
    pieces = [source.read(at, min(4096, frames - at)) for at in range(0, frames, 4096)]
    return np.concatenate(pieces).mean(axis=1)


def _rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if samples.size else 0.0
