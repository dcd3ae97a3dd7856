"""How good every model is at its size, on songs that none of them has heard, beside Opus and MP3.

    python -m benchmarks quality --out results.json --figure quality.svg [--songs FOLDER] [--only klt studio ...]

Means over clips of 5 s with the metrics of `core.quality`; kbit/s are what is stored, bounds and packets counted.
The studio model's card says which songs are held out; the KLT and the convolutions learn from the others. All that
took time is kept in --cache: a second run measures only what is new, and a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import platformdirs

from benchmarks.figure import Figure, grid, shown
from benchmarks.quality_judge import METRICS, Judge, Mean, ModelSystem, Result, System, mean
from benchmarks.quality_latents import noise_scores, path_pairs, path_ratio
from benchmarks.quality_models import Recipe, conv_names, fitted_klt, trained_conv
from benchmarks.quality_songs import ALL, SHARE, Excerpt, Material, excerpts, first_part, gather
from core.errors import MusicaeError
from core.lossy import Lossy, encoder, real_rates
from core.models.codec import Codec, load_codec
from core.quality import mel_distance, si_sdr
from core.refinement import STEPS

HELP = "SI-SDR, mel, STFT, ViSQOL of klt, studio, conv, Opus, MP3 on songs never heard"
PARTS = ("klt", "studio", "once", "refined", "conv", "opus", "mp3", "sweep", "latents")
REFINED = "studio, refined"
ONCE = "studio, in one pass"  # without the corrections of its encoder
CHANNELS = (64, 32, 16)
SWEEP_BITS = (16, 8, 6, 4)
OPUS = (6.0, 8.0, 11.0, 12.0, 16.0, 24.0, 32.0)
MP3 = (8.0, 16.0, 24.0, 32.0)
ROOT = Path(__file__).resolve().parent.parent
RECORDED = {"conv-55112": (13.3, 0.446), "conv-18376": (10.5, 0.472), "conv-9184": (7.7, 0.561)}
"""SI-SDR and mel that a convolution of each size reached elsewhere on other clips of its songs: ours must, too."""
OTHER_CLIPS = "other clips of its songs"
SAME_SIZE = {"conv-55112": 505, "conv-18376": 168, "conv-9184": 84}


def add_options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--songs", type=Path, help="folder [../shared/music/songs if it is there, else demo songs]")
    parser.add_argument("--cache", type=Path, help="folder for all that took time [the user's own cache]")
    parser.add_argument("--model", default="studio-1378", help="name, file or run of the studio model [studio-1378]")
    parser.add_argument("--clips", type=int, default=40, help="clips of 5 s [40]")
    parser.add_argument("--sweep-clips", type=int, default=10, help="of them with ViSQOL in the sweep of bits [10]")
    parser.add_argument("--visqol", action=argparse.BooleanOptionalAction, default=True, help="the slow metric [yes]")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes that measure [all cores]")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="parts [all]")
    parser.add_argument("--conv-sizes", nargs="+", choices=conv_names(), default=conv_names(), help="[all five]")
    parser.add_argument("--conv-epochs", type=int, default=Recipe.epochs, help=f"[{Recipe.epochs}]")
    parser.add_argument("--conv-steps", type=int, default=Recipe.steps_per_epoch, help="an epoch [100]")
    parser.add_argument("--conv-seconds", type=float, default=Recipe.clip_seconds, help="of each of 16 clips [0.5]")
    parser.add_argument("--figure", type=Path, help="quality against kbit/s as .svg or .png")


def run(options: argparse.Namespace) -> Iterator[Figure]:
    cache = options.cache or Path(platformdirs.user_cache_dir("Musicae", appauthor=False)) / "benchmarks"
    studio = _studio(options.model) if {"studio", "once", "refined"} & set(options.only) else None
    # The card divides the songs also where the model itself is not to be measured.
    card_of = studio or _studio(options.model)
    material = gather(_songs(options.songs), cache, card_of.card if card_of else None, options.clips)
    print(f"{len(material.clips)} clips of {material.origin}; {len(material.training)} songs to learn from", flush=True)
    found: list[Figure] = []
    with Judge(material.clips, cache, jobs=options.jobs, say=_say) as judge:
        for figure in _figures(options, material, cache, judge, studio):
            found.append(figure)
            yield figure
    if options.figure:
        draw(found, options.figure)
        print(options.figure)


def _figures(
    options: argparse.Namespace, material: Material, cache: Path, judge: Judge, studio: Codec | None
) -> Iterator[Figure]:
    only = set(options.only)
    klt = fitted_klt(material.training, cache) if only & {"klt", "studio", "conv", "sweep", "latents"} else None
    nested = {name: codec for name, codec in (("klt", klt), ("studio", studio)) if codec and name in only}
    groups = material.groups()

    def judged(system: System, visqol: Callable[[int], bool] = lambda number: True) -> list[Result]:
        return judge.results(system, with_visqol=lambda number: options.visqol and visqol(number))

    linear: dict[int, list[Result]] = {}
    for family, codec in nested.items():
        for size, channels in _sizes(codec).items():
            system = ModelSystem(f"{family}-{size}", family, codec, channels)
            results = judged(system)
            if family == "klt":
                linear[size] = results
            yield from _scores(system, results, groups, reference=linear.get(size) if family != "klt" else None)
    if studio and studio.in_one_pass is not studio and "once" in only:
        for size, channels in _sizes(studio).items():
            system = ModelSystem(f"studio-{size} in one pass", ONCE, studio.in_one_pass, channels)
            yield from _scores(system, judged(system), groups, reference=linear.get(size))
    if studio and "refined" in only:
        for size, channels in _sizes(studio).items():
            system = ModelSystem(f"studio-{size} refined", REFINED, studio, channels, refine=STEPS)
            yield from _scores(system, judged(system), groups, reference=linear.get(size), steps=str(STEPS))
    if "conv" in only:
        yield from _conv(options, material, cache, judged, groups)
    for family, rates in (("opus", OPUS), ("mp3", MP3)):
        if family in only:
            for rate in real_rates(family, list(rates)):
                lossy = Lossy(family, rate)
                yield from _scores(lossy, judged(lossy), groups, encoder=encoder())
    if "sweep" in only:
        every = max(1, len(material.clips) // max(1, options.sweep_clips))
        for family, codec in nested.items():
            yield from _sweep(family, codec, judged, every)
    if "latents" in only:
        for family, codec in nested.items():
            yield from _latents(family, codec, material)


def _scores(
    system: System,
    results: Sequence[Result],
    groups: dict[str, list[int]],
    *,
    reference: Sequence[Result] | None = None,
    **more: str,
) -> Iterator[Figure]:
    """A system's metrics over each group of clips; `reference` are the linear transform's at the same size."""
    for group, numbers in groups.items():
        chosen = [results[number] for number in numbers]
        songs = [result.song for result in chosen]
        details = {
            "family": system.family,
            "kbit_per_second": sum(result.kbit_per_second for result in chosen) / len(chosen),
            "floats_per_second": system.floats_per_second,
            "songs": len(set(songs)),
            **more,
        }
        for metric, unit in METRICS.items():
            found = _mean([result.values.get(metric) for result in chosen], songs)
            theirs = _mean([reference[number].values.get(metric) for number in numbers], songs) if reference else None
            yield Figure(
                f"{system.name}/{group}/{metric}",
                found.mean if found else None,
                unit,
                reference=theirs.mean if theirs else None,
                ratio=found.mean / theirs.mean if found and theirs and theirs.mean else None,
                details=details | (found.to_dict() if found else {}),
            )
        own = sum(result.own for result in chosen)
        yield Figure(f"{system.name}/{group}/nearest", own, f"of {len(chosen)}", details=details)


def _conv(
    options: argparse.Namespace,
    material: Material,
    cache: Path,
    judged: Callable[[System], list[Result]],
    groups: dict[str, list[int]],
) -> Iterator[Figure]:
    recipe = Recipe(epochs=options.conv_epochs, steps_per_epoch=options.conv_steps, clip_seconds=options.conv_seconds)
    # Without the last fifth of each song, on which they are judged, too.
    songs = [first_part(song) for song in material.training]
    klt = fitted_klt(songs, cache)
    for name in options.conv_sizes:
        reference = trained_conv(name, songs, cache, recipe, _say)
        yield Figure(f"{name}/learning rate", reference.rate, details=reference.facts())
        system = ModelSystem(name, "conv", reference.codec, reference.codec.channels)
        yield from _scores(system, judged(system), groups)
        taught = reference.codec.card.split.get("train", ())
        heard = [song for song in material.training if song.key in taught]
        clips = excerpts(heard, options.clips, first=SHARE)
        yield from _other_clips(name, reference.codec, reference.codec.channels, clips, RECORDED.get(name))
        if name in SAME_SIZE:
            yield from _other_clips(f"{name}/klt of its size", klt, SAME_SIZE[name], clips, None)


def _other_clips(
    name: str, codec: Codec, channels: int, clips: Sequence[Excerpt], recorded: tuple[float, float] | None
) -> Iterator[Figure]:
    """SI-SDR and mel on parts of the songs that were learned from, which were not heard."""
    pairs = [(clip.samples, codec.decode(codec.encode(clip.clip, channels=channels)).samples[0]) for clip in clips]
    values = {
        "si_sdr": [si_sdr(samples, made) for samples, made in pairs],
        "mel": [mel_distance(samples, made, codec.rate) for samples, made in pairs],
    }
    for place, (metric, scores) in enumerate(values.items()):
        found = _mean(scores, [clip.song.key for clip in clips])
        if found:
            beside = recorded[place] if recorded else None
            name_of = f"{name}/{OTHER_CLIPS}/{metric}"
            yield Figure(name_of, found.mean, METRICS[metric], reference=beside, details=found.to_dict())


def _sweep(
    family: str, codec: Codec, judged: Callable[[System, Callable[[int], bool]], list[Result]], every: int
) -> Iterator[Figure]:
    """Each size in fewer and fewer bits a float; differences to the latent as it is, on the same clips."""
    for size, channels in _sizes(codec).items():
        exact = judged(ModelSystem(f"{family}-{size} 32 bits", family, codec, channels, 32), lambda number: False)
        for bits in SWEEP_BITS:
            system = ModelSystem(f"{family}-{size} {bits} bits", family, codec, channels, bits)
            results = judged(system, lambda number: number % every == 0)
            songs = [result.song for result in results]
            kbit = sum(result.kbit_per_second for result in results) / len(results)
            for metric, unit in METRICS.items():
                # ViSQOL on the same few clips for all bits, also where it is known for more.
                rows = results[::every] if metric == "visqol" else results
                found = _mean([row.values.get(metric) for row in rows], [row.song for row in rows])
                before = _mean([row.values.get(metric) for row in exact], songs)
                yield Figure(
                    f"sweep/{family}-{size}/{bits} bits/{metric}",
                    found.mean if found else None,
                    unit,
                    reference=before.mean if before else None,
                    details={"bits": bits, "kbit_per_second": kbit} | (found.to_dict() if found else {}),
                )


def _latents(family: str, codec: Codec, material: Material) -> Iterator[Figure]:
    pairs = path_pairs(material.clips, 10)
    for size, channels in _sizes(codec).items():
        ratios = [path_ratio(codec, channels, one, other) for one, other in pairs]
        if ratios:
            details = {"pairs": len(ratios), "largest": max(ratios)}
            yield Figure(
                f"latents/{family}-{size}/largest over mean step", sum(ratios) / len(ratios), "", details=details
            )
        for share, (sdr, mel) in noise_scores(codec, channels, material.clips).items():
            for metric, value in (("si_sdr", sdr), ("mel", mel)):
                yield Figure(f"latents/{family}-{size}/noise {100 * share:.0f} %/{metric}", value, METRICS[metric])


def table(figures: Sequence[Figure]) -> str:
    """The main table by author group, then the sweep of bits, the latents, and the convolutions' own songs."""
    metrics = tuple(f"/{metric}" for metric in METRICS)
    groups = dict.fromkeys(
        each.name.split("/")[1] for each in figures if "family" in each.details and each.name.endswith(metrics)
    )
    parts = [f"-- {group}\n{_main_table(figures, group)}" for group in groups]
    sweep = [each for each in figures if each.name.startswith("sweep/")]
    if sweep:
        parts.append("-- bits a float (ViSQOL on fewer clips)\n" + _sweep_table(sweep))
    rest = [each for each in figures if each.name.startswith("latents/") or OTHER_CLIPS in each.name]
    if rest:
        rows = [["", "value", "recorded or largest"]]
        for each in rest:
            beside = each.reference if each.reference is not None else each.details.get("largest")
            rows.append([each.name, shown(each.value), "" if beside is None else shown(beside)])
        parts.append("-- latents, and convolutions on other clips of the songs they learned from\n" + grid(rows))
    return "\n\n".join(parts)


def draw(figures: Sequence[Figure], path: Path) -> None:
    """The figure "quality against kbit/s": means over all clips with their 95 % intervals."""
    from core.figures import Panel, Point, quality_against_rate

    titles = {"si_sdr": "SI-SDR, dB", "mel": "mel distance", "stft": "STFT distance", "visqol": "ViSQOL"}
    panels = []
    for metric, title in titles.items():
        series: dict[str, list[Point]] = {}
        for each in figures:
            if not each.name.endswith(f"/{ALL}/{metric}") or each.value is None:
                continue
            low, high = each.details.get("interval") or (None, None)
            point = Point(each.details["kbit_per_second"], each.value, low, high)
            series.setdefault(_SERIES.get(each.details["family"], each.details["family"]), []).append(point)
        if series:
            ordered = {name: series[name] for name in _SERIES.values() if name in series}
            panels.append(Panel(title, ordered, more_is_better=metric in ("si_sdr", "visqol")))
    if panels:
        quality_against_rate(panels, path)


# Names in the figure, of the families that it shows.
_SERIES = {"studio": "studio", REFINED: REFINED, "klt": "klt", "conv": "conv", "opus": "Opus", "mp3": "MP3"}


def _main_table(figures: Sequence[Figure], group: str) -> str:
    rows = [["", "kbit/s", "floats/s", "SI-SDR", "mel", "STFT", "ViSQOL", "own is nearest"]]
    found: dict[str, dict[str, Figure]] = {}
    for each in figures:
        system, _slash, rest = each.name.partition(f"/{group}/")
        if rest:
            found.setdefault(system, {})[rest] = each
    for system, row in found.items():
        facts = row["nearest"]
        floats = facts.details.get("floats_per_second")
        cells = [_cell(row[metric]) for metric in METRICS]
        sizes = [f"{facts.details['kbit_per_second']:.1f}", "" if floats is None else f"{floats:.0f}"]
        rows.append([system, *sizes, *cells, f"{shown(facts.value)} {facts.unit}"])
    return grid(rows)


def _sweep_table(sweep: Sequence[Figure]) -> str:
    rows = [["", "kbit/s", "SI-SDR", "lost, dB", "mel", "STFT", "ViSQOL"]]
    found: dict[str, dict[str, Figure]] = {}
    for each in sweep:
        name, _slash, metric = each.name.removeprefix("sweep/").rpartition("/")
        found.setdefault(name, {})[metric] = each
    for name, row in found.items():
        sdr = row["si_sdr"]
        lost = "-" if sdr.value is None or sdr.reference is None else f"{sdr.reference - sdr.value:.2f}"
        cells = [_cell(row[metric]) for metric in METRICS]
        rows.append([name, f"{sdr.details['kbit_per_second']:.1f}", cells[0], lost, *cells[1:]])
    return grid(rows)


def _cell(figure: Figure) -> str:
    if figure.value is None:
        return "-"
    digits = 2 if figure.name.endswith(("si_sdr", "visqol")) else 3
    return f"{figure.value:.{digits}f} ±{figure.details['deviation']:.{digits}f}"


def _mean(values: Sequence[float | None], songs: Sequence[str]) -> Mean | None:
    return mean([None if value is None or not math.isfinite(value) else value for value in values], songs)


def _sizes(codec: Codec) -> dict[int, int]:
    """Channels by floats/s, of those sizes that the model has."""
    chosen = [channels for channels in CHANNELS if channels <= codec.channels]
    return {int(channels * codec.rate / codec.hop): channels for channels in chosen}


def _studio(name: str) -> Codec | None:
    try:
        return load_codec(name)
    except MusicaeError as error:
        print(f"Without the studio model: {error.sentence}")
        return None


def _songs(given: Path | None) -> Path | None:
    if given is not None:
        return given
    beside = ROOT.parent / "shared" / "music" / "songs"
    return beside if beside.is_dir() else None


def _say(words: str) -> None:
    print(words, flush=True)
