"""Runs of before, read from their folders: losses for the plot, state and best epoch for the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import MusicaeError
from core.i18n import _
from core.training.run import RunFolder
from musicae_gui.views.loss_curve import LossCurve

MOST_READ = 40  # the newest runs; more would make the plot unreadable


@dataclass(frozen=True)
class PastRun:
    """A run folder as the list shows it; `key` is its path."""

    path: Path
    state: str
    curve: LossCurve
    songs: tuple[str, ...] = ()  # validation songs by content key, to listen to in Compare

    @property
    def key(self) -> str:
        return str(self.path)

    @property
    def has_model(self) -> bool:
        return RunFolder(self.path).best_file.is_file()


def read_runs(folder: Path, cancelled: Callable[[], bool] = lambda: False) -> list[PastRun]:
    """The newest runs below `folder`, newest first; one that cannot be read is passed over."""
    try:
        paths = [path for path in folder.iterdir() if (path / "config.json").is_file()]
        paths.sort(key=lambda path: (path / "config.json").stat().st_mtime, reverse=True)
    except OSError:
        return []
    runs = []
    for path in paths[:MOST_READ]:
        if cancelled():
            break
        try:
            runs.append(read_run(path))
        except (MusicaeError, KeyError, TypeError, ValueError):
            continue
    return runs


def read_run(path: Path) -> PastRun:
    """One run.

    Raises:
        TrainingError: its configuration is damaged.
        KeyError, TypeError, ValueError: its history is.
    """
    folder = RunFolder(path)
    document = folder.document()
    curve = LossCurve(str(path), path.name, past=True)
    for line in folder.history():
        losses, gradients = line.get("losses"), line.get("gradients")
        curve.add_epoch(int(line["epoch"]), float(line["train_loss"]), float(line["val_loss"]), losses, gradients)
    split = document.get("split") or {}
    return PastRun(path, folder.state(), curve, tuple(split.get("validation") or ()))


def run_words(state: str, curve: LossCurve) -> str:
    """The second line of a run in the list."""
    states = {
        "running": _("in training"),
        "interrupted": _("stopped"),  # the same for the user: it can be resumed
        "done": _("finished"),
        "stopped": _("stopped"),
        "failed": _("failed"),
        "new": _("not begun"),
    }
    best = curve.best
    if best is None:
        return states.get(state, state)
    return _("{state} · validation {loss:.4g} in epoch {epoch}").format(
        state=states.get(state, state), loss=best[1], epoch=best[0]
    )
