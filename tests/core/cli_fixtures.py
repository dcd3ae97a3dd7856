"""What the tests of the command line share: short demo songs, a model fitted on them, and a way to call it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.audio import write_wav
from core.cli import main
from tests.demo_songs import composed


@dataclass(frozen=True)
class Answer:
    """Exit code and output of one call."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Musicae = Callable[..., Answer]


@pytest.fixture
def musicae(capsys: pytest.CaptureFixture[str]) -> Musicae:
    """Call the command line in this process; what fails may not leave a traceback."""

    def call(*arguments: object) -> Answer:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err, err
        return Answer(code, out, err)

    return call


@pytest.fixture(scope="session")
def short_songs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three demo songs of 4 to 6 s, stereo at 44.1 kHz, in folders of their styles."""
    folder = tmp_path_factory.mktemp("songs")
    files = []
    for style, seconds in (("jazz", 6.0), ("rock", 5.0), ("hiphop", 4.0)):
        files.append(folder / style / f"{style}.wav")
        write_wav(files[-1], composed(style).clip.cut(2.0, seconds))
    return files


@pytest.fixture(scope="session")
def fitted(short_songs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder whose klt model was fitted by the command line itself."""
    run = tmp_path_factory.mktemp("fitted") / "run"
    data = tmp_path_factory.mktemp("data")
    songs = short_songs[0].parent.parent
    assert main(["train", str(songs), "--model", "klt-1378", "--out", str(run), "--data-dir", str(data)]) == 0
    return run
