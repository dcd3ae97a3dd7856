"""The models that Musicae knows by name, and where a model that the user names is found. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from core.errors import MusicaeError, UsageError
from core.i18n import _
from core.models.design import CLIP_SAMPLES, CLIP_SECONDS, Design, KltDesign, floats_per_second, latent_floats
from core.models.layers import conv_design
from core.models.names import DEFAULT_MODEL as DEFAULT_MODEL
from core.models.names import SUFFIX as SUFFIX
from core.models.own_presets import own_presets
from core.models.studio_design import StudioDesign
from core.models.vae_design import ResnetVaeDesign, VaeDesign
from core.paths import resource

_CONV = {
    # name: hop, channels, kernel. The kernel decides the frames of 110,250 samples, hence the exact size.
    "conv-55112": (16, 8, 48),
    "conv-32151": (72, 21, 144),
    "conv-24496": (72, 16, 144),
    "conv-18376": (48, 8, 88),
    "conv-9184": (48, 4, 96),
}
_VAE = {
    # As in the conv of that size; the width is the hop, so that the network can start as a whole filter bank.
    "vae-55112": (16, 8, 48),
    "vae-18376": (48, 8, 88),
    "vae-9184": (48, 4, 96),
}
_RESNET_VAE_LATENTS = (20, 10, 2)
_KLT_CHANNELS = {"klt-1378": 64, "klt-689": 32, "klt-344": 16}
_NESTED_KINDS = ("studio", "klt")
_STUDIO_CHANNELS = {"studio-1378": 64, "studio-689": 32, "studio-344": 16}


@dataclass(frozen=True)
class Preset:
    """A model by name. `path` is its shipped file, `trained` whether there is one.

    `channels` are the latent's; a nested model's smaller presets keep the first channels of the same file.
    `config` is the design's `to_dict`, of the whole file. `clip_seconds` is the length of the fixed blocks that the
    model knows, of which 5 s take a whole one; None for all others.
    """

    name: str
    kind: str
    latent_floats_5s: int
    floats_per_second: float
    parameters: int
    sample_rate: int
    channels: int
    hop: int
    trained: bool
    path: Path | None
    config: dict[str, Any]
    clip_seconds: float | None = None


@dataclass(frozen=True)
class ModelRef:
    """A model file, with the number of its channels to keep (None for all)."""

    name: str
    path: Path
    channels: int | None = None


def presets() -> list[Preset]:
    """Every preset, largest latent first within its kind, the default's kind first; the user's own come last."""
    return [*_ours(), *(_untrained(each.name, each.design) for each in own_presets())]


@cache
def _ours() -> list[Preset]:
    return [
        *(_nested(name, StudioDesign(), channels) for name, channels in _STUDIO_CHANNELS.items()),
        *(_nested(name, KltDesign(), channels) for name, channels in _KLT_CHANNELS.items()),
        *(_conv_preset(name) for name in _CONV),
        *(_untrained(name, VaeDesign(channels, hop, kernel, hop)) for name, (hop, channels, kernel) in _VAE.items()),
        *(_resnet_vae_preset(latent) for latent in _RESNET_VAE_LATENTS),
    ]


def preset(name: str) -> Preset:
    """The preset called `name`; the name of a nested kind alone ("studio") means its largest size.

    Raises:
        UsageError: there is none.
    """
    found = _named(name)
    if found is not None:
        return found
    raise UsageError(
        _("There is no preset {name}; choose one of {choices}.").format(
            name=name, choices=", ".join(each.name for each in presets())
        )
    )


def find_model(name_or_path: str | Path) -> ModelRef:
    """The file behind a shipped name, a .musicae file or a run folder.

    Raises:
        UsageError: nothing of that name, a preset that was never trained, or a run without a model yet.
    """
    name = str(name_or_path)
    found = _named(name)
    if found is not None:
        return _shipped(found)
    path = Path(name_or_path).expanduser()
    try:
        return _in_files(path, name)
    except (OSError, ValueError) as error:
        raise UsageError(
            _("The model {name} cannot be reached: {reason}.").format(name=name[:200], reason=error)
        ) from error


def _named(name: str) -> Preset | None:
    """The preset of that name, or the largest one of that nested kind."""
    for each in presets():
        if name == each.name or (name == each.kind and name in _NESTED_KINDS):
            return each
    return None


def _shipped(each: Preset) -> ModelRef:
    if each.path is None:
        raise UsageError(
            _("{name} was never trained here; train it first (musicae train SONGS --model {name} --out RUN).").format(
                name=each.name
            )
        )
    return ModelRef(each.name, each.path, each.channels)


def _in_files(path: Path, name: str) -> ModelRef:
    if path.is_dir():
        best = path / f"best{SUFFIX}"
        if not best.is_file():
            raise UsageError(_("The folder {path} holds no trained model (best.musicae).").format(path=path), path=path)
        return ModelRef(path.absolute().name or name, best)
    if path.exists():
        return ModelRef(path.stem, path)
    raise UsageError(
        _("There is no model {name}: give one of {choices}, a .musicae file or a run folder.").format(
            name=name, choices=", ".join(each.name for each in presets() if each.trained)
        ),
        path=path,
    )


def _nested(name: str, design: KltDesign | StudioDesign, channels: int) -> Preset:
    """A size of a shipped file whose first channels are a smaller latent."""
    try:
        path = resource("models", f"{design.kind}{SUFFIX}")
    except MusicaeError:
        path = None
    return Preset(
        name=name,
        kind=design.kind,
        latent_floats_5s=latent_floats(design, CLIP_SAMPLES, channels),
        floats_per_second=floats_per_second(design, channels),
        parameters=design.parameters * channels // design.channels if design.kind == "klt" else design.parameters,
        sample_rate=design.rate,
        channels=channels,
        hop=design.hop,
        trained=path is not None,
        path=path,
        config=design.to_dict(),
    )


def _conv_preset(name: str) -> Preset:
    hop, channels, kernel = _CONV[name]
    return _untrained(name, conv_design(hop, channels, kernel=kernel))


def _resnet_vae_preset(latent: int) -> Preset:
    design = ResnetVaeDesign(latent)
    return replace(_untrained(f"{design.kind}-{latent}", design), clip_seconds=design.clip_seconds)


def _untrained(name: str, design: Design) -> Preset:
    return Preset(
        name=name,
        kind=design.kind,
        latent_floats_5s=latent_floats(design, round(CLIP_SECONDS * design.rate)),
        floats_per_second=floats_per_second(design),
        parameters=design.parameters,
        sample_rate=design.rate,
        channels=design.channels,
        hop=design.hop,
        trained=False,
        path=None,
        config=design.to_dict(),
    )
