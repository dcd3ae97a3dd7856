"""Evidence of sound: what the device took from the player, beside what the source says it should have been."""

from __future__ import annotations

from typing import Any

import numpy as np

from musicae_gui.player import PlayerAdapter
from musicae_gui.self_test.driver import StepError

SILENT = 1e-4  # root mean square below which nothing is heard (-80 dB)
TOLERANCE = 2.0  # factor between the level that was taken and the one that was meant


def spans_since(player: PlayerAdapter, frame: int) -> list[dict[str, Any]]:
    """The stretches played since device frame `frame`, as plain values."""
    if player.core is None:
        return []
    return [span for span in player.core.evidence.to_dict()["spans"] if span["frame"] >= frame and span["length"] > 0]


def device_frame(player: PlayerAdapter) -> int:
    """The device frame behind everything that was played so far."""
    spans = spans_since(player, 0)
    return max((span["frame"] + span["length"] for span in spans), default=0)


def source_rms(player: PlayerAdapter, start: int, frames: int) -> float:
    """Level of the loaded source itself, before the player's own level."""
    assert player.source is not None
    begin = start % max(1, player.source.frames)
    samples = player.source.read(begin, min(frames, player.source.frames - begin))
    return float(np.sqrt(np.mean(np.square(samples.mean(axis=1), dtype=np.float64)))) if len(samples) else 0.0


def require_heard(player: PlayerAdapter, since: int, seconds: float) -> dict[str, Any]:
    """What was played since device frame `since`; call it when the player has stopped.

    Raises:
        StepError: too little was played, it was silent, or its level is not the source's.
    """
    spans = spans_since(player, since)
    played = sum(span["length"] for span in spans) / player.rate
    if played < seconds:
        raise StepError(f"the device took {played:.2f} s of sound, not {seconds:.2f} s")
    last = spans[-1]
    meant = source_rms(player, last["source_frame"], last["length"]) * player.level
    if meant < SILENT:
        raise StepError(f"{last['source']} itself is silent")
    if not 1 / TOLERANCE < last["rms"] / meant < TOLERANCE:
        raise StepError(f"the device took a level of {last['rms']:.5f} where {meant:.5f} was meant")
    return {"played_seconds": played, "meant_rms": meant, "taken_rms": last["rms"], "spans": spans}
