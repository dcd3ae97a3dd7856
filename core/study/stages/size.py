"""The printed rule that proposes the smallest acceptable size; the user may overrule it with a written reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.i18n import _, marked
from core.study.study import Study

NAME = "size"
RULE = {
    "nearest_original": 0.9,
    "chroma_correlation": 0.8,
    "self_similarity_correlation": 0.8,
    "onset_f1": 0.7,
    "beat_f1": 0.6,
}
"""The least mean over test clips of each score for a size to be acceptable."""
NAMES = {
    "nearest_original": marked("own original nearest"),
    "chroma_correlation": marked("chroma correlation"),
    "self_similarity_correlation": marked("self-similarity correlation"),
    "onset_f1": marked("onset F1"),
    "beat_f1": marked("beat F1"),
}


def title() -> str:
    return _("The smallest acceptable size")


def run(study: Study) -> dict[str, Any]:
    """Keys: `rule`, `table` (a row a size), `proposed`, `chosen`, `sentence`, `reason`."""
    systems = study.results["quality"]["systems"]
    rows = [row_of(name, systems[name]) for name in study.sizes if name in systems]
    proposed, sentence = propose(rows)
    return {
        "rule": RULE,
        "rule_words": rule_words(),
        "table": rows,
        "proposed": proposed,
        "chosen": study.config.chosen or proposed,
        "sentence": sentence,
        "reason": study.config.reason,
    }


def propose(rows: list[dict[str, Any]]) -> tuple[str, str]:
    """The smallest size that fails nothing, else the one that fails least (the larger of equals), and why."""
    good = [row for row in rows if not row["fails"]]
    if good:
        best = min(good, key=lambda row: row["floats"])
        sentence = _("{name} is the smallest size that keeps all of it.").format(name=best["name"])
    else:
        best = min(rows, key=lambda row: (len(row["fails"]), -row["floats"]))
        sentence = _("No size keeps all of it; {name} comes nearest and misses only: {missed}.").format(
            name=best["name"], missed=", ".join(_(NAMES[each]) for each in best["fails"])
        )
    return str(best["name"]), sentence


def rule_words() -> str:
    """The rule as a sentence."""
    listed = ", ".join(f"{_(NAMES[name])} ≥ {least:g}" for name, least in RULE.items())
    return _("The smallest size is acceptable whose means over the test clips reach: {rule}.").format(rule=listed)


def row_of(name: str, system: Mapping[str, Any]) -> dict[str, Any]:
    """A system's scores by the rule, and those that it fails."""
    values = {score: _value(system, score) for score in RULE}
    return {
        "name": name,
        "floats": system["floats"],
        "kbit_per_second": system["kbit_per_second"],
        **values,
        # A score that says nothing of any clip (no beats anywhere) is held against nobody.
        "fails": [score for score, value in values.items() if value is not None and value < RULE[score]],
    }


def _value(system: Mapping[str, Any], score: str) -> float | None:
    if score == "nearest_original":
        return float(system[score])
    known = system["scores"][score]
    return None if known is None else float(known["mean"])
