"""The set-up for a fresh machine: standard library only, quick when done, clear when it cannot go on."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`dev.py` as a module, at work on a folder of the test's own."""
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("pyproject.toml", "requirements.lock"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "LOCK", tmp_path / "requirements.lock")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "musicae-setup.json")
    monkeypatch.setattr(module, "PYTHON", Path(sys.executable))
    return module


@pytest.fixture
def pip_calls(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(dev, "pip", lambda *arguments: calls.append(arguments))
    return calls


def test_the_set_up_needs_nothing_but_the_standard_library() -> None:
    imported = set()
    for node in ast.walk(ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported <= sys.stdlib_module_names | {"__future__"}


def test_a_set_up_that_is_done_installs_nothing(dev: ModuleType, pip_calls: list[tuple[str, ...]]) -> None:
    dev.set_up("run")
    assert pip_calls
    pip_calls.clear()
    dev.set_up("run")
    assert pip_calls == []


def test_running_installs_no_test_libraries_and_testing_adds_them(
    dev: ModuleType, pip_calls: list[tuple[str, ...]]
) -> None:
    dev.set_up("run")
    assert not any(argument.endswith("[test]") for call in pip_calls for argument in call)
    dev.set_up("test")
    assert any(argument.endswith("[test]") for call in pip_calls for argument in call)


def test_new_dependencies_are_installed_at_the_next_start(dev: ModuleType, pip_calls: list[tuple[str, ...]]) -> None:
    dev.set_up("run")
    pip_calls.clear()
    dev.LOCK.write_text(dev.LOCK.read_text() + "another==1.0\n")
    dev.set_up("run")
    assert pip_calls


def test_a_moved_clone_only_renews_the_paths_of_the_project(dev: ModuleType, pip_calls: list[tuple[str, ...]]) -> None:
    dev.set_up("run")
    stamp = json.loads(dev.STAMP.read_text())
    dev.STAMP.write_text(json.dumps({**stamp, "root": "/elsewhere"}))
    pip_calls.clear()
    dev.set_up("run")
    assert len(pip_calls) == 1
    assert "--no-deps" in pip_calls[0]


def test_an_optional_part_that_fails_does_not_stop_the_set_up(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def without_compiler(*arguments: str) -> None:
        if any(argument.endswith("[quality]") for argument in arguments):
            raise subprocess.CalledProcessError(1, arguments)

    monkeypatch.setattr(dev, "pip", without_compiler)
    dev.set_up("test")
    assert "'quality' could not be installed" in capsys.readouterr().out
    assert dev.STAMP.exists()


def test_without_consent_the_line_to_type_is_printed_and_the_set_up_goes_on(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr(dev, "installed_packages", lambda: {"libegl1"})
    monkeypatch.setattr(dev, "known_name", lambda names: names[0])
    monkeypatch.setattr(dev, "ask", lambda question: False)
    dev.install_system_packages("run", agreed=False)
    printed = capsys.readouterr().out
    assert "--no-install-recommends --no-remove" in printed
    assert "libportaudio2" in printed
    assert "xvfb" not in printed


def test_an_unsuitable_python_is_told_which_ones_suit(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev.sys, "version_info", (3, 10, 13))
    monkeypatch.setattr(dev.sys, "argv", ["dev.py", "run"])
    assert dev.main() == 2
    assert "3.11 to 3.13" in capsys.readouterr().out


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere the ordinary torch is for the CPU")
@pytest.mark.parametrize("cuda", [False, True])
def test_a_package_for_everyone_is_made_with_torch_for_the_processor(
    dev: ModuleType, pip_calls: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, cuda: bool
) -> None:
    monkeypatch.setattr(dev.subprocess, "call", lambda command: 0)  # there is no torch yet
    dev.set_up("package", cuda=cuda)
    assert any(dev.CPU_TORCH in call and call[-1] == "torch" for call in pip_calls) is not cuda


def test_a_torch_that_is_there_stays(dev: ModuleType, pip_calls: list[tuple[str, ...]]) -> None:
    dev.set_up("package")
    assert pip_calls
    assert not any(dev.CPU_TORCH in call for call in pip_calls)
