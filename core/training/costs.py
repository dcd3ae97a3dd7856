"""What a run costs: clips in memory at once, seconds of a step, and the plan that follows from both."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.i18n import _
from core.models.network import Network, least_batch
from core.training.callbacks import Plan, StepReport
from core.training.commands import Commands
from core.training.memory import USABLE_SHARE, available_bytes, device_memory_in_use, step_bytes
from core.training.run import RunFolder
from core.training.schedule import Pace, StepPlan
from core.training.setting import Setting
from core.training.state import Progress
from core.training.step import NotFinite, Stepper
from core.training.validation import Verdict

# The rehearsal: one step that loads libraries, then timed ones until this many or this long.
TIMED_STEPS = 4
TIMED_SECONDS = 3.0


class Costs:
    """Predicted before the first step and corrected as the run goes.

    Args:
        network: any with the design that is trained.
        length: samples of a clip.

    Attributes:
        batch: clips in memory at once: the configured ones, or as many of them as fit.
        pace: seconds of a step and of a validation.
        plan: the length of the run; without steps until `make_plan`.
    """

    def __init__(self, setting: Setting, network: Network, length: int) -> None:
        self.batch = setting.config.batch
        self.pace = Pace()
        self.plan = StepPlan(0, 0, 1)
        self._setting = setting
        self._config = setting.config
        self._length = length
        self._memory = 0
        self._fit(network)

    def halved(self, network: Network, batch: int) -> None:
        """Memory ran out; from now on `batch` clips are in it at once."""
        self.batch = batch
        self._memory = step_bytes(network, self._length, batch)
        self._setting.warn(
            _("Memory ran out; training goes on with half the batch, {batch} clips at once.").format(batch=batch)
        )

    def rehearse(self, stepper: Stepper, judge: Callable[[], Verdict], commands: Commands) -> Verdict:
        """Time some steps at learning rate 0, so that the real first step already has its plan.

        Also the verdict on the fresh weights.
        """
        times: list[float] = []
        try:
            for step in range(TIMED_STEPS + 1):
                began = time.monotonic()
                stepper.step(step, 0.0)
                times.append(time.monotonic() - began)
                if sum(times[1:]) > TIMED_SECONDS or commands.stopping:
                    break
        except NotFinite:
            pass  # the real step says so
        self.pace.step_seconds = min(times[1:] or times or [1.0])
        began = time.monotonic()
        verdict = judge()
        self.pace.validation_seconds = time.monotonic() - began
        return verdict

    def make_plan(self, run: RunFolder, progress: Progress) -> None:
        """Decide on the number of steps, or keep what an earlier part of this run decided; stored at once."""
        frames = sum(region.frames for region in self._setting.material.train)
        self.plan = StepPlan.decided(
            self._config,
            run.document().get("plan") or {},
            once=round(frames / (self._length * self._config.batch)),
            pace=self.pace,
            epochs_done=progress.epoch,
            seconds=progress.seconds,
        )
        run.update(plan=self.plan.to_dict())

    def announcement(self, progress: Progress, learning_rate: float) -> Plan:
        """The plan as it is said, from `progress` on."""
        return Plan(
            steps=self.plan.steps,
            epochs=self.plan.epochs,
            seconds_estimate=self._seconds_left(progress),
            memory_bytes=self._memory,
            batch=self.batch,
            device=self._setting.device.type,
            precision=self._setting.precision,
            learning_rate=learning_rate,
        )

    def step_report(self, progress: Progress, losses: dict[str, float], learning_rate: float) -> StepReport:
        """The step that has just been done."""
        return StepReport(
            step=progress.step,
            steps=self.plan.steps,
            epoch=progress.epoch + 1,
            epochs=self.plan.epochs,
            losses=losses,
            learning_rate=learning_rate,
            clips_per_second=self._config.batch / self.pace.step_seconds,
            seconds_left=self._seconds_left(progress),
            memory_bytes=device_memory_in_use(self._setting.device),
        )

    def _fit(self, network: Network) -> None:
        """Halve the batch until its predicted memory is free."""
        self._memory = wanted = step_bytes(network, self._length, self.batch)
        free, least = available_bytes(self._setting.device), least_batch(network.design)
        while free is not None and self.batch // 2 >= least and self._memory > USABLE_SHARE * free:
            self.batch //= 2
            self._memory = step_bytes(network, self._length, self.batch)
        if self.batch < self._config.batch:
            self._setting.warn(
                _(
                    "A step would take {wanted} MB of memory and {free} MB are free; {batch} clips are taken at once."
                ).format(wanted=wanted >> 20, free=(free or 0) >> 20, batch=self.batch)
            )

    def _seconds_left(self, progress: Progress) -> float:
        return self.pace.left(self.plan.steps - progress.step, self.plan.epochs - progress.epoch)
