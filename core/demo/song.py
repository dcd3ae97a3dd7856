"""Demo songs: composed and synthesised from a style and a seed, with the facts that are true of them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.audio import Clip, write_wav
from core.demo.arrange import SECONDS, Arranger
from core.demo.instruments import INSTRUMENTS
from core.demo.mix import Track, mix
from core.demo.styles import SONGBOOK
from core.demo.synthesis import RATE
from core.errors import MusicaeError, UsageError
from core.files import write_text_atomically
from core.i18n import _

STYLES: tuple[str, ...] = tuple(sorted(SONGBOOK))


@dataclass(frozen=True)
class DemoSong:
    """A finished song of 30 s.

    Args:
        name: file stem, made of title and seed; unique within its style.
        tempo: true tempo in beats (quarter notes) a minute, constant through the song.
        key: tonic and mode, such as "A minor"; `scale` says which minor or major.
        instruments: what plays, each once.
        clip: stereo at 44.1 kHz.
    """

    style: str
    seed: int
    name: str
    title: str
    tempo: float
    key: str
    scale: str
    beats_per_bar: int
    swing: float
    progression: tuple[str, ...]
    instruments: tuple[str, ...]
    clip: Clip

    def facts(self) -> dict[str, Any]:
        """What the JSON beside the song says: all but the sound."""
        return {
            "style": self.style,
            "seed": self.seed,
            "title": self.title,
            "author": "Musicae",
            "tempo": self.tempo,
            "key": self.key,
            "scale": self.scale,
            "beats_per_bar": self.beats_per_bar,
            "swing": self.swing,
            "progression": list(self.progression),
            "instruments": list(self.instruments),
            "seconds": self.clip.seconds,
            "rate": self.clip.rate,
            "channels": self.clip.channels,
        }


def compose(style: str, seed: int) -> DemoSong:
    """The song of `style` (one of `STYLES`) and `seed` (0 or more): always the same samples.

    Raises:
        UsageError: unknown style or negative seed.
    """
    if style not in SONGBOOK:
        raise UsageError(
            _("There is no demo style {style!r}; choose one of {styles}.").format(style=style, styles=", ".join(STYLES))
        )
    if seed < 0:
        raise UsageError(_("The seed is {seed}; it must be 0 or more.").format(seed=seed))
    book = SONGBOOK[style]
    # The style's place among the ten keeps songs of one seed apart.
    score = Arranger(book, np.random.default_rng([seed, *style.encode()])).score()
    clip = Clip(mix(score.tracks, round(SECONDS * RATE), book.room), RATE)
    stem = re.sub(r"[^a-z0-9]+", "-", score.title.lower()).strip("-")
    return DemoSong(
        style=style,
        seed=seed,
        name=f"{stem}-{seed}",
        title=score.title,
        tempo=score.tempo,
        key=f"{score.tonic} {_mode(score.scale)}",
        scale=score.scale,
        beats_per_bar=book.beats,
        swing=round(book.swing, 3),
        progression=score.progression,
        instruments=_instrument_labels(score.tracks),
        clip=clip,
    )


def write_demo(
    out: Path,
    *,
    per_style: int = 1,
    seed: int = 0,
    on_progress: Callable[[int, int, Path], None] | None = None,
    styles: tuple[str, ...] = STYLES,
) -> list[Path]:
    """Write `out/<style>/<name>.wav`, and a `.json` of facts beside each; returns the sound files.

    The songs of a style have the seeds `seed`, `seed + 1` and so on. `on_progress` gets (done, total, file).

    Raises:
        UsageError: a count under 1 or a negative seed.
        MusicaeError: a file cannot be written.
    """
    if per_style < 1:
        raise UsageError(_("Songs per style is {count}; it must be at least 1.").format(count=per_style))
    wanted = [(style, seed + number) for number in range(per_style) for style in styles]
    written: list[Path] = []
    with ThreadPoolExecutor(min(len(wanted), os.cpu_count() or 1)) as pool:
        # Mixing is numpy's work on whole tracks, which leaves other threads the interpreter.
        try:
            for path in pool.map(lambda each: _written(compose(*each), out), wanted):
                written.append(path)
                if on_progress is not None:
                    on_progress(len(written), len(wanted), path)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return written


def _written(song: DemoSong, out: Path) -> Path:
    path = out / song.style / f"{song.name}.wav"
    try:
        write_wav(path, song.clip)
        facts = json.dumps(song.facts(), indent=2, ensure_ascii=False)
        write_text_atomically(path.with_suffix(".json"), facts + "\n")
    except OSError as error:
        raise MusicaeError(
            _("{path} cannot be written: {reason}.").format(path=path, reason=error.strerror or error),
            path=path,
            details=str(error),
        ) from error
    return path


def _mode(scale: str) -> str:
    return "minor" if scale in ("minor", "harmonic minor", "phrygian") else "major"


def _instrument_labels(tracks: tuple[Track, ...]) -> tuple[str, ...]:
    labels = [INSTRUMENTS[track.instrument].label for track in tracks if track.notes and not track.drum]
    if any(track.drum for track in tracks):
        labels.append("drums")
    return tuple(dict.fromkeys(labels))
