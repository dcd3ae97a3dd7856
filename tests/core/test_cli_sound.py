"""Sound through the command line: reconstruct, encode, decode, morph, compare, cut, demo, library."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from core.audio import Clip, read_clip, read_info, write_wav
from core.cli.batch import Batch
from core.cli.console import Console
from core.quality import si_sdr
from tests.core.cli_fixtures import Musicae, fitted, musicae, short_songs

__all__ = ["fitted", "musicae", "short_songs"]


def model_frames(path: Path) -> int:
    clip = read_clip(path)
    return round(clip.frames * 22050 / clip.rate)


def test_reconstructions_are_mono_at_the_models_rate_and_as_long_as_the_song(
    musicae: Musicae, fitted: Path, short_songs: list[Path], tmp_path: Path
) -> None:
    answer = musicae("reconstruct", *short_songs, "--model", fitted, "--out", tmp_path / "out")
    assert answer.code == 0
    assert answer.err == ""
    for song in short_songs:
        made = read_clip(tmp_path / "out" / f"{song.stem}.wav")
        assert (made.channels, made.rate) == (1, 22050)
        assert abs(made.frames - model_frames(song)) <= 1
        original = read_clip(song).mono().resampled(22050)
        # The model was fitted on one of the three; what it never heard it keeps less of.
        assert si_sdr(original.samples[0], made.samples[0]) > 3


def test_a_bad_file_is_named_and_the_batch_goes_on(
    musicae: Musicae, fitted: Path, short_songs: list[Path], tmp_path: Path
) -> None:
    broken, empty, nothing = tmp_path / "broken.wav", tmp_path / "empty.wav", tmp_path / "zero.wav"
    broken.write_bytes(b"this is no sound" * 100)
    empty.write_bytes(b"")
    write_wav(nothing, Clip(np.zeros((1, 0), np.float32), 44100))
    missing = tmp_path / "missing.mp3"
    files = [broken, empty, short_songs[0], nothing, missing]
    answer = musicae("reconstruct", *files, "--model", fitted, "--out", tmp_path / "out", "--json")
    assert answer.code == 1
    assert [each["file"] for each in answer.json["done"]] == [str(short_songs[0])]
    failed = {each["file"]: each["error"] for each in answer.json["failed"]}
    assert set(failed) == {str(file) for file in (broken, empty, nothing, missing)}
    assert all(Path(file).name in sentence for file, sentence in failed.items())
    assert "4 of 5 files failed." in answer.err
    assert (tmp_path / "out" / "jazz.wav").exists()


def test_links_in_a_circle_and_names_too_long_are_sentences(
    musicae: Musicae, fitted: Path, short_songs: list[Path], tmp_path: Path
) -> None:
    loop, long = tmp_path / "loop.wav", tmp_path / ("n" * 300 + ".wav")
    try:
        loop.symlink_to("loop.wav")
    except (OSError, NotImplementedError):
        pytest.skip("no links here")
    for command in (("reconstruct",), ("cut", "--seconds", "1")):
        answer = musicae(*command, loop, long, short_songs[0], "--out", tmp_path / command[0], "--json")
        assert answer.code == 1
        assert [each["file"] for each in answer.json["done"]] == [str(short_songs[0])]
        assert {each["file"] for each in answer.json["failed"]} == {str(loop), str(long)}
    assert musicae("library", "add", loop, long, "--data-dir", tmp_path / "data").code == 1
    assert musicae("encode", long, "--model", fitted, "--out", tmp_path / "z.safetensors").code == 1


def test_a_file_in_the_place_of_the_folder_is_misuse(musicae: Musicae, short_songs: list[Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for command in (("reconstruct", short_songs[0]), ("cut", short_songs[0]), ("demo",)):
        answer = musicae(*command, "--out", tmp_path / "file")
        assert answer.code == 2
        assert "file is a file" in answer.err
    assert (tmp_path / "file").read_text() == "no folder"


def test_a_fault_met_in_one_file_withholds_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    def work(number: int, path: Path) -> dict[str, object]:
        if number == 0:
            raise ZeroDivisionError
        return {"file": str(path)}

    batch = Batch(Console())
    batch.run([Path("a.wav"), Path("b.wav")], work)
    assert batch.finish() == 1
    assert [each["file"] for each in batch.done] == ["b.wav"]
    assert "a.wav met an error of Musicae's own" in capsys.readouterr().err


def test_an_empty_name_is_not_the_current_folder(musicae: Musicae, tmp_path: Path) -> None:
    assert musicae("reconstruct", "", "--out", tmp_path).code == 2


def test_equal_stems_get_numbers(musicae: Musicae, fitted: Path, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, (1, 4000)).astype(np.float32)
    files = [tmp_path / "a" / "song.wav", tmp_path / "b" / "song.wav", tmp_path / "c" / "Song.wav"]
    for length, file in enumerate(files):
        write_wav(file, Clip(noise[:, : 1000 * (length + 1)], 22050))
    musicae("reconstruct", *files, "--model", fitted, "--out", tmp_path / "out")
    lengths = {path.name: read_info(path).frames for path in (tmp_path / "out").iterdir()}
    assert lengths == {"song.wav": 1000, "song-2.wav": 2000, "Song-3.wav": 3000}


def test_a_folder_stands_for_its_songs(musicae: Musicae, fitted: Path, short_songs: list[Path], tmp_path: Path) -> None:
    songs = short_songs[0].parent.parent
    answer = musicae("reconstruct", songs, "--model", fitted, "--out", tmp_path / "out")
    assert answer.code == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"jazz.wav", "rock.wav", "hiphop.wav"}
    (tmp_path / "bare").mkdir()
    assert musicae("reconstruct", tmp_path / "bare", "--model", fitted, "--out", tmp_path / "out").code == 2


def test_a_song_is_never_overwritten_by_its_reconstruction(
    musicae: Musicae, fitted: Path, short_songs: list[Path]
) -> None:
    before = short_songs[0].read_bytes()
    folder = short_songs[0].parent
    assert musicae("reconstruct", short_songs[0], "--model", fitted, "--out", folder).code == 2
    assert musicae("encode", short_songs[0], "--model", fitted, "--out", short_songs[0]).code == 2
    assert musicae("encode", short_songs[0], "--model", fitted, "--out", folder).code == 2
    assert short_songs[0].read_bytes() == before


@pytest.mark.parametrize("frames", [1, 500, 30_000])
def test_silence_and_clips_shorter_than_a_frame_pass(
    musicae: Musicae, fitted: Path, tmp_path: Path, frames: int
) -> None:
    write_wav(tmp_path / "short.wav", Clip(np.zeros((2, frames), np.float32), 22050))
    assert musicae("reconstruct", tmp_path / "short.wav", "--model", fitted, "--out", tmp_path / "out").code == 0
    made = read_clip(tmp_path / "out" / "short.wav")
    assert made.frames == frames
    assert np.isfinite(made.samples).all()


def test_a_latent_file_holds_one_tensor_of_its_true_size_and_decodes_alone(
    musicae: Musicae, fitted: Path, short_songs: list[Path], tmp_path: Path
) -> None:
    latent, sound = tmp_path / "z.safetensors", tmp_path / "x.wav"
    answer = musicae("encode", short_songs[1], "--model", fitted, "--out", latent, "--json")
    tensors = load_file(latent)
    assert list(tensors) == ["latent"]
    assert tensors["latent"].size == answer.json["floats"] == 64 * 109  # five seconds
    assert answer.json["kbit_per_second"] == pytest.approx(22.05)
    assert musicae("decode", latent, "--model", fitted, "--out", sound).code == 0
    musicae("reconstruct", short_songs[1], "--model", fitted, "--out", tmp_path / "out")
    assert sound.read_bytes() == (tmp_path / "out" / "rock.wav").read_bytes()


def test_fewer_channels_of_a_nested_model_make_a_smaller_latent(
    musicae: Musicae, fitted: Path, short_songs: list[Path], tmp_path: Path
) -> None:
    latent = tmp_path / "z.safetensors"
    musicae("encode", short_songs[1], "--model", fitted, "--out", latent, "--channels", "16")
    assert load_file(latent)["latent"].shape == (16, 109)
    assert musicae("decode", latent, "--model", fitted, "--out", tmp_path / "x.wav").code == 0
    answer = musicae("encode", short_songs[1], "--model", fitted, "--out", latent, "--channels", "65")
    assert answer.code == 2
    assert "65" in answer.err


def test_a_damaged_or_foreign_latent_is_a_sentence(
    musicae: Musicae, fitted: Path, short_songs: list[Path], tmp_path: Path
) -> None:
    latent = tmp_path / "z.safetensors"
    musicae("encode", short_songs[0], "--model", fitted, "--out", latent)
    whole = latent.read_bytes()
    latent.write_bytes(whole[: len(whole) // 2])
    answer = musicae("decode", latent, "--model", fitted, "--out", tmp_path / "x.wav")
    assert (answer.code, len(answer.err.splitlines())) == (1, 1)
    assert latent.name in answer.err
    assert not (tmp_path / "x.wav").exists()
    latent.write_bytes(whole)
    answer = musicae("decode", latent, "--model", "klt-344", "--out", tmp_path / "x.wav")
    assert (answer.code, len(answer.err.splitlines())) == (1, 1)
    assert latent.name in answer.err
    assert "another model" in answer.err


@pytest.mark.parametrize(("at", "song"), [(0, 0), (1, 1)])
def test_the_ends_of_a_morph_are_the_songs_reconstructions(
    musicae: Musicae, fitted: Path, short_songs: list[Path], tmp_path: Path, at: int, song: int
) -> None:
    target = tmp_path / "m.wav"
    musicae("morph", short_songs[0], short_songs[1], "--at", at, "--model", fitted, "--out", target)
    musicae("reconstruct", short_songs[song], "--model", fitted, "--out", tmp_path / "out")
    made, plain = read_clip(target), read_clip(tmp_path / "out" / f"{short_songs[song].stem}.wav")
    # Where the longer song is cut its last frame has no neighbour.
    inner = slice(0, made.frames - 2048)
    assert np.abs(made.samples[:, inner] - plain.samples[:, inner]).max() < 1e-3


@pytest.mark.parametrize(("length", "song"), [("", 1), ("shorter", 1), ("longer", 0), ("a", 0), ("b", 1)])
def test_a_morph_is_as_long_as_asked(
    musicae: Musicae, fitted: Path, short_songs: list[Path], tmp_path: Path, length: str, song: int
) -> None:
    more = ["--length", length] if length else []
    answer = musicae(
        "morph", *short_songs[:2], "--at", "-0.2", "--model", fitted, "--out", tmp_path / "m.wav", "--json", *more
    )
    assert answer.code == 0
    assert answer.json["at"] == -0.2
    assert read_info(tmp_path / "m.wav").frames == model_frames(short_songs[song])


def test_compare_gives_every_number_of_a_reconstruction(
    musicae: Musicae, fitted: Path, short_songs: list[Path]
) -> None:
    values = musicae("compare", short_songs[2], "--model", fitted, "--json", "--no-visqol").json
    assert values["si_sdr"] > 3
    assert 0 < values["mel"] < 1
    assert values["stft"] > 0
    assert values["visqol"] is None
    assert values["floats_per_second"] == pytest.approx(1378.125)
    assert values["kbit_per_second"] == pytest.approx(22.05)
    words = musicae("compare", short_songs[2], "--model", fitted, "--no-visqol").out
    assert f"{values['si_sdr']:.3f} dB" in words
    fewer = musicae("compare", short_songs[2], "--model", fitted, "--json", "--no-visqol", "--channels", "16").json
    assert fewer["si_sdr"] < values["si_sdr"]
    assert fewer["floats_per_second"] == pytest.approx(344.53, abs=0.01)


def test_cut_makes_clips_of_exactly_the_length_in_the_songs_folders(
    musicae: Musicae, short_songs: list[Path], tmp_path: Path
) -> None:
    songs = short_songs[0].parent.parent
    answer = musicae("cut", songs, "--out", tmp_path / "clips", "--seconds", "2.5", "--json")
    assert answer.code == 0
    clips = sorted(path.relative_to(tmp_path / "clips").as_posix() for path in (tmp_path / "clips").rglob("*.wav"))
    assert clips == [
        "hiphop/hiphop-001.wav",
        "jazz/jazz-001.wav",
        "jazz/jazz-002.wav",
        "rock/rock-001.wav",
        "rock/rock-002.wav",
    ]
    assert answer.json["clips"] == 5
    infos = [read_info(tmp_path / "clips" / clip) for clip in clips]
    assert {(info.frames, info.rate, info.channels) for info in infos} == {(55125, 22050, 1)}
    whole = read_clip(short_songs[0]).mono().resampled(22050).samples[0]
    parts = [read_clip(tmp_path / "clips" / "jazz" / f"jazz-00{part}.wav").samples[0] for part in (1, 2)]
    assert np.abs(np.concatenate(parts) - whole[: 2 * 55125]).max() < 1e-4


def test_a_song_shorter_than_a_clip_is_said_and_the_others_are_cut(
    musicae: Musicae, short_songs: list[Path], tmp_path: Path
) -> None:
    answer = musicae("cut", *short_songs, "--out", tmp_path, "--rate", "8000", "--stereo")
    assert answer.code == 1
    assert "hiphop.wav is only 4.00 s long" in answer.err
    info = read_info(tmp_path / "rock-001.wav")
    assert (info.frames, info.rate, info.channels) == (40000, 8000, 2)


def test_demo_writes_songs_by_style_and_repeats_itself(musicae: Musicae, tmp_path: Path) -> None:
    for out in ("one", "two"):
        answer = musicae("demo", "--style", "reggae", "--per-style", 1, "--seed", 7, "--out", tmp_path / out, "--json")
        assert answer.code == 0
    [song] = (tmp_path / "one" / "reggae").glob("*.wav")
    assert song.read_bytes() == (tmp_path / "two" / "reggae" / song.name).read_bytes()
    assert json.loads(song.with_suffix(".json").read_text())["seed"] == 7
    assert answer.json["done"] == [{"out": str(tmp_path / "two" / "reggae" / song.name), "style": "reggae"}]


def test_the_library_is_filled_described_searched_and_emptied(
    musicae: Musicae, short_songs: list[Path], tmp_path: Path
) -> None:
    songs = short_songs[0].parent.parent
    bad = tmp_path / "bad.flac"
    bad.write_text("no sound")
    answer = musicae("library", "add", songs, bad, "--json")
    assert answer.code == 1
    assert len(answer.json["added"]) == 3
    assert [each["file"] for each in answer.json["failed"]] == [str(bad)]
    assert musicae("library", "add", songs, "--json").json["duplicates"] == 3
    assert musicae("library", "edit", short_songs[0], "--title", "Night Walk", "--author", "Ana").code == 0
    [found] = musicae("library", "--search", "night ana", "--json").json
    assert found["path"] == str(short_songs[0])
    assert "Night Walk" in musicae("library", "list", "--genre", "jazz").out
    assert musicae("library", "remove", found["key"][:8]).code == 0
    assert musicae("library", "--search", "night", "--json").json == []
    assert short_songs[0].exists()
    assert musicae("library", "remove", found["key"]).code == 2
    assert musicae("library", "edit", short_songs[1]).code == 2
    assert musicae("library", "edit", *short_songs[1:], "--title", "Twice").code == 2
    assert musicae("library", "add", tmp_path / "nowhere.wav").code == 1


def test_long_names_and_names_in_any_script_come_through(
    musicae: Musicae, fitted: Path, formats: Path, tmp_path: Path
) -> None:
    songs = tmp_path / "canción ☂ ñandú"
    songs.mkdir()
    song = formats / "solo-trumpet.ogg"
    (songs / f"{'largo' * 45}.ogg").write_bytes(song.read_bytes())
    (songs / "ópera − 夜.ogg").write_bytes(song.read_bytes())
    answer = musicae("reconstruct", songs, "--model", fitted, "--out", tmp_path / "out")
    assert answer.code == 0, answer.err
    assert len(list((tmp_path / "out").iterdir())) == 2
