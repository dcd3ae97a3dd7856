"""The loop of gradient training: epochs, files, new starts after a collapse."""

from __future__ import annotations

import copy
import math
import time

from core.i18n import _
from core.models.network import Network
from core.training.callbacks import Callbacks, EpochReport
from core.training.commands import Commands
from core.training.costs import Costs
from core.training.crops import RandomCrops
from core.training.memory import is_out_of_memory, release
from core.training.outcome import Outcome
from core.training.run import RunFolder
from core.training.schedule import learning_rate_factor
from core.training.setting import Setting
from core.training.state import Progress, load_state, save_state
from core.training.step import NotFinite, Stepper, update_mean
from core.training.validation import Validation, Verdict

# A network may begin near silence and needs some steps to leave it before that counts as a collapse.
PATIENT_STEPS = 60


class GradientTraining:
    """Trains a network by gradient descent, keeping `run` resumable after every epoch."""

    def __init__(self, setting: Setting, run: RunFolder, callbacks: Callbacks, commands: Commands) -> None:
        self._setting = setting
        self._config = setting.config
        self._run = run
        self._callbacks = callbacks
        self._commands = commands
        self._progress = Progress()
        self._given_up = False

        network = setting.build()
        self._rate = network.design.rate
        length = max(network.hop, round(self._config.clip_seconds * self._rate))
        if not network.seamless:  # whole blocks
            length = network.frames(length) * network.hop
        regions = setting.material.train
        self._crops = RandomCrops(regions, length, seed=self._config.seed, gain_db=self._config.gain_db)
        self._validation = Validation(
            setting.material.validation,
            length,
            self._config.validation_clips,
            rate=self._rate,
            weights=self._config.loss_weights(),
            network_weights=self._config.network_weights(),
        )
        self._costs = Costs(setting, network, length)
        self._begin(network)

    def go(self, *, resume: bool) -> Outcome:
        """Train to the plan's end, or to a command or failure that ends it before."""
        self._callbacks.on_status(_("Timing the first steps…"))
        first = self._costs.rehearse(self._stepper, self._judge, self._commands)
        self._begin()
        if resume and self._run.last_file.exists():
            self._progress = load_state(
                self._run.last_file,
                self._network,
                ema=self._ema,
                optimizer=self._stepper.optimizer,
                adversary=self._stepper.adversary,
            )
            # The same division into passes, so that the sums and with them the weights are the same.
            batch = self._costs.batch
            self._costs.batch = self._stepper.batch = min(batch, self._progress.batch or batch)
        if self._progress.first_val_loss is None and first.finite:
            self._progress.first_val_loss = first.loss
            if self._setting.trained:  # songs that teach it nothing must not leave it worse
                self._keep_if_best(first, epoch=0)
        if resume:
            self._run.keep_history(self._progress.epoch)
        self._costs.make_plan(self._run, self._progress)
        self._say_plan()
        if not self._progress.step:
            self._preview()  # what it starts from can be heard at once
        self._callbacks.on_status(_("Training"))
        while True:
            outcome = self._epochs()
            if outcome is not None:
                return outcome
            self._start_again()

    # -- one pass over the plan ---------------------------------------------------------------------------

    def _epochs(self) -> Outcome | None:
        """Train until the run is over; None when it collapsed and is to begin anew."""
        progress, plan = self._progress, self._costs.plan
        while progress.step < plan.steps:
            self._commands.wait_while_paused(self._preview)
            if self._commands.stopping:
                return self._stopped()
            began = time.monotonic()
            rate = self._learning_rate()
            try:
                last = (progress.step + 1) % plan.steps_per_epoch == 0
                losses = self._stepper.step(progress.step, rate, watched=last, adversarial=self._adversarial)
            except NotFinite:
                return self._not_finite()
            if self._ema is not None:
                update_mean(self._ema, self._network, progress.step, self._config.ema)
            progress.step += 1
            progress.loss_sum += losses["loss"]
            seconds = time.monotonic() - began
            progress.epoch_seconds += seconds
            self._costs.pace.took(seconds)
            self._callbacks.on_step(self._costs.step_report(progress, losses, rate))
            if self._commands.take_preview():
                self._preview()
            if progress.step % plan.steps_per_epoch == 0:
                verdict = self._end_epoch()
                if not verdict.finite:
                    return self._not_finite()
                if self._collapsed(verdict):
                    return None
        if (progress.best_val_loss or 0.0) >= (progress.first_val_loss or math.inf):
            self._setting.warn(
                _("The model did not get better than it was before its first step; try a smaller learning rate.")
            )
        return Outcome("done", _("Training is done."), progress)

    def _end_epoch(self) -> Verdict:
        """Validate, then write best, history and state in this order, so that a kill in between loses nothing."""
        progress, plan = self._progress, self._costs.plan
        began = time.monotonic()
        verdict = self._judge()
        if not verdict.finite:
            return verdict
        epoch = progress.epoch + 1
        self._costs.pace.validated(time.monotonic() - began)
        self._keep_if_best(verdict, epoch)
        progress.epoch_seconds += time.monotonic() - began
        report = EpochReport(
            epoch=epoch,
            train_loss=progress.loss_sum / plan.steps_per_epoch,
            val_loss=verdict.loss,
            seconds=progress.epoch_seconds,
            best_epoch=progress.best_epoch,
            learning_rate=self._learning_rate(progress.step - 1),
            step=progress.step,
            losses=verdict.losses,
            level_db=verdict.level_db,
            attempt=progress.attempt,
            gradients=self._stepper.gradients,
        )
        self._run.append_history(report.to_dict())
        progress.epoch = epoch
        progress.seconds += progress.epoch_seconds
        progress.last_val_loss = verdict.loss
        progress.loss_sum = progress.epoch_seconds = 0.0
        self._save()
        self._callbacks.on_epoch(report)
        self._preview()
        return verdict

    # -- how a pass ends ----------------------------------------------------------------------------------

    def _stopped(self) -> Outcome:
        if self._commands.stopping == "discard":
            return Outcome("discarded", _("Training was stopped and its results deleted."), self._progress)
        progress = self._progress
        if not progress.step:
            return Outcome("stopped", _("Training was stopped before its first step."), progress)
        if progress.step > progress.epoch * self._costs.plan.steps_per_epoch:
            verdict = self._judge()
            if verdict.finite:
                self._keep_if_best(verdict, progress.epoch + 1)
                progress.last_val_loss = verdict.loss
            self._save()  # mid-epoch: going on takes exactly the steps that are left
        return Outcome("stopped", _("Training was stopped; what it learned so far is kept."), progress)

    def _not_finite(self) -> Outcome:
        """The step was not taken, so the weights in memory are still good ones."""
        verdict = self._judge()
        if verdict.finite:
            self._keep_if_best(verdict, self._progress.epoch + 1)
        sentence = _(
            "The loss stopped being a number in step {step}; the last good weights are kept. "
            "Train again with a smaller learning rate than {rate:g}."
        ).format(step=self._progress.step + 1, rate=self._peak_rate)
        return Outcome("failed", sentence, self._progress)

    def _collapsed(self, verdict: Verdict) -> bool:
        """Whether the reconstructions are worth no more than silence, which is said, and a new start is due."""
        progress = self._progress
        hopeless = verdict.error_share > 0.98 and (verdict.silent or self._config.mse > 0)
        if not hopeless or self._given_up or progress.step < min(PATIENT_STEPS, self._costs.plan.steps):
            return False
        found = (
            _("The model has collapsed to silence (epoch {epoch}, learning rate {rate:g}).")
            if verdict.silent
            else _("The model gives noise instead of music (epoch {epoch}, learning rate {rate:g}).")
        )
        self._setting.warn(found.format(epoch=progress.epoch, rate=self._peak_rate))
        self._given_up = progress.attempt >= self._config.retries
        return not self._given_up

    def _start_again(self) -> None:
        """From fresh weights with half the learning rate.

        The collapsed attempt's history is given up. Its best weights stay until better ones come: it may have
        collapsed late. `best_epoch` is 0 until then.
        """
        before = self._progress
        self._progress = Progress(
            attempt=before.attempt + 1,
            best_val_loss=before.best_val_loss,
            first_val_loss=before.first_val_loss,
            seconds=before.seconds,
        )
        self._begin()
        # The state first: should the program die here, resuming forgets the lines of the old attempt.
        self._save()
        self._run.keep_history(0)
        rate = self._peak_rate
        self._setting.warn(_("Training begins again with half the learning rate, {rate:g}.").format(rate=rate))
        self._callbacks.on_restart(self._progress.attempt, rate)
        self._say_plan()

    # -- parts --------------------------------------------------------------------------------------------

    def _begin(self, network: Network | None = None) -> None:
        """Fresh weights, mean and optimizer."""
        self._network = network or self._setting.build()
        self._ema = copy.deepcopy(self._network) if self._config.ema else None
        self._stepper = Stepper(
            self._network,
            self._crops,
            self._config,
            self._rate,
            precision=self._setting.precision,
            batch=self._costs.batch,
            on_halved=self._halved,
        )

    @property
    def _judged(self) -> Network:
        return self._network if self._ema is None else self._ema

    @property
    def _peak_rate(self) -> float:
        return self._setting.learning_rate / 2**self._progress.attempt

    @property
    def _adversarial(self) -> bool:
        return self._progress.step >= (1 - self._config.adversarial_share) * self._costs.plan.steps

    def _learning_rate(self, step: int | None = None) -> float:
        step = self._progress.step if step is None else step
        return self._peak_rate * learning_rate_factor(step, self._costs.plan.steps, self._config)

    def _judge(self) -> Verdict:
        return self._stepper.with_memory(lambda: self._validation.judge(self._judged, self._costs.batch))

    def _keep_if_best(self, verdict: Verdict, epoch: int) -> None:
        progress = self._progress
        if progress.best_val_loss is None or verdict.loss < progress.best_val_loss:
            progress.best_val_loss, progress.best_epoch = verdict.loss, epoch
            self._setting.save_best(self._judged, progress)

    def _preview(self) -> None:
        try:
            preview = self._validation.preview(self._judged, self._progress.epoch, self._progress.step)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            preview = None
        if preview is None:
            release(self._setting.device)
            self._setting.warn(_("There is not enough memory for a preview; training goes on."))
        else:
            self._callbacks.on_preview(preview)

    def _save(self) -> None:
        self._progress.batch = self._costs.batch
        save_state(
            self._run.last_file,
            self._progress,
            self._network,
            ema=self._ema,
            optimizer=self._stepper.optimizer,
            adversary=self._stepper.adversary,
            seed=self._config.seed,
        )

    def _halved(self, batch: int) -> None:
        self._costs.halved(self._network, batch)
        if self._costs.plan.steps:
            self._say_plan()

    def _say_plan(self) -> None:
        self._callbacks.on_plan(self._costs.announcement(self._progress, self._peak_rate))
