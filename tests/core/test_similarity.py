"""The similarity loss: nothing for equal sound, more the less a spectrogram's pattern is kept, finite everywhere."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from core.training.losses import LOSSES, Pair
from core.training.similarity import BANDS, gammatone_bands
from tests.core.training_fixtures import RATE, song_samples


def dissimilarity(estimate: Tensor, target: Tensor) -> Tensor:
    return LOSSES["similarity"](Pair(estimate, target, RATE))


@pytest.fixture
def target() -> Tensor:
    return torch.from_numpy(song_samples(0))[None, None, :33_075]


def noise_like(target: Tensor) -> Tensor:
    return torch.randn(target.shape, generator=torch.Generator().manual_seed(0)) * target.square().mean().sqrt()


def test_equal_sound_differs_by_nothing_and_more_noise_by_more(target: Tensor) -> None:
    assert float(dissimilarity(target, target)) == pytest.approx(0, abs=1e-4)
    found = [float(dissimilarity(target + share * noise_like(target), target)) for share in (0.01, 0.1, 1.0)]
    assert found == sorted(found)
    assert 0 < found[0] < 0.5 * found[2]
    assert found[2] < 2


def test_a_change_of_phase_or_level_counts_little_beside_another_pattern(target: Tensor) -> None:
    other = torch.from_numpy(song_samples(1))[None, None, :33_075]
    another = float(dissimilarity(other, target))
    assert float(dissimilarity(-target, target)) == pytest.approx(0, abs=1e-4)
    assert float(dissimilarity(0.9 * target, target)) < 0.1 * another


def test_it_can_be_learned_from_silence_and_near_the_end(target: Tensor) -> None:
    for start in (torch.zeros_like(target), target, target[..., :600]):
        estimate = start.clone().requires_grad_()
        dissimilarity(estimate, target[..., : start.shape[-1]]).backward()
        assert estimate.grad is not None
        assert torch.isfinite(estimate.grad).all()


def test_every_band_hears_its_own_frequency_best() -> None:
    bands = gammatone_bands(2048, RATE)
    assert bands.shape == (BANDS, 1025)
    peaks = bands.argmax(1)
    assert (peaks.diff() > 0).all()
    assert peaks[-1] < 1024
    assert float(bands.max()) <= 1
