"""The second report's network: its losses, what goes wrong in it, its distances beside theirs."""

from __future__ import annotations

from typing import Any

from core.i18n import _
from core.study.folder import StudyFolder
from core.study.numbers import shown
from core.study.report import drawing
from core.study.report.document import Chapter, Grid, Picture
from core.study.stages.variational import JUDGE

LAYERS = 8


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("The variational network"))
    models = {
        name: facts
        for name, facts in document["stages"].get("variational", {}).get("models", {}).items()
        if facts["history"]
    }
    if not models:
        return made
    made.say(
        _(
            "The second report's network, layer for layer: a block of 30 s at 3000 Hz is one step of 90,000 channels. "
            "Its text and its table disagree on which side overfits, and the model that it calls better scores worse "
            "than the one of latent 20."
        )
    )
    for key, title in (("mse", _("reconstruction")), ("kl", _("KL, nats a block"))):
        curves = {
            name: ([line["epoch"] for line in facts["history"]], [line["losses"].get(key) for line in facts["history"]])
            for name, facts in models.items()
            if all(line["losses"].get(key) is not None for line in facts["history"])
        }
        if curves:
            made.add(
                Picture(
                    f"variational-{key}",
                    lambda curves=curves, title=title: drawing.lines(curves, _("epoch"), title, log_y=True),  # type: ignore[misc]
                    _("{what} of validation after each epoch, apart from the other loss.").format(what=title),
                )
            )
    name, facts = next(iter(models.items()))
    gradients = _gradients(facts["history"])
    if gradients:
        made.add(
            Picture(
                "gradients",
                lambda: drawing.lines(gradients, _("epoch"), _("gradient norm"), log_y=True),
                _("{name}: norm of the gradient in each layer; the report saw it vanish from epoch 8 on.").format(
                    name=name
                ),
            )
        )
    norms = {each: _norms(facts["history"]) for each, facts in models.items() if _gradients(facts["history"])}
    if len(norms) > 1:
        made.add(
            Picture(
                "gradients-all",
                lambda: drawing.lines(norms, _("epoch"), _("gradient norm"), log_y=True),
                _("Norm of the whole gradient by configuration: does more beta keep it alive longer, as reported?"),
            )
        )
    made.add(_diagnoses(models))
    distances = document["stages"].get("frechet", {}).get("models", {})
    if distances:
        made.add(_reported(models, distances))
        made.say(_judge_words(models))
        made.add(_trusted(distances))
    return made


def _gradients(history: list[dict[str, Any]]) -> dict[str, tuple[list[float], list[float]]]:
    layers = [layer for layer in history[0]["gradients"] if history[0]["gradients"][layer]]
    step = max(1, len(layers) // LAYERS)
    return {
        layer: (
            [line["epoch"] for line in history if layer in line["gradients"]],
            [max(line["gradients"][layer], 1e-12) for line in history if layer in line["gradients"]],
        )
        for layer in layers[::step]
    }


def _norms(history: list[dict[str, Any]]) -> tuple[list[float], list[float]]:
    """Epochs, and the norm over all layers in each."""
    lines = [line for line in history if line["gradients"]]
    return (
        [line["epoch"] for line in lines],
        [max(sum(norm**2 for norm in line["gradients"].values()) ** 0.5, 1e-12) for line in lines],
    )


def _diagnoses(models: dict[str, Any]) -> Grid:
    rows = []
    for name, facts in models.items():
        found = facts.get("diagnosis")
        if not found:
            continue
        branches = found["branches"]
        dead = sum(branch["varying"] == 0 for branch in branches)
        rows.append(
            (
                name,
                f"{found['active_units']} / {found['units']}",
                shown(found["kl"], 3),
                shown(found["likeness"], 3),
                shown(found["original_likeness"], 3),
                f"{dead} / {len(branches)}",
            )
        )
    return Grid(
        "diagnoses",
        (
            _("model"),
            _("active units"),
            _("KL, nats a block"),
            _("likeness of outputs"),
            _("likeness of originals"),
            _("dead branches"),
        ),
        rows,
        _(
            "What goes wrong, on songs not learned from: latent units that vary, how much outputs resemble one another "
            "(1 is all the same), and residual branches that add nothing of the clip."
        ),
    )


def _reported(models: dict[str, Any], distances: dict[str, Any]) -> Grid:
    rows = []
    for name, parts in distances.items():
        theirs = models[name]["reported"] or (None, None)
        cells: list[str] = []
        for part, beside in zip(("test", "train"), theirs, strict=True):
            found = (parts.get(part) or {}).get("report") or {}
            cells += [shown(found.get(key), 2) for key in ("reconstructed", "generated", "zero")]
            cells.append(shown(None if beside is None else float(beside), 1))
        rows.append((name, *cells))
    header = [_("model")]
    for part in (_("test"), _("train")):
        header += [f"{part}: {word}" for word in (_("reconstructed"), _("generated"), _("zero"), _("report's"))]
    return Grid(
        "frechet-report",
        header,
        rows,
        _(
            "Frechet distance as the report has it, through a fixed encoder of latent 20 (short blocks at a higher "
            "rate through their own); zero is half against half. The report found 20 clips easy and all of them hard."
        ),
    )


def _judge_words(models: dict[str, Any]) -> str:
    """What the fixed encoder's distances are worth; "" where it has learned to tell clips apart."""
    found = models.get(JUDGE.name, {}).get("diagnosis")
    if not found or found["active_units"] > found["units"] / 2:
        return ""
    return _(
        "Only {active} of the fixed encoder's {units} units vary from clip to clip: it can hardly tell clips apart, "
        "and a small distance through it is no sign of quality."
    ).format(active=found["active_units"], units=found["units"])


def _trusted(distances: dict[str, Any]) -> Grid:
    rows = []
    for name, parts in distances.items():
        for part, found in parts.items():
            for kind, values in found["trusted"].items():
                if "note" in values:
                    continue
                rows.append(
                    (
                        name,
                        part,
                        kind,
                        str(values["matched"]),
                        *(
                            f"{values[key]['mean']:.2f} ± {values[key]['deviation']:.2f}"
                            for key in ("frechet_matched", "frechet_zero", "kernel_matched", "kernel_zero")
                        ),
                    )
                )
    return Grid(
        "frechet-trusted",
        (
            _("model"),
            _("side"),
            _("clips"),
            _("clips a set"),
            _("Frechet"),
            _("Frechet, zero"),
            _("kernel"),
            _("kernel, zero"),
        ),
        rows,
        _("Distances on MFCC, delta and chroma with equal numbers of clips; zero is real against real."),
    )
