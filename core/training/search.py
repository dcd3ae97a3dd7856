"""Searching learning rate and layers of the convolution at a size: Optuna proposes, short trainings answer.

Every trial is a run folder of its own; what was tried stands in a journal (JSON lines), so that a search that was
killed goes on. Trials that are worse than the middle of those before at the same epoch are ended early.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.splits import Split, split_songs
from core.errors import Cancelled, UsageError
from core.files import write_text_atomically
from core.i18n import _
from core.models.layers import ConvDesign
from core.training.callbacks import Callbacks, EpochReport, StepReport
from core.training.commands import Commands
from core.training.config import TrainConfig
from core.training.crops import TrainingSong
from core.training.lock import RunLock
from core.training.run import RunFolder
from core.training.search_config import SearchConfig
from core.training.search_space import Proposal, propose
from core.training.trainer import train
from core.training.writing import writing_explained

NAME = "musicae"
FORMAT_VERSION = 1
COMPLETE, PRUNED, FAILED = "complete", "pruned", "failed"
STARTUP_TRIALS = 4
"""Drawn at random, and never ended early."""


@dataclass(frozen=True)
class Tried:
    """A trial: `loss` is its best validation loss, None where it failed; `state` "complete", "pruned", "failed"."""

    number: int
    state: str
    loss: float | None
    learning_rate: float
    design: ConvDesign
    epochs: int


class SearchListener:
    """Hears how a search goes; called in the search's thread."""

    def on_trial(self, number: int, total: int, proposal: Proposal) -> None:
        """A trial begins, the `number`th of `total` from 1."""

    def on_progress(self, fraction: float) -> None:
        """So much of the trial is done."""

    def on_tried(self, tried: Tried, best: Tried | None) -> None:
        """A trial has ended; `best` is the best one so far."""


def search(
    config: SearchConfig,
    songs: Sequence[TrainingSong],
    folder: Path,
    listener: SearchListener | None = None,
    commands: Commands | None = None,
) -> list[Tried]:
    """Try networks until there are `config.trials`; a search in `folder` goes on.

    Args:
        config: of a search that goes on, only `trials` counts.
        songs: decoded mono songs at 22,050 Hz; one division serves all trials.
        commands: `stop_and_keep` ends the search; the trial under way is tried again when it goes on.

    Returns:
        All trials, in the order in which they were tried.

    Raises:
        UsageError: Optuna is not installed, or settings that cannot work.
        Cancelled: it was stopped; what was tried stays.
        TrainingError: nothing to learn from, or the folder is in use or cannot be written.
    """
    return _Search(config, songs, folder, listener or SearchListener(), commands or Commands()).go()


def best_of(tried: Sequence[Tried]) -> Tried | None:
    """The complete trial of the lowest loss."""
    complete = [each for each in tried if each.state == COMPLETE and each.loss is not None]
    return min(complete, key=lambda each: each.loss or 0.0, default=None)


def saved_config(folder: Path) -> SearchConfig | None:
    """The settings of the search in a folder; None where there is none."""
    try:
        values = json.loads((folder / "search.json").read_text(encoding="utf-8"))
        return SearchConfig.from_dict(values["config"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def optuna_module() -> Any:
    """Optuna, quiet.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import optuna
    except ImportError as error:
        raise UsageError(
            _("Searching needs Optuna, which is not installed; install it with: pip install optuna"),
            details=str(error),
        ) from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


class _Search:
    def __init__(
        self,
        config: SearchConfig,
        songs: Sequence[TrainingSong],
        folder: Path,
        listener: SearchListener,
        commands: Commands,
    ) -> None:
        self._optuna = optuna_module()
        known = saved_config(folder)
        self._config = config if known is None else known.replace(trials=config.trials)
        self._config.check()
        self._songs, self._folder = songs, folder
        self._listener, self._commands = listener, commands

    def go(self) -> list[Tried]:
        config = self._config
        unwritable = _("The search's folder {path} cannot be written: {reason}. What was tried stays.")
        with writing_explained(self._folder, unwritable), RunLock(self._folder):
            values = {"version": FORMAT_VERSION, "config": config.to_dict()}
            write_text_atomically(self._folder / "search.json", json.dumps(values, indent=1) + "\n")
            study = self._study()
            self._requeue(study)
            split = split_songs([song.key for song in self._songs], seed=config.seed)
            while len(tried := self._tried(study)) < config.trials:
                self._check()
                trial = study.ask()
                proposal = propose(trial, config.size, config.most_layers, config.lowest_rate, config.highest_rate)
                self._listener.on_trial(len(tried) + 1, config.trials, proposal)
                self._answer(study, trial, proposal, split)
                tried = self._tried(study)
                self._listener.on_tried(tried[-1], best_of(tried))
        return tried

    def _study(self) -> Any:
        optuna, config = self._optuna, self._config
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

        path = str(self._folder / "search.journal")
        # A lock file that is opened exclusively works on every platform; a link would not on Windows.
        storage = JournalStorage(JournalFileBackend(path, lock_obj=JournalFileOpenLock(path)))
        done = len(storage.get_all_studies())
        return optuna.create_study(
            study_name=NAME,
            storage=storage,
            load_if_exists=True,
            direction="minimize",
            # Another seed when it goes on: the same one would propose the first trials once more.
            sampler=optuna.samplers.TPESampler(seed=config.seed + done, n_startup_trials=STARTUP_TRIALS),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=STARTUP_TRIALS, n_warmup_steps=1),
        )

    def _requeue(self, study: Any) -> None:
        """Trials that were under way when the search was killed are tried anew."""
        states = self._optuna.trial.TrialState
        for trial in study.get_trials(states=(states.RUNNING,)):
            study.tell(trial.number, state=states.FAIL)
            study.enqueue_trial(trial.params)

    def _answer(self, study: Any, trial: Any, proposal: Proposal, split: Split) -> None:
        """Train a proposal and tell its loss."""
        config, states = self._config, self._optuna.trial.TrialState
        trial.set_user_attr("design", proposal.design.to_dict())
        progress = _Progress(self, trial)
        settings = TrainConfig(
            design=json.dumps(proposal.design.to_dict()),
            learning_rate=proposal.learning_rate,
            epochs=config.epochs,
            steps_per_epoch=config.steps_per_epoch,
            batch=config.batch,
            clip_seconds=config.clip_seconds,
            validation_clips=config.validation_clips,
            retries=0,
            seed=config.seed,
            device=config.device,
        )
        run = RunFolder(self._folder / "trials" / f"{trial.number:04d}")
        summary = train(settings, self._songs, run, progress, progress.commands, split=split)
        if self._commands.stopping:
            study.tell(trial.number, state=states.FAIL)
            study.enqueue_trial(trial.params)
            self._check()
        trial.set_user_attr("epochs", summary.epochs)
        loss = summary.best_val_loss
        if progress.pruned:
            study.tell(trial.number, state=states.PRUNED)
        elif summary.state != "done" or loss is None:
            study.tell(trial.number, state=states.FAIL)
        else:
            study.tell(trial.number, loss)

    def _tried(self, study: Any) -> list[Tried]:
        """Trials that have ended; those that were begun anew are not counted twice."""
        states = self._optuna.trial.TrialState
        words = {states.COMPLETE: COMPLETE, states.PRUNED: PRUNED, states.FAIL: FAILED}
        found = []
        for trial in study.get_trials(states=tuple(words)):
            if "epochs" not in trial.user_attrs:
                continue
            loss = min(trial.intermediate_values.values(), default=None) if trial.value is None else trial.value
            found.append(
                Tried(
                    trial.number,
                    words[trial.state],
                    None if trial.state == states.FAIL else loss,
                    trial.params["learning_rate"],
                    ConvDesign.from_dict(trial.user_attrs["design"]),
                    int(trial.user_attrs["epochs"]),
                )
            )
        return found

    def _check(self) -> None:
        if self._commands.stopping:
            raise Cancelled(_("The search was stopped; --resume goes on with it."))

    @property
    def stopping(self) -> bool:
        return bool(self._commands.stopping)

    def told(self, fraction: float) -> None:
        self._listener.on_progress(fraction)


class _Progress(Callbacks):
    """Tells Optuna the losses of a trial and ends it where it is not worth going on."""

    def __init__(self, search: _Search, trial: Any) -> None:
        self.commands = Commands()
        self.pruned = False
        self._search, self._trial = search, trial

    def on_step(self, report: StepReport) -> None:
        self._search.told(report.step / max(report.steps, 1))
        if self._search.stopping:
            self.commands.stop_and_keep()

    def on_epoch(self, report: EpochReport) -> None:
        self._trial.report(report.val_loss, report.epoch)
        if report.step and self._trial.should_prune():
            self.pruned = True
            self.commands.stop_and_keep()
