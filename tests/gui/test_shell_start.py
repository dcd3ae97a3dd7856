"""Start-up and faults, each in a process of its own: what is imported when, what is logged, what is offered after."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.preferences import Preferences, save_preferences
from core.session import SessionState, load_session, save_session
from musicae_gui.app import parser
from musicae_gui.crash import CrashLog
from musicae_gui.studio import Studio
from musicae_gui.views.crash_dialog import CrashDialog

FIRST_PAINT = """
import sys
from musicae_gui import app
from musicae_gui.studio import Studio

begin = Studio.start

def start(self, *arguments):
    def painted():
        heavy = [name for name in ("torch", "torchaudio", "sklearn", "scipy", "pyqtgraph") if name in sys.modules]
        print("PAINTED", ",".join(heavy) or "light", "numpy" in sys.modules, flush=True)
    self.window.painted.connect(painted)
    self.ready.connect(lambda: print("READY", "torch" in sys.modules, self.window.status.text.text(), flush=True))
    self.ready.connect(self.window.close)
    begin(self, *arguments)

Studio.start = start
sys.exit(app.main(sys.argv[1:]))
"""


def python(code: str, *arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MUSICAE_DATA": str(data), "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        cwd=Path(__file__).resolve().parents[2],
    )


@pytest.mark.parametrize("panel", ["library", "compare", "train"])
def test_the_window_is_painted_before_torch_is_loaded(panel: str, data_dir: Path) -> None:
    data_dir.mkdir()
    save_session(data_dir / "session.json", SessionState(panel=panel))
    (data_dir / "preferences.json").write_text('{"version": 1, "demo_songs": false}')
    result = python(FIRST_PAINT, data=data_dir)
    lines = [line for line in result.stdout.splitlines() if line.startswith(("PAINTED", "READY"))]
    assert lines, result.stderr
    assert lines[0].startswith("PAINTED light ")
    assert panel != "library" or lines[0] == "PAINTED light False"  # a list of songs needs no numpy
    assert lines[1] == "READY True Ready."
    assert result.returncode == 0, result.stderr
    assert load_session(data_dir / "session.json").model_loading == ""
    assert list((data_dir / "crash").glob("fault-*.log")) == []


def test_a_hard_fault_is_logged_and_offered_once(data_dir: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from musicae_gui.crash import CrashLog; import faulthandler;"
        "log = CrashLog(Path(sys.argv[1])); log.begin(); faulthandler._sigsegv()"
    )
    result = python(code, str(data_dir), data=data_dir)
    assert result.returncode != 0
    log = CrashLog(data_dir)
    text = log.take_last()
    assert "Segmentation fault" in text
    assert log.take_last() == ""


def test_an_exception_that_nobody_caught_is_written_down_and_shown(data_dir: Path, qtbot: QtBot) -> None:
    import threading

    shown: list[str] = []
    log = CrashLog(data_dir)
    hooks = sys.excepthook, threading.excepthook
    try:
        log.watch_python(shown.append)
        sys.excepthook(ValueError, ValueError("of the main thread"), None)
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: len(shown) == 2)
    finally:
        sys.excepthook, threading.excepthook = hooks
    assert "of the main thread" in shown[0]
    assert "ZeroDivisionError" in shown[1]
    text = CrashLog(data_dir).take_last()
    assert "of the main thread" in text
    assert "ZeroDivisionError" in text


def test_faults_share_one_dialog(qtbot: QtBot) -> None:
    dialog = CrashDialog(None)
    dialog.show("first fault")
    box = dialog._box
    assert box is not None
    dialog.show("second fault")
    assert dialog._box is box
    assert "first fault" in box.detailedText()
    assert "second fault" in box.detailedText()
    box.close()
    assert dialog._box is None


def test_a_model_that_broke_the_last_start_is_left_out(data_dir: Path, qtbot: QtBot) -> None:
    data_dir.mkdir()
    save_session(data_dir / "session.json", SessionState(model="/x/broken.musicae", model_loading="/x/broken.musicae"))
    studio = Studio(data_dir)
    studio.services.preferences.set("demo_songs", False)
    try:
        studio.start()
        qtbot.waitUntil(lambda: studio.ready_seconds > 0, timeout=60000)
        assert studio.services.session.state.model == ""
        assert any("broken.musicae" in card.sentence for card in studio.window.notifications.cards)
    finally:
        assert studio.close()


def test_the_first_start_has_the_preferred_model(data_dir: Path, qtbot: QtBot) -> None:
    save_preferences(data_dir, Preferences(demo_songs=False, model="klt-1378"))
    studio = Studio(data_dir)
    try:
        assert studio.services.session.model == "klt-1378"
    finally:
        assert studio.close()


def test_a_last_model_that_is_gone_gives_way_to_the_default(data_dir: Path, qtbot: QtBot) -> None:
    data_dir.mkdir()
    save_session(data_dir / "session.json", SessionState(model="/x/gone.musicae"))
    studio = Studio(data_dir)
    studio.services.preferences.set("demo_songs", False)
    try:
        studio.start()
        qtbot.waitUntil(lambda: studio.ready_seconds > 0, timeout=60000)
        assert studio.services.session.state.model == ""
        assert any("gone.musicae" in card.sentence for card in studio.window.notifications.cards)
    finally:
        assert studio.close()


def test_the_language_changes_at_once(data_dir: Path, qtbot: QtBot) -> None:
    from core import i18n

    studio = Studio(data_dir, language="en")
    studio.services.preferences.set("demo_songs", False)
    try:
        studio.start()
        qtbot.waitUntil(lambda: studio.ready_seconds > 0, timeout=60000)
        before = studio.window
        studio.window.show_panel("settings")
        studio.services.preferences.set("language", "es")
        assert studio.window is not before
        assert studio.window.services.session.state.panel == "settings"
        qtbot.waitUntil(lambda: not studio.services.tasks.live)
    finally:
        assert studio.close()
        i18n.install("en")


def test_the_command_line_is_understood() -> None:
    options = parser().parse_args(["--self-test", "out", "--songs", "music", "--require-sound", "--theme", "dark"])
    assert (options.self_test, options.songs, options.require_sound) == (Path("out"), Path("music"), True)
    assert parser().parse_args(["a.wav", "folder"]).paths == [Path("a.wav"), Path("folder")]


def test_a_data_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    code = "import sys; from musicae_gui.app import main; sys.exit(main(sys.argv[1:]))"
    result = python(code, "--data-dir", str(blocked / "data"), data=tmp_path)
    assert result.returncode == 2
    assert "cannot be made" in result.stderr
    assert "Traceback" not in result.stderr
