"""The command line as a whole: help, exit codes, languages, JSON alone on stdout, quick answers."""

from __future__ import annotations

import argparse
import inspect
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.audio import Clip, write_wav
from core.cli.argparse_words import words
from core.cli.console import Console, table
from core.models.presets import presets
from tests.core.cli_fixtures import Musicae, musicae

__all__ = ["musicae"]

COMMANDS = ("train", "reconstruct", "encode", "decode", "morph", "compare", "models", "library", "demo", "cut")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """A second of noise as a file."""
    samples = np.random.default_rng(0).uniform(-0.3, 0.3, (1, 22050)).astype(np.float32)
    write_wav(tmp_path / "noise.wav", Clip(samples, 22050))
    return tmp_path / "noise.wav"


def child(*arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    program = ["-c", code] if code else ["-m", "core.cli", *arguments]
    return subprocess.run(
        [sys.executable, *program], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("command", ["", *COMMANDS, "library list", "library add", "library edit", "library remove"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_command_explains_itself(command: str, language: str, musicae: Musicae) -> None:
    answer = musicae("--language", language, *command.split(), "--help")
    assert answer.code == 0
    assert answer.out.startswith("us")  # usage, uso
    assert "--json" in answer.out


def test_no_command_is_misuse_that_shows_the_help(musicae: Musicae) -> None:
    answer = musicae()
    assert answer.code == 2
    assert answer.out == ""
    assert all(command in answer.err for command in COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ["sing"],
        ["models", "--sing"],
        ["reconstruct", "a.wav"],
        ["morph", "a.wav", "b.wav", "--at", "1.3", "--out", "x.wav"],
        ["morph", "a.wav", "b.wav", "--at", "nan", "--out", "x.wav"],
        ["morph", "a.wav", "b.wav", "--at", "half", "--out", "x.wav"],
        ["demo", "--out", "songs", "--per-style", "0"],
        ["demo", "--out", "songs", "--style", "polka"],
        ["cut", "a.wav", "--out", "clips", "--rate", "-5"],
        ["train", "a.wav", "--out", "run", "--epochs", "0"],
        ["train", "a.wav", "--out", "run", "--model", "conv-1"],
        ["train", "a.wav", "--out", "run", "--epochs", "3", "--minutes", "1"],
        ["train", "--out", "run"],
        ["compare", "a.wav", "--model", "conv-1"],
        ["reconstruct", "a.wav", "--out", "x", "--language", "tlh"],
    ],
)
def test_misuse_is_a_sentence_and_exit_code_2(
    arguments: list[str], musicae: Musicae, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = musicae(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    sentence = answer.err.splitlines()[0]
    assert sentence[0].isupper() or sentence.startswith(("epochs", "conv-1")), sentence
    assert sentence.endswith("."), sentence
    assert [path.name for path in tmp_path.iterdir() if path.name != "data"] == []


def test_a_preset_that_was_never_trained_is_answered_without_loading_torch() -> None:
    code = """
import sys
from core.cli import main
code = main(["reconstruct", "a.wav", "--model", "conv-9184", "--out", "x"])
assert "torch" not in sys.modules, "torch was loaded"
sys.exit(code)
"""
    answer = child(code=code)
    assert answer.returncode == 2, answer.stderr
    assert answer.stderr.count("\n") == 1
    assert "conv-9184 was never trained" in answer.stderr


def test_what_needs_no_model_loads_no_torch(tmp_path: Path) -> None:
    code = f"""
import sys
from core.cli import main
assert main(["models"]) == 0
assert main(["--data-dir", {str(tmp_path)!r}, "library"]) == 0
assert main(["demo", "--style", "pop", "--out", {str(tmp_path / "demo")!r}]) == 0
assert main(["cut", {str(tmp_path / "demo")!r}, "--out", {str(tmp_path / "clips")!r}]) == 0
heavy = sorted({{"torch", "scipy", "sklearn", "PySide6"}} & set(sys.modules))
assert not heavy, heavy
"""
    answer = child(code=code)
    assert answer.returncode == 0, answer.stderr


def test_models_lists_every_preset_with_its_exact_sizes(musicae: Musicae) -> None:
    entries = musicae("models", "--json").json
    by_name = {entry["name"]: entry for entry in entries}
    assert len(by_name) == len(entries) == len(presets())
    fields = {"name", "latent_floats_5s", "floats_per_second", "parameters", "sample_rate", "trained"}
    for entry in entries:
        blocks = entry["name"].startswith("resnet-vae")
        assert set(entry) == (fields | {"clip_seconds"} if blocks else fields)
        if blocks:
            assert (entry["latent_floats_5s"], entry["clip_seconds"]) == (None, 30)
    assert by_name["vae-18376"]["latent_floats_5s"] == 18376
    assert by_name["resnet-vae-10"]["parameters"] == 5_926_060 + 6_206_264
    for floats in (55112, 32151, 24496, 18376, 9184):
        assert by_name[f"conv-{floats}"]["latent_floats_5s"] == floats
    assert by_name["klt-1378"]["latent_floats_5s"] == 64 * 109
    assert by_name["klt-1378"]["floats_per_second"] == pytest.approx(1378.125)
    listed = musicae("models").out.splitlines()
    assert [line.split()[0] for line in listed[1:]] == list(by_name)


def test_general_options_stand_before_or_after_the_command(musicae: Musicae) -> None:
    assert musicae("--json", "models").out == musicae("models", "--json").out


def test_the_data_folder_option_wins_and_lasts_for_one_call(
    musicae: Musicae, tmp_path: Path, data_dir: Path, noise: Path
) -> None:
    other = tmp_path / "other"
    assert musicae("library", "add", noise, "--data-dir", other).code == 0
    assert len(musicae("--data-dir", other, "library", "--json").json) == 1
    assert musicae("library", "--json").json == []
    assert os.environ["MUSICAE_DATA"] == str(data_dir)


def test_a_reader_who_leaves_early_is_no_error(tmp_path: Path, noise: Path) -> None:
    program = [sys.executable, "-m", "core.cli", "cut", str(noise), "--seconds", "0.01"]
    process = subprocess.Popen(
        [*program, "--out", str(tmp_path / "clips")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    complaints = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=60)
    assert complaints == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_an_output_that_cannot_be_written_is_a_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        process = subprocess.run(
            [sys.executable, "-m", "core.cli", "models"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert process.returncode == 1
    assert process.stderr.startswith("The result cannot be printed: ")
    assert process.stderr.count("\n") == 1


def test_the_words_to_translate_are_still_those_of_argparse() -> None:
    source = inspect.getsource(argparse)
    assert [word for word in words() if word.replace("'", "\\'") not in source and word not in source] == []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_drawn_on_a_terminal_and_wiped_before_other_words() -> None:
    out, err = io.StringIO(), Terminal()
    console = Console(out=out, err=err)
    console.progress(0.5, "song.wav")
    console.say("result")
    console.close()
    assert " 50% song.wav" in err.getvalue()
    assert err.getvalue().endswith("\r\x1b[K")
    assert out.getvalue() == "result\n"
    piped = io.StringIO()
    Console(out=out, err=piped).progress(0.5, "song.wav")
    assert piped.getvalue() == ""


def test_json_has_no_infinite_numbers_and_stands_alone() -> None:
    out = io.StringIO()
    console = Console(machine=True, out=out, err=io.StringIO())
    console.say("for people")
    console.result({"si_sdr": float("-inf"), "mel": float("nan"), "path": Path("a"), "n": (1, True, None)})
    assert json.loads(out.getvalue()) == {"si_sdr": None, "mel": None, "path": "a", "n": [1, True, None]}


def test_tables_set_numbers_to_the_right() -> None:
    assert table([("name", "size"), ("a", "1,024"), ("bcdef", "8")]) == "name    size\na      1,024\nbcdef      8"
