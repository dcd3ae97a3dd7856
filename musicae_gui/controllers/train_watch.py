"""A run under way in words: how far, how fast, and what the losses mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.i18n import _, ngettext
from musicae_gui.controllers.train_estimate import duration, size
from musicae_gui.views.loss_curve import LossCurve

if TYPE_CHECKING:
    from core.training.callbacks import EpochReport, Plan, StepReport, TrainSummary

# So many epochs without a better validation loss, and a quarter of the run, say that little more will come.
PATIENCE = 8


@dataclass(frozen=True)
class Watched:
    """What the view shows of a run: a title, a sentence about progress, figures with names, and a fraction."""

    title: str
    sentence: str
    figures: tuple[tuple[str, str], ...] = ()
    fraction: float = -1.0


@dataclass
class RunWatch:
    """Gathers the reports of one run; `curve` holds its losses."""

    name: str
    curve: LossCurve
    status: str = ""
    paused: bool = False
    plan: Plan | None = None
    step: StepReport | None = None
    epoch: EpochReport | None = None
    warnings: list[str] = field(default_factory=list)

    def take_steps(self, report: StepReport, points: Sequence[tuple[float, float]]) -> None:
        self.step = report
        for position, loss in points:
            self.curve.add_step(position, loss)

    def take_epoch(self, report: EpochReport) -> None:
        self.epoch = report
        self.curve.add_epoch(report.epoch, report.train_loss, report.val_loss, report.losses, report.gradients)

    def restart(self) -> None:
        """The trainer begins again at epoch 1: what was drawn is void."""
        self.curve = LossCurve(self.curve.key, self.curve.title)
        self.step, self.epoch = None, None

    def watched(self) -> Watched:
        fraction = self.step.step / max(1, self.step.steps) if self.step else -1.0
        return Watched(self._title(), self._sentence(), self._figures(), fraction)

    def best_words(self) -> str:
        """Where the best epoch lies, and what to do about it; empty before the first epoch ends."""
        if self.epoch is None:
            return ""
        if not self.epoch.best_epoch:
            return _("No epoch is better yet than what there was before.")
        ago = self.epoch.epoch - self.epoch.best_epoch
        if ago <= 0:
            return _("The last epoch is the best so far.")
        words = ngettext("The best was {n} epoch ago", "The best was {n} epochs ago", ago).format(n=ago)
        words += " " + _("(epoch {epoch}).").format(epoch=self.epoch.best_epoch)
        epochs = self.step.epochs if self.step else 0
        if ago >= max(PATIENCE, epochs // 4):
            words += " " + _("It hardly improves any more: “Stop and keep” saves the best one.")
        return words

    def _title(self) -> str:
        if self.paused:
            return _("{run}: paused").format(run=self.name)
        if self.step is None:
            return self.status or _("{run}: preparing…").format(run=self.name)
        return _("{run}: epoch {epoch} of {epochs}").format(
            run=self.name, epoch=self.step.epoch, epochs=self.step.epochs
        )

    def _sentence(self) -> str:
        if self.step is None:
            return self._plan_words()
        left = self._left()
        parts = [_("About {time} left.").format(time=duration(left)) if left > 0 else "", self.best_words()]
        return " ".join(part for part in parts if part) or self._plan_words()

    def _left(self) -> float:
        return self.step.seconds_left if self.step else 0.0

    def _plan_words(self) -> str:
        if self.plan is None:
            return _("Reading the songs and building the network.")
        return _("About {time} in all, on {device} in {precision}.").format(
            time=duration(self.plan.seconds_estimate), device=self.plan.device.upper(), precision=self.plan.precision
        )

    def _figures(self) -> tuple[tuple[str, str], ...]:
        figures: list[tuple[str, str]] = []
        if self.epoch is not None:
            figures.append((_("Training loss"), f"{self.epoch.train_loss:.4g}"))
            figures.append((_("Validation loss"), f"{self.epoch.val_loss:.4g}"))
        if self.step is not None:
            figures.append((_("Speed"), _("{speed:.1f} clips/s").format(speed=self.step.clips_per_second)))
            if self.step.memory_bytes:
                figures.append((_("Memory"), size(self.step.memory_bytes)))
        return tuple(figures)


def end_words(name: str, summary: TrainSummary) -> str:
    """How a run ended, for the notification and the list."""
    if summary.state == "discarded":
        return _("{run} was stopped and discarded.").format(run=name)
    first, best = summary.first_val_loss, summary.best_val_loss
    words = {
        "done": _("{run} is trained."),
        "stopped": _("{run} was stopped; its best epoch is kept."),
    }.get(summary.state, "").format(run=name) or summary.sentence
    if first and best is not None and first > best:
        words += " " + _("Validation loss fell by {percent:.0f} %, best in epoch {epoch}.").format(
            percent=100 * (1 - best / first), epoch=summary.best_epoch
        )
    elif best is not None and not summary.best_epoch:
        words += " " + _("No epoch was better than the model it began with, which is kept.")
    return words
