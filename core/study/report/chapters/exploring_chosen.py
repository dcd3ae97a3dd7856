"""A closer look at the latents of the chosen size: elbow, components, t-SNE, clusters by genre, confusion."""

from __future__ import annotations

from typing import Any

from core.i18n import _, ngettext
from core.latents.cluster_study import SHARE
from core.latents.intervals import Interval, describe_difference, over_subsets, paired
from core.study.numbers import with_interval
from core.study.report import drawing
from core.study.report.document import Chapter, Grid, Picture

MOST = 0.25
"""Share of the clips that one clip is the nearest of, from which on it is worth a sentence."""


def look_closer(made: Chapter, title: str, kind: str, closer: dict[str, Any]) -> None:
    """Add the figures and tables of one representation; those about genres only where there are two of them."""
    made.head(title)
    elbow = closer["elbow"]
    several = len(closer["table"]["genres"]) > 1
    titles = {"inertia": _("inertia"), "silhouette": _("silhouette")}
    if several:
        titles |= {"homogeneity": _("homogeneity"), "completeness": _("completeness")}
    charts = {words: (elbow["k"], elbow[name]) for name, words in titles.items()}
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
            ).format(title=title, share=100 * sum(closer["explained"][:3]))
            + _at_the_edges(closer["points"]["values"]),
        ),
        Picture(
            f"tsne-{kind}",
            lambda: drawing.cloud(closer["tsne"]["values"], closer["tsne"]["genres"], ("", "")),
            _("{title}: t-SNE of the clips; only who is near whom means anything.").format(title=title),
        ),
    )
    if several:
        _compare_with_genres(made, title, kind, closer)


def _compare_with_genres(made: Chapter, title: str, kind: str, closer: dict[str, Any]) -> None:
    made.add(
        Picture(
            f"clusters-{kind}",
            lambda: drawing.matrix(
                closer["table"]["counts"],
                [f"{n + 1} ({size})" for n, size in enumerate(closer["table"]["sizes"])],
                [genre or "?" for genre in closer["table"]["genres"]],
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
                lambda: drawing.matrix(
                    tree["counts"], tree["genres"], tree["genres"], _("told"), _("true"), shares=True
                ),
                _(
                    "{title}: which genres the decision tree takes for which, in percent of each, over all folds."
                ).format(title=title),
            )
        )
    made.add(_dims(title, kind, closer["dims"]))
    made.say(_blame(closer["dims"]))
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
        ),
        _hub(near),
    )


def _at_the_edges(points: list[list[float]]) -> str:
    """On the clips that lie outside of the figure's axes, where there are any."""
    count = drawing.far_out(points)
    words = ngettext(
        "{n} clip lies so far out that it stands at the edge.",
        "{n} clips lie so far out that they stand at the edges.",
        count,
    )
    return " " + words.format(n=count) if count else ""


def _hub(near: dict[str, Any]) -> str:
    """On a clip that is the nearest to most others."""
    if near.get("hub", 0.0) < MOST:
        return ""
    return _(
        "For {share:.0f} % of the clips the nearest is one and the same clip: where there are many more dimensions "
        "than clips, one near the mean of all is near to each, and distances tell little."
    ).format(share=100 * near["hub"])


def _blame(dims: list[dict[str, Any]]) -> str:
    """Whether dimension is to blame, as the report has it: the fewest components against all dimensions."""
    fewest, all_of_them = dims[0]["scores"]["v_measure"], dims[-1]["scores"]["v_measure"]
    if dims[-1]["dims"]:
        return ""
    found: Interval = over_subsets(paired(fewest["values"], all_of_them["values"]), SHARE)
    few = _("k-means on {n} components").format(n=dims[0]["dims"])
    sentence = describe_difference(found, few, _("k-means on all dimensions"), _("V-measure")).sentence
    return _("The report blames the dimension.") + " " + sentence


def _dims(title: str, kind: str, dims: list[dict[str, Any]]) -> Grid:
    names = ("homogeneity", "completeness", "v_measure", "adjusted_rand")
    lines = [(row["dims"], [with_interval(row["scores"][name]) for name in names]) for row in dims]
    # As many components as dimensions turn the points, and change nothing else.
    kept = [line for line in lines if line is lines[-1] or line[1] != lines[-1][1]]
    return Grid(
        f"dimensions-{kind}",
        (_("components"), _("homogeneity"), _("completeness"), _("V-measure"), _("adjusted Rand")),
        [(str(count or _("all")), *cells) for count, cells in kept],
        _("{title}: k-means after PCA to fewer dimensions, which tells whether dimension is to blame.").format(
            title=title
        ),
    )
