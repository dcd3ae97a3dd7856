"""What a study is asked for: plain data, written into its folder so that it can be resumed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import UsageError
from core.i18n import _
from core.latents.supervised import CLASSIFIERS
from core.models.design import CLIP_SAMPLES, design_from_dict
from core.models.layers import ConvDesign
from core.models.presets import preset, presets

SIZES = ("conv-55112", "conv-32151", "conv-24496", "conv-18376", "conv-9184")
"""The first report's five."""
LEAST_FLOATS = 16


@dataclass(frozen=True)
class StudyConfig:
    """Settings of a study.

    Args:
        folder: songs sorted by genre in subfolders; "" composes `demo_songs` of each style.
        library: the songs of the library in the data folder, with its genres, in the place of `folder`.
        sizes: convolutional sizes, each "conv-N" with N floats in a clip of 5 s.
        epochs, steps_per_epoch, batch, clip_seconds: of each training; `minutes` (a model) replaces `epochs`.
        validation_clips: fixed clips that every epoch of a training is judged on.
        outside: sound files of new music.
        split: a CSV of who trains, validates and tests; "" divides by chance and groups.
        test_clips, opinion_clips: clips that reconstruction is judged on, and those of them with ViSQOL.
        clips_a_song: clips of each song in the exploration of latents.
        most_clusters: the largest k of the elbow.
        seeds: repetitions of cluster scores.
        repeats: divisions into five folds that classifiers are scored in.
        variational: epochs of the second report's network; 0 leaves it out.
        vae: the preset of the variational model that learns; "" leaves it out.
        opus, mp3: kbit/s of the codecs to compare with.
        shipped: whether the shipped studio model is studied, too, where there is one.
        classifiers: those of `core.latents.supervised` that read genres; without "tree" some figures are left out.
        chosen, reason: a size that overrules the rule, and why.
    """

    folder: str = ""
    library: bool = False
    demo_songs: int = 10
    sizes: tuple[str, ...] = SIZES
    epochs: int = 40
    minutes: float = 0.0
    steps_per_epoch: int = 100
    batch: int = 16
    clip_seconds: float = 0.5
    validation_clips: int = 32
    outside: tuple[str, ...] = ()
    split: str = ""
    test_clips: int = 40
    opinion_clips: int = 10
    clips_a_song: int = 4
    most_clusters: int = 40
    seeds: int = 5
    repeats: int = 5
    variational: int = 20
    vae: str = "vae-18376"
    opus: tuple[float, ...] = (6.0, 12.0, 24.0, 48.0)
    mp3: tuple[float, ...] = (8.0, 16.0, 32.0, 64.0)
    shipped: bool = True
    classifiers: tuple[str, ...] = CLASSIFIERS
    chosen: str = ""
    reason: str = ""
    quick: bool = False
    seed: int = 0
    device: str = "auto"

    def check(self) -> None:
        """Raises UsageError where nothing can be studied by it."""
        if not self.sizes:
            raise UsageError(_("A study needs one size at least."))
        for name in self.sizes:
            size_design(name)
        if self.vae:
            preset(self.vae)
        if self.chosen and self.chosen not in self.sizes:
            raise UsageError(
                _("{name} is none of the sizes of this study: {sizes}.").format(
                    name=self.chosen, sizes=", ".join(self.sizes)
                )
            )
        if self.chosen and not self.reason.strip():
            raise UsageError(_("To choose a size yourself, write the reason for it (--reason)."))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> StudyConfig:
        """What `to_dict` gave; names that are not known are passed over."""
        known = {field.name for field in dataclasses.fields(cls)}
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items() if name in known
        }
        return cls(**given)


def quick_config(**given: Any) -> StudyConfig:
    """Every stage, as little of each as still says something: within 4 minutes on two cores."""
    small: dict[str, Any] = {
        "demo_songs": 6,
        "sizes": ("conv-55112", "conv-18376", "conv-9184"),
        "epochs": 3,
        "steps_per_epoch": 25,
        "test_clips": 4,
        "opinion_clips": 1,
        "clips_a_song": 1,
        "most_clusters": 10,
        "repeats": 1,
        "variational": 2,
        "vae": "vae-9184",
        "opus": (12.0, 24.0),
        "mp3": (16.0, 32.0),
        "classifiers": ("tree", "knn"),
    }
    return StudyConfig(**{**small, **given, "quick": True})


def size_name(text: str) -> str:
    """ "conv-18376" for "18376" and for itself.

    Raises:
        UsageError: it is no size.
    """
    name = text if text.startswith("conv-") else f"conv-{text}"
    size_design(name)
    return name


def size_design(name: str) -> ConvDesign:
    """The network of "conv-N": the preset of that size, else the one whose latent comes nearest to N floats.

    Raises:
        UsageError: it is no size, or none that a network can have.
    """
    floats = name.removeprefix("conv-")
    if not name.startswith("conv-") or not floats.isdigit() or not LEAST_FLOATS <= int(floats) <= CLIP_SAMPLES:
        raise UsageError(
            _("{name!r} is no size: give floats in a clip of 5 s, from {least} to {most}, such as 18376.").format(
                name=name, least=LEAST_FLOATS, most=CLIP_SAMPLES
            )
        )
    known = [each for each in presets() if each.name.startswith("conv-")]
    nearest = min(known, key=lambda each: abs(each.latent_floats_5s - int(floats)))
    design = design_from_dict(nearest.config)
    assert isinstance(design, ConvDesign)
    return design if nearest.name == name else design.solve(int(floats))


def is_preset(name: str) -> bool:
    return name in [each.name for each in presets()]
