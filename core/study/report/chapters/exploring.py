"""Exploring latents: the first report's table beside ours, and what of it is real."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.i18n import _, ngettext
from core.latents.intervals import Interval, describe_difference
from core.study.folder import StudyFolder
from core.study.numbers import shown, with_interval
from core.study.report import drawing
from core.study.report.chapters.exploring_chosen import look_closer
from core.study.report.document import Chapter, Grid, Picture

CLASSIFIERS = ("tree", "knn", "linear", "svm")


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("Exploring latents"))
    stage = document["stages"].get("exploring")
    if not stage:
        return made
    scored = stage.get("scored") or {"clips": stage["clips"], "genres": len(stage["genres"])}
    made.say(
        _(
            "{clips} clips, of which {scored} of {genres} genres are scored, in {folds} folds by groups of songs. A "
            "representation is the flattened latent, as in the first report, or its time statistics: mean, deviation "
            "and mean absolute change of each channel."
        ).format(clips=stage["clips"], scored=scored["clips"], genres=scored["genres"], folds=stage["folds"]),
        stage["note"],
    )
    rows = stage["rows"]
    if any(row["clusters"] or row["classifiers"] for row in rows.values()):
        _scores(made, rows, stage)
    faulty = stage["without_faulty"]
    if faulty:
        made.say(
            _("Tree accuracy of log-mel statistics with the {n} faulty songs: {whole}; without: {without}.").format(
                n=faulty["songs"], whole=with_interval(faulty["with"]), without=with_interval(faulty["without"])
            )
        )
    chosen = document["stages"]["size"]["chosen"]
    for kind, closer in stage["closer"].items():
        if closer:
            look_closer(made, f"{chosen}, {_kind(kind)}", kind, closer)
    return made


def _scores(made: Chapter, rows: dict[str, dict[str, Any]], stage: dict[str, Any]) -> None:
    made.add(_table(rows))
    if any(row["classifiers"] for row in rows.values()):
        made.add(_supervised(rows))
    made.add(_picture(rows))
    made.say(
        _(
            "The first report tested its tree once, on its test songs, and clustered all clips once; here every score "
            "has a 95 % interval and a chance line."
        )
    )
    beside = _beside_log_mel(rows)
    if beside is not None:
        made.add(beside)
    if stage["differences"]:
        made.add(_differences(rows, stage["differences"]))
        for sentence in _in_words(rows, stage["differences"]):
            made.say(sentence)


def _kind(kind: str) -> str:
    return _("flattened") if kind == "latent" else _("time statistics")


def _label(row: dict[str, Any]) -> str:
    return f"{row['model']} · {_kind(row['representation'])}"


def _table(rows: dict[str, dict[str, Any]]) -> Grid:
    def line(row: dict[str, Any]) -> tuple[str, ...]:
        theirs, chance = row["reported"] or {}, row["clusters_chance"]
        cells: list[str] = []
        for score in ("homogeneity", "completeness"):
            cells += [with_interval(row["clusters"].get(score)), shown(chance.get(score)), shown(theirs.get(score), 4)]
        tree = row["classifiers"].get("tree", {})
        cells += [with_interval(tree.get("accuracy")), shown(tree.get("chance")), shown(theirs.get("tree"), 2)]
        return (_label(row), str(row["floats"]), *cells)

    header: list[str] = [_("representation"), _("floats")]
    for name in (_("homogeneity"), _("completeness"), _("tree accuracy")):
        header += [name, _("chance"), _("report's")]
    return Grid(
        "exploring",
        header,
        [line(row) for row in rows.values()],
        _("k-means and decision tree against the genres: ours with 95 % intervals, chance, and the first report's."),
    )


def _supervised(rows: dict[str, dict[str, Any]]) -> Grid:
    titles = {"tree": _("tree"), "knn": _("5 nearest"), "linear": _("linear"), "svm": _("SVM")}
    names = [name for name in CLASSIFIERS if any(name in row["classifiers"] for row in rows.values())]
    return Grid(
        "classifiers",
        (_("representation"), *(titles[name] for name in names), _("chance")),
        [
            (
                _label(row),
                *(with_interval(row["classifiers"].get(name, {}).get("accuracy")) for name in names),
                shown(next((each["chance"] for each in row["classifiers"].values()), None)),
            )
            for row in rows.values()
        ],
        _("Genre accuracy of classifiers in the same folds, with 95 % intervals."),
    )


def _beside_log_mel(rows: dict[str, dict[str, Any]]) -> Grid | None:
    """Every model's statistics as a share of what plain log-mel statistics reach in the same folds and draws."""
    plain = rows.get("log-mel/statistics")
    if plain is None:
        return None
    others = [row for row in rows.values() if row["representation"] == "statistics" and row is not plain]
    scores = {
        **{name: (title, _cluster_mean(name)) for name, title in _cluster_titles().items()},
        "tree": (_("tree accuracy"), _accuracy("tree")),
        "knn": (_("5 nearest"), _accuracy("knn")),
        "linear": (_("linear"), _accuracy("linear")),
        "svm": (_("SVM"), _accuracy("svm")),
    }
    known = {title: read for title, read in scores.values() if read(plain)}
    return Grid(
        "beside-log-mel",
        (_("time statistics of"), *known),
        [(row["model"], *(_percent(read(row), read(plain)) for read in known.values())) for row in others],
        _(
            "Each score in percent of the one that plain log-mel statistics have on the same clips: 100 % means that "
            "nothing of the genres is lost against them."
        ),
    )


def _cluster_titles() -> dict[str, str]:
    return {"homogeneity": _("homogeneity"), "completeness": _("completeness")}


def _cluster_mean(name: str) -> Callable[[dict[str, Any]], float | None]:
    return lambda row: (row["clusters"].get(name) or {}).get("mean")


def _accuracy(name: str) -> Callable[[dict[str, Any]], float | None]:
    return lambda row: (row["classifiers"].get(name, {}).get("accuracy") or {}).get("mean")


def _percent(value: float | None, whole: float | None) -> str:
    return "–" if value is None or not whole else f"{100 * value / whole:.0f} %"


def _differences(rows: dict[str, dict[str, Any]], found: list[dict[str, Any]]) -> Grid:
    return Grid(
        "differences",
        (_("first"), _("second"), _("score"), _("first less second, 95 % interval"), _("sure")),
        [
            (
                _label(rows[each["first"]]),
                _label(rows[each["second"]]),
                _score_name(each["score"]),
                with_interval(each),
                _("yes") if each["real"] else _("no"),
            )
            for each in found
        ],
        _("Differences within the same folds and draws; they are sure where the interval leaves out zero."),
    )


def _in_words(rows: dict[str, dict[str, Any]], found: list[dict[str, Any]]) -> list[str]:
    """A sentence on each difference that is real, and one on all the others."""
    said = [
        describe_difference(
            Interval(each["mean"], each["low"], each["high"], tuple(each["values"])),
            _label(rows[each["first"]]),
            _label(rows[each["second"]]),
            _score_name(each["score"]),
        ).sentence
        for each in found
        if each["real"]
    ]
    rest = len(found) - len(said)
    if rest:
        sentence = ngettext(
            "{n} of the {all} differences is not sure: with other songs it could be the other way round.",
            "{n} of the {all} differences are not sure: with other songs they could be the other way round.",
            rest,
        )
        said.append(sentence.format(n=rest, all=len(found)))
    return said


def _score_name(name: str) -> str:
    return _("tree accuracy") if name == "tree" else _("V-measure")


def _picture(rows: dict[str, dict[str, Any]]) -> Picture:
    labels = [_label(row) for row in rows.values()]
    tree, measure = _("tree accuracy"), _("V-measure")
    values = {
        tree: [row["classifiers"].get("tree", {}).get("accuracy") for row in rows.values()],
        measure: [row["clusters"].get("v_measure") for row in rows.values()],
    }
    chance = {
        tree: [(row["classifiers"].get("tree", {}).get("chance") or {}).get("mean") for row in rows.values()],
        measure: [row["clusters_chance"].get("v_measure") for row in rows.values()],
    }
    return Picture(
        "genres",
        lambda: drawing.bars(labels, values, chance),
        _("How much of the genres each representation shows; lines are 95 % intervals, grey ticks are chance."),
    )
