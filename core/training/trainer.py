"""`train`: the one way in which window, command line and tests train a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from core.data.splits import Split
from core.devices import choose_device, choose_precision, torch_threads
from core.errors import MusicaeError, TrainingError, UsageError
from core.i18n import _
from core.models.card import Credit, ModelCard
from core.models.checkpoint import save_model
from core.models.design import Design, KltDesign, design_from_dict
from core.models.network import Network, least_batch
from core.models.presets import preset
from core.models.vae_design import ResnetVaeDesign, VaeDesign
from core.training.callbacks import Callbacks, TrainSummary
from core.training.closed_form import ClosedFormTraining
from core.training.commands import Commands
from core.training.config import TrainConfig
from core.training.crops import TrainingSong
from core.training.gradient import GradientTraining
from core.training.memory import is_out_of_memory
from core.training.outcome import Outcome
from core.training.preparation import Material, prepare, song_entries
from core.training.rates import learning_rate_for
from core.training.run import RunFolder
from core.training.setting import Setting
from core.training.start import starting_weights
from core.training.state import Progress
from core.training.tensorboard import tensorboard_beside
from core.training.writing import writing_explained

# A model file's header is limited; the songs beyond are in the run's `config.json`.
MOST_CREDITS = 2000
DROPOUT = 0.3
"""The second report's."""


def train(
    config: TrainConfig,
    songs: Sequence[TrainingSong],
    run: RunFolder,
    callbacks: Callbacks | None = None,
    commands: Commands | None = None,
    *,
    resume: bool = False,
    split: Split | None = None,
) -> TrainSummary:
    """Train a model on `songs` into the folder `run`.

    A run can be killed at any moment. Called again with `resume=True` it goes on from its last epoch; on the CPU,
    with unchanged settings, it ends with the same bits as if it had never stopped. Resuming takes `epochs`,
    `minutes`, `device`, `precision` and `threads` from `config` (give `run.config().replace(...)`) and all else
    from the run. An empty folder is simply begun.

    Args:
        songs: decoded mono songs at the model's rate; only the clips drawn are read.
        callbacks: called in this thread.
        commands: pause, stop, preview; from any thread.
        split: how a new run divides the songs; by chance that depends on the seed when not given.

    Returns:
        How it ended, a stop or a loss that is not a number included.

    Raises:
        UsageError: a setting that cannot work here (unknown model, absent device).
        TrainingError: nothing to learn from, the folder is in use or holds another run, not even one clip fits
            into memory, or the run's files cannot be read or written.
    """
    listener = callbacks or Callbacks()
    with tensorboard_beside(listener, run.path / "events", wanted=config.tensorboard) as told:
        return _Run(config, songs, run, told, commands or Commands(), resume, split).go()


class _Run:
    def __init__(
        self,
        config: TrainConfig,
        songs: Sequence[TrainingSong],
        run: RunFolder,
        callbacks: Callbacks,
        commands: Commands,
        resume: bool,
        split: Split | None,
    ) -> None:
        self._config = config
        self._songs = songs
        self._run = run
        self._callbacks = callbacks
        self._commands = commands
        self._resume = resume
        self._split = split
        self._warnings: list[str] = []

    def go(self) -> TrainSummary:
        config = self._config
        choose_device(config.device)  # before the folder is touched
        _check_batch(config, design_for(config))
        unwritable = _("The run's folder {path} cannot be written: {reason}. What was saved before can be resumed.")
        with writing_explained(self._run.path, unwritable), self._run.lock:
            before = self._earlier()
            finished = self._finished(before)
            if finished is not None:
                summary = finished
            else:
                summary = self._train(before)
            if summary.state == "discarded":
                self._run.discard()
        if summary.state == "discarded":
            self._run.remove_if_empty()
        self._callbacks.on_end(summary)
        return summary

    def _train(self, before: Mapping[str, Any]) -> TrainSummary:
        config, run = self._config, self._run
        design = design_from_dict(before["model"]) if before else design_for(config)
        self._callbacks.on_status(_("Reading the songs…"))
        material = prepare(
            self._songs, seed=config.seed, rate=design.rate, stored=before or self._given_split(), warn=self._warn
        )
        if before:
            run.write_document({**before, "train": config.to_dict(), "result": None})
        else:
            run.write_document(
                {
                    "created": datetime.now(UTC).isoformat(timespec="seconds"),
                    "train": config.to_dict(),
                    "model": design.to_dict(),
                    "split": material.split.to_dict(),
                    "songs": song_entries(material),
                    "plan": None,
                    "result": None,
                }
            )
            run.keep_history(0)
        try:
            with torch_threads(config.threads):
                outcome = self._trained(design, material)
        except MusicaeError as error:
            self._end(Outcome("failed", error.sentence, Progress()))
            raise
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            sentence = _("Memory ran out before training could begin; choose shorter clips or a smaller batch.")
            self._end(Outcome("failed", sentence, Progress()))
            raise TrainingError(sentence, details=str(error)) from error
        return self._end(outcome)

    def _trained(self, design: Design, material: Material) -> Outcome:
        config = self._config

        def save_best(network: Network, progress: Progress) -> None:
            save_model(self._run.best_file, network, self._card(material, progress))

        if isinstance(design, KltDesign):
            return ClosedFormTraining(
                config, design, material, self._run, self._callbacks, self._commands, save_best
            ).go()
        device = choose_device(config.device)
        precision, warning = choose_precision(config.precision, device)
        if warning:
            self._warn(warning)
        make, trained = starting_weights(config, design, material)
        setting = Setting(
            config=config,
            build=lambda: make().to(device),
            trained=trained,
            material=material,
            device=device,
            precision=precision,
            learning_rate=config.learning_rate or learning_rate_for(design, trained=trained),
            save_best=save_best,
            warn=self._warn,
        )
        return GradientTraining(setting, self._run, self._callbacks, self._commands).go(resume=self._resume)

    def _earlier(self) -> dict[str, Any]:
        """The `config.json` of the run to go on with; empty for a new run."""
        before = self._run.document()
        if not before:
            self._resume = False
            return {}
        if not self._resume:
            raise TrainingError(
                _("The folder {path} already holds a run; resume it (--resume) or choose another folder.").format(
                    path=self._run.path
                ),
                path=self._run.path,
            )
        if not isinstance(before.get("model"), dict):
            raise TrainingError(_("The run {path} is damaged; start a new one.").format(path=self._run.path))
        self._config, kept = self._run.config().resumed_with(self._config)
        if kept:
            self._warn(_("A resumed run keeps its own {settings}.").format(settings=", ".join(kept)))
        return before

    def _finished(self, before: Mapping[str, Any]) -> TrainSummary | None:
        """The stored summary when there is nothing left to do."""
        result, plan = before.get("result") or {}, before.get("plan") or {}
        if result.get("state") != "done" or not self._run.best_file.exists():
            return None
        config = self._config
        if "minutes" not in plan:  # fitted in closed form
            return _summary_from(result)
        more = config.minutes != plan.get("minutes") if config.minutes else config.epochs > plan.get("epochs", 0)
        if more:
            return None
        return _summary_from(result)

    def _end(self, outcome: Outcome) -> TrainSummary:
        progress = outcome.progress
        summary = TrainSummary(
            state=outcome.state,
            sentence=outcome.sentence,
            epochs=progress.epoch,
            steps=progress.step,
            best_epoch=progress.best_epoch,
            first_val_loss=progress.first_val_loss,
            best_val_loss=progress.best_val_loss,
            last_val_loss=progress.last_val_loss,
            seconds=progress.seconds + progress.epoch_seconds,
            model=str(self._run.best_file) if self._run.best_file.exists() else "",
            warnings=tuple(self._warnings),
        )
        if outcome.state != "discarded":
            self._run.update(result=summary.to_dict())
        return summary

    def _given_split(self) -> dict[str, Any]:
        return {"split": self._split.to_dict()} if self._split is not None else {}

    def _card(self, material: Material, progress: Progress) -> ModelCard:
        taught = [material.songs[key] for key in material.split.train][:MOST_CREDITS]
        return ModelCard(
            name=self._config.model,
            split={
                "train": material.split.train,
                "validation": material.split.validation,
                "test": material.split.test,
            },
            training={
                "settings": self._config.to_dict(),
                "songs": len(material.songs),
                "epoch": progress.best_epoch,
                "step": progress.step,
                "first_val_loss": progress.first_val_loss,
                "val_loss": progress.best_val_loss,
                "attempt": progress.attempt,
                "within_song": material.split.within_song,
            },
            credits=tuple(Credit(title=song.title, author=song.author, checksum=song.key) for song in taught),
        )

    def _warn(self, text: str) -> None:
        self._warnings.append(text)
        self._callbacks.on_warning(text)


def design_for(config: TrainConfig) -> Design:
    """The network that `config` asks for: its edited design, or its preset's, with or without dropout.

    Raises:
        UsageError: no such preset, or a design that cannot work.
    """
    values = config.design_dict()
    if values is None:
        chosen = preset(config.model)
        values = dict(chosen.config)
        if chosen.kind == "klt":
            values["channels"] = chosen.channels
    design = design_from_dict(values)
    if config.dropout != "auto" and isinstance(design, VaeDesign | ResnetVaeDesign):
        return replace(design, dropout=DROPOUT if config.dropout == "with" else 0.0)
    return design


def _check_batch(config: TrainConfig, design: Design) -> None:
    least = least_batch(design)
    if config.batch < least:
        raise UsageError(
            _("The model {model} is normed over the clips of a step; take at least {least} of them.").format(
                model=config.model, least=least
            )
        )


def _summary_from(values: Mapping[str, Any]) -> TrainSummary:
    known = {name: values[name] for name in TrainSummary.__dataclass_fields__ if name in values}
    return TrainSummary(**{**known, "warnings": tuple(values.get("warnings") or ())})
