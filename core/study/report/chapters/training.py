"""Training: losses over epochs, and what each run was asked for and took."""

from __future__ import annotations

from typing import Any

from core.i18n import _
from core.study.folder import StudyFolder
from core.study.numbers import shown
from core.study.report import drawing
from core.study.report.document import Chapter, Grid, Picture


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("Training"))
    stages = document["stages"]
    models = {**stages.get("training", {}).get("models", {}), **stages.get("neighbours", {}).get("models", {})}
    if not models:
        return made
    models = dict(sorted(models.items(), key=lambda each: (each[1]["family"], -each[1]["floats"])))
    minutes = document["config"].get("minutes")
    if minutes:
        made.say(
            _(
                "Each training had {minutes:g} minutes; how many epochs that is depends on the network and the "
                "computer."
            ).format(minutes=minutes)
        )
    convs = {name: facts for name, facts in models.items() if facts["family"] == "conv" and facts["history"]}
    curves = {
        name: ([line["epoch"] for line in facts["history"]], [line["val_loss"] for line in facts["history"]])
        for name, facts in convs.items()
    }
    if curves:
        made.add(
            Picture(
                "losses",
                lambda: drawing.lines(curves, _("epoch"), _("validation loss"), log_y=True),
                _("Validation loss after each epoch, by size: where a curve lies flat, more epochs bring nothing."),
            )
        )
    made.add(
        Grid(
            "runs",
            (
                _("model"),
                _("floats in 5 s"),
                _("parameters"),
                _("largest learning rate"),
                _("epochs"),
                _("steps"),
                _("best epoch"),
                _("loss before"),
                _("best loss"),
                _("seconds"),
            ),
            [
                (
                    name,
                    str(facts["floats"]),
                    str(facts["parameters"]),
                    _rate(facts["history"]),
                    str(facts["epochs"]),
                    str(facts["steps"]),
                    str(facts["best_epoch"]),
                    shown(facts["first_val_loss"], 6),
                    shown(facts["best_val_loss"], 6),
                    shown(float(facts["seconds"]), 1),
                )
                for name, facts in models.items()
            ],
            _(
                "Every run, with its validation loss before training and at its best; the losses of different kinds of "
                "models are not alike. Settings and history lie in the run's folder; the linear transform is fitted in "
                "one step."
            ),
        )
    )
    return made


def _rate(history: list[dict[str, Any]]) -> str:
    largest = max((line.get("learning_rate") or 0.0 for line in history), default=0.0)
    return f"{largest:.2g}" if largest else shown(None)
