"""What a size is that has no layers to design, and what its training will do, in words."""

from __future__ import annotations

from collections.abc import Sequence

from core.i18n import _
from core.models.presets import Preset, presets
from core.training.config import TrainConfig
from musicae_gui.controllers.train_estimate import duration


def about_words(each: Preset, config: TrainConfig, seconds: float) -> str:
    """Said in place of a table of layers; empty for a network that has one.

    Args:
        seconds: how long the training will take, 0 where that was never measured.
    """
    if each.kind == "conv":
        return ""
    if each.kind == "klt":
        return _(
            "There are no layers to design here: a klt is linear. Its projections are computed from the songs in one "
            "pass, a hard floor that small networks seldom reach."
        )
    parts = [_studio_words(each, config)] if each.kind == "studio" else [_("It keeps the layers it has.")]
    parts.append(_("{count:,} parameters are trained.").format(count=each.parameters))
    if seconds:
        parts.append(_("It will take about {time}.").format(time=duration(seconds)))
    return " ".join(parts)


def suits_words(name: str, names: Sequence[str]) -> str:
    """Which settings are not the usual ones because others suit this size; empty where all are."""
    labels = [_(spec.label) for spec in TrainConfig.specs() if spec.name in names]
    return _("Set to suit {name}: {settings}.").format(name=name, settings=", ".join(labels)) if labels else ""


def _studio_words(each: Preset, config: TrainConfig) -> str:
    sizes = ", ".join(other.name for other in presets() if other.kind == each.kind)
    words = _("{sizes} are one network, so that one training is for all of them.").format(sizes=sizes)
    if config.from_scratch or not each.trained:
        start = _("It begins from scratch, with the KLT of these songs.")
    else:
        start = _("It begins with the weights that come with Musicae; “From scratch” in the settings starts anew.")
    return f"{words} {start}"
