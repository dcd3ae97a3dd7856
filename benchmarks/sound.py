"""Does sound hold while the machine trains, and how soon is a slider heard?

    python -m benchmarks sound [--sound-seconds 60]

Plays a minute of live sound through a private null sink (tests/sound_server.py) while convolutions train on all
cores in this very process, and moves a slider meanwhile; then the same slider at rest; and both again with Morph's
own slider between two songs, decoded by studio while it plays. Measured at the sink's monitor and from the player's
own record:

- starvations: our queue ran empty; underflows: PortAudio reported the device served too late; gaps: silence over
  5 ms in the recording;
- slider to device: from `Player.changed` to the moment when the device takes the first changed sample, without the
  stream's own latency;
- slider to ear: from `Player.changed` to the changed sample's arrival at a recorder, everything included, also the
  recorder's buffer of 10 ms. Where the device was served too late the recording has lost samples, and it is not told.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np

from benchmarks.figure import Figure
from core.demo import compose
from core.models.presets import DEFAULT_MODEL
from core.playback import Change, LiveSource, Player
from musicae_gui.tasks.priority import yield_to_others
from tests.sound_server import RATE, NullSink, Recorder

HELP = "playback and a slider while the machine trains, and at rest"
GAP_SECONDS = 0.005
MODEL_RATE = 22050


class Slider:
    """Live noise whose sign the slider turns: each change is found in the recording to within a sample or two."""

    def __init__(self, seconds: float) -> None:
        raw = np.random.default_rng(0).standard_normal(round(seconds * MODEL_RATE))
        smooth = np.convolve(raw, np.hanning(12), mode="same")
        self.sound = (0.5 * smooth / np.abs(smooth).max()).astype(np.float32)
        self.sign = 1.0

    def decode(self, start: int, count: int) -> np.ndarray:
        return np.float32(self.sign) * self.sound[start : start + count]

    @property
    def frames(self) -> int:
        return len(self.sound)

    def prepare(self, start: int, count: int) -> None:
        pass  # it is all there

    def move(self) -> None:
        self.sign = -self.sign


class MorphSlider:
    """Morph's own: two demo songs on its straight way, every window of which the model decodes."""

    def __init__(self, model: str = DEFAULT_MODEL) -> None:
        from core.latents.ways import WAYS
        from core.latents.ways.morph import Morph
        from core.models.codec import load_codec

        codec = load_codec(model)
        a, b = (codec.encode(compose(style, 0).clip.mono().resampled(codec.rate)) for style in ("jazz", "rock"))
        self._morph, self._way = Morph(codec, a, b), WAYS["straight"]
        self._at, self._step = 0.0, 0.05
        self.frames = self._morph.samples

    def decode(self, start: int, count: int) -> np.ndarray:
        return self._morph.range(self._way, self._at, start, count)

    def prepare(self, start: int, count: int) -> None:
        self._morph.prepare(start, count)

    def move(self) -> None:
        if not 0 <= self._at + self._step <= 1:
            self._step = -self._step
        self._at += self._step


class Training:
    """Conv training steps on all cores, in a thread of this process as in the window."""

    def __init__(self) -> None:
        self.steps = 0
        self._done = threading.Event()
        self._running = threading.Event()
        self._thread = threading.Thread(target=self._run, name="training")

    def __enter__(self) -> Training:
        self._thread.start()
        self._running.wait()
        return self

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        import torch

        yield_to_others()
        torch.manual_seed(0)
        network = torch.nn.Sequential(
            torch.nn.Conv1d(1, 32, 15, stride=4, padding=7),
            torch.nn.Tanh(),
            torch.nn.Conv1d(32, 32, 15, padding=7),
            torch.nn.Tanh(),
            torch.nn.ConvTranspose1d(32, 1, 16, stride=4, padding=6),
        )
        optimizer = torch.optim.AdamW(network.parameters())
        batch = torch.randn(16, 1, 32768)
        while not self._done.is_set():
            loss = torch.nn.functional.mse_loss(network(batch), batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            self.steps += 1
            self._running.set()


def measure(sink: NullSink, seconds: float, slider: Slider | MorphSlider) -> dict[str, Any]:
    """Play for `seconds`, moving the slider some four times a second."""
    player = Player(sink.device)
    player.wait_ready()
    source = LiveSource(slider.decode, slider.frames, MODEL_RATE, player.rate, prepare=slider.prepare)
    pauses = np.random.default_rng(1).uniform(0.15, 0.35, 100_000)
    changes: list[int] = []
    with sink.recording() as recorder:
        player.play(source, loop=True)
        recorder.wait(0.5)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            slider.move()
            changes.append(player.changed())
            time.sleep(pauses[len(changes)])
        latency = player.latency
        player.stop()
    player.close()
    events = [event for event in player.events if event.id in set(changes) and event.state == "heard"]
    is_whole = isinstance(slider, Slider) and player.underflows == 0
    return {
        "seconds": seconds,
        "starvations": player.starvations,
        "underflows": player.underflows,
        "late_changes": player.late_changes,
        "longest_gap_ms": 1000 * gaps(recorder.samples())[1],
        "gaps_over_5_ms": gaps(recorder.samples())[0],
        "stream_latency_ms": 1000 * latency,
        "changes": len(changes),
        "heard": len(events),
        "slider_to_device_ms": spread(
            [1000 * (event.frame - event.requested_frame) / RATE for event in events if event.frame is not None]
        ),
        **({"slider_to_ear_ms": spread(to_ear(recorder, events, player, source))} if is_whole else {}),
    }


def gaps(recording: np.ndarray) -> tuple[int, float]:
    """How many silences over 5 ms lie inside the sound, and the seconds of the longest silence."""
    loud = np.flatnonzero(np.abs(recording).max(axis=1) > 1e-4)
    lengths = (np.diff(loud) - 1) / RATE
    return int((lengths > GAP_SECONDS).sum()), float(lengths.max(initial=0.0))


def to_ear(recorder: Recorder, events: list[Change], player: Player, source: LiveSource) -> list[float]:
    """Milliseconds from each change's request to its arrival in the recording (the middle of its fade)."""
    slider_sound = np.abs(source.read(0, source.frames)[:, 0])
    recording = recorder.samples()[:, 0]
    begin = player.evidence.spans[0].frame
    piece = slider_sound[2000:12_000]
    size = 1 << (2 * RATE + len(piece)).bit_length()
    spectrum = np.fft.rfft(np.abs(recording[: 2 * RATE]), size) * np.fft.rfft(piece - piece.mean(), size).conj()
    offset = int(np.argmax(np.fft.irfft(spectrum, size)[: 2 * RATE])) - 2000 - begin
    middle = round(0.0075 * RATE)
    arrivals = []
    for event in events:
        assert event.frame is not None
        frame = event.frame + offset + middle
        if 0 <= frame < len(recording):
            arrivals.append(1000 * (recorder.arrival(frame) - event.requested_at))
    return arrivals


def spread(values: list[float]) -> dict[str, float]:
    if not values:
        return {}
    p50, p95 = np.percentile(values, [50, 95])
    return {"p50": round(float(p50), 1), "p95": round(float(p95), 1), "max": round(max(values), 1)}


def add_options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument(
        "--sound-seconds", type=float, default=60.0, help="of playing under load [60]; at rest a third of it"
    )


def run(options: argparse.Namespace) -> Iterator[Figure]:
    # As the window does: threads that wait for the interpreter get it sooner beside a busy one.
    sys.setswitchinterval(0.001)
    sink = NullSink()
    sink.start()
    try:
        third, noise, morph = options.sound_seconds / 3, Slider(options.sound_seconds + 10), MorphSlider()
        states = {"rest": measure(sink, third, noise), "rest, studio": measure(sink, third, morph)}
        with Training() as training:
            states["training"] = measure(sink, options.sound_seconds, noise)
            states["training"]["training_steps"] = training.steps
            states["training, studio"] = measure(sink, options.sound_seconds, morph)
    finally:
        sink.stop()
    for state, values in states.items():
        for name, value in values.items():
            yield from _figures(f"{state}/{name}", value)


def _figures(name: str, value: float | dict[str, float]) -> Iterator[Figure]:
    unit = "ms" if name.endswith("_ms") else "s" if name.endswith("seconds") else ""
    if not isinstance(value, dict):
        yield Figure(name, float(value), unit)
        return
    for part, number in value.items():
        yield Figure(f"{name}/{part}", number, unit)
