"""Distances between sets of clips against closed forms, and the features that they are taken of."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import UsageError
from core.features import SIZE, delta, mfcc, sound_feature, sound_features
from core.latents.frechet import compare_sets, frechet, frechet_distance, kernel_distance
from core.spectra import chroma
from core.structure import log_mel

RATE = 22_050


def normals(seed: int, count: int, size: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, size))


def test_equal_sets_are_at_zero() -> None:
    for values in (normals(0, 200), normals(0, 4, 30), np.ones((3, 2))):  # few clips, and none that differs
        assert frechet_distance(values, values) == pytest.approx(0, abs=1e-9)


def test_shifted_gaussians_have_the_closed_form() -> None:
    mixing = normals(1, 5)
    covariance = mixing @ mixing.T
    shift = np.array([1.0, -2.0, 0.5, 0.0, 3.0])
    assert frechet(np.zeros(5), covariance, shift, covariance) == pytest.approx(float(shift @ shift))
    values = normals(2, 300) @ mixing
    assert frechet_distance(values, values + shift) == pytest.approx(float(shift @ shift))


def test_stretched_gaussians_have_the_closed_form() -> None:
    turn, _rest = np.linalg.qr(normals(3, 5))
    one, other = np.array([4.0, 1.0, 0.25, 9.0, 0.0]), np.array([1.0, 1.0, 4.0, 0.0, 1.0])
    wanted = float(np.square(np.sqrt(one) - np.sqrt(other)).sum())
    found = frechet(np.zeros(5), turn @ np.diag(one) @ turn.T, np.zeros(5), turn @ np.diag(other) @ turn.T)
    assert found == pytest.approx(wanted)
    # In one dimension, with numbers.
    assert frechet(*(np.array([value]) for value in (1, 4, 3, 9))) == pytest.approx(4 + 1)


def test_covariances_that_do_not_commute_agree_with_the_matrix_square_root() -> None:
    from scipy.linalg import sqrtm

    one, other = (each @ each.T for each in (normals(4, 6, 6), normals(5, 6, 6)))
    wanted = np.trace(one + other - 2 * np.real(sqrtm(one @ other)))
    assert frechet(np.zeros(6), one, np.zeros(6), other) == pytest.approx(float(wanted), rel=1e-6)
    assert frechet(np.zeros(6), other, np.zeros(6), one) == pytest.approx(float(wanted), rel=1e-6)


def test_the_kernel_distance_is_the_mean_over_pairs() -> None:
    one, other = normals(6, 4, 3), normals(7, 5, 3)

    def kernel(x: np.ndarray, y: np.ndarray) -> float:
        return float((x @ y / 3 + 1) ** 3)

    pairs = np.mean([kernel(x, y) for i, x in enumerate(one) for j, y in enumerate(one) if i != j])
    pairs += np.mean([kernel(x, y) for i, x in enumerate(other) for j, y in enumerate(other) if i != j])
    pairs -= 2 * np.mean([kernel(x, y) for x in one for y in other])
    assert kernel_distance(one, other) == pytest.approx(float(pairs))


def test_the_kernel_distance_is_unbiased_where_the_frechet_distance_is_not() -> None:
    kernels, frechets = [], []
    for seed in range(200):
        one, other = normals(2 * seed, 8), normals(2 * seed + 1, 8)
        kernels.append(kernel_distance(one, other))
        frechets.append(frechet_distance(one, other))
    assert abs(np.mean(kernels)) < 3 * np.std(kernels) / np.sqrt(len(kernels))
    assert np.mean(frechets) > 1


def test_sets_of_one_kind_lie_on_the_zero_line_and_others_above() -> None:
    real = 100 * normals(8, 120)  # the scale of features does not matter
    same = compare_sets(real, 100 * normals(9, 60), seed=1)
    assert (same.real, same.other, same.matched) == (120, 60, 60)
    for matched, zero in ((same.frechet_matched, same.frechet_zero), (same.kernel_matched, same.kernel_zero)):
        assert abs(matched.mean - zero.mean) < 4 * (matched.deviation + zero.deviation)
    away = compare_sets(real, 100 * (normals(9, 60) + 1), seed=1)
    assert away.frechet_matched.mean > 10 * away.frechet_zero.mean
    assert away.kernel_matched.mean > away.kernel_zero.mean + 10 * away.kernel_zero.deviation
    assert away.frechet_zero == same.frechet_zero
    assert compare_sets(real, 100 * normals(9, 60), seed=1) == same
    assert set(same.to_dict()["kernel_zero"]) == {"mean", "deviation"}


def test_too_few_or_broken_clips_get_a_sentence() -> None:
    with pytest.raises(UsageError, match="at least 4 clips; there are 3"):
        compare_sets(normals(0, 3), normals(1, 9))
    with pytest.raises(UsageError, match="at least 2"):
        frechet_distance(normals(0, 1), normals(1, 9))
    with pytest.raises(UsageError, match="not numbers"):
        kernel_distance(np.full((4, 2), np.nan), normals(1, 9, 2))


def test_a_delta_is_the_slope() -> None:
    ramp = np.outer(np.arange(9.0), [1.0, -2.0])
    np.testing.assert_allclose(delta(ramp)[2:-2], np.tile([1.0, -2.0], (5, 1)))
    assert not delta(np.ones((3, 4))).any()
    assert delta(np.ones((1, 4))).shape == (1, 4)


def test_coefficients_are_the_cosine_transform_of_log_mel() -> None:
    from scipy.fft import dct

    sound = np.random.default_rng(0).standard_normal(RATE)
    logs = np.log(10) * log_mel(sound, RATE, 512)
    np.testing.assert_allclose(mfcc(sound, RATE), dct(logs, norm="ortho")[:, :13], atol=1e-9)


def test_the_level_is_in_the_first_coefficient_only() -> None:
    sound = np.random.default_rng(0).standard_normal(RATE)
    change = mfcc(10 * sound, RATE) - mfcc(sound, RATE)
    np.testing.assert_allclose(change[:, 0], np.sqrt(80) * np.log(10))
    np.testing.assert_allclose(change[:, 1:], 0, atol=1e-9)


def test_a_clip_is_a_vector_whatever_its_length() -> None:
    sound = np.random.default_rng(0).standard_normal(RATE)
    for samples in (sound, sound[:3000], sound[:1], np.zeros(500)):
        feature = sound_feature(samples, RATE)
        assert feature.shape == (SIZE,)
        assert np.isfinite(feature).all()
    assert sound_features([sound, sound[:4000]], 3000).shape == (2, SIZE)
    assert sound_features([], RATE).shape == (0, SIZE)
    assert len(mfcc(sound, RATE)) == len(chroma(sound, RATE, 512))


def test_clips_of_another_kind_are_further_away_than_halves_of_one() -> None:
    random = np.random.default_rng(0)
    time = np.arange(3000) / RATE
    tones = [np.sin(2 * np.pi * pitch * time) for pitch in random.uniform(200, 2000, 16)]
    noises = [random.standard_normal(3000) for _number in range(8)]
    found = compare_sets(sound_features(tones, RATE), sound_features(noises, RATE))
    assert found.frechet_matched.mean > 3 * found.frechet_zero.mean
    assert found.kernel_matched.mean > 3 * abs(found.kernel_zero.mean)
