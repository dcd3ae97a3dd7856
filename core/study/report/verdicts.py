"""What a study's numbers come to, in sentences; each of them says as much where the answer is no."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from core.i18n import _, ngettext
from core.latents.collection import LATENT, STATISTICS
from core.latents.folds import FOLDS
from core.latents.intervals import Interval, describe_difference, over_folds, paired
from core.study.report.words import measures
from core.study.stages.outside import WORSE

Rows = dict[str, dict[str, Any]]
ENOUGH = 0.9
"""Latents that reach so much of plain log-mel statistics' scores keep what tells genres apart."""
ERRORS = {"si_sdr": False, "mel": True, "stft": True}
"""Measures that sizes should order themselves by, and whether less is better."""


def order_of_sizes(systems: Rows) -> str:
    """Whether more floats mean less error among the convolutions."""
    convs = sorted((row for row in systems.values() if row["family"] == "conv"), key=lambda row: -row["floats"])
    if len(convs) < 2:
        return ""
    titles = measures()
    kept: list[str] = []
    broken: list[str] = []
    for measure, less in ERRORS.items():
        means = [mean for row in convs if (mean := _mean(row, measure)) is not None]
        if len(means) == len(convs):
            ordered = all((small >= large) if less else (small <= large) for large, small in pairwise(means))
            (kept if ordered else broken).append(titles[measure].partition(",")[0])
    sentences: list[str] = []
    if kept:
        sentences.append(
            _("The {n} convolutions order themselves on songs never heard: more floats, less error by {measures}.")
        )
    if broken:
        sentences.append(_("More floats are not always less error among the {n} convolutions by {missed}."))
    return " ".join(sentences).format(n=len(convs), measures=", ".join(kept), missed=", ".join(broken))


def linear_beside(systems: Rows) -> str:
    """How often the linear transform of the nearest size not above is better than the convolution."""
    convs = [row for row in systems.values() if row["family"] == "conv"]
    pairs = [(row, systems[name]) for row in convs if (name := nearest_linear(systems, row["floats"]))]
    if not pairs:
        return ""
    counted = []
    titles = measures()
    for measure in (*ERRORS, "visqol"):
        known = [(_mean(conv, measure), _mean(klt, measure)) for conv, klt in pairs]
        both = [(one, other) for one, other in known if one is not None and other is not None]
        better = sum(other < one if ERRORS.get(measure) else other > one for one, other in both)
        if both:
            name = titles[measure].partition(",")[0]
            counted.append(_("{measure} ({n} of {all})").format(measure=name, n=better, all=len(both)))
    return _(
        "The line to beat is the linear transform at the nearest size not above; it is better than the convolution, in "
        "so many of the sizes, in: {counted}."
    ).format(counted=", ".join(counted))


def nearest_linear(systems: Rows, floats: int) -> str:
    """The linear transform at the nearest size not above `floats`, the line to beat; "" for none."""
    below = [name for name, row in systems.items() if row["family"] == "klt" and row["floats"] <= floats]
    return max(below, key=lambda name: _floats(systems[name]), default="")


def shipped_beside(systems: Rows) -> str:
    """The shipped model beside the linear transform of its size."""
    studio = max((row for row in systems.values() if row["family"] == "studio"), key=_floats, default=None)
    if studio is None:
        return ""
    name = nearest_linear(systems, studio["floats"])
    if not name:
        return ""
    row = systems[name]
    titles = measures()
    compared = [
        _("{measure} {ours:.2f} against {theirs:.2f}").format(
            measure=titles[measure].partition(",")[0], ours=ours, theirs=theirs
        )
        for measure in (*ERRORS, "visqol")
        if (ours := _mean(studio, measure)) is not None and (theirs := _mean(row, measure)) is not None
    ]
    return _("The shipped model at {floats} floats in 5 s beside {name}: {compared}.").format(
        floats=studio["floats"], name=name, compared=", ".join(compared)
    )


def best_statistics(stage: dict[str, Any]) -> str:
    """The time statistics of the convolution that has the best ones, against its own flattened latent, by the tree."""
    convs = [row for row in stage["rows"].values() if row["model"].startswith("conv-")]
    told = [row for row in convs if row["representation"] == STATISTICS and "tree" in row["classifiers"]]
    if not told:
        return ""
    best = max(told, key=lambda row: row["classifiers"]["tree"]["accuracy"]["mean"])["model"]
    found = next(
        (
            each
            for each in stage["differences"]
            if each["score"] == "tree"
            and (each["first"], each["second"]) == (f"{best}/{STATISTICS}", f"{best}/{LATENT}")
        ),
        None,
    )
    if found is None:
        return ""
    interval = Interval(found["mean"], found["low"], found["high"], tuple(found["values"]))
    first, second = (label(stage["rows"][found[each]]) for each in ("first", "second"))
    told_best = _("Of the convolutions' time statistics the tree reads those of {name} best.").format(name=best)
    return f"{told_best} {describe_difference(interval, first, second, _('tree accuracy')).sentence}"


def label(row: dict[str, Any]) -> str:
    """Of a representation's row in `study.json`."""
    return f"{row['model']} · {kind_word(row['representation'])}"


def kind_word(kind: str) -> str:
    return _("flattened") if kind == LATENT else _("time statistics")


def shares_of_log_mel(rows: Rows) -> dict[str, dict[str, float | None]]:
    """Of each model's time statistics, every score as a share of the one that log-mel statistics have."""
    plain = rows.get(f"log-mel/{STATISTICS}")
    if plain is None:
        return {}
    known = {name: whole for name, read in SCORES.items() if (whole := read(plain))}
    return {
        row["model"]: {name: None if (value := SCORES[name](row)) is None else value / known[name] for name in known}
        for row in rows.values()
        if row["representation"] == STATISTICS and row is not plain
    }


def reached(model: str, rows: Rows) -> str:
    """Whether a model's statistics reach 90 % of log-mel's on every score, and where they do not."""
    shares = {name: share for name, share in shares_of_log_mel(rows).get(model, {}).items() if share is not None}
    if not shares:
        return ""
    titles = score_titles()
    missed = {name: share for name, share in shares.items() if share < ENOUGH}
    if not missed:
        return _("{model}'s time statistics reach {enough:.0f} % of plain log-mel statistics on every score.").format(
            model=model, enough=100 * ENOUGH
        )
    return _(
        "{model}'s time statistics reach {enough:.0f} % of plain log-mel statistics on {n} of {all} scores, and miss "
        "it on: {missed}."
    ).format(
        model=model,
        enough=100 * ENOUGH,
        n=len(shares) - len(missed),
        all=len(shares),
        missed=", ".join(
            f"{titles[name]} ({100 * share:.0f} %{_unsure(model, name, rows)})" for name, share in missed.items()
        ),
    )


def _unsure(model: str, name: str, rows: Rows) -> str:
    """That a classifier's score differs from log-mel's in these folds by no more than other songs could change."""
    first, second = (rows[f"{each}/{STATISTICS}"]["classifiers"].get(name) for each in (model, "log-mel"))
    if not first or not second:
        return ""
    differences = paired(first["accuracy"]["values"], second["accuracy"]["values"])
    found = over_folds(differences, 1 / FOLDS)
    if found.excludes_zero:
        return ""
    return _(", a difference of {mean:+.3f} ± {half:.3f} that is not sure").format(
        mean=found.mean, half=found.high - found.mean
    )


def score_titles() -> dict[str, str]:
    """Of `SCORES`."""
    return {
        "homogeneity": _("homogeneity"),
        "completeness": _("completeness"),
        "tree": _("tree"),
        "knn": _("5 nearest"),
        "linear": _("linear"),
        "svm": _("SVM"),
    }


def collapsed(models: dict[str, Any]) -> str:
    """In how many configurations of the second report's network no latent unit says anything."""
    found = [facts["diagnosis"] for facts in models.values() if facts.get("diagnosis")]
    asleep = [each for each in found if each["active_units"] == 0]
    if not asleep:
        return ""
    least = min(each["likeness"] for each in asleep)
    return _(
        "In {n} of {all} configurations of the second report's network no latent unit varies from clip to clip, and "
        "the likeness of their outputs is {likeness} (1: all the same; of the originals it is {original})."
    ).format(
        n=len(asleep),
        all=len(found),
        likeness=_likeness(least) if round(least, 2) == 1 else _("{least} or more").format(least=_likeness(least)),
        original=_likeness(max(each["original_likeness"] for each in asleep)),
    )


def learned(name: str, diagnosis: dict[str, Any] | None) -> str:
    """What the variational model along time makes of clips, beside the report's network."""
    if not diagnosis:
        return ""
    return _(
        "Of {name}'s {units} latent units {active} vary from clip to clip, and the likeness of its outputs is "
        "{likeness} (of the originals it is {original})."
    ).format(
        name=name,
        units=diagnosis["units"],
        active=diagnosis["active_units"],
        likeness=_likeness(diagnosis["likeness"]),
        original=_likeness(diagnosis["original_likeness"]),
    )


def _likeness(value: float) -> str:
    """Two places, and no zero with a sign."""
    return f"{round(value, 2) + 0.0:.2f}"


def new_music(stage: dict[str, Any], chosen: str) -> str:
    """How many of the songs from outside do as well as the test songs."""
    places = {song["name"]: mean_place(song["models"].get(chosen) or {}) for song in stage["songs"]}
    known = {name: place for name, place in places.items() if place is not None}
    if not known:
        return ""
    worse = [name for name, place in known.items() if place < WORSE]
    sentence = ngettext(
        "New music at the chosen size: {n} of {all} song does as well as the test songs.",
        "New music at the chosen size: {n} of {all} songs do as well as the test songs.",
        len(known),
    ).format(n=len(known) - len(worse), all=len(known))
    return sentence + (" " + _("Worse: {names}.").format(names=", ".join(worse)) if worse else "")


def mean_place(scores: dict[str, Any]) -> float | None:
    """The mean percentile of a song's scores among the test clips'."""
    places = [each["percentile"] for each in scores.values() if each["percentile"] is not None]
    return sum(places) / len(places) if places else None


def _cluster_mean(name: str) -> Callable[[dict[str, Any]], float | None]:
    return lambda row: (row["clusters"].get(name) or {}).get("mean")


def _accuracy(name: str) -> Callable[[dict[str, Any]], float | None]:
    return lambda row: (row["classifiers"].get(name, {}).get("accuracy") or {}).get("mean")


SCORES: dict[str, Callable[[dict[str, Any]], float | None]] = {
    **{name: _cluster_mean(name) for name in ("homogeneity", "completeness")},
    **{name: _accuracy(name) for name in ("tree", "knn", "linear", "svm")},
}
"""Of a representation's row in `study.json`."""


def _mean(row: dict[str, Any], measure: str) -> float | None:
    return (row["scores"].get(measure) or {}).get("mean")


def _floats(row: dict[str, Any]) -> int:
    return int(row["floats"])
