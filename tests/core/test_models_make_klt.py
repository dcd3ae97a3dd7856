"""The command that fits the shipped KLT: model, card and credits from a folder of songs."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from core.audio import Clip, write_wav
from core.models.checkpoint import load_model
from core.models.design import KltDesign
from core.models.make_klt import main


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    folder = tmp_path / "songs"
    folder.mkdir()
    for index in range(5):
        generator = np.random.default_rng(index)
        time = np.arange(6 * 22_050) / 22_050
        sound = 0.1 * np.sin(2 * np.pi * 110 * (index + 1) * time) + 0.01 * generator.standard_normal(len(time))
        write_wav(folder / f"song{index}.wav", Clip(sound.astype(np.float32), 22_050))
    (folder / "broken.wav").write_bytes(b"RIFF no sound")
    return folder


def test_songs_become_a_model_with_credits_and_held_out_scores(
    songs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checksum = hashlib.sha256((songs / "song0.wav").read_bytes()).hexdigest()
    index = tmp_path / "index.tsv"
    index.write_text(f"title\tauthor\tlicence\tsource\tsha256\nOne\tA. Uthor\tCC0\tweb\t{checksum}\n", encoding="utf-8")
    out, card = tmp_path / "klt.musicae", tmp_path / "klt.md"
    code = main([str(songs), "--out", str(out), "--index", str(index), "--card", str(card), "--no-visqol"])
    assert code == 0
    assert "broken.wav" in capsys.readouterr().err
    model = load_model(out)
    assert model.network.design == KltDesign()
    assert model.card.credits[0].author == "A. Uthor"
    assert [credit.title for credit in model.card.credits[1:]] == ["song1", "song2", "song3", "song4"]
    assert set(model.card.training["held_out"]) == {"64", "32", "16"}
    page = card.read_text(encoding="utf-8")
    assert "A. Uthor" in page
    assert checksum in page
    assert str(tmp_path) not in page


def test_misuse_and_nothing_to_learn_from_are_told_apart(
    songs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "klt.musicae")
    assert main([str(songs), "--out", out, "--index", str(tmp_path / "none.tsv")]) == 2
    assert main([str(songs / "broken.wav"), "--out", out]) == 1
    assert "no sound" in capsys.readouterr().err
    assert not (tmp_path / "klt.musicae").exists()
