"""Nested models: one family, one slider of sizes, and a smaller latent that is the beginning of the larger."""

from __future__ import annotations

import numpy as np
import pytest

from core.audio import Clip
from core.errors import UsageError
from core.latents.prefix import first_channels
from core.models.codec import load_codec
from core.models.design import KltDesign
from core.models.families import Sizes, families, family_of, whole_model
from core.models.layers import conv_design
from core.models.presets import presets


def test_every_preset_is_in_one_family_and_sizes_of_one_file_are_together() -> None:
    members = [member.name for family in families() for member in family.members]
    assert sorted(members) == sorted(each.name for each in presets())
    family = family_of("klt-689")
    assert family is not None
    assert family.name == "klt"
    assert [member.name for member in family.members] == ["klt-1378", "klt-689", "klt-344"]
    assert family.whole.name == "klt-1378"
    alone = family_of("conv-9184")
    assert alone is not None
    assert (alone.name, alone.nested) == ("conv-9184", False)
    assert family_of("/somewhere/mine.musicae") is None


def test_a_smaller_presets_model_is_the_whole_one_with_fewer_channels() -> None:
    assert whole_model("klt-1378") == ("klt-1378", None)
    assert whole_model("klt-344") == ("klt-1378", 16)
    assert whole_model("conv-9184") == ("conv-9184", None)
    assert whole_model("/runs/mine") == ("/runs/mine", None)


def test_sizes_are_told_in_floats_and_kbit() -> None:
    sizes = Sizes.of(KltDesign())
    assert sizes is not None
    assert sizes.marks == (16, 32, 64)
    assert [round(sizes.floats_per_second(mark), 1) for mark in sizes.marks] == [344.5, 689.1, 1378.1]
    assert [sizes.clip_floats(mark) for mark in sizes.marks] == [1744, 3488, 6976]
    assert sizes.kbit_per_second(64, 8) == pytest.approx(11.025)
    assert [sizes.clamped(value) for value in (None, "9", True, -3, 5, 99)] == [64, 64, 64, 1, 5, 64]
    assert Sizes.of(KltDesign(channels=3)).marks == (1, 3)  # type: ignore[union-attr]
    assert Sizes.of(conv_design(48, 8, kernel=88)) is None


def test_the_first_channels_are_what_the_smaller_size_encodes() -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, (1, 30_000)).astype(np.float32)
    whole, small = load_codec("klt-1378"), load_codec("klt-344")
    every = whole.encode(Clip(noise, 22050))
    kept, encoded = first_channels(every, 16), small.encode(Clip(noise, 22050))
    assert kept.model == encoded.model
    assert kept.samples == encoded.samples
    assert np.array_equal(kept.values, encoded.values)
    assert np.shares_memory(kept.values, every.values)
    assert whole.decode(kept).samples == pytest.approx(small.decode(encoded).samples, abs=1e-6)
    assert first_channels(every, 64) is every
    assert first_channels(kept, 3).model == first_channels(every, 3).model
    for wrong in (0, 65):
        with pytest.raises(UsageError):
            first_channels(every, wrong)
