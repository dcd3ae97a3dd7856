"""Training of the linear transform: one pass over the songs, then its weights are known."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import torch

from core.i18n import _
from core.models.design import KltDesign
from core.models.klt_fit import KltFit
from core.models.network import Network
from core.training.callbacks import Callbacks, EpochReport, Plan, StepReport
from core.training.commands import Commands
from core.training.config import TrainConfig
from core.training.crops import Region, chunks
from core.training.memory import device_memory_in_use
from core.training.outcome import Outcome
from core.training.preparation import Material
from core.training.run import RunFolder
from core.training.state import Progress, save_state
from core.training.validation import Validation

PIECE_SECONDS = 10
# Pieces that add up to so much, evenly spread over the songs, tell as much as all of them.
MOST_SECONDS = 1200
_CPU = torch.device("cpu")


class ClosedFormTraining:
    """Fits the transform on the training songs; its one epoch has a piece of music as a step.

    Killed, it begins anew, which costs seconds and gives the same weights.
    """

    def __init__(
        self,
        config: TrainConfig,
        design: KltDesign,
        material: Material,
        run: RunFolder,
        callbacks: Callbacks,
        commands: Commands,
        save_best: Callable[[Network, Progress], None],
    ) -> None:
        self._config = config
        self._design = design
        self._run = run
        self._callbacks = callbacks
        self._commands = commands
        self._save_best = save_best
        rate, length = design.rate, round(config.clip_seconds * design.rate)
        weights = config.loss_weights()
        clips = config.validation_clips
        self._validation = Validation(material.validation, length, clips, rate=rate, weights=weights)
        self._training = Validation(material.train, length, clips, rate=rate, weights=weights)
        self._pieces = chunks(material.train, PIECE_SECONDS * rate, limit=MOST_SECONDS * rate)
        self._used = 0

    def go(self) -> Outcome:
        began = time.monotonic()
        progress = Progress(first_val_loss=self._validation.silence()["loss"], batch=1)
        self._callbacks.on_status(_("Fitting the transform"))
        self._run.keep_history(0)
        self._run.update(plan={"steps": len(self._pieces), "epochs": 1, "steps_per_epoch": len(self._pieces)})
        fit = KltFit(self._design)
        for samples in self._music(began):
            fit.add(samples)
        progress.step = self._used
        if self._commands.stopping == "discard":
            return Outcome("discarded", _("Training was stopped and its results deleted."), progress)

        network = fit.network()
        verdict = self._validation.judge(network, self._config.batch)
        progress.epoch = progress.best_epoch = 1
        progress.best_val_loss = progress.last_val_loss = verdict.loss
        progress.seconds = time.monotonic() - began
        report = EpochReport(
            epoch=1,
            train_loss=self._training.judge(network, self._config.batch).loss,
            val_loss=verdict.loss,
            seconds=progress.seconds,
            best_epoch=1,
            learning_rate=0.0,
            step=self._used,
            losses=verdict.losses,
            level_db=verdict.level_db,
        )
        self._save_best(network, progress)
        self._run.append_history(report.to_dict())
        save_state(self._run.last_file, progress, network, seed=self._config.seed)
        self._callbacks.on_epoch(report)
        self._callbacks.on_preview(self._validation.preview(network, 1, self._used))
        if self._used < len(self._pieces):
            return Outcome("stopped", _("Fitting was stopped; the transform fits what was read so far."), progress)
        return Outcome("done", _("Training is done."), progress)

    def _music(self, began: float) -> Iterator[np.ndarray]:
        """The pieces, each (frames,) float32; ends early when told to stop."""
        paused = 0.0
        total = len(self._pieces)
        for number, piece in enumerate(self._pieces):
            waiting = time.monotonic()
            self._commands.wait_while_paused(lambda: None)
            paused += time.monotonic() - waiting
            if self._commands.stopping and number:  # nothing can be fitted on nothing
                return
            yield _samples(*piece)
            self._used = number + 1
            each = (time.monotonic() - began - paused) / self._used
            if number == 0:
                self._callbacks.on_plan(
                    Plan(total, 1, each * (total - 1), 0, 1, _CPU.type, "float32", learning_rate=0.0)
                )
            self._callbacks.on_step(
                StepReport(
                    step=self._used,
                    steps=total,
                    epoch=1,
                    epochs=1,
                    losses={},
                    learning_rate=0.0,
                    clips_per_second=1 / max(each, 1e-9),
                    seconds_left=each * (total - self._used),
                    memory_bytes=device_memory_in_use(_CPU),
                )
            )


def _samples(region: Region, offset: int, frames: int) -> np.ndarray:
    return region.read(offset, frames)
