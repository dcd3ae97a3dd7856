"""Training a model of the study into its run folder, and what is kept of it."""

from __future__ import annotations

import json
import math
from typing import Any

from core.data.splits import Split
from core.devices import choose_device
from core.errors import Cancelled
from core.i18n import _
from core.library import Library
from core.models.design import CLIP_SAMPLES, Design, latent_floats
from core.study.config import is_preset
from core.study.study import Study
from core.training.callbacks import Callbacks, EpochReport, StepReport, TrainSummary
from core.training.config import TrainConfig
from core.training.crops import TrainingSong
from core.training.memory import release
from core.training.run import RunFolder
from core.training.suited import suited_settings
from core.training.trainer import train


def trained(
    study: Study,
    name: str,
    design: Design,
    *,
    songs: list[TrainingSong] | None = None,
    split: Split | None = None,
    **settings: Any,
) -> dict[str, Any]:
    """Train `design` under `name` on the study's split, or another one, going on where a run was left.

    Returns:
        "model" ("" where training failed), "family", "floats" in 5 s, "parameters", "settings", "history",
        "seconds", "sentence" and the losses of `TrainSummary`.

    Raises:
        Cancelled: the study was stopped meanwhile.
        TrainingError: nothing to learn from, or the folder cannot be written.
    """
    config = _config(study, name, design, settings)
    run = RunFolder(study.folder.run(name))
    summary = train(
        config,
        songs if songs is not None else study.songs,
        run,
        _Progress(study, name),
        study.commands,
        resume=True,
        split=split or study.split,
    )
    release(choose_device(config.device))  # a training leaves hundreds of MB to the allocator, and a study has dozens
    if study.stopping():
        raise Cancelled(_("The study was stopped; --resume goes on with it."))
    study.tried(name, lambda: _listed(study, run, name, summary))
    first, best = summary.first_val_loss, summary.best_val_loss
    return {
        "model": summary.model,
        "family": design.kind,
        "floats": latent_floats(design, round(CLIP_SAMPLES * design.rate / 22_050)),
        "floats_per_second": design.channels * design.rate / design.hop,
        "parameters": design.parameters,
        "design": design.to_dict(),
        "settings": config.to_dict(),
        "history": run.history(),
        "state": summary.state,
        "sentence": summary.sentence,
        "seconds": summary.seconds,
        "epochs": summary.epochs,
        "steps": summary.steps,
        "best_epoch": summary.best_epoch,
        "first_val_loss": first,
        "best_val_loss": best if best is None or math.isfinite(best) else None,
        "warnings": summary.warnings,
    }


def _listed(study: Study, run: RunFolder, name: str, summary: TrainSummary) -> dict[str, Any]:
    """Show the run in the window's list of runs, too."""
    with Library(study.data) as library:
        library.add_run(run.path.absolute(), preset=name, state=summary.state, summary=summary.to_dict())
    return {}


def _config(study: Study, name: str, design: Design, settings: dict[str, Any]) -> TrainConfig:
    asked = study.config
    given: dict[str, Any] = {
        "model": name if is_preset(name) else TrainConfig().model,
        "design": "" if is_preset(name) else json.dumps(design.to_dict()),
        "seed": asked.seed,
        "device": asked.device,
        "epochs": asked.epochs,
        "minutes": asked.minutes,
        "steps_per_epoch": asked.steps_per_epoch,
        "batch": asked.batch,
        "clip_seconds": asked.clip_seconds,
        "validation_clips": asked.validation_clips,
    }
    return TrainConfig(**{**given, **(suited_settings(name) if is_preset(name) else {}), **settings})


class _Progress(Callbacks):
    def __init__(self, study: Study, name: str) -> None:
        self._study, self._name = study, name

    def on_step(self, report: StepReport) -> None:
        self._study.progress(
            report.step / max(report.steps, 1),
            _("{name}: epoch {epoch}/{epochs}, loss {loss:.5f}, {seconds:.0f} s left").format(
                name=self._name,
                epoch=report.epoch,
                epochs=report.epochs,
                loss=report.losses.get("loss", 0.0),
                seconds=report.seconds_left,
            ),
        )

    def on_epoch(self, report: EpochReport) -> None:
        self._study.listener.on_line(
            _("{name}, epoch {epoch}: validation {val:.6f}, best {best}, {seconds:.1f} s").format(
                name=self._name,
                epoch=report.epoch,
                val=report.val_loss,
                best=report.best_epoch,
                seconds=report.seconds,
            )
        )

    def on_warning(self, text: str) -> None:
        self._study.listener.on_warning(f"{self._name}: {text}")
