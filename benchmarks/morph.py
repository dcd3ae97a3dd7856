"""What one hears between two songs, by every way of `core.latents.ways`, beside the plain cross-fade of the waveforms.

    python -m benchmarks morph --out results.json [--morph-songs FOLDER] [--morph-pairs 5] [--morph-model klt-1378]

At 25, 50 and 75 % of the way, over excerpts of fixed pairs, both sides coded by the model, the cross-fade too:

- onsets a second and spectral peaks a frame: are they within the range of A and B, as one music's are, or above it,
  as in two musics at once? "outside" is how far beyond the range, as a share of the mean of A and B; up to 5 % counts
  as inside. A way beats the cross-fade on a pair where the mean of that over the three places is smaller, and
  loses where it is larger; where both are inside there is nothing to win;
- chroma and MFCC: the distance of the mean to A's, as a share of its distances to A's and B's, so 0 is A and 1 is B;
- path: length of the way through log-mel in steps of 12.5 % over the direct distance from A to B, and its largest
  step over its mean step;
- dip: dB that the loudness falls below the line from A's to B's.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.figure import Figure, grid, shown
from core.audio import Clip, find_audio, is_silent, read_clip
from core.demo import STYLES, compose
from core.errors import UsageError
from core.features import mfcc
from core.latents.ways import DEFAULT_WAY, WAYS, Morph
from core.models.codec import Codec, load_codec
from core.playback.loudness import loudness
from core.quality import MEL_HOP
from core.rhythm import onsets
from core.spectra import chroma, magnitudes
from core.structure import log_mel

HELP = "ways between two songs beside a cross-fade: onsets, peaks, chroma, MFCC, path, loudness"
FADE = "cross-fade"
PLACES = (0.25, 0.5, 0.75)
STEPS = tuple(np.linspace(0, 1, 9))
TOLERANCE = 0.05
PEAKS_FFT, PEAKS_HOP, PEAKS_DB = 4096, 1024, 40.0
MEASURES = ("onsets", "peaks")
Render = Callable[[float], np.ndarray]


def add_options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--morph-songs", type=Path, help="folder whose songs are paired in order [ten demo songs]")
    parser.add_argument("--morph-pairs", type=int, default=5, help="pairs at most [5]")
    parser.add_argument("--morph-seconds", type=float, default=6.0, help="of each song, from its middle [6]")
    parser.add_argument("--morph-model", default="klt-1378", help="name, file or run folder [klt-1378]")
    parser.add_argument("--morph-ways", nargs="+", choices=list(WAYS), default=list(WAYS), help="[all]")


def run(options: argparse.Namespace) -> Iterator[Figure]:
    codec = load_codec(options.morph_model)
    pairs = _pairs(options.morph_songs, options.morph_pairs, options.morph_seconds)
    gathered: dict[str, list[Findings]] = {}
    for title, a, b in pairs:
        for way, findings in _pair(codec, a, b, options.morph_ways):
            gathered.setdefault(way, []).append(findings)
            for name, value in findings.values.items():
                yield Figure(f"{title}/{way}/{name}", value)
    fades = gathered[FADE]
    for way, found in gathered.items():
        yield from _means(way, found, fades)


@dataclass(frozen=True)
class Findings:
    """What was measured of one way on one pair, by name."""

    values: dict[str, float]


def peaks_a_frame(samples: np.ndarray) -> float:
    """Mean count of local maxima within 40 dB of a frame's highest, over frames within 40 dB of the loudest.

    A maximum is the highest of nine bins (spectra of 4096 samples).
    """
    spectra = np.concatenate(list(magnitudes(samples, PEAKS_FFT, PEAKS_HOP)))
    tops = spectra.max(axis=1)
    spectra = spectra[tops > 10 ** (-PEAKS_DB / 20) * tops.max()]
    if not len(spectra):
        return 0.0
    around = np.lib.stride_tricks.sliding_window_view(np.pad(spectra, ((0, 0), (4, 4))), 9, axis=1).max(axis=2)
    floor = 10 ** (-PEAKS_DB / 20) * spectra.max(axis=1, keepdims=True)
    return float(((spectra >= around) & (spectra > floor)).sum(axis=1).mean())


def outside(value: float, a: float, b: float) -> float:
    """How far `value` is beyond the range from a to b, as a share of their mean; 0 within it."""
    beyond = max(value - max(a, b), min(a, b) - value, 0.0)
    return beyond / max((a + b) / 2, 1e-9)


def table(figures: Sequence[Figure]) -> str:
    """Means over the pairs, a row for each way."""
    found = {each.name.removeprefix("mean/"): each.value for each in figures if each.name.startswith("mean/")}
    ways = list(dict.fromkeys(name.partition("/")[0] for name in found))
    columns = list(dict.fromkeys(name.partition("/")[2] for name in found))
    rows = [["way", *columns]]
    rows += [[way, *(shown(found.get(f"{way}/{column}")) for column in columns)] for way in ways]
    return grid(rows) + f"\ndefault: {DEFAULT_WAY}"


def _pairs(folder: Path | None, most: int, seconds: float) -> Iterator[tuple[str, Clip, Clip]]:
    """Excerpts of neighbours in the list of songs: first and second, third and fourth."""
    if folder is None:
        for number in range(min(most, len(STYLES) // 2)):
            styles = STYLES[number], STYLES[number + len(STYLES) // 2]
            one, other = (compose(style, 0).clip for style in styles)
            yield "-".join(styles), _excerpt(one, seconds), _excerpt(other, seconds)
        return
    songs = list(find_audio([folder]))
    if len(songs) < 2:
        raise UsageError(f"{folder} holds fewer than two songs.")
    half = len(songs) // 2  # neighbours in a folder are often of one genre
    for one, other in list(zip(songs[:half], songs[half:], strict=False))[:most]:
        clips = [_excerpt(read_clip(path), seconds) for path in (one, other)]
        if not any(is_silent(clip) for clip in clips):
            yield f"{one.stem}-{other.stem}", *clips


def _excerpt(clip: Clip, seconds: float) -> Clip:
    return clip.cut(max(0.0, (clip.seconds - seconds) / 2), seconds).mono()


def _pair(codec: Codec, a: Clip, b: Clip, ways: Sequence[str]) -> Iterator[tuple[str, Findings]]:
    latents = [codec.encode(clip) for clip in (a, b)]
    morph = Morph(codec, *latents)
    one, other = (codec.decode(latent).samples[0][: morph.samples] for latent in latents)
    yield FADE, _found(lambda at: np.float32(1 - at) * one + np.float32(at) * other, one, other, codec.rate)
    for name in ways:
        yield name, _found(lambda at, name=name: morph.whole(WAYS[name], at), one, other, codec.rate)  # type: ignore[misc]


def _found(render: Render, a: np.ndarray, b: np.ndarray, rate: int) -> Findings:
    sounds = {at: render(float(at)) for at in STEPS}
    values: dict[str, float] = {}
    rates = {"onsets": lambda sound: len(onsets(sound, rate)) * rate / len(sound), "peaks": peaks_a_frame}
    for measure, count in rates.items():
        ends = count(a), count(b)
        beyond = []
        for at in PLACES:
            value = count(sounds[at])
            beyond.append(outside(value, *ends))
            values[f"{measure}/{at:.0%}"] = value
        values |= {f"{measure}/A": ends[0], f"{measure}/B": ends[1], f"{measure}/outside": float(np.mean(beyond))}
        values[f"{measure}/inside"] = float(np.mean(np.array(beyond) <= TOLERANCE))
    for measure, mean in (("chroma", lambda sound: chroma(sound, rate, MEL_HOP)), ("mfcc", lambda s: mfcc(s, rate))):
        near = [mean(each).mean(axis=0) for each in (a, b)]
        for at in PLACES:
            to_a, to_b = (float(np.linalg.norm(mean(sounds[at]).mean(axis=0) - end)) for end in near)
            values[f"{measure}/{at:.0%}"] = to_a / max(to_a + to_b, 1e-9)
    mels = [log_mel(sounds[at], rate, MEL_HOP) for at in STEPS]
    steps = [float(np.abs(after - before).mean()) for before, after in itertools.pairwise(mels)]
    values["path"] = sum(steps) / max(float(np.abs(mels[-1] - mels[0]).mean()), 1e-9)
    values["step"] = max(steps) / max(float(np.mean(steps)), 1e-9)
    levels = [loudness(Clip(sounds[at][None], rate)) for at in STEPS]
    line = [(1 - at) * levels[0] + at * levels[-1] for at in STEPS]
    values["dip_db"] = max(wanted - level for wanted, level in zip(line, levels, strict=True))
    return Findings(values)


def _means(way: str, found: Sequence[Findings], fades: Sequence[Findings]) -> Iterator[Figure]:
    for measure in MEASURES:
        name = f"{measure}/outside"
        ours, theirs = [each.values[name] for each in found], [each.values[name] for each in fades]
        yield Figure(f"mean/{way}/{name}", float(np.mean(ours)), reference=float(np.mean(theirs)))
        yield Figure(
            f"mean/{way}/{measure}/inside", float(np.mean([each.values[f"{measure}/inside"] for each in found]))
        )
        if way != FADE:
            better = sum(one < other for one, other in zip(ours, theirs, strict=True))
            worse = sum(one > other for one, other in zip(ours, theirs, strict=True))
            yield Figure(f"mean/{way}/{measure}/beats", float(better), f"of {len(found)}")
            yield Figure(f"mean/{way}/{measure}/loses", float(worse), f"of {len(found)}")
    for name in ("chroma/50%", "mfcc/50%", "path", "step", "dip_db"):
        yield Figure(f"mean/{way}/{name}", float(np.mean([each.values[name] for each in found])))
