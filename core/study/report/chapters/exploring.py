"""Exploring latents: the first report's table beside ours, and what of it is real."""

from __future__ import annotations

from typing import Any

from core.i18n import _
from core.study.folder import StudyFolder
from core.study.numbers import shown, with_interval
from core.study.report import drawing
from core.study.report.document import Chapter, Grid, Picture

SENTENCES = 30


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("Exploring latents"))
    stage = document["stages"].get("exploring")
    if not stage:
        return made
    made.say(
        _(
            "{clips} clips, {genres} genres, {folds} folds by groups of songs. A representation is the flattened "
            "latent, as in the first report, or its time statistics: mean, deviation and mean absolute change of "
            "each channel."
        ).format(clips=stage["clips"], genres=stage["clusters"], folds=stage["folds"]),
        stage["note"],
    )
    rows = stage["rows"]
    made.add(_table(rows), _supervised(rows), _picture(rows))
    made.say(
        _(
            "The first report tested its tree once, on its test songs, and clustered all clips once; here every score "
            "has a 95 % interval and a chance line."
        )
    )
    for sentence in [each["sentence"] for each in stage["differences"]][:SENTENCES]:
        made.say(sentence)
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
            _look_closer(made, f"{chosen}, {_kind(kind)}", kind, closer)
    return made


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
    names = ("tree", "knn", "linear", "svm")
    return Grid(
        "classifiers",
        (_("representation"), _("tree"), _("5 nearest"), _("linear"), _("SVM"), _("chance")),
        [
            (
                _label(row),
                *(with_interval(row["classifiers"].get(name, {}).get("accuracy")) for name in names),
                shown(row["classifiers"].get("tree", {}).get("chance")),
            )
            for row in rows.values()
        ],
        _("Genre accuracy of four classifiers in the same folds, with 95 % intervals."),
    )


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


def _look_closer(made: Chapter, title: str, kind: str, closer: dict[str, Any]) -> None:
    elbow = closer["elbow"]
    charts = {
        _("inertia"): (elbow["k"], elbow["inertia"]),
        _("silhouette"): (elbow["k"], elbow["silhouette"]),
        _("homogeneity"): (elbow["k"], elbow["homogeneity"]),
        _("completeness"): (elbow["k"], elbow["completeness"]),
    }
    made.add(
        Picture(
            f"elbow-{kind}",
            lambda: drawing.panels(charts, _("clusters k"), marked=elbow["elbow"]),
            _("{title}: k-means over k; the dotted line is the elbow of the inertia, k = {k}.").format(
                title=title, k=elbow["elbow"]
            ),
        ),
        Picture(
            f"components-{kind}",
            lambda: drawing.cloud(
                closer["points"]["values"],
                closer["points"]["genres"],
                [f"PC {n + 1} ({100 * share:.1f} %)" for n, share in enumerate(closer["explained"][:3])],
            ),
            _(
                "{title}: the first three principal components after standardising, {share:.0f} % of the variance."
            ).format(title=title, share=100 * sum(closer["explained"][:3])),
        ),
        Picture(
            f"tsne-{kind}",
            lambda: drawing.cloud(closer["tsne"]["values"], closer["tsne"]["genres"], ("", "")),
            _("{title}: t-SNE of the clips; only who is near whom means anything.").format(title=title),
        ),
        Picture(
            f"clusters-{kind}",
            lambda: drawing.matrix(
                closer["table"]["counts"],
                [f"{n + 1} ({size})" for n, size in enumerate(closer["table"]["sizes"])],
                closer["table"]["genres"],
                _("genre"),
                _("cluster (size)"),
            ),
            _("{title}: clips of each genre in each cluster of k-means.").format(title=title),
        ),
    )
    if "tree" in closer["confusion"]:
        tree = closer["confusion"]["tree"]
        made.add(
            Picture(
                f"confusion-{kind}",
                lambda: drawing.matrix(tree["counts"], tree["genres"], tree["genres"], _("told"), _("true")),
                _("{title}: which genres the decision tree takes for which, over all folds.").format(title=title),
            )
        )
    made.add(_dims(title, kind, closer["dims"]))
    near = closer["neighbours"]
    made.say(
        _(
            "{title}: the nearest clip of another song is of the same genre for {share:.0f} % of {clips} clips; by "
            "chance it would be for {chance:.0f} %. Agglomerative clustering has a V-measure of {ward:.3f}."
        ).format(
            title=title,
            share=100 * near["same_genre"],
            clips=near["clips"],
            chance=100 * near["chance"],
            ward=closer["agglomerative"]["v_measure"],
        )
    )


def _dims(title: str, kind: str, dims: list[dict[str, Any]]) -> Grid:
    names = ("homogeneity", "completeness", "v_measure", "adjusted_rand")
    return Grid(
        f"dimensions-{kind}",
        (_("components"), _("homogeneity"), _("completeness"), _("V-measure"), _("adjusted Rand")),
        [(str(row["dims"]), *(with_interval(row["scores"][name]) for name in names)) for row in dims],
        _("{title}: k-means after PCA to fewer dimensions, which tells whether dimension is to blame.").format(
            title=title
        ),
    )
