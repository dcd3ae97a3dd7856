"""Scores of genres and known factors: what was planted is found, what was not is chance, and no song leaks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, UsageError
from core.latents.factors import Facts, facts_from, probe_factors, read_facts
from core.latents.features import Table
from core.latents.folds import group_of_clips, make_folds, scored_clips
from core.latents.supervised import CLASSIFIERS, compare, evenly, score
from tests.demo_songs import composed

GENRES = np.repeat(["calm", "loud", "odd"], 40)
SONGS = np.array([f"song {clip // 4}" for clip in range(120)])


def planted(apart: float, seed: int = 0) -> Table:
    """Three genres of ten songs of four clips, `apart` deviations from one another."""
    values = np.random.default_rng(seed).normal(size=(120, 5))
    values[np.arange(120), np.repeat([0, 1, 2], 40)] += apart
    return Table(values)


def test_no_group_is_in_both_sides_of_a_fold_and_every_clip_is_tested_once_a_seed() -> None:
    groups = group_of_clips(SONGS, {"song 0": "author", "song 15": "author"})
    folds = make_folds(GENRES, groups, seeds=(0, 1))
    assert len(folds) == 10
    for fold in folds:
        assert not set(groups[fold.train]) & set(groups[fold.test])
    for half in (folds[:5], folds[5:]):
        np.testing.assert_array_equal(np.sort(np.concatenate([fold.test for fold in half])), np.arange(120))
    assert not np.array_equal(folds[0].test, folds[5].test)
    assert len(make_folds(GENRES[:8], SONGS[:8])) == 2
    with pytest.raises(UsageError, match="nothing to test on"):
        make_folds(GENRES, np.repeat("one", 120))


def test_genres_with_few_songs_are_named_and_left_out() -> None:
    genres = np.array(["jazz"] * 12 + ["rock"] * 12 + ["pop"] * 5 + [""] * 3)
    songs = np.array([f"{n // 2}" for n in range(24)] + [f"p{n}" for n in range(5)] + ["x", "y", "z"])
    scored = scored_clips(genres, songs)
    assert set(genres[scored.rows]) == {"jazz", "rock"}
    assert scored.left_out == {"pop": 5}
    assert "pop (5)" in scored.note
    with pytest.raises(UsageError, match="two of them"):
        scored_clips(genres, songs, least=7)


@pytest.mark.parametrize("classifier", ["knn", "linear", "svm"])
def test_more_columns_than_clips_are_told_as_by_the_plain_classifier(classifier: str) -> None:
    from sklearn.linear_model import RidgeClassifierCV
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    plain = {"knn": KNeighborsClassifier(5), "linear": RidgeClassifierCV(np.logspace(0, 5, 6)), "svm": SVC(C=10.0)}
    values = np.random.default_rng(3).normal(size=(120, 900)).astype(np.float32) + 5
    values[np.arange(120), np.repeat([0, 1, 2], 40)] += 3
    values[:, :40] += 0.5 * np.repeat([[0], [1], [2]], 40, axis=0)
    folds = make_folds(GENRES, SONGS)
    expected = []
    for fold in folds:
        fitted = make_pipeline(StandardScaler(), plain[classifier]).fit(values[fold.train], GENRES[fold.train])
        expected.append(float(np.mean(fitted.predict(values[fold.test]) == GENRES[fold.test])))
    found = score(Table(values), GENRES, folds, classifier).accuracy
    np.testing.assert_allclose(found.values, expected)
    assert 0.4 < found.mean < 1


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_planted_genres_are_told_and_chance_is_not(classifier: str) -> None:
    folds = make_folds(GENRES, SONGS)
    clear = score(planted(12), GENRES, folds, classifier)
    assert clear.accuracy.mean == pytest.approx(1, abs=0.02)
    assert clear.genres == ("calm", "loud", "odd")
    assert clear.confusion.sum() == 120
    assert np.trace(clear.confusion) >= 118
    assert clear.chance.mean == pytest.approx(1 / 3, abs=0.1)
    nothing = score(planted(0), GENRES, folds, classifier)
    assert nothing.accuracy.mean == pytest.approx(1 / 3, abs=0.15)
    assert compare(clear, nothing, "clear", "nothing").real
    assert not compare(clear, clear, "clear", "itself").real


def test_a_feature_that_names_the_song_does_not_leak_its_genre() -> None:
    number = np.arange(120) // 4
    named = Table(np.eye(30)[number] * 10)
    assert score(named, GENRES, make_folds(GENRES, SONGS), "tree").accuracy.mean < 0.5


def test_scores_are_reproducible_report_progress_and_can_be_cancelled() -> None:
    folds, heard = make_folds(GENRES, SONGS), []
    first = score(planted(1), GENRES, folds, "tree", progress=heard.append)
    assert first.accuracy == score(planted(1), GENRES, folds, "tree").accuracy
    assert heard[-1] == 1
    with pytest.raises(Cancelled):
        score(planted(1), GENRES, folds, cancelled=lambda: True)
    with pytest.raises(UsageError, match="no classifier"):
        score(planted(1), GENRES, folds, "oracle")


def test_rows_are_thinned_evenly() -> None:
    assert list(evenly(np.arange(10), 3)) == [1, 5, 8]
    assert list(evenly(np.arange(3), 9)) == [0, 1, 2]


def factual(count: int) -> tuple[list[Facts], np.ndarray]:
    random = np.random.default_rng(1)
    facts, songs = [], []
    for song in range(count):
        style = ("slow", "fast")[song % 2]
        tempo = float(random.uniform(60, 90) if style == "slow" else random.uniform(140, 180))
        key = f"{random.choice(['A', 'C'])} {random.choice(['minor', 'major'])}"
        plays = ("piano", *(["drums"] if random.random() < 0.5 else []))
        facts += [Facts(style, tempo, key, plays)] * 3
        songs += [str(song)] * 3
    return facts, np.array(songs)


def test_planted_factors_are_read_and_those_not_there_are_not() -> None:
    facts, songs = factual(60)
    random = np.random.default_rng(2)
    values = random.normal(size=(len(facts), 12))
    values[:, 0] += 30 * np.log2([each.tempo for each in facts])
    values[:, 1] += 8 * np.array(["drums" in each.instruments for each in facts])
    folds = make_folds(np.array([each.style for each in facts]), songs)
    found = {factor.name: factor for factor in probe_factors(Table(values), facts, folds)}
    assert set(found) == {"tempo", "key", "mode", "drums"}  # the piano is everywhere
    assert found["tempo"].probe.mean > 0.99
    assert 0.5 < found["tempo"].style.mean < 0.98  # style alone knows slow from fast, no more
    assert abs(found["tempo"].chance.mean) < 0.2
    assert found["drums"].probe.mean == pytest.approx(1)
    assert found["drums"].chance.mean == pytest.approx(0.5)
    assert found["mode"].probe.mean == pytest.approx(0.5, abs=0.2)


def test_facts_are_those_of_the_demo_songs_and_nothing_else(tmp_path: Path) -> None:
    song = composed("jazz")
    facts = facts_from(song.facts())
    assert facts == Facts("jazz", song.tempo, song.key, song.instruments)
    (tmp_path / "jazz.json").write_text(json.dumps(song.facts()))
    assert read_facts(tmp_path / "jazz.wav") == facts
    (tmp_path / "a.json").write_text('{"style": "jazz", "tempo": "fast"}')
    assert read_facts(tmp_path / "a.wav") is None
    assert read_facts(tmp_path / "b.wav") is None
    assert facts_from([1]) is None
