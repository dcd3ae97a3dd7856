"""A private PulseAudio server whose only output is a null sink, and a recorder of what arrives there.

A real device for PortAudio where there is no sound card: started and stopped by process id, in a folder of its own,
without touching the user's server. Debian's packages: pulseaudio pulseaudio-utils libasound2-plugins libportaudio2.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from core.playback.device import LATENCY_SECONDS
from core.playback.priority import raise_thread

RATE = 44100
DEVICE_ID = "ALSA: pulse"  # as core.playback names PortAudio's way to the server
START_SECONDS = 10.0
_FRAME_BYTES = 8  # two float32 channels


class NullSink:
    """A sound server for this process and its children, from `start` to `stop`.

    Attributes:
        device: the `core.playback.Device.id` under which PortAudio finds it.
        rate: of the sink and of every recording.
    """

    device = DEVICE_ID
    rate = RATE

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._before: dict[str, str | None] = {}

    @staticmethod
    def missing() -> list[str]:
        """Programs that this machine lacks."""
        return [name for name in ("pulseaudio", "parec", "pactl") if shutil.which(name) is None]

    def env(self) -> dict[str, str]:
        """Variables that lead a program to this server (and keep it from writing to the user's home)."""
        folder = str(self._folder)
        return {
            "PULSE_SERVER": f"unix:{folder}/socket",
            "PULSE_RUNTIME_PATH": folder,
            "PULSE_STATE_PATH": folder,
            "PULSE_COOKIE": f"{folder}/cookie",
        }

    @property
    def pid(self) -> int:
        assert self._server is not None
        return self._server.pid

    def start(self) -> None:
        """Start the server, let this process find it, and wait until it answers."""
        self._folder = self._folder or Path(tempfile.mkdtemp(prefix="musicae-sound-"))
        variables = self.env()
        socket = variables["PULSE_SERVER"].removeprefix("unix:")
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disable-shm=yes"]
        command += ["--use-pid-file=no", f"--log-target=file:{self._folder}/log"]
        command += ["-L", f"module-native-protocol-unix auth-anonymous=1 socket={socket}"]
        # Without norewinds the sink swallows a second or two of sound.
        command += ["-L", f"module-null-sink sink_name=musicae rate={RATE} channels=2 norewinds=1"]
        self._server = subprocess.Popen(
            command,
            env={**os.environ, **variables, "XDG_RUNTIME_DIR": str(self._folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if not self._before:
            self._before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)
        deadline = time.monotonic() + START_SECONDS
        while self._ask("info").returncode != 0:
            if self._server.poll() is not None or time.monotonic() > deadline:
                log = (self._folder / "log").read_text(errors="replace")
                self.stop()
                raise RuntimeError(f"the sound server did not start:\n{log}")
            time.sleep(0.02)
        # The server stands for a sound card, which is never late because the machine is busy.
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            raise_thread(int(task.name))

    def kill(self) -> None:
        """End the server at once, as when a device is pulled out; `start` brings it back."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    def stop(self) -> None:
        """End the server and let this process forget it."""
        if self._server is not None:
            self._server.terminate()
            try:
                self._server.wait(5.0)
            except subprocess.TimeoutExpired:
                self.kill()
            self._server = None
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._before = {}
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def mute(self, muted: bool) -> None:
        """Mute all streams that play into the sink, as a user's mixer would."""
        listing = self._ask("list", "short", "sink-inputs").stdout.decode()
        for line in listing.splitlines():
            self._ask("set-sink-input-mute", line.split("\t")[0], str(int(muted)))

    @contextlib.contextmanager
    def recording(self) -> Iterator[Recorder]:
        """Record what arrives at the sink while the block runs."""
        recorder = Recorder(self.env())
        try:
            yield recorder
        finally:
            recorder.stop()

    def record(self, seconds: float) -> np.ndarray:
        """What arrives in the next `seconds`, float32 (frames, 2)."""
        with self.recording() as recorder:
            recorder.wait(seconds)
        return recorder.samples()

    def _ask(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["pactl", *words], capture_output=True, timeout=START_SECONDS, check=False)


class Recorder:
    """`parec` on the sink's monitor, from now until `stop`; `stop` keeps what is on its way."""

    TAIL_SECONDS = 0.15

    def __init__(self, variables: dict[str, str]) -> None:
        command = ["parec", "-d", "musicae.monitor", "--format=float32le", f"--rate={RATE}", "--channels=2"]
        command += ["--raw", "--latency-msec=10"]
        self._child = subprocess.Popen(
            command, env={**os.environ, **variables}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._chunks: list[bytes] = []
        self._arrivals: list[tuple[float, int]] = []  # (perf_counter, frames that had arrived by then)
        self._bytes = 0
        self._grown = threading.Condition()
        self._thread = threading.Thread(target=self._read, name="recorder")
        self._thread.start()
        self.wait(0.01)

    def wait(self, seconds: float) -> None:
        """Wait until so much more sound has arrived."""
        with self._grown:
            wanted = self._bytes + round(seconds * RATE) * _FRAME_BYTES
            if not self._grown.wait_for(lambda: self._bytes >= wanted or self._child.poll() is not None, seconds + 20):
                raise RuntimeError("the recording does not go on")

    def samples(self) -> np.ndarray:
        """All that has arrived, float32 (frames, 2)."""
        with self._grown:
            data = b"".join(self._chunks)
        return np.frombuffer(data[: len(data) // _FRAME_BYTES * _FRAME_BYTES], np.float32).reshape(-1, 2)

    def arrival(self, frame: int) -> float:
        """time.perf_counter() when frame `frame` of the recording had arrived here."""
        with self._grown:
            return next(moment for moment, frames in self._arrivals if frames > frame)

    def stop(self) -> None:
        if self._child.poll() is None:
            with contextlib.suppress(RuntimeError):
                self.wait(self.TAIL_SECONDS)
            self._child.terminate()
        self._child.wait()
        self._thread.join()

    def _read(self) -> None:
        assert self._child.stdout is not None
        with self._child.stdout as pipe:
            while data := os.read(pipe.fileno(), 1 << 16):
                with self._grown:
                    self._chunks.append(data)
                    self._bytes += len(data)
                    self._arrivals.append((time.perf_counter(), self._bytes // _FRAME_BYTES))
                    self._grown.notify_all()


def bare_underflows(seconds: float = 2.0) -> int:
    """How often PortAudio is served too late while a process of its own does nothing but play one level.

    Nothing of Musicae's takes part but the threads' priority and the stream's latency, so that what is counted here is
    the machine's doing.
    """
    command = [sys.executable, "-c", _BARE, DEVICE_ID.removeprefix("ALSA: "), str(seconds), str(LATENCY_SECONDS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"the bare stream did not play:\n{done.stderr}")
    return int(done.stdout)


def processor_share(seconds: float = 1.0) -> float:
    """The part of `seconds` in which a thread that only computes has a processor: 1 on a machine with one to spare."""
    began, used = time.perf_counter(), time.thread_time()
    while time.perf_counter() < began + seconds:
        pass
    return (time.thread_time() - used) / (time.perf_counter() - began)


_BARE = """
import sys, time
import numpy, rtmixer
from core.playback.priority import raised_priority
device, seconds, latency = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
with raised_priority():
    mixer = rtmixer.Mixer(device=device, channels=2, samplerate=44100, blocksize=0, latency=latency)
    level = numpy.full((int(44100 * seconds), 2), 0.1, numpy.float32)
    action = mixer.play_buffer(level, channels=2)
    mixer.start()
while action in mixer.actions:
    time.sleep(0.05)
print(mixer._state.stats.output_underflows)
mixer.abort()
"""


def longest_gap(samples: np.ndarray, rate: int = RATE, floor: float = 1e-4) -> float:
    """Seconds of the longest silence (both channels below `floor`) between the first and the last sound."""
    loud = np.flatnonzero(np.abs(samples).max(axis=1) > floor)
    return 0.0 if len(loud) < 2 else float(np.diff(loud).max() - 1) / rate


def main() -> int:
    """Run a program beside a null sink: python -m tests.sound_server PROGRAM ARGUMENT..."""
    sink = NullSink()
    sink.start()
    try:
        return subprocess.run(sys.argv[1:], check=False).returncode
    finally:
        sink.stop()


if __name__ == "__main__":
    sys.exit(main())
