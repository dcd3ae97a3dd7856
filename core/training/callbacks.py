"""What the trainer says while it works: subclass `Callbacks` and override what you want to hear.

Every method is called in the training thread; a window turns them into queued signals.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.audio import Clip


@dataclass(frozen=True)
class Plan:
    """What the run will cost, said after its first timed steps."""

    steps: int  # in the whole run, those already done included
    epochs: int
    seconds_estimate: float  # from now on
    memory_bytes: int  # predicted peak of the training itself, 0 where unknown
    batch: int  # clips in memory at once
    device: str  # "cpu", "cuda", "mps"
    precision: str  # "float32" or "bf16"
    learning_rate: float


@dataclass(frozen=True)
class StepReport:
    step: int  # done so far, 1-based
    steps: int
    epoch: int  # the one under way, 1-based
    epochs: int
    losses: dict[str, float]  # named and unweighted, with their weighted sum as "loss"
    learning_rate: float
    clips_per_second: float
    seconds_left: float
    memory_bytes: int  # in use now: of the process on the CPU, of the allocator on a GPU


@dataclass(frozen=True)
class EpochReport:
    """One line of `history.jsonl`."""

    epoch: int
    train_loss: float
    val_loss: float
    seconds: float  # of this epoch, pauses left out
    best_epoch: int
    learning_rate: float
    step: int
    losses: dict[str, float] = field(default_factory=dict)  # of validation, by name
    level_db: float = 0.0  # energy of the reconstructions relative to the originals
    attempt: int = 0  # new starts so far, after collapses
    gradients: dict[str, float] = field(default_factory=dict)  # norm by layer, in the epoch's last step, unclipped

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Preview:
    """The first validation clip through the network as it is now (mono, at the model's rate)."""

    epoch: int
    step: int
    song: str
    original: Clip
    reconstruction: Clip


@dataclass(frozen=True)
class TrainSummary:
    state: str  # "done", "stopped", "discarded" or "failed"
    sentence: str
    epochs: int
    steps: int
    best_epoch: int
    first_val_loss: float | None  # before the first step; for klt that of silence
    best_val_loss: float | None
    last_val_loss: float | None
    seconds: float
    model: str = ""  # path of best.musicae, empty where there is none
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class Callbacks:
    """Listener that ignores everything."""

    def on_status(self, text: str) -> None:
        """What is being done now, in words."""

    def on_plan(self, plan: Plan) -> None:
        """How much and how long, once it is known; again after a new start or when the batch was halved."""

    def on_step(self, report: StepReport) -> None:
        """After every step."""

    def on_epoch(self, report: EpochReport) -> None:
        """After every epoch's validation, once its files are safely written."""

    def on_preview(self, preview: Preview) -> None:
        """After every epoch, and when asked for."""

    def on_warning(self, text: str) -> None:
        """Something the user should know; the run goes on."""

    def on_restart(self, attempt: int, learning_rate: float) -> None:
        """The run begins again at epoch 1 with another learning rate; what was plotted is void."""

    def on_end(self, summary: TrainSummary) -> None:
        """The run is over, whatever the reason; not called when `train` raises."""
