"""A study of small sounds by small models, made once for all tests; what is slow to import waits until it is wanted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from core.audio import Clip, write_wav
from tests.demo_songs import composed

if TYPE_CHECKING:
    from core.study import StudyFolder

RATE = 22_050


@pytest.fixture(scope="session")
def two_genres(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six songs of 5.5 s a genre: chords of sines, and bursts of noise; and one file that is no sound."""
    folder = tmp_path_factory.mktemp("genres")
    time = np.arange(round(5.5 * RATE)) / RATE
    for number in range(6):
        random = np.random.default_rng(number)
        chord = sum(np.sin(2 * np.pi * pitch * time) for pitch in random.uniform(150, 900, 3)) / 6
        beats = np.exp(-8 * ((time * random.uniform(1.5, 3)) % 1)) * random.standard_normal(len(time)) / 6
        for genre, samples in (("chords", chord + 0.01 * random.standard_normal(len(time))), ("noise", beats)):
            write_wav(folder / genre / f"{genre}{number}.wav", Clip(samples[None].astype(np.float32), RATE))
    (folder / "noise" / "broken.wav").write_bytes(b"no sound at all")
    return folder


@pytest.fixture(scope="session")
def studied(two_genres: Path, tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """A finished study of them, made by the command line from a plan that is as small as can be."""
    from core.cli import main
    from core.study import StudyFolder
    from tests.tiny_study import TINY

    folder = StudyFolder(tmp_path_factory.mktemp("study") / "out")
    outside = folder.path.parent / "outside.wav"
    write_wav(outside, composed("jazz").clip.cut(2.0, 5.0))
    config = replace(TINY, folder=str(two_genres), outside=(str(outside), str(outside) + ".gone"))
    folder.write_plan({"version": 1, "created": "2026-01-01T00:00:00+00:00", "config": config.to_dict()})
    data = str(tmp_path_factory.mktemp("data"))
    # Arrays as small as these are sooner done by one thread than handed to several, above all on a busy machine.
    with threadpool_limits(1):
        assert main(["study", "--out", str(folder.path), "--resume", "--notebook", "--data-dir", data]) == 0
    return folder


def document_of(folder: StudyFolder) -> dict:
    return json.loads(folder.document_file.read_text(encoding="utf-8"))
