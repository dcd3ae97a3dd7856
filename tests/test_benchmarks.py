"""The benchmarks on two demo songs: real measurements, small, and no clock is judged."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import GROUPS, main, parser_for
from benchmarks.figure import Figure, load, plain_table, save
from benchmarks.quality import draw, table
from benchmarks.quality_judge import Judge, ModelSystem, mean
from benchmarks.quality_latents import noise_scores, path_ratio
from benchmarks.quality_models import Recipe, trained_conv
from benchmarks.quality_songs import ALL, MAIN, OTHERS, Material, excerpts, first_part, gather, plain_author
from core.audio import write_wav
from core.data.store import SampleStore
from core.figures import Panel, Point, quality_against_rate
from core.lossy import Lossy, real_rates
from core.models.card import ModelCard
from core.models.codec import load_codec
from core.quality import si_sdr
from core.training.songs import songs_from_paths
from tests.demo_songs import composed

ROOT = Path(__file__).resolve().parent.parent
RATE = 22050


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four songs of 12 s in `songs/`, two of one author spelled in two ways."""
    folder = tmp_path_factory.mktemp("music") / "songs"
    rows = ["file\ttitle\tauthor"]
    authors = ["Ann Lee (example.org)", "Ann Lee", "Bo", "Cy"]
    for style, author in zip(("jazz", "pop", "rock", "reggae"), authors, strict=True):
        path = folder / style / "song.wav"
        path.parent.mkdir(parents=True)
        write_wav(path, composed(style).clip.mono().resampled(RATE).cut(4.0, 12.0))
        rows.append(f"songs/{style}/song.wav\tA {style}\t{author}")
    (folder.parent / "INDEX.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def material(songs: Path, tmp_path: Path) -> Material:
    """Two songs to learn from, the other two held out."""
    listed = songs_from_paths([songs], SampleStore(tmp_path / "samples")).songs
    keys = {Path(song.path).parent.name: song.key for song in listed}
    card = ModelCard("studio", {"train": (keys["pop"], keys["rock"]), "test": (keys["jazz"], keys["reggae"])})
    return gather(songs, tmp_path, card, 4)


def test_a_models_card_divides_the_songs(material: Material) -> None:
    assert {song.title for song in material.training} == {"A pop", "A rock"}
    assert [clip.song.title for clip in material.clips] == ["A jazz", "A jazz", "A reggae", "A reggae"]
    assert "studio" in material.origin
    assert material.main_author == "ann lee"
    assert material.groups() == {ALL: [0, 1, 2, 3], MAIN: [0, 1], OTHERS: [2, 3]}


def test_without_a_card_songs_are_held_out_by_chance_and_always_the_same(songs: Path, tmp_path: Path) -> None:
    first, again = (gather(songs, tmp_path, None, 4) for _time in range(2))
    taught = {song.key for song in first.training}
    assert taught
    assert not taught & {clip.song.key for clip in first.clips}
    assert [clip.key for clip in first.clips] == [clip.key for clip in again.clips]


def test_clips_do_not_overlap_and_the_last_fifth_is_kept_from_training(material: Material) -> None:
    song = material.training[0]
    assert [clip.start for clip in excerpts([song], 9)] == [0, 110_250]
    assert excerpts([song], 9, first=0.8) == []  # a fifth of 12 s holds no clip
    part = first_part(song).stored
    assert part.frames == int(0.8 * song.stored.frames)
    assert not part.read(part.frames - 10, 20)[10:].any()
    assert (part.read(100, 50) == song.stored.read(100, 50)).all()


@pytest.mark.parametrize("spelled", ["Ann Lee", "ann lee (example.org)", "Ann Lee [x] (after Bach)"])
def test_an_author_is_one_however_spelled(spelled: str) -> None:
    assert plain_author(spelled) == "ann lee"


def test_a_system_is_judged_once_and_taken_from_the_cache_then(material: Material, tmp_path: Path) -> None:
    codec = load_codec("klt-1378")
    said: list[str] = []
    with Judge(material.clips, tmp_path, say=said.append) as judge:
        results = judge.results(ModelSystem("klt", "klt", codec, 64), with_visqol=lambda number: False)
        assert said == ["  klt: 4 clips"]
        again = judge.results(ModelSystem("klt", "klt", codec, 64), with_visqol=lambda number: False)
    assert (again, len(said)) == (results, 1)
    assert all(result.own and result.kbit_per_second == pytest.approx(22.3, abs=0.1) for result in results)
    made = codec.decode(codec.encode(material.clips[0].clip)).samples[0]
    assert results[0].values["si_sdr"] == pytest.approx(si_sdr(material.clips[0].samples, made), abs=0.01)
    assert "visqol" not in results[0].values


def test_the_interval_draws_whole_songs() -> None:
    within = mean([1.0, 3.0] * 4, list("aabbccdd"))
    between = mean([1.0, 1.0, 3.0, 3.0] * 2, list("aabbccdd"))
    assert within is not None
    assert between is not None
    assert (within.mean, within.low, within.high) == (2.0, 2.0, 2.0)  # all songs are alike
    assert between.low < 1.6 < 2.4 < between.high
    few = mean([1.0, None], ["a", "b"])
    assert few is not None
    assert few.to_dict()["interval"] is None
    assert mean([None], ["a"]) is None


@pytest.mark.parametrize(("family", "kbit"), [("opus", 12), ("mp3", 32)])
def test_the_ears_codecs_give_the_clip_back_in_time_at_about_their_rate(
    material: Material, family: str, kbit: float
) -> None:
    clip = material.clips[0].clip
    made, bits = Lossy(family, kbit).reconstruct(clip)
    assert made.samples.shape == clip.samples.shape
    assert si_sdr(clip.samples[0], made.samples[0]) > 8
    assert bits / clip.seconds / 1000 == pytest.approx(kbit, rel=0.5)


def test_mp3_has_a_table_of_rates() -> None:
    assert real_rates("mp3", [5.5, 11, 22]) == [8, 24]
    assert real_rates("opus", [5.5, 11]) == [5.5, 11]


def test_noise_in_the_latent_costs_and_a_path_between_equal_clips_stands_still(material: Material) -> None:
    codec = load_codec("klt-1378")
    scores = noise_scores(codec, 16, material.clips[:1])
    losses = [sdr for sdr, _mel in scores.values()]
    assert losses == sorted(losses, reverse=True)
    clip, other = material.clips[0].clip, material.clips[2].clip
    assert path_ratio(codec, 16, clip, clip) == pytest.approx(1.0, abs=0.5)
    assert path_ratio(codec, 16, clip, other) > 1.0


def test_a_convolution_is_searched_and_trained_once(material: Material, tmp_path: Path) -> None:
    recipe = Recipe(epochs=2, steps_per_epoch=3, batch=2, clip_seconds=0.1, rates=(0.001, 0.005))
    said: list[str] = []
    first = trained_conv("conv-9184", material.training, tmp_path, recipe, said.append)
    assert set(first.losses) == {0.001, 0.005}
    assert first.losses[first.rate] <= 1.02 * min(first.losses.values())
    assert "0.001" in said[0]
    assert "0.005" in said[0]
    again = trained_conv("conv-9184", material.training, tmp_path, recipe, said.append)
    assert (again.codec.hash, again.losses) == (first.codec.hash, first.losses)


def test_figures_of_several_groups_share_a_file(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    figures = [Figure("a/b", 2.0, "ms", reference=4.0, ratio=0.5, details={"clips": 3}), Figure("c", None)]
    save(file, "one", figures)
    save(file, "two", [Figure("d", 1.0)])
    save(file, "one", figures)
    assert load(file, "one") == figures
    assert set(json.loads(file.read_text())) == {"one", "two"}
    assert "ratio 0.5" in plain_table(figures)


def test_groups_share_no_option() -> None:
    assert {"quality", "speed", "sound", "train", "window"} <= set(GROUPS)
    parser_for(list(GROUPS))


def test_the_quality_group_measures_prints_and_draws(
    songs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, picture = tmp_path / "results.json", tmp_path / "quality.svg"
    command = ["quality", "--songs", str(songs), "--cache", str(tmp_path), "--clips", "2", "--no-visqol", "--jobs", "0"]
    small = ["--conv-sizes", "conv-9184", "--conv-epochs", "1", "--conv-steps", "2"]
    parts = ["--only", "klt", "conv", "opus", "sweep", "latents"]
    assert main([*command, *small, *parts, "--out", str(out), "--figure", str(picture)]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in ("klt-1378", "klt-344/4 bits", "opus-12", "conv-9184", "-- all"))
    figures = load(out, "quality")
    values = {each.name: each.value for each in figures}
    assert values["klt-1378/all/si_sdr"] > values["klt-344/all/si_sdr"]  # type: ignore[operator]
    assert values["sweep/klt-1378/16 bits/si_sdr"] > values["sweep/klt-1378/4 bits/si_sdr"]  # type: ignore[operator]
    assert values["klt-1378/all/nearest"] == 2
    svg = picture.read_text(encoding="utf-8")
    assert all(f">{name}<" in svg for name in ("klt", "conv", "Opus"))
    assert "klt-1378" in table(figures)
    again = tmp_path / "again.svg"
    draw(figures, again)
    assert again.read_text(encoding="utf-8") == svg


def test_a_figure_shows_every_series_with_its_spread(tmp_path: Path) -> None:
    points = [Point(5.5, 2.0, 1.5, 2.5), Point(22.0, 3.0)]
    panels = [Panel(title, {"studio": points, "own": points[:1]}) for title in ("one", "two", "three")]
    quality_against_rate(panels, tmp_path / "figure.png")
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")


def test_the_process_that_measures_speed_answers(tmp_path: Path) -> None:
    asked = [{"system": "klt-1378", "operation": operation} for operation in ("parameters", "gmac", "nothing")]
    answer = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "speed_child.py", "ours"],
        input="\n".join(map(json.dumps, asked)) + "\n",
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": str(tmp_path), "OMP_NUM_THREADS": "1"},
    )
    systems, parameters, gmac, nothing = map(json.loads, answer.stdout.splitlines())
    assert "klt-1378" in systems["systems"]
    assert parameters["value"] == 64 * 1024
    # A latent frame is 64 x 1024 multiplications, of the samples of two hops each.
    assert gmac["value"]["decode"] == pytest.approx(64 * 1024 * RATE / 1024 / 1e9, rel=1.2)
    assert nothing["value"] is None


@pytest.mark.parametrize(("family", "kbit"), [("opus", 32), ("mp3", 32)])
def test_soundfile_stands_in_where_nothing_else_encodes(
    material: Material, monkeypatch: pytest.MonkeyPatch, family: str, kbit: float
) -> None:
    monkeypatch.setattr("core.lossy.pyav_installed", lambda: False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    clip = material.clips[0].clip
    made, bits = Lossy(family, kbit).reconstruct(clip)
    assert si_sdr(clip.samples[0], made.samples[0]) > 8
    assert bits / clip.seconds / 1000 == pytest.approx(kbit, rel=0.3)
