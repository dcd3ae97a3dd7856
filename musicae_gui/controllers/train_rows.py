"""The queue in rows: each job's state in words, the progress of the one under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n import _
from core.training.queue import Job
from musicae_gui.views.rows import Row

if TYPE_CHECKING:
    from musicae_gui.controllers.train_queue import TrainQueue
    from musicae_gui.controllers.train_watch import RunWatch


def job_rows(queue: TrainQueue, watch: RunWatch | None) -> list[Row]:
    """A row a job; `watch` is that of the run under way."""
    return [_running_row(job, queue, watch) if job.state == "running" else _row(job) for job in queue.jobs]


def _running_row(job: Job, queue: TrainQueue, watch: RunWatch | None) -> Row:
    step = watch.step if watch is not None else None
    detail = _("in training")
    if queue.stopping:
        detail = _("stopping after this step…")
    elif queue.paused:
        detail = _("paused")
    elif step is not None:
        detail = _("epoch {epoch} of {epochs}").format(epoch=step.epoch, epochs=step.epochs)
    fraction = max(0.0, watch.watched().fraction) if watch is not None else 0.0
    return Row(job.id, job.run.name, detail, fraction=fraction, tone="accent")


def _row(job: Job) -> Row:
    if job.state == "waiting" and job.resume:
        return Row(job.id, job.run.name, _("stopped – resume to go on from its last epoch"), tone="warning")
    words = {
        "waiting": _("waiting"),
        "done": _("finished"),
        "stopped": _("stopped"),
        "failed": _("failed"),
    }[job.state]
    detail = f"{words} – {job.sentence}" if job.state == "failed" and job.sentence else words
    return Row(job.id, job.run.name, detail, tone={"done": "good", "failed": "error"}.get(job.state, "muted"))
