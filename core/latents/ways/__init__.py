"""Ways from one song to another: `WAYS` by name, and `Morph`, which renders any of them in any window.

Needs numpy only; a model is what `Decoder` says.
"""

from __future__ import annotations

from core.errors import UsageError
from core.i18n import _
from core.latents.ways.along import along
from core.latents.ways.bands import Bands
from core.latents.ways.curve import Curve, held
from core.latents.ways.handover import Handover
from core.latents.ways.in_latent import Colour, Spherical, Straight, Swap
from core.latents.ways.morph import Morph, in_chunks
from core.latents.ways.part import Part
from core.latents.ways.songs import Decoder, Songs
from core.latents.ways.transport import Transport
from core.latents.ways.way import Way

__all__ = [
    "DEFAULT_WAY",
    "WAYS",
    "Curve",
    "Decoder",
    "Morph",
    "Part",
    "Songs",
    "Way",
    "along",
    "held",
    "in_chunks",
    "way_named",
]

WAYS: dict[str, Way] = {
    way.name: way for way in (Handover(), Transport(), Straight(), Spherical(), Bands(), Colour(), Swap())
}
DEFAULT_WAY = "handover"


def way_named(name: str) -> Way:
    """Raises UsageError where there is no way of that name."""
    if name not in WAYS:
        raise UsageError(
            _("There is no way {name!r} to morph; choose one of {choices}.").format(name=name, choices=", ".join(WAYS))
        )
    return WAYS[name]
