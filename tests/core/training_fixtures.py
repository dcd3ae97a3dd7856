"""Small songs and a small network for the tests of training."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np

from core.data.store import SampleStore
from core.models.layers import ConvDesign, ConvLayer
from core.training.callbacks import Callbacks, EpochReport, Plan, Preview, StepReport, TrainSummary
from core.training.config import TrainConfig
from core.training.crops import TrainingSong

RATE = 22050
DESIGN = json.dumps(ConvDesign((ConvLayer(8, 32, 16), ConvLayer(4, 3, 1))).to_dict())
SMALL = TrainConfig(
    design=DESIGN,
    epochs=4,
    batch=4,
    clip_seconds=0.125,
    steps_per_epoch=10,
    validation_clips=4,
    device="cpu",
    threads=1,
)


def song_samples(number: int, seconds: float = 3.0) -> np.ndarray:
    """(frames,) float32: a few decaying tones and soft noise, different for each number."""
    random = np.random.default_rng(number)
    time = np.arange(round(seconds * RATE)) / RATE
    tones = sum(np.sin(2 * np.pi * pitch * time) for pitch in random.uniform(80, 2000, 4))
    decay = np.exp(-3 * (time % 0.5))
    return (0.1 * tones * decay + 0.003 * random.standard_normal(len(time))).astype(np.float32)


def stored_songs(folder: Path, count: int = 4, seconds: float = 3.0) -> list[TrainingSong]:
    """Songs in a real store of memory-mapped samples."""
    return [store_song(folder, f"{number:064x}", song_samples(number, seconds)) for number in range(count)]


def store_song(folder: Path, key: str, samples: np.ndarray, title: str = "") -> TrainingSong:
    store = SampleStore(folder, RATE)
    if key not in store:
        with store.writer(key, RATE) as writer:
            writer.write(samples[None])
    return TrainingSong(key, title or f"Song {key[-2:]}", f"Author {key[-1]}", store.get(key))


class Recorder(Callbacks):
    """Keeps what the trainer says, in order."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.plans: list[Plan] = []
        self.steps: list[StepReport] = []
        self.epochs: list[EpochReport] = []
        self.previews: list[Preview] = []
        self.warnings: list[str] = []
        self.restarts: list[tuple[int, float]] = []
        self.summary: TrainSummary | None = None
        self.threads: set[int] = set()

    def on_plan(self, plan: Plan) -> None:
        self.order.append("plan")
        self.plans.append(plan)

    def on_step(self, report: StepReport) -> None:
        self.order.append("step")
        self.steps.append(report)
        self.threads.add(threading.get_ident())

    def on_epoch(self, report: EpochReport) -> None:
        self.order.append("epoch")
        self.epochs.append(report)

    def on_preview(self, preview: Preview) -> None:
        self.order.append("preview")
        self.previews.append(preview)

    def on_warning(self, text: str) -> None:
        self.order.append("warning")
        self.warnings.append(text)

    def on_restart(self, attempt: int, learning_rate: float) -> None:
        self.order.append("restart")
        self.restarts.append((attempt, learning_rate))

    def on_end(self, summary: TrainSummary) -> None:
        self.order.append("end")
        self.summary = summary
