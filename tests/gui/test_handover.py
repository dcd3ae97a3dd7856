"""A start while a window runs hands its files over, and no first window, whatever its state, keeps another away."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.audio import Clip, write_wav
from musicae_gui.handover import LONGEST_NAME, Handover, address, understood
from tests.gui.real_window import RealWindow
from tests.screen import Screen

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and socket files as here are those of Unix")

ROOT = Path(__file__).resolve().parents[2]
START = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from musicae_gui.handover import Handover

qt = QCoreApplication([])
handover = Handover(Path(sys.argv[1]))
if handover.reach([Path(name) for name in sys.argv[2:]]):
    print("HANDED", flush=True)
    sys.exit(0)
handover.received.connect(lambda paths: print("GOT", *map(ascii, map(str, paths)), sep="|", flush=True))
if "slow" in sys.argv:
    print("ON ITS WAY", flush=True)
    sys.stdin.readline()
handover.listen()
print("FIRST", flush=True)
qt.exec()
"""
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "d").mkdir()
    return tmp_path / "d"


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Starts processes that are the first to run or hand their files over, and say so."""
    children: list[subprocess.Popen[str]] = []

    def begin(*files: str, cwd: Path = ROOT) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-c", START, str(folder), *files],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        children.append(child)
        return child

    yield begin
    for child in children:
        child.kill()
        with contextlib.suppress(OSError):
            child.communicate(timeout=20)


def says(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def test_a_later_start_hands_its_files_to_the_first(start: Start, tmp_path: Path) -> None:
    first = start()
    assert says(first) == "FIRST"
    later = start("a song.wav", "/music/b\udcff.mp3", cwd=tmp_path)
    assert says(later) == "HANDED"
    assert later.wait(20) == 0
    assert says(first) == f"GOT|'{tmp_path}/a song.wav'|'/music/b\\udcff.mp3'"
    start()  # without files: the window comes to the front
    assert says(first) == "GOT"


def test_two_starts_at_the_same_moment_make_one_window(start: Start) -> None:
    said = {child: says(child) for child in [start("x.wav"), start("x.wav")]}
    assert sorted(said.values()) == ["FIRST", "HANDED"]


def test_a_later_start_waits_for_a_first_that_is_not_painted_yet(start: Start) -> None:
    first = start("slow")
    assert says(first) == "ON ITS WAY"
    later = start("a.wav")
    assert first.stdin is not None
    first.stdin.write("go on\n")
    first.stdin.flush()
    assert says(first) == "FIRST"
    assert says(later) == "HANDED"
    assert says(first).endswith("a.wav'")


def test_a_killed_window_leaves_nothing_in_the_way(start: Start, folder: Path) -> None:
    first = start()
    assert says(first) == "FIRST"
    first.kill()
    first.wait()
    assert Path(address(folder)).exists()
    second = start("a.wav")
    assert says(second) == "FIRST"
    assert says(start("b.wav")) == "HANDED"


def test_a_window_that_hangs_is_given_up_and_the_next_one_takes_its_place(start: Start) -> None:
    first = start()
    assert says(first) == "FIRST"
    first.send_signal(signal.SIGSTOP)
    try:
        second = start("a.wav")
        assert says(second) == "FIRST"
        assert says(start("b.wav")) == "HANDED"
        assert says(second).endswith("b.wav'")
    finally:
        first.send_signal(signal.SIGCONT)


def test_a_folder_without_rights_costs_only_the_handing_over(qtbot: QtBot, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    handover = Handover(missing)
    assert handover.reach([]) is False
    handover.listen()
    handover.close()


def test_what_is_no_message_does_no_harm(qtbot: QtBot, folder: Path) -> None:
    handover = Handover(folder)
    assert handover.reach([]) is False
    handover.listen()
    got: list[list[Path]] = []
    handover.received.connect(got.append)
    for line in (b"\n", b"{}\n", b"[1, 2]\n", b'{"paths": 3}\n', b"\xff\xfe\n", b"half a li"):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(address(folder))
            client.sendall(line)
            client.settimeout(0.01)
            qtbot.wait(20)
            with contextlib.suppress(OSError):
                assert client.recv(10) == b""
    assert got == []
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(address(folder))
        client.sendall(b'{"paths": ["/a.wav", 3], "tokens": {"PATH": "x"}}\n')
        qtbot.waitUntil(lambda: bool(got))
    assert got == [[Path("/a.wav")]]
    handover.close()
    assert not Path(address(folder)).exists()


def test_only_the_tokens_of_a_desktop_are_taken_from_a_message() -> None:
    line = b'{"paths": [], "tokens": {"XDG_ACTIVATION_TOKEN": "t", "LD_PRELOAD": "x", "DESKTOP_STARTUP_ID": 3}}\n'
    assert understood(line) == ([], {"XDG_ACTIVATION_TOKEN": "t"})


def test_the_socket_is_for_its_owner_only(qtbot: QtBot, folder: Path) -> None:
    handover = Handover(folder)
    handover.reach([])
    handover.listen()
    assert Path(address(folder)).stat().st_mode & 0o077 == 0
    handover.close()


def test_each_folder_has_an_address_that_the_system_allows(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 120)
    assert address(tmp_path / "a") != address(tmp_path / "b")
    assert address(deep / "a") != address(deep / "b")
    assert len(os.fsencode(address(deep))) <= LONGEST_NAME


def test_files_that_the_system_sends_as_events_are_opened() -> None:
    code = """
from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QFileOpenEvent
from musicae_gui.studio import application
qt = application(["musicae-gui"])
qt.files_opened.connect(print)
QCoreApplication.sendEvent(qt, QFileOpenEvent(QUrl.fromLocalFile("/music/a b.wav")))
QCoreApplication.sendEvent(qt, QFileOpenEvent(QUrl("https://example.org/c.wav")))
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[PosixPath('/music/a b.wav')]"


@pytest.mark.screen
def test_the_running_window_opens_the_files_of_a_later_start(
    data_dir: Path, tmp_path: Path, tone: Callable[..., object]
) -> None:
    missing = Screen.missing()
    if missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no screen: {', '.join(missing)} missing")
    write_wav(tmp_path / "later.wav", Clip(tone(440.0, 1.0)[None], 22050))  # type: ignore[index]
    data_dir.mkdir()
    (data_dir / "preferences.json").write_text('{"version": 1, "demo_songs": false}')
    model = ROOT / "resources" / "models" / "klt.musicae"
    with Screen() as screen:
        window = RealWindow(screen, data_dir, tmp_path)
        try:
            window.start()
            command = [sys.executable, "-m", "musicae_gui", "--data-dir", str(data_dir)]
            environment = screen.environment(PYTHONPATH=str(ROOT))
            for file in ("later.wav", str(model)):
                begun = subprocess.run([*command, file], env=environment, cwd=tmp_path, timeout=120, check=False)
                assert begun.returncode == 0
            facts = window.until(lambda facts: facts["songs"] and facts.get("compare"), "the song and the model")
            assert [song["title"] for song in facts["songs"]] == ["later"]
            assert facts["panel"] == "compare"
            window.until(lambda facts: len(facts["compare"]["rows"]) > 1, "a row for the model")
            assert window.close() == 0
        finally:
            window.end()
    assert not Path(address(data_dir)).exists()
