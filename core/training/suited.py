"""Settings in which a model differs from the usual defaults, where the user does not name them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from core.errors import UsageError
from core.models.own_presets import own_presets
from core.models.presets import preset
from core.training.config import TrainConfig

_SUITED: Mapping[str, Mapping[str, Any]] = {
    # The second report's: 20 epochs, beta 1, and the error summed over a block's 90,000 values as Keras's examples
    # do; scaled to 0..1 these differ by half as much as the samples do. Neither clipping nor a schedule is told of,
    # and a network that is no better than silence is to be looked at rather than begun anew.
    "resnet-vae": {
        "epochs": 20,
        "clip_seconds": 30.0,
        "mse": 22_500.0,
        "kl": 1.0,
        "optimizer": "adam",
        "schedule": "constant",
        "warmup_steps": 0,
        "gradient_clip": 0.0,
        "retries": 0,
    },
    # Enough to keep the latents near a standard normal, too little to be heard.
    "vae": {"kl": 5e-6},
    # Relative L2 of magnitudes 1 and of their logarithms 0.4 together, compressed complex spectra 1, mel, and enough
    # of the wave's own error to keep SI-SDR near that of the linear path.
    "studio": {
        "batch": 12,
        "clip_seconds": 1.5,
        "mse": 0.0,
        "wave": 0.2,
        "magnitude": 0.6,
        "stft": 0.4,
        "complex": 1.0,
        "mel": 1.15,
        "ema": 0.998,
        "gain_db": 6.0,
        "warmup_steps": 50,
        "steps_per_epoch": 100,  # about a minute on two cores: as often there is something new to hear
    },
}


def suited_settings(model: str) -> dict[str, Any]:
    """The settings of `TrainConfig` that suit the preset `model`; empty where the defaults do."""
    try:
        usual = _SUITED.get(preset(model).kind, {})
    except UsageError:  # said by whoever trains it
        return {}
    own = next((each.settings for each in own_presets() if each.name == model), {})
    return {**usual, **own}


def suited(config: TrainConfig, model: str, chosen: Collection[str]) -> TrainConfig:
    """`config` for the preset `model`, with what suits it for all settings but those `chosen` by the user.

    A chosen setting stays as it is even where its value is the usual default: beta 0 is a choice, too.
    """
    values = {name: value for name, value in suited_settings(model).items() if name not in chosen}
    return config.replace(model=model, **values)
