"""The finished program on trial, as a user would have it: another folder, no environment, no Python, a real window.

The screen (Xvfb) and the sound device (a null sink) are those of the tests.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.audio import write_wav
from core.demo import compose
from tests.gui.close_request import ask_to_close
from tests.screen import Screen
from tests.sound_server import NullSink

PATIENCE = 900.0  # seconds for the self-test on a slow machine
LIVES = 3  # of the self-test, where the sound alone was interrupted: a machine that is busy otherwise may do that
OVERLOAD = 3.0  # programs that want each core, from where on a gap in the sound says nothing about the one on trial
EMPTY_PATH = "/nowhere"  # no Python, and nothing else
ENTRY = Path("/usr/share/applications/musicae.desktop")
Environment = dict[str, str]


class TrialError(Exception):
    """The finished program does not do what it should."""


@contextmanager
def surroundings() -> Iterator[tuple[Screen, Environment]]:
    """A screen and a sound device, and the only variables that the program on trial is given."""
    sound = NullSink()
    sound.start()
    try:
        with Screen() as screen:
            yield screen, {"DISPLAY": screen.display, "PATH": EMPTY_PATH, **sound.env()}
    finally:
        sound.stop()


def run_self_test(bundle: Path, evidence: Path, environment: Environment) -> None:
    """Let the window live its whole story; pictures and the report go into `evidence`.

    Where nothing but the sound was interrupted, it lives again; on a machine that is overloaded that is only told.

    Raises:
        TrialError: a step failed, or the program used a file of the Python that built it.
    """
    for life in range(1, LIVES + 1):
        code = _live(bundle, evidence, environment)
        if code == 0:
            return
        overloaded = os.getloadavg()[0] > OVERLOAD * (os.cpu_count() or 1)
        if failed_steps(evidence) != ["starvation"] or (life == LIVES and not overloaded):
            raise TrialError(f"The self-test failed:\n{(evidence / 'program.log').read_text()}")
        if overloaded:
            print("All steps passed, but the sound was interrupted; the machine is overloaded, so it is not judged.")
            return
        print("All steps passed, but the sound was interrupted; once more …", flush=True)


def failed_steps(evidence: Path) -> list[str]:
    """The steps that the report calls failed; none where there is no report."""
    try:
        report = json.loads((evidence / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [step["name"] for step in report["steps"] if step["state"] == "failed"]


def _live(bundle: Path, evidence: Path, environment: Environment) -> int:
    """One self-test; returns its exit code."""
    shutil.rmtree(evidence, ignore_errors=True)
    evidence.mkdir(parents=True)
    with (evidence / "program.log").open("w") as log:
        child = subprocess.Popen(
            [bundle / "musicae-gui", "--self-test", evidence, "--require-sound"],
            env=environment,
            cwd=evidence,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        with contextlib.suppress(OSError):  # the user starts it with the usual priority, however this was started
            os.setpriority(os.PRIO_PROCESS, child.pid, 0)
        mapped: set[str] = set()
        end = time.monotonic() + PATIENCE
        while child.poll() is None:
            mapped |= _mapped_files(child.pid)
            if time.monotonic() > end:
                child.kill()
                child.wait()
                raise TrialError(f"The self-test did not end within {PATIENCE:.0f} s; see {evidence}.")
            time.sleep(0.5)
    foreign = sorted(path for path in mapped if path.startswith((sys.prefix, f"{sys.base_prefix}/lib/python")))
    if foreign:
        raise TrialError("The program leans on the Python that built it: " + ", ".join(foreign))
    return child.returncode


def run_console(bundle: Path, folder: Path, environment: Environment) -> None:
    """Use every command of the command line once.

    Raises:
        TrialError: one failed, or did not write its file.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    program, data = bundle / "musicae", str(folder / "data")
    _call([program, "--version"], folder, environment)
    _call([program, "demo", "--per-style", "1", "--seed", "1", "--out", "songs"], folder, environment)
    first, second = (str(path) for path in sorted((folder / "songs").rglob("*.wav"))[:2])
    for style in ("jazz", "rock"):  # as many songs as a study needs to tell genres apart
        for seed in range(6):
            path = folder / "two genres" / style / f"{seed}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_wav(path, compose(style, seed).clip)
    quick = ["--epochs", "1", "--steps-per-epoch", "20", "--batch", "2"]
    for line in (
        ["models", "--json"],
        ["cut", "songs/jazz", "--seconds", "5", "--out", "clips"],
        ["encode", first, "--out", "latent.safetensors"],
        ["decode", "latent.safetensors", "--out", "decoded.wav"],
        ["reconstruct", first, "--out", "heard"],
        ["morph", first, second, "--at", "0.5", "--out", "between.wav"],
        ["train", "clips", "--model", "conv-9184", "--out", "run", *quick],
        ["train", "clips", "--model", "vae-9184", "--out", "variational", *quick],
        ["compare", second, "--model", "run", "--json"],
        ["library", "add", "songs", "--data-dir", data],
        ["library", "list", "--json", "--data-dir", data],
        ["study", "two genres", "--out", "study", "--quick", "--sizes", "9184", "--epochs", "1"],
    ):
        _call([program, *line], folder, environment)
    for name in ("latent.safetensors", "decoded.wav", "between.wav", "run/best.musicae", "study/report.pdf"):
        if not (folder / name).is_file():
            raise TrialError(f"The command line did not write {name}.")


def run_installed(package: Path, sounds: tuple[Path, Path], model: Path) -> None:
    """Install the .deb, open files through its desktop entry twice, close the window, remove the package.

    The first start opens the first of `sounds`; the second hands the other one and `model` to the window that runs.

    Raises:
        TrialError: one of it does not work, or something is left behind.
    """
    # Through apt, which brings what the package depends on; nothing that is there already may go for it.
    apt = ["apt-get", "-y", "-qq", "--no-install-recommends", "--no-remove"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*apt, "install", "--reinstall", str(package.resolve())], check=True, env=quiet)
    try:
        with surroundings() as (screen, environment), tempfile.TemporaryDirectory(prefix="musicae-home-") as home:
            _open_by_entry(screen, {**environment, "HOME": home, "PATH": "/usr/bin:/bin"}, sounds, model)
    finally:
        subprocess.run(["dpkg", "--purge", "musicae"], check=True, env=quiet)
    left = [path for path in (Path("/usr/lib/musicae"), Path("/usr/bin/musicae"), ENTRY) if path.exists()]
    if left:
        raise TrialError("The package leaves behind " + ", ".join(map(str, left)))


def command_of(entry: str, files: Sequence[Path]) -> list[str]:
    """The command line that a desktop makes of the text of a desktop entry and the files to open."""
    line = next(line for line in entry.splitlines() if line.startswith("Exec="))
    words = shlex.split(line.removeprefix("Exec="))
    return [part for word in words for part in (map(str, files) if word == "%F" else [word])]


def _open_by_entry(screen: Screen, environment: Environment, sounds: tuple[Path, Path], model: Path) -> None:
    entry, (first, second) = ENTRY.read_text(encoding="utf-8"), sounds
    window = subprocess.Popen(command_of(entry, [first]), env=environment, cwd="/", stdin=subprocess.DEVNULL)
    try:
        number = _wait_for(lambda: _window_number(screen), "The window did not open.")
        _wait_for(lambda: _songs(environment) == {str(first)}, f"{first.name} did not come into the library.")
        later = subprocess.run(command_of(entry, [second, model]), env=environment, cwd="/", timeout=120, check=False)
        if later.returncode != 0 or window.poll() is not None:
            raise TrialError("A second start did not hand its files to the window that ran.")
        both = {str(first), str(second)}
        _wait_for(lambda: _songs(environment) == both, f"{second.name} did not come from the second start.")
        ask_to_close(screen.display, number)
        if window.wait(120) != 0:
            raise TrialError(f"The window ended with {window.returncode}.")
    finally:
        window.kill()
        window.wait()


def _window_number(screen: Screen) -> int:
    try:
        return int(screen.do("search", "--onlyvisible", "--name", "^Musicae$").split()[0])
    except (subprocess.CalledProcessError, IndexError, ValueError):
        return 0


def _songs(environment: Environment) -> set[str]:
    output = _call([Path("/usr/bin/musicae"), "library", "list", "--json"], Path("/"), environment)
    return {song["path"] for song in json.loads(output)}


def _wait_for(look: Callable[[], int], complaint: str) -> int:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.2)
    raise TrialError(complaint)


def _call(command: Sequence[str | Path], folder: Path, environment: Environment) -> str:
    result = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise TrialError(f"{' '.join(map(str, command))} ended with {result.returncode}:\n{result.stderr}")
    return result.stdout


def _mapped_files(process: int) -> set[str]:
    """The files that a process has in its memory: its program, its libraries, what it reads directly."""
    try:
        lines = Path(f"/proc/{process}/maps").read_text().splitlines()
    except OSError:
        return set()
    return {fields[5] for fields in (line.split(maxsplit=5) for line in lines) if len(fields) == 6}
