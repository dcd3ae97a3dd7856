"""The rules of the house that a machine can check: layers, types, style, translations, file safety."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*(ROOT / "core").rglob("*.py"), *(ROOT / "musicae_gui").rglob("*.py")])


def run(*command: str) -> None:
    result = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_data_flows_one_way_between_the_packages() -> None:
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_style_is_kept() -> None:
    run("ruff", "check", ".")
    run("ruff", "format", "--check", ".")


@pytest.mark.timeout(600)
def test_the_types_fit() -> None:
    run("mypy")


def test_no_file_is_ever_unpickled() -> None:
    for source in SOURCES:
        tree = ast.parse(source.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not {"pickle", "shelve", "marshal", "joblib"}.intersection(names), source
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called = ast.unparse(node.func)
                assert called not in ("torch.load", "torch.compile"), source
                if called in ("np.load", "numpy.load"):
                    allowed = [each for each in node.keywords if each.arg == "allow_pickle"]
                    assert all(ast.unparse(each.value) == "False" for each in allowed), source


def test_the_locked_versions_name_no_index() -> None:
    assert not re.search(r"https?://|--index|--extra-index", (ROOT / "requirements.lock").read_text())
