"""Training clips a second: Musicae's trainer against a plain loop on the same network, songs and batch.

    python -m benchmarks train [--train-model conv-18376] [--train-songs SONG_OR_FOLDER...]

The plain loop is what a first script does: a whole WAV file through soundfile for every clip, Adam, float32,
batches made one after another. "In memory" is the same loop with all songs read before, which shows what the
step alone costs; "one thread" is Musicae's own step with a single thread of torch. All run alternately in several
rounds; ratios are between medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np
import soundfile
import torch

from benchmarks.figure import Figure
from core.data.store import SampleStore
from core.demo import write_demo
from core.devices import choose_device, choose_precision, torch_threads
from core.models.network import build_network
from core.models.presets import preset
from core.training.config import TrainConfig
from core.training.crops import RandomCrops, Region
from core.training.rates import learning_rate_for
from core.training.songs import songs_from_paths
from core.training.step import Stepper
from core.training.trainer import design_for

Step = Callable[[int], object]
T = TypeVar("T")

HELP = "training clips a second beside a plain loop on the same network"
MODELS = ("conv-55112", "conv-18376")


def add_options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument(
        "--train-songs", nargs="*", type=Path, help="WAV files of 22,050 Hz; demo songs when none is given"
    )
    parser.add_argument("--train-model", action="append", help=f"preset, several times if wanted [{', '.join(MODELS)}]")
    parser.add_argument("--train-steps", type=int, default=10, help="steps in a round [10]")
    parser.add_argument("--train-rounds", type=int, default=5, help="rounds [5]")


def run(options: argparse.Namespace) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        songs = options.train_songs or write_demo(Path(folder) / "demo")
        store = SampleStore(Path(folder) / "store")
        for name in options.train_model or MODELS:
            yield from measured(name, songs, store, steps=options.train_steps, rounds=options.train_rounds)


def measured(model: str, songs: list[Path], store: SampleStore, *, steps: int, rounds: int) -> Iterator[Figure]:
    """Clips a second of both, on one preset."""
    config = TrainConfig(model=model)
    device = choose_device("auto")
    precision, _warning = choose_precision("auto", device)
    length = round(config.clip_seconds * preset(model).sample_rate)
    loops = {
        "ours": ours(config, songs, store, length, device, precision),
        "one_thread": ours(config, songs, store, length, device, precision),
        "plain": plain(config, songs, length, device, read),
        "in_memory": plain(config, [read(song) for song in songs], length, device, lambda samples: samples),
    }
    speeds: dict[str, list[float]] = {name: [] for name in loops}
    for number in range(rounds + 1):
        for name, step in loops.items():
            with torch_threads(1 if name == "one_thread" else 0):
                began = time.perf_counter()
                for index in range(steps):
                    step(number * steps + index)
                if number:  # the first round loads libraries and files
                    speeds[name].append(steps * config.batch / (time.perf_counter() - began))
    medians = {name: statistics.median(values) for name, values in speeds.items()}
    details = {
        "batch": config.batch,
        "clip_seconds": config.clip_seconds,
        "device": device.type,
        "precision": precision,
    }
    for reference in ("plain", "in_memory", "one_thread"):
        yield Figure(
            f"{model}/{reference}",
            medians["ours"],
            "clips/s",
            reference=medians[reference],
            ratio=medians["ours"] / medians[reference],
            details=details | {"rounds": {name: speeds[name] for name in ("ours", reference)}},
        )


def ours(
    config: TrainConfig, songs: list[Path], store: SampleStore, length: int, device: torch.device, precision: str
) -> Step:
    design = design_for(config)
    regions = [Region(song, 0, song.stored.frames) for song in songs_from_paths(songs, store).songs]
    stepper = Stepper(
        build_network(design).to(device),
        RandomCrops(regions, length, seed=0),
        config,
        design.rate,
        precision=precision,
        batch=config.batch,
        on_halved=lambda batch: None,
    )
    rate = learning_rate_for(design)
    return lambda step: stepper.step(step, rate)


def plain(
    config: TrainConfig,
    songs: Sequence[T],
    length: int,
    device: torch.device,
    samples_of: Callable[[T], np.ndarray],
) -> Step:
    network = build_network(design_for(config)).to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.002)
    random = np.random.default_rng(0)

    def step(_number: int) -> None:
        clips = []
        for _clip in range(config.batch):
            samples = samples_of(songs[int(random.integers(len(songs)))])
            start = int(random.integers(max(1, len(samples) - length)))
            clips.append(np.resize(samples[start : start + length], length))
        x = torch.from_numpy(np.stack(clips)[:, None]).to(device)
        loss = torch.nn.functional.mse_loss(network(x), x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()

    return step


def read(path: Path) -> np.ndarray:
    """(frames,) float32, the mean of the channels."""
    samples, _rate = soundfile.read(path, dtype="float32", always_2d=True)
    return samples.mean(axis=1)
