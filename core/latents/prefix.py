"""The smaller latents inside of a nested model's latent."""

from __future__ import annotations

from core.errors import UsageError
from core.i18n import _
from core.latents.latent import Latent


def first_channels(latent: Latent, channels: int) -> Latent:
    """What encoding with `channels` channels gives, without encoding again; the values are a view.

    Args:
        latent: of a nested model.

    Raises:
        UsageError: it has fewer channels than that.
    """
    if channels == latent.channels:
        return latent
    if not 1 <= channels < latent.channels:
        raise UsageError(
            _("{keep} channels are not between 1 and the {every} of this latent.").format(
                keep=channels, every=latent.channels
            )
        )
    content = latent.model.partition("-")[0]
    return Latent(latent.values[:channels], f"{content}-{channels}", latent.samples)
