"""Exploring latents: the first report's table beside ours, and what of it is real."""

from __future__ import annotations

from typing import Any

from core.i18n import _, ngettext
from core.latents.collection import LATENT, STATISTICS
from core.latents.intervals import Interval, describe_difference
from core.study.folder import StudyFolder
from core.study.numbers import shown, with_interval
from core.study.report import drawing
from core.study.report.chapters.exploring_chosen import look_closer
from core.study.report.document import Chapter, Grid, Picture
from core.study.report.verdicts import best_statistics, kind_word, label, reached, score_titles, shares_of_log_mel
from core.study.study import STUDIO

CLASSIFIERS = ("tree", "knn", "linear", "svm")
LOPSIDED = 0.15
"""Completeness that clusters of such sizes have by chance: nearly all clips lie in one of them."""


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("Exploring latents"))
    stage = document["stages"].get("exploring")
    if not stage:
        return made
    scored = stage.get("scored") or {"clips": stage["clips"], "genres": len(stage["genres"])}
    divisions = stage.get("divisions") or 1
    made.say(
        _(
            "{clips} clips, of which {scored} of {genres} genres are scored. A representation is the flattened latent, "
            "as in the first report, or its time statistics: mean, deviation and mean absolute change of each channel."
        ).format(clips=stage["clips"], scored=scored["clips"], genres=scored["genres"]),
        stage["note"],
    )
    if stage["folds"]:
        made.say(
            ngettext(
                "Classifiers are scored in {folds} folds, of {n} division by groups of songs, no group of which is on "
                "both sides; the interval is that of cross-validation, whose training sets overlap (Nadeau and Bengio "
                "2003). Clusters are scored in {draws} draws of four fifths of the groups.",
                "Classifiers are scored in {folds} folds, of {n} divisions by groups of songs, no group of which is on "
                "both sides; the interval is that of repeated cross-validation, whose training sets overlap (Nadeau "
                "and Bengio 2003, Bouckaert and Frank 2004). Clusters are scored in {draws} draws of four fifths of "
                "the groups.",
                divisions,
            ).format(folds=stage["folds"], n=divisions, draws=document["config"]["seeds"])
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
            look_closer(made, f"{chosen}, {kind_word(kind)}", kind, closer)
    return made


def _scores(made: Chapter, rows: dict[str, dict[str, Any]], stage: dict[str, Any]) -> None:
    beside = [row for row in rows.values() if row["reported"]]
    if beside:
        made.add(_reported(beside))
        made.say(
            _(
                "The first report tested its tree once, on its test songs, and clustered all clips once; here every "
                "score has a 95 % interval and a chance line."
            ),
            _lopsided(beside),
        )
    made.add(_table(rows))
    if any(row["classifiers"] for row in rows.values()):
        made.add(_supervised(rows))
    made.add(_picture(rows))
    shares = shares_of_log_mel(rows)
    if shares:
        made.add(_beside_log_mel(shares))
        made.say(reached(STUDIO, rows))
    if stage["differences"]:
        made.add(_differences(rows, stage["differences"]))
        made.say(best_statistics(stage))
        for sentence in _in_words(rows, stage["differences"]):
            made.say(sentence)


def _reported(beside: list[dict[str, Any]]) -> Grid:
    def line(row: dict[str, Any]) -> tuple[str, ...]:
        theirs, chance = row["reported"], row["clusters_chance"]
        cells: list[str] = []
        for score in ("homogeneity", "completeness"):
            cells += [with_interval(row["clusters"].get(score)), shown(chance.get(score)), shown(theirs.get(score), 4)]
        tree = row["classifiers"].get("tree", {})
        cells += [with_interval(tree.get("accuracy")), shown(tree.get("chance")), shown(theirs.get("tree"), 2)]
        return (row["model"], *cells)

    header: list[str] = [_("flattened latent of")]
    for name in (_("homogeneity"), _("completeness"), _("tree accuracy")):
        header += [name, _("chance"), _("report's")]
    return Grid(
        "reported",
        header,
        [line(row) for row in beside],
        _(
            "The first report's table and ours: k-means and a decision tree against the genres. Ours are of these "
            "songs, with 95 % intervals; the report's are of GTZAN."
        ),
    )


def _lopsided(beside: list[dict[str, Any]]) -> str:
    """Why completeness looks high beside homogeneity, in the report as here."""
    chances = [row["clusters_chance"].get("completeness") for row in beside]
    known = [each for each in chances if each is not None]
    if not known or min(known) < LOPSIDED:
        return ""
    return _(
        "Completeness is so much higher than homogeneity because nearly all clips fall into one cluster: clusters of "
        "such sizes have {low:.2f} to {high:.2f} of it by chance. The report has {least:.2f} to {most:.2f}."
    ).format(
        low=min(known),
        high=max(known),
        least=min(row["reported"]["completeness"] for row in beside),
        most=max(row["reported"]["completeness"] for row in beside),
    )


def _table(rows: dict[str, dict[str, Any]]) -> Grid:
    names = {"homogeneity": _("homogeneity"), "completeness": _("completeness")}
    header = [_("representation"), _("floats")]
    for name in names.values():
        header += [name, _("chance")]
    lines = []
    for row in rows.values():
        scores, chance = row["clusters"], row["clusters_chance"]
        cells = [cell for name in names for cell in (with_interval(scores.get(name)), shown(chance.get(name)))]
        lines.append((label(row), str(row["floats"]), *cells, with_interval(scores.get("v_measure"))))
    return Grid(
        "exploring",
        (*header, _("V-measure")),
        lines,
        _(
            "k-means with as many clusters as genres, against the genres, with 95 % intervals. Completeness is 1 where "
            "all clips fall into one cluster, so that it says nothing without homogeneity."
        ),
    )


def _supervised(rows: dict[str, dict[str, Any]]) -> Grid:
    titles = score_titles()
    names = [name for name in CLASSIFIERS if any(name in row["classifiers"] for row in rows.values())]
    return Grid(
        "classifiers",
        (_("representation"), *(titles[name] for name in names), _("chance")),
        [
            (
                label(row),
                *(with_interval(row["classifiers"].get(name, {}).get("accuracy")) for name in names),
                shown(next((each["chance"] for each in row["classifiers"].values()), None)),
            )
            for row in rows.values()
        ],
        _(
            "Genre accuracy of classifiers in the same folds, with 95 % intervals; chance is naming the most frequent "
            "genre always."
        ),
    )


def _beside_log_mel(shares: dict[str, dict[str, float | None]]) -> Grid:
    titles = score_titles()
    names = list(next(iter(shares.values()), {}))
    return Grid(
        "beside-log-mel",
        (_("time statistics of"), *(titles[name] for name in names)),
        [(model, *(_percent(found[name]) for name in names)) for model, found in shares.items()],
        _(
            "Each score in percent of the one that plain log-mel statistics have on the same clips: 100 % means that "
            "nothing of the genres is lost against them; completeness says so only together with homogeneity."
        ),
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _differences(rows: dict[str, dict[str, Any]], found: list[dict[str, Any]]) -> Grid:
    return Grid(
        "differences",
        (_("first"), _("second"), _("score"), _("first less second, 95 % interval"), _("sure")),
        [
            (
                label(rows[each["first"]]),
                label(rows[each["second"]]),
                _score_name(each["score"]),
                with_interval(each, signed=True),
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
            label(rows[each["first"]]),
            label(rows[each["second"]]),
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
    models = list(dict.fromkeys(row["model"] for row in rows.values()))
    kinds = {LATENT: kind_word(LATENT), STATISTICS: kind_word(STATISTICS)}

    def of(model: str, kind: str) -> dict[str, Any]:
        return rows.get(f"{model}/{kind}") or {"classifiers": {}, "clusters": {}, "clusters_chance": {}}

    def tree(row: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = row["classifiers"].get("tree", {})
        return found

    titles = (_("tree accuracy"), _("V-measure"))
    values = {
        titles[0]: {word: [tree(of(model, kind)).get("accuracy") for model in models] for kind, word in kinds.items()},
        titles[1]: {
            word: [of(model, kind)["clusters"].get("v_measure") for model in models] for kind, word in kinds.items()
        },
    }
    chance = {
        titles[0]: {
            word: [(tree(of(model, kind)).get("chance") or {}).get("mean") for model in models]
            for kind, word in kinds.items()
        },
        titles[1]: {
            word: [of(model, kind)["clusters_chance"].get("v_measure") for model in models]
            for kind, word in kinds.items()
        },
    }
    return Picture(
        "genres",
        lambda: drawing.bars(models, values, chance),
        _("How much of the genres each representation shows; lines are 95 % intervals, grey ticks are chance."),
    )
