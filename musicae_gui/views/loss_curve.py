"""The losses of one training run, kept small enough to draw at any time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

# Twice as many pixels as a wide screen has: more points could not be told apart.
MOST_POINTS = 4000
SUM = "loss"
"""Name of the weighted sum in a run's history."""
GRADIENT = "gradient"
"""Name, among the terms, of the norm of the whole gradient."""


class LossCurve:
    """Step losses, and the train and validation losses of each epoch, of one run.

    Args:
        key: the run's name in the plot and the list of runs.
        title: what the user reads.
        past: a run of before, drawn thinner and behind.
    """

    def __init__(self, key: str, title: str, *, past: bool = False) -> None:
        self.key = key
        self.title = title
        self.past = past
        self._steps = np.empty((0, 2))
        self._pending: list[tuple[float, float]] = []  # steps that do not yet fill one stored point
        self._stride = 1
        self._epochs: dict[int, tuple[float, float]] = {}
        self._terms: dict[int, dict[str, float]] = {}

    def add_step(self, position: float, loss: float) -> None:
        """One training step; `position` is in epochs (2.5 is in the middle of the third)."""
        if not np.isfinite(loss):
            return
        self._pending.append((position, loss))
        if len(self._pending) < self._stride:
            return
        self._steps = np.vstack([self._steps, np.mean(self._pending, axis=0)])
        self._pending.clear()
        if len(self._steps) > MOST_POINTS:
            self._halve()

    def add_epoch(
        self,
        epoch: int,
        train_loss: float,
        val_loss: float,
        terms: Mapping[str, float] | None = None,
        gradients: Mapping[str, float] | None = None,
    ) -> None:
        """The losses after `epoch`, counted from 1; said again (after a resume) it replaces the earlier ones.

        Args:
            terms: of validation by name, before they were weighted; their sum `SUM` may be among them.
            gradients: norms by layer, of models that have them watched; the norm of all becomes the term `GRADIENT`.
        """
        self._epochs[epoch] = (float(train_loss), float(val_loss))
        self._terms[epoch] = {name: float(value) for name, value in (terms or {}).items() if name != SUM}
        if gradients:
            self._terms[epoch][GRADIENT] = float(np.linalg.norm(list(gradients.values())))

    def go_on_from(self, other: LossCurve) -> None:
        """Take over the epochs of the same run as it was before."""
        self._epochs |= other._epochs
        self._terms |= other._terms

    @property
    def terms(self) -> list[str]:
        """Names of the losses that are summed, in the order of their history."""
        return list(dict.fromkeys(name for terms in self._terms.values() for name in terms))

    def term(self, name: str) -> np.ndarray:
        """(epochs, 2): epoch and one validation loss."""
        rows = [(epoch, terms[name]) for epoch, terms in sorted(self._terms.items()) if name in terms]
        return np.array(rows, dtype=float).reshape(-1, 2)

    @property
    def steps(self) -> np.ndarray:
        """Raw step losses, (points, 2): position in epochs, loss."""
        return self._steps

    @property
    def epochs(self) -> np.ndarray:
        """(epochs, 3): epoch, train loss, validation loss."""
        rows = [(epoch, *losses) for epoch, losses in sorted(self._epochs.items())]
        return np.array(rows, dtype=float).reshape(-1, 3)

    @property
    def train(self) -> np.ndarray:
        """The bold line, (points, 2): smoothed steps where they were watched, else the means of the epochs."""
        if len(self._steps) < 2:
            return self.epochs[:, :2]
        smooth = np.column_stack([self._steps[:, 0], smoothed(self._steps[:, 1])])
        before = self.epochs[:, :2]
        # A resumed run has epochs from before this session saw its steps.
        return np.vstack([before[before[:, 0] < smooth[0, 0]], smooth])

    @property
    def best(self) -> tuple[int, float] | None:
        """Epoch and value of the lowest validation loss."""
        finite = {epoch: val for epoch, (_, val) in self._epochs.items() if np.isfinite(val)}
        if not finite:
            return None
        epoch = min(finite, key=lambda number: finite[number])
        return epoch, finite[epoch]

    def at(self, epoch: int) -> tuple[float, float] | None:
        """Train and validation loss of `epoch`."""
        return self._epochs.get(epoch)

    def _halve(self) -> None:
        even = self._steps[: len(self._steps) // 2 * 2]
        self._steps = even.reshape(-1, 2, 2).mean(axis=1)
        self._stride *= 2


def smoothed(values: np.ndarray, span: int = 0) -> np.ndarray:
    """Exponential moving average over about `span` points (0: a twentieth of them), without the bias of its start.

    The weights of the points seen so far are made to sum to one, so that the first values are not drawn
    towards zero (the bias correction of Adam, Kingma and Ba 2015, section 3).
    """
    span = span or max(5, len(values) // 20)
    keep = 1 - 2 / (span + 1)
    total, weight = 0.0, 0.0
    out = np.empty(len(values))
    for index, value in enumerate(values):
        total = keep * total + (1 - keep) * value
        weight = keep * weight + (1 - keep)
        out[index] = total / weight
    return out
