"""Systems judged on clips with the metrics of `core.quality`, each result kept on disk so that it is computed once."""

from __future__ import annotations

import hashlib
import json
import math
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from benchmarks.quality_songs import Excerpt, identity
from core.audio import Clip
from core.files import write_text_atomically
from core.latents.latent import Latent
from core.quality import compare
from core.refinement import refine
from core.structure import nearest, sequence
from core.study import systems

METRICS = {"si_sdr": "dB", "mel": "log10", "stft": "", "visqol": ""}
VERSION = 1
"""Raise it when a metric's definition changes: results kept on disk are then made anew."""
_DRAWS = 2000


class System(systems.System, Protocol):
    """Whatever turns a clip into fewer bits and back."""

    @property
    def fingerprint(self) -> str:
        """Changes when its results may."""


@dataclass(frozen=True)
class ModelSystem(systems.ModelSystem):
    """A model at one latent size and precision, perhaps refined.

    Args:
        refine: steps of `core.refinement` before the latent is stored.
    """

    refine: int = 0

    @property
    def fingerprint(self) -> str:
        refined = f" refined {self.refine}" if self.refine else ""
        once = " in one pass" if self.codec.once else ""
        return f"{self.codec.hash} {self.channels} channels {self.bits} bits{refined}{once}"

    def encoded(self, clip: Clip) -> Latent:
        latent = super().encoded(clip)
        return refine(self.codec, clip, latent, steps=self.refine) if self.refine else latent


@dataclass(frozen=True)
class Result:
    """A system on one clip: `values` of `core.quality.compare` ("visqol" may be missing), and what is known besides."""

    song: str
    values: dict[str, float | None]
    kbit_per_second: float
    own: bool  # whether its nearest original is the clip it was made from


class Judge:
    """Judges systems on the same clips.

    Args:
        cache: folder of the results.
        jobs: processes that measure; 0 measures in this one.
    """

    def __init__(self, clips: Sequence[Excerpt], cache: Path, *, jobs: int = 0, say: Callable[[str], object] = print):
        self.clips = list(clips)
        self._folder = cache / "scores" / f"{identity([each.key for each in clips])}-v{VERSION}"
        self._jobs = jobs
        self._say = say
        self._sequences = [sequence(each.samples, each.clip.rate) for each in self.clips]
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Judge:
        if self._jobs:
            # Not forked: torch's threads would not survive that.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._jobs, mp_context=context)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def results(self, system: System, *, with_visqol: Callable[[int], bool] = lambda number: True) -> list[Result]:
        """The system on every clip; `with_visqol` says for which the slow metric is wanted."""
        file = self._folder / f"{hashlib.sha256(system.fingerprint.encode()).hexdigest()[:24]}.json"
        known = _read(file)
        pending = [
            (number, clip, with_visqol(number))
            for number, clip in enumerate(self.clips)
            if clip.key not in known or (with_visqol(number) and "visqol" not in known[clip.key]["values"])
        ]
        if pending:
            self._say(f"  {system.name}: {len(pending)} clips")
        for first in range(0, len(pending), 8):  # kept every few clips, so that little is lost when stopped
            batch = [(clip, self._measured(system, clip, visqol)) for _number, clip, visqol in pending[first:][:8]]
            for clip, (values, kbit, own) in batch:
                known[clip.key] = {"values": values.result(), "kbit_per_second": kbit, "own": own}
            write_text_atomically(file, json.dumps(known, indent=1) + "\n")
        return [Result(clip.song.key, **known[clip.key]) for clip in self.clips]

    def _measured(
        self, system: System, clip: Excerpt, visqol: bool
    ) -> tuple[Future[dict[str, float | None]], float, bool]:
        made, bits = system.reconstruct(clip.clip)
        own = self.clips[nearest(made.samples[0], self._sequences, made.rate)] is clip
        if self._pool is not None:
            values = self._pool.submit(_compared, clip.clip, made, visqol)
        else:
            values = Future()
            values.set_result(_compared(clip.clip, made, visqol))
        return values, bits / clip.clip.seconds / 1000, own


@dataclass(frozen=True)
class Mean:
    """Mean, standard deviation and a 95 % interval over clips, which knows that clips of one song are alike."""

    mean: float
    deviation: float
    low: float
    high: float
    count: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "deviation": self.deviation,
            "interval": [self.low, self.high] if math.isfinite(self.low) else None,
            "clips": self.count,
        }


def mean(values: Sequence[float | None], songs: Sequence[str]) -> Mean | None:
    """`Mean` of the values that are known; the interval draws whole songs with replacement (2000 times, seed 0).

    B. Efron, R. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 8. No interval from fewer than three
    songs.
    """
    known = [(value, song) for value, song in zip(values, songs, strict=True) if value is not None]
    if not known:
        return None
    numbers = np.array([value for value, _song in known])
    names, places = np.unique([song for _value, song in known], return_inverse=True)
    low = high = math.nan
    if len(names) >= 3:
        sums, counts = np.bincount(places, numbers), np.bincount(places)
        drawn = np.random.default_rng(0).integers(len(names), size=(_DRAWS, len(names)))
        low, high = np.percentile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [2.5, 97.5])
    return Mean(float(numbers.mean()), float(numbers.std()), float(low), float(high), len(numbers))


def _compared(original: Clip, made: Clip, visqol: bool) -> dict[str, float | None]:
    values = compare(original, made, with_visqol=visqol)
    if not visqol:
        del values["visqol"]
    return values


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
