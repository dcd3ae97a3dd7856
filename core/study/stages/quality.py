"""Reconstruction: every model and codec on clips of songs that none of them has heard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from core.i18n import _
from core.lossy import Lossy, real_rates
from core.quality import compare
from core.structure import nearest, sequence
from core.structure_scores import SCORES as STRUCTURE
from core.structure_scores import compare_structure
from core.study.clips import Excerpt
from core.study.config import StudyConfig
from core.study.numbers import spread
from core.study.sound import write_sound
from core.study.study import Study
from core.study.systems import System

NAME = "quality"
METRICS = ("si_sdr", "mel", "stft", "visqol")
HEARD = 2
"""So many clips can be heard through every system."""


def title() -> str:
    return _("Reconstruction")


def run(study: Study) -> dict[str, Any]:
    """Keys: `clips`, and `systems` by name as `judged` gives them."""
    systems: list[System] = [*study.model_systems(), *_codecs(study.config)]
    for number, clip in enumerate(study.test_clips[:HEARD]):
        write_sound(study.folder.sound(f"clip {number + 1} original"), clip.clip)
    return {
        "clips": [
            {"song": each.song.key, "title": each.song.title, "genre": each.song.genre, "start": each.start}
            for each in study.test_clips
        ],
        "systems": judged(study, systems),
    }


def judged(study: Study, systems: Iterable[System], stage: str = NAME) -> dict[str, dict[str, Any]]:
    """Each system's `family`, `floats`, `floats_per_second`, `kbit_per_second`, `nearest_original` (share), `rows`
    (one a clip) and `scores` (means with their spread) of every metric."""
    listed = list(systems)
    known = [sequence(each.samples, each.clip.rate) for each in study.test_clips]
    found = {}
    for number, system in enumerate(listed):
        study.progress(number / len(listed), system.name)
        row = study.tried(
            system.name,
            lambda system=system: study.part(stage, system.name, lambda: _judged(study, system, known)),  # type: ignore[misc]
        )
        if row is not None:
            found[system.name] = row
    return found


def _judged(study: Study, system: System, known: Sequence[Any]) -> dict[str, Any]:
    rows = []
    for number, clip in enumerate(study.test_clips):
        study.check()
        rows.append(_row(study, system, clip, number, known))
    songs = [each.song.key for each in study.test_clips]
    return {
        "family": system.family,
        "floats": system.floats,
        "floats_per_second": system.floats_per_second,
        "kbit_per_second": sum(row["kbit_per_second"] for row in rows) / len(rows),
        "nearest_original": sum(row["own"] for row in rows) / len(rows),
        "scores": {name: spread([row[name] for row in rows], songs) for name in (*METRICS, *STRUCTURE)},
        "rows": rows,
    }


def _row(study: Study, system: System, clip: Excerpt, number: int, known: Sequence[Any]) -> dict[str, Any]:
    made, bits = system.reconstruct(clip.clip)
    if number < HEARD:
        write_sound(study.folder.sound(f"clip {number + 1} {system.name}"), made)
    values = compare(clip.clip, made, with_visqol=number < study.config.opinion_clips)
    return {
        **{name: values[name] for name in METRICS},
        **compare_structure(clip.clip, made),
        "own": nearest(made.samples[0], known, made.rate) == number,
        "kbit_per_second": bits / clip.clip.seconds / 1000,
    }


def _codecs(config: StudyConfig) -> list[Lossy]:
    wanted = {"opus": config.opus, "mp3": config.mp3}
    return [Lossy(family, rate) for family, rates in wanted.items() for rate in real_rates(family, list(rates))]
