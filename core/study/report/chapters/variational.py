"""The second report's network: its losses, what goes wrong in it, its distances beside theirs."""

from __future__ import annotations

from typing import Any

from core.i18n import _
from core.study.folder import StudyFolder
from core.study.numbers import shown, significant
from core.study.report import drawing
from core.study.report.document import Chapter, Grid, Picture
from core.study.report.verdicts import collapsed, learned
from core.study.stages.variational import JUDGE, MORE

LAYERS = 8
GONE = 0.01
"""Of its first epoch's norm: a gradient that stays under it has vanished."""


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("The variational network"))
    models = {
        name: facts
        for name, facts in document["stages"].get("variational", {}).get("models", {}).items()
        if facts["history"]
    }
    distances = document["stages"].get("frechet", {}).get("models", {})
    diagnoses = document["stages"].get("frechet", {}).get("diagnoses", {})
    learns = {
        name: {**facts, "diagnosis": diagnoses.get(name)}
        for name, facts in document["stages"].get("training", {}).get("models", {}).items()
        if facts["family"] == "vae" and facts["history"]
    }
    if models:
        _layer_for_layer(made, document, models)
    for name, facts in learns.items():
        _along_time(made, name, facts["history"])
    every = {**models, **learns}
    if any(facts.get("diagnosis") for facts in every.values()):
        made.add(_diagnoses(every))
    made.say(collapsed(models), *(learned(name, facts["diagnosis"]) for name, facts in learns.items()))
    if any((parts.get("test") or parts.get("train") or {}).get("report") for parts in distances.values()):
        made.add(_reported(every, distances))
        made.say(_judge_words(models))
    if distances:
        made.add(_trusted(distances))
    return made


def _layer_for_layer(made: Chapter, document: dict[str, Any], models: dict[str, Any]) -> None:
    """The losses and gradients of the report's own network."""
    made.say(
        _(
            "The second report's network, layer for layer: a block of 30 s at 3000 Hz is one step of 90,000 channels. "
            "Its text and its table disagree on which side overfits, and the model that it calls better scores worse "
            "than the one of latent 20."
        )
    )
    made.say(_too_few(document, models))
    for key, title, caption in (
        (
            "mse",
            _("mean squared error"),
            _("Reconstruction's part of the loss on validation songs, after each epoch; a flat line learns nothing."),
        ),
        (
            "kl",
            _("KL, nats a block"),
            _("The other part, the KL divergence from the prior, on validation songs: at 0 the latent says nothing."),
        ),
    ):
        curves = {
            name: ([line["epoch"] for line in facts["history"]], [line["losses"].get(key) for line in facts["history"]])
            for name, facts in models.items()
            if all(line["losses"].get(key) is not None for line in facts["history"])
        }
        if curves:
            made.add(
                Picture(
                    f"variational-{key}",
                    lambda curves=curves, key=key, title=title: drawing.lines(  # type: ignore[misc]
                        curves, _("epoch"), title, log_y=key == "kl"
                    ),
                    caption,
                )
            )
    name, facts = next(iter(models.items()))
    gradients = _gradients(facts["history"])
    if gradients:
        made.add(
            Picture(
                "gradients",
                lambda: drawing.lines(gradients, _("epoch"), _("gradient norm"), log_y=True),
                _(
                    "{name}: norm of the gradient in layers of encoder and decoder, numbered from the input on; the "
                    "report saw it vanish from epoch 8 on."
                ).format(name=name),
            )
        )
    norms = {each: _norms(facts["history"]) for each, facts in models.items() if _gradients(facts["history"])}
    if len(norms) > 1:
        made.add(
            Picture(
                "gradients-all",
                lambda: drawing.lines(norms, _("epoch"), _("gradient norm"), log_y=True),
                _(
                    "Norm of the whole gradient by configuration: the report has more beta keep it alive longer, to "
                    "epoch 16; the table below says when ours is gone."
                ),
            )
        )


def _along_time(made: Chapter, name: str, history: list[dict[str, Any]]) -> None:
    """The losses and gradients of the model that learns; its latent has a frame some milliseconds long."""
    epochs = [line["epoch"] for line in history]
    titles = {"mse": _("mean squared error"), "kl": _("KL, nats a latent frame")}
    charts = {
        words: (epochs, [line["losses"].get(key) for line in history])
        for key, words in titles.items()
        if any(line["losses"].get(key) is not None for line in history)
    }
    if charts:
        made.add(
            Picture(
                "vae-losses",
                lambda: drawing.panels(charts, _("epoch")),
                _(
                    "{name}, the same idea with convolutions along time: reconstruction's part of the loss and the KL "
                    "divergence, on validation songs."
                ).format(name=name),
            )
        )
    gradients = _gradients(history)
    if gradients:
        made.add(
            Picture(
                "vae-gradients",
                lambda: drawing.lines(gradients, _("epoch"), _("gradient norm"), log_y=True),
                _("{name}: norm of the gradient in layers of encoder and decoder.").format(name=name),
            )
        )


def _gradients(history: list[dict[str, Any]]) -> dict[str, tuple[list[float], list[float]]]:
    layers = [layer for layer in history[0]["gradients"] if history[0]["gradients"][layer]]
    step = max(1, -(-len(layers) // LAYERS))
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


def _gone_from(history: list[dict[str, Any]]) -> str:
    """The epoch from which on the gradient's norm stays under a hundredth of the first epoch's; a dash for none."""
    epochs, norms = _norms(history)
    alive = [epoch for epoch, norm in zip(epochs, norms, strict=True) if norm >= GONE * norms[0]]
    later = [epoch for epoch in epochs if not alive or epoch > alive[-1]]
    return str(round(later[0])) if later else shown(None)


def _too_few(document: dict[str, Any], models: dict[str, Any]) -> str:
    """Which of the report's experiments were left out for want of songs."""
    if document["config"].get("quick"):
        return ""
    taught = sum(song["part"] == "train" for song in document["stages"].get("songs", {}).get("songs", []))
    left_out = [each.clips for each in MORE if each.clips > taught and each.name not in models]
    if not left_out:
        return ""
    return _("Its experiment with {clips} training clips is left out: there are {n} songs to learn from.").format(
        clips=", ".join(map(str, left_out)), n=taught
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
                f"{dead} / {len(branches)}" if branches else shown(None),
                _gone_from(facts["history"]) if _gradients(facts["history"]) else shown(None),
            )
        )
    return Grid(
        "diagnoses",
        (
            _("model"),
            _("active units"),
            _("KL, nats a latent frame"),
            _("likeness of outputs"),
            _("likeness of originals"),
            _("dead branches"),
            _("gradient gone from epoch"),
        ),
        rows,
        _(
            "What goes wrong, on songs not learned from: latent units that vary, how much outputs resemble one another "
            "(1 is all the same), residual branches that add nothing of the clip; and the epoch from which on the "
            "gradient stays under a hundredth of the first epoch's. A block of the report's network is one frame."
        ),
    )


def _reported(models: dict[str, Any], distances: dict[str, Any]) -> Grid:
    sides = {"test": _("test"), "train": _("train")}
    rows = []
    for name, parts in distances.items():
        theirs = models.get(name, {}).get("reported") or (None, None)
        for (part, word), beside in zip(sides.items(), theirs, strict=True):
            found = (parts.get(part) or {}).get("report") or {}
            cells = [significant(found.get(key)) for key in ("reconstructed", "generated", "zero")]
            rows.append((name, word, *cells, shown(None if beside is None else float(beside), 1)))
    return Grid(
        "frechet-report",
        (_("model"), _("side"), _("reconstructed"), _("generated"), _("zero"), _("report's")),
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
        "Of the fixed encoder's {units} units {active} vary from clip to clip: it can hardly tell clips apart, and a "
        "small distance through it is no sign of quality."
    ).format(active=found["active_units"], units=found["units"])


def _trusted(distances: dict[str, Any]) -> Grid:
    words = {
        "test": _("test"),
        "train": _("train"),
        "reconstructed": _("reconstructed"),
        "generated": _("generated"),
    }
    rows = []
    for name, parts in distances.items():
        for part, found in parts.items():
            for kind, values in found["trusted"].items():
                if "note" in values:
                    continue
                rows.append(
                    (
                        name,
                        words[part],
                        words[kind],
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
        _(
            "A distance to be trusted: on MFCC, delta and chroma, with equal numbers of clips; zero is real against "
            "real, and what is far above it does not sound like these songs."
        ),
    )
