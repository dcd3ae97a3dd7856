"""Runs the self-test on a program that is broken on purpose, or whole (`nothing`):

    python -m tests.gui.sabotage silent-decoder|muted-stream|deaf-player|nothing DIR SONGS

Training and pictures are left out, as they take longest and are broken by none of this. Sound is required.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np


def silent_decoder() -> None:
    """Every model decodes to zeros."""
    from core.models.codec import Codec

    decode = Codec._decode_part

    def zeros(codec: Codec, values: np.ndarray) -> np.ndarray:
        return np.zeros_like(decode(codec, values))

    Codec._decode_part = zeros  # type: ignore[method-assign]


def muted_stream() -> None:
    """The player does all it should, but what it hands to the device is silence."""
    from core.playback.timeline import Timeline

    levelled = Timeline._levelled

    def zeros(timeline: Timeline, at: int, samples: np.ndarray) -> np.ndarray:
        return np.zeros_like(levelled(timeline, at, samples))

    Timeline._levelled = zeros  # type: ignore[method-assign]


def deaf_player() -> None:
    """The slider moves, but what plays does not follow it."""
    from musicae_gui.controllers.morph_sound import Blend

    Blend.__setattr__ = lambda self, name, value: object.__setattr__(  # type: ignore[method-assign,assignment]
        self, name, getattr(self, "setting", value) if name == "setting" else value
    )


def nothing() -> None:
    """The program as it is."""


def main() -> int:
    from musicae_gui import self_test
    from musicae_gui.self_test import training
    from musicae_gui.self_test.story import Story

    faults = (silent_decoder, muted_stream, deaf_player, nothing)
    {fault.__name__.replace("_", "-"): fault for fault in faults}[sys.argv[1]]()

    def learn(_story: object) -> dict[str, Any]:
        return {}

    training.learn = learn
    Story.picture = lambda _self, _name: None  # type: ignore[method-assign]
    options = argparse.Namespace(
        self_test=Path(sys.argv[2]),
        songs=Path(sys.argv[3]),
        require_sound=True,
        language="en",
        theme=None,
        steps=None,
        minutes=0.0,
    )
    return self_test.run(options)


if __name__ == "__main__":
    sys.exit(main())
