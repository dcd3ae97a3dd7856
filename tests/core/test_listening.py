"""Blind tests: answers are kept, counts have the binomial's p, hidden clips are drawn fairly and equally loud."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import comb
from pathlib import Path

import numpy as np
import pytest

from core.audio import Clip
from core.blind_test import AbxTrial, RankTrial, draw_abx, draw_ranking, draw_start
from core.errors import MusicaeError
from core.listening import Abx, Heard, ListeningLog, Note, Place, Ranking
from core.listening_scores import abx_scores, binomial_p, p_words, pair_scores, rank_scores
from core.playback.loudness import loudness

RATE = 22_050
PLACE = Place("song", "A song", 1.5, 5.0)
ORIGINAL = Heard("original")
LARGE, SMALL = (Heard(f"model-{channels}", "hash", channels, 16, 20.0 * channels) for channels in (64, 16))


def sound(seed: int, gain: float = 0.1, seconds: float = 3.0) -> Clip:
    return Clip(gain * np.random.default_rng(seed).standard_normal((1, round(seconds * RATE))), RATE)


def test_answers_are_read_as_they_were_given(data_dir: Path) -> None:
    log = ListeningLog(data_dir)
    assert log.read().abx == ()
    log.add(Abx(PLACE, LARGE, right=True))
    log.add(Ranking(PLACE, (ORIGINAL, LARGE, SMALL)))
    log.add(Note(PLACE, SMALL, "dull"))
    found = ListeningLog(data_dir).read()
    assert [(each.place, each.sound, each.right) for each in found.abx] == [(PLACE, LARGE, True)]
    assert [each.order for each in found.rankings] == [(ORIGINAL, LARGE, SMALL)]
    assert found.abx[0].at
    assert found.note("song", SMALL) == "dull"
    assert found.note("song", LARGE) == ""


def test_the_last_note_on_a_song_and_size_counts_and_an_empty_one_takes_it_back(data_dir: Path) -> None:
    log = ListeningLog(data_dir)
    for text in ("dull", "dull, and the cymbals hiss"):
        log.add(Note(PLACE, SMALL, text))
    assert [each.text for each in log.read().notes] == ["dull, and the cymbals hiss"]
    log.add(Note(PLACE, SMALL, ""))
    assert list(log.read().notes) == []


def test_a_torn_line_costs_that_line(data_dir: Path) -> None:
    log = ListeningLog(data_dir)
    log.add(Abx(PLACE, LARGE, right=True))
    with log.path.open("a") as file:
        file.write('{"kind": "abx", "place": {"so\n[]\n{"kind": "later"}\n')
    log.add(Abx(PLACE, LARGE, right=False))
    assert [each.right for each in log.read().abx] == [True, False]


def test_answers_that_cannot_be_kept_are_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MusicaeError, match=r"listening\.jsonl"):
        ListeningLog(tmp_path / "file").add(Abx(PLACE, LARGE, right=True))


def test_a_study_finds_the_answers_on_its_songs_and_its_models(data_dir: Path) -> None:
    log = ListeningLog(data_dir)
    log.add(Abx(PLACE, LARGE, right=True))
    log.add(Ranking(PLACE, (ORIGINAL, LARGE)))
    found = log.read()
    assert len(found.of({"song"}, set()).abx) == 1
    assert len(found.of(set(), {"hash"}).rankings) == 1
    assert not found.of({"another"}, {"other"}).abx


def test_p_is_the_binomials_upper_tail() -> None:
    expected = sum(comb(10, right) for right in range(8, 11)) / 2**10
    assert binomial_p(8, 10, "greater") == pytest.approx(expected)
    [score] = abx_scores([Abx(PLACE, LARGE, right=number < 8) for number in range(10)])
    assert (score.right, score.trials, score.songs) == (8, 10, 1)
    assert score.p == pytest.approx(expected)
    assert "8 of 10" in score.sentence
    assert "guessed" in score.sentence
    assert "heard" in abx_scores([Abx(PLACE, LARGE, right=True)] * 10)[0].sentence
    assert (p_words(0.0546875), p_words(0.0001)) == ("0.055", "< 0.001")


def test_sizes_of_one_model_are_counted_apart_whatever_they_were_called() -> None:
    renamed = Heard("my model", LARGE.model, LARGE.channels, LARGE.bits, LARGE.floats_per_second)
    scores = abx_scores([Abx(PLACE, SMALL, True), Abx(PLACE, LARGE, True), Abx(PLACE, renamed, False)])
    assert [(score.sound.name, score.right, score.trials) for score in scores] == [
        ("my model", 1, 2),
        ("model-16", 1, 1),
    ]


def test_a_refined_size_is_counted_apart_and_older_answers_are_plain(tmp_path: Path) -> None:
    log, refined = ListeningLog(tmp_path), replace(LARGE, name="model-64, refined", refined=True)
    for sound in (LARGE, refined):
        log.add(Abx(PLACE, sound, right=True))
    older = log.path.read_text(encoding="utf-8").replace(', "refined": false', "")
    assert older.count('refined": ') == 1
    log.path.write_text(older, encoding="utf-8")
    assert [each.sound for each in log.read().abx] == [LARGE, refined]
    assert [score.trials for score in abx_scores(log.read().abx)] == [1, 1]


def test_ranks_give_means_and_preferences() -> None:
    rounds = [Ranking(PLACE, (ORIGINAL, LARGE, SMALL))] * 5 + [Ranking(PLACE, (LARGE, ORIGINAL, SMALL))]
    scores = rank_scores(rounds)
    assert [score.sound for score in scores] == [ORIGINAL, LARGE, SMALL]
    assert scores[0].mean_rank == pytest.approx(7 / 6)
    assert (scores[0].first, scores[1].first, scores[2].first) == (5, 1, 0)
    first, _second, last = pair_scores(rounds)
    assert (first.better, first.worse, first.wins, first.rounds) == (ORIGINAL, LARGE, 5, 6)
    assert first.p == pytest.approx(2 * (1 + 6) / 2**6)
    assert (last.better, last.wins, last.p) == (LARGE, 6, pytest.approx(2 / 2**6))


def test_hidden_clips_are_what_the_trial_says_and_equally_loud() -> None:
    original, made = sound(0, 0.2), sound(1, 0.05)
    trial = AbxTrial(RATE // 2, 0, original=1, x=0)
    a, b, x = trial.clips(original, [made], RATE)
    assert np.corrcoef(a.samples[0], made.samples[0, RATE // 2 : RATE // 2 + RATE])[0, 1] > 0.999
    assert np.corrcoef(b.samples[0], original.samples[0, RATE // 2 : RATE // 2 + RATE])[0, 1] > 0.999
    assert x is a
    assert trial.is_right(0)
    assert not trial.is_right(1)
    assert loudness(a) == pytest.approx(loudness(b), abs=0.1)
    levels = [loudness(each) for each in RankTrial(0, (2, 0, 1)).clips([original, made, sound(2, 0.4)], RATE)]
    assert all(one == pytest.approx(two, abs=0.1) for one, two in pairwise(levels))


def test_what_is_hidden_where_is_drawn_fairly() -> None:
    random, original = np.random.default_rng(0), sound(0)
    trials = [draw_abx(random, original, 3, RATE) for _number in range(400)]
    for name, values in (("chosen", 3), ("original", 2), ("x", 2)):
        counts = np.bincount([getattr(trial, name) for trial in trials], minlength=values)
        assert len(counts) == values
        assert counts.min() > 0.8 * 400 / values
    same = [trial.x == trial.original for trial in trials]
    assert 0.4 < np.mean(same) < 0.6
    orders = {draw_ranking(random, original, 3, RATE).order for _number in range(100)}
    assert len(orders) == 6


def test_silence_is_not_chosen_where_there_is_sound() -> None:
    samples = np.zeros((1, 10 * RATE), np.float32)
    samples[:, 6 * RATE :] = sound(0, seconds=4.0).samples
    random = np.random.default_rng(0)
    assert all(draw_start(random, Clip(samples, RATE), RATE) > 5 * RATE for _number in range(20))
    assert draw_start(random, Clip(samples[:, :RATE], RATE), 5 * RATE) == 0
