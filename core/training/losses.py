"""Named training losses of a reconstruction, each a function of samples (batch, 1, time)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

WINDOWS = (2048, 512, 128)
MEL_BANDS = {2048: 80, 512: 40, 128: 10}
# Spectra below this count as silence, so that logarithms of digital silence neither explode nor train.
FLOOR = 1e-5

Loss = Callable[[Tensor, Tensor, int], Tensor]


def named_losses(estimate: Tensor, target: Tensor, rate: int, weights: Mapping[str, float]) -> dict[str, Tensor]:
    """The losses named in `weights`, unweighted scalars, and "loss", their weighted sum, to be minimised.

    Args:
        estimate, target: samples (batch, 1, time); computed in float32 whatever the network's precision.
        rate: Hz.
    """
    estimate, target = estimate.float(), target.float()
    losses = {name: LOSSES[name](estimate, target, rate) for name in weights}
    losses["loss"] = torch.stack([weight * losses[name] for name, weight in weights.items()]).sum()
    return losses


def squared_error(estimate: Tensor, target: Tensor, rate: int) -> Tensor:
    """Mean squared error of the samples, the loss of the convolutional autoencoder's report."""
    return functional.mse_loss(estimate, target)


def spectral_error(estimate: Tensor, target: Tensor, rate: int) -> Tensor:
    """Multi-resolution STFT loss: relative L2 plus L1 of natural logarithms, mean over three windows.

    R. Yamamoto, E. Song, J.-M. Kim, "Parallel WaveGAN", ICASSP 2020, equations 4 to 6.
    """
    terms = []
    for window in WINDOWS:
        ours, theirs = magnitudes(estimate, window), magnitudes(target, window)
        # Per clip, so that a loud one does not hide the others; the floor keeps a silent one finite.
        distance = torch.linalg.vector_norm(theirs - ours, dim=(1, 2))
        convergence = distance / torch.linalg.vector_norm(theirs, dim=(1, 2)).clamp_min(
            FLOOR * theirs[0].numel() ** 0.5
        )
        terms.append(convergence.mean() + functional.l1_loss((ours + FLOOR).log(), (theirs + FLOOR).log()))
    return torch.stack(terms).mean()


def mel_error(estimate: Tensor, target: Tensor, rate: int) -> Tensor:
    """Mean absolute difference of log10 mel spectra over three windows."""
    terms = []
    for window in WINDOWS:
        bands = mel_bands(window, rate, MEL_BANDS[window]).to(target.device)
        ours, theirs = (bands @ magnitudes(each, window) for each in (estimate, target))
        terms.append(functional.l1_loss(ours.clamp_min(FLOOR).log10(), theirs.clamp_min(FLOOR).log10()))
    return torch.stack(terms).mean()


LOSSES: dict[str, Loss] = {"mse": squared_error, "stft": spectral_error, "mel": mel_error}


def magnitudes(samples: Tensor, window: int) -> Tensor:
    """STFT magnitudes (batch, window // 2 + 1, frames) of (batch, 1, time); periodic Hann, hop a quarter."""
    samples = samples.squeeze(1)
    if samples.shape[-1] <= window // 2:  # centring reflects half a window
        samples = functional.pad(samples, (0, window // 2 + 1 - samples.shape[-1]))
    spectrum = torch.stft(
        samples,
        window,
        window // 4,
        window=torch.hann_window(window, device=samples.device),
        return_complex=True,
    )
    # The root's slope at zero is infinite; this much power is far below anything heard.
    return (spectrum.real.square() + spectrum.imag.square() + 1e-12).sqrt()


@cache
def mel_bands(window: int, rate: int, bands: int) -> Tensor:
    """(bands, window // 2 + 1): triangles evenly spaced on the HTK mel scale from 20 Hz to Nyquist, unnormalised."""
    top = 2595 * math.log10(1 + rate / 2 / 700)
    bottom = 2595 * math.log10(1 + 20 / 700)
    corners = 700 * (10 ** (torch.linspace(bottom, top, bands + 2, dtype=torch.float64) / 2595) - 1)
    frequencies = torch.linspace(0, rate / 2, window // 2 + 1, dtype=torch.float64)
    rising = (frequencies - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    falling = (corners[2:, None] - frequencies) / (corners[2:] - corners[1:-1])[:, None]
    return torch.minimum(rising, falling).clamp_min(0).float()
