"""New music: songs from outside through every size, each score as a percentile of the test clips', with reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.audio import Clip, is_silent, read_clip, read_info
from core.i18n import _
from core.models.design import CLIP_SECONDS, MODEL_RATE
from core.quality import compare
from core.spectra import magnitudes
from core.study.sound import write_sound
from core.study.stages.quality import METRICS
from core.study.study import Study

NAME = "outside"
CLIPS = 3
MORE_IS_BETTER = {"si_sdr": True, "mel": False, "stft": False, "visqol": True}
WORSE = 25
"""Under this percentile a score is worse than most of the test's, and wants a reason."""
LOUDNESS_DB = 6.0
BANDWIDTH_HZ = 2000.0


@dataclass(frozen=True)
class Traits:
    """What may make a song hard: its file's rate and channels, loudness (dB RMS), bandwidth, side against mid."""

    rate: int
    channels: int
    loudness: float
    bandwidth: float
    side: float


def title() -> str:
    return _("New music")


def run(study: Study) -> dict[str, Any]:
    """Keys: `usual` (traits of the test clips) and `songs`: [{path, traits, reasons, models {name: {metric: {value,
    percentile}}}}]."""
    if not study.config.outside:
        return {"usual": None, "songs": []}
    known = [_traits(each.clip, MODEL_RATE, 1) for each in study.test_clips]
    usual = {
        "loudness": _middle([each.loudness for each in known]),
        "bandwidth": _middle([each.bandwidth for each in known]),
    }
    songs = []
    for number, path in enumerate(map(Path, study.config.outside)):
        study.progress(number / len(study.config.outside), path.name)
        made = study.tried(
            path.name,
            lambda path=path, number=number: study.part(  # type: ignore[misc]
                NAME, f"song {number + 1}", lambda: _studied(study, path, number, usual)
            ),
        )
        if made is not None:
            songs.append(made)
    return {"usual": usual, "songs": songs}


def _studied(study: Study, path: Path, number: int, usual: Mapping[str, float]) -> dict[str, Any]:
    info = read_info(path)
    clips = _clips(read_clip(path))
    traits = _traits(clips[0], info.rate, info.channels)
    models = {}
    for system in study.model_systems():
        study.check()
        rows = []
        for place, clip in enumerate(clips):
            original = clip.mono().resampled(MODEL_RATE)
            made, _bits = system.reconstruct(original)
            rows.append(compare(original, made, with_visqol=place == 0 and study.config.opinion_clips > 0))
            if place == 0:
                write_sound(study.folder.sound(f"outside {number + 1} {system.name}"), made)
        known = study.results["quality"]["systems"].get(system.name)
        known = known or study.results["neighbours"]["systems"].get(system.name)
        models[system.name] = {
            metric: _placed(
                [row[metric] for row in rows], [row[metric] for row in known["rows"]] if known else [], metric
            )
            for metric in METRICS
        }
    write_sound(study.folder.sound(f"outside {number + 1} original"), clips[0].mono().resampled(MODEL_RATE))
    return {
        "path": str(path),
        "name": path.stem,
        "number": number + 1,
        "traits": vars(traits),
        "models": models,
        "reasons": reasons(
            traits, usual, sorted(filter(None, study.results["songs"]["genres"])), _is_worse(models.get(study.chosen))
        ),
    }


def reasons(traits: Traits, usual: Mapping[str, float], genres: Sequence[str], worse: bool) -> list[str]:
    """What sets the song apart from the test clips (`usual` has their "loudness" and "bandwidth"), in words, and
    whether its scores at the chosen size are worse."""
    found = []
    if traits.rate != MODEL_RATE:
        found.append(
            _("The file has {rate} Hz; the models hear {model} Hz, so what lies above {half} Hz is lost first.").format(
                rate=traits.rate, model=MODEL_RATE, half=MODEL_RATE // 2
            )
        )
    if traits.channels > 1:
        found.append(
            _("It is stereo: the models get its mix, and {side:.0f} % of its energy lies between the sides.").format(
                side=100 * traits.side
            )
        )
    bandwidth = traits.bandwidth - usual["bandwidth"]
    if abs(bandwidth) > BANDWIDTH_HZ:
        words = _("brighter") if bandwidth > 0 else _("duller")
        found.append(
            _("It is {words} than the test songs: 99 % of its energy lies below {hertz:.0f} Hz.").format(
                words=words, hertz=traits.bandwidth
            )
        )
    loudness = traits.loudness - usual["loudness"]
    if abs(loudness) > LOUDNESS_DB:
        words = _("louder") if loudness > 0 else _("softer")
        found.append(_("It is {amount:.0f} dB {words} than the test songs.").format(amount=abs(loudness), words=words))
    if worse and not found:
        found.append(
            _("Nothing measured sets it apart; its genre may: the models know {genres}.").format(
                genres=", ".join(genres)
            )
            if genres
            else _("Nothing measured sets it apart.")
        )
    found.append(
        _("At the chosen size its scores are worse than those of most test songs.")
        if worse
        else _("At the chosen size its scores are among those of the test songs.")
    )
    return found


def percentile(value: float, others: Sequence[float], *, more_is_better: bool) -> float:
    """The share in percent of `others` that are not better than `value`; ties count half."""
    values = np.asarray(others, float)
    below = np.sum(values < value if more_is_better else values > value)
    return float(100 * (below + 0.5 * np.sum(values == value)) / len(values))


def _placed(values: Sequence[float | None], others: Sequence[float | None], metric: str) -> dict[str, Any]:
    known = [value for value in values if value is not None]
    beside = [value for value in others if value is not None]
    if not known:
        return {"value": None, "percentile": None}
    value = float(np.mean(known))
    place = percentile(value, beside, more_is_better=MORE_IS_BETTER[metric]) if beside else None
    return {"value": value, "percentile": place}


def _is_worse(scores: dict[str, Any] | None) -> bool:
    places = [each["percentile"] for each in (scores or {}).values() if each["percentile"] is not None]
    return bool(places) and float(np.mean(places)) < WORSE


def _clips(song: Clip) -> list[Clip]:
    """Up to three clips around the middle, the middle one first; a short song is one clip."""
    count = max(1, int(song.seconds // CLIP_SECONDS))
    places = sorted(range(count), key=lambda place: abs(place - (count - 1) / 2))
    clips = [song.cut(place * CLIP_SECONDS, CLIP_SECONDS) for place in places]
    loud = [clip for clip in clips if not is_silent(clip)]
    return (loud or clips)[:CLIPS]


def _traits(clip: Clip, rate: int, channels: int) -> Traits:
    mono = clip.mono().samples[0].astype(np.float64)
    side = 0.0
    if clip.channels > 1:
        left, right = clip.samples[0].astype(np.float64), clip.samples[1].astype(np.float64)
        energy = float(np.square(left).sum() + np.square(right).sum())
        side = float(np.square(left - right).sum()) / 2 / energy if energy else 0.0
    power = float(np.mean(np.square(mono)))
    spectrum = np.sum([np.square(part).sum(axis=0) for part in magnitudes(mono, 2048, 1024)], axis=0)
    reached = np.searchsorted(np.cumsum(spectrum), 0.99 * spectrum.sum())
    return Traits(rate, channels, 10 * np.log10(max(power, 1e-10)), float(reached * clip.rate / 2048), side)


def _middle(values: Sequence[float]) -> float:
    return float(np.median(values)) if len(values) else 0.0
