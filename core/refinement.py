"""Refining a latent: searching the values that the decoder turns into the song best.

An encoder answers in one pass, and so stays behind what its decoder could do with the same number of floats (the
amortisation gap: C. Cremer, X. Li, D. Duvenaud, "Inference suboptimality in variational autoencoders", ICML 2018).
Here some steps of Adam move the values themselves while the weights rest, for each sound anew, as J. Campos et al.
did for pictures ("Content adaptive optimization for neural image compression", CVPR workshops 2019).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from core.audio import Clip, is_silent
from core.errors import Cancelled
from core.i18n import _
from core.latents.latent import Latent
from core.models.codec import Codec
from core.training.losses import named_losses

STEPS = 16
CHUNK_SECONDS = 10.0
RATE = 0.05  # of a step, in deviations of the channel
BETAS = (0.9, 0.99)
LEAST_DEVIATION = 0.02  # of the largest channel's: one that rests here may yet be used
WEIGHTS: Mapping[str, float] = {
    "wave": 8.0,
    "magnitude": 0.6,
    "stft": 0.4,
    "complex": 1.0,
    "mel": 1.15,
    "similarity": 1.5,
}
"""Of the losses of `core.training.losses`: those that the shipped studio model was last trained with."""


def refine(
    codec: Codec,
    clip: Clip,
    latent: Latent,
    *,
    steps: int = STEPS,
    progress: Callable[[float], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Latent:
    """A latent of the same size whose reconstruction is nearer to `clip`; never one that is farther.

    Args:
        clip: what `latent` was encoded from.
        steps: of Adam, each about as long as decoding the sound three times; more than some dozens gain little.
        progress: told the finished fraction now and then.

    Raises:
        LatentError: the latent is not this codec's.
        Cancelled: `cancelled` said so.
    """
    codec.check(latent)
    samples = clip.mono().resampled(codec.rate).samples[0][: latent.samples]
    values = latent.values.copy()
    size = max(1, round(CHUNK_SECONDS * codec.rate / codec.hop))
    firsts = range(0, latent.frames, size)
    for place, first in enumerate(firsts):
        last = min(first + size, latent.frames)

        def step_done(share: float, place: int = place) -> None:
            if cancelled is not None and cancelled():
                raise Cancelled(_("Cancelled."))
            if progress is not None:
                progress((place + share) / len(firsts))

        _refine_frames(codec, samples, values, first, last, steps, step_done)
    return replace(latent, values=values)


def _refine_frames(
    codec: Codec,
    samples: np.ndarray,
    values: np.ndarray,
    first: int,
    last: int,
    steps: int,
    step_done: Callable[[float], None],
) -> None:
    """Refine `values[:, first:last]` in place; the frames around them take part as they are."""
    network, hop = codec.network, codec.hop
    target = samples[first * hop : last * hop]
    if not len(target) or is_silent(Clip(target[None], codec.rate)):
        return
    device = codec.device
    begin, end = max(0, first - codec.context), min(values.shape[1], last + codec.context)
    around = torch.from_numpy(values[:, begin:end].copy()).to(device)[None]
    sound = torch.from_numpy(np.ascontiguousarray(target)).to(device)[None, None]
    deviation = around.std(dim=2, keepdim=True, correction=0)
    deviation = deviation.clamp_min(LEAST_DEVIATION * float(deviation.max())).clamp_min(1e-6)
    inner = slice(first - begin, last - begin)
    skipped = inner.start * hop

    def loss(change: Tensor) -> Tensor:
        moved = torch.cat(
            [around[..., : inner.start], around[..., inner] + change * deviation, around[..., inner.stop :]], 2
        )
        estimate = network.decode(moved)[..., skipped : skipped + sound.shape[-1]]
        return named_losses(estimate, sound, codec.rate, WEIGHTS)["loss"]

    change = torch.zeros_like(around[..., inner], requires_grad=True)
    optimizer = torch.optim.Adam([change], lr=RATE, betas=BETAS)
    least, best = float("inf"), change.detach().clone()
    for step in range(steps + 1):
        with torch.enable_grad():
            error = loss(change)
            if (reached := float(error.detach())) < least:  # not where it is not a number
                least, best = reached, change.detach().clone()
            if step == steps:
                break
            # Asked for the latent alone: the weights may be in use elsewhere and must not gather gradients.
            (change.grad,) = torch.autograd.grad(error, change)
        optimizer.param_groups[0]["lr"] = RATE * (1 - step / steps)
        optimizer.step()
        step_done((step + 1) / steps)
    refined = (around[..., inner] + best * deviation)[0]
    values[:, first:last] = refined.float().cpu().numpy()
