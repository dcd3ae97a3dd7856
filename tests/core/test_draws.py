"""Random numbers of a training pass: keyed by clip, not by batch."""

from __future__ import annotations

import torch

from core.models.draws import Draws


def test_a_clip_gets_the_same_numbers_in_any_batch() -> None:
    whole = Draws(3, 10, range(4))
    parts = [Draws(3, 10, range(0, 1)), Draws(3, 10, range(1, 4))]
    for kind in ("normal", "uniform"):
        together = getattr(whole, kind)(5, 2)
        apart = torch.cat([getattr(part, kind)(5, 2) for part in parts])
        assert torch.equal(together, apart)


def test_steps_seeds_and_clips_get_different_numbers() -> None:
    numbers = [Draws(seed, step, [item]).normal(64) for seed in (0, 1) for step in (0, 1) for item in (0, 1)]
    for index, one in enumerate(numbers):
        assert all(not torch.equal(one, other) for other in numbers[index + 1 :])


def test_dropout_keeps_its_share_and_its_mean() -> None:
    factor = Draws(0, 0, range(8)).kept(0.7, 4096)
    assert len(factor.unique()) == 2
    assert abs(float((factor > 0).float().mean()) - 0.7) < 0.02
    assert abs(float(factor.mean()) - 1) < 0.03
