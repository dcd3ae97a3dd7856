"""Named training losses of a reconstruction, each a function of samples (batch, 1, time)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from core.training.similarity import dissimilarity

WINDOWS = (2048, 512, 128)
MEL_BANDS = {2048: 80, 512: 40, 128: 10}
# Spectra below this count as silence, so that logarithms of digital silence neither explode nor train.
FLOOR = 1e-5
# Bins under this magnitude are not raised further by the compression of `complex_error`.
SOFTEST = 1e-4
COMPRESSION = 0.65

Loss = Callable[["Pair"], Tensor]


def named_losses(estimate: Tensor, target: Tensor, rate: int, weights: Mapping[str, float]) -> dict[str, Tensor]:
    """The losses named in `weights`, unweighted scalars, and "loss", their weighted sum, to be minimised.

    Each is a mean over the clips of what a clip alone gives, so that a batch's composition changes nothing.

    Args:
        estimate, target: samples (batch, 1, time); computed in float32 whatever the network's precision.
        rate: Hz.
    """
    pair = Pair(estimate.float(), target.float(), rate)
    losses = {name: LOSSES[name](pair) for name in weights}
    losses["loss"] = torch.stack([weight * losses[name] for name, weight in weights.items()]).sum()
    return losses


class Pair:
    """An estimate and its target, whose spectra are made once for all losses that want them."""

    def __init__(self, estimate: Tensor, target: Tensor, rate: int) -> None:
        self.estimate, self.target, self.rate = estimate, target, rate
        self._spectra: dict[int, tuple[Tensor, Tensor]] = {}
        self._magnitudes: dict[int, tuple[Tensor, Tensor]] = {}

    def spectra(self, window: int) -> tuple[Tensor, Tensor]:
        """Complex spectra (batch, bins, frames) of estimate and target."""
        if window not in self._spectra:
            self._spectra[window] = spectra(self.estimate, window), spectra(self.target, window)
        return self._spectra[window]

    def magnitudes(self, window: int) -> tuple[Tensor, Tensor]:
        if window not in self._magnitudes:
            ours, theirs = self.spectra(window)
            self._magnitudes[window] = magnitude(ours), magnitude(theirs)
        return self._magnitudes[window]


def squared_error(pair: Pair) -> Tensor:
    """Mean squared error of the samples, the loss of the convolutional autoencoder's report."""
    return functional.mse_loss(pair.estimate, pair.target)


def wave_error(pair: Pair) -> Tensor:
    """The error's root mean square relative to the clip's: what SI-SDR measures, without its logarithm."""
    error = (pair.estimate - pair.target).square().mean((1, 2))
    power = pair.target.square().mean((1, 2))
    # Under this power a clip counts as silent; the root is bent at zero, where its slope would be infinite.
    return ((error + 1e-8) / (power + 1e-6)).sqrt().mean()


def magnitude_error(pair: Pair) -> Tensor:
    """Spectral convergence: relative L2 of the magnitudes, mean over three windows."""
    return torch.stack([_convergence(*pair.magnitudes(window)) for window in WINDOWS]).mean()


def spectral_error(pair: Pair) -> Tensor:
    """Multi-resolution STFT loss: relative L2 plus L1 of natural logarithms, mean over three windows.

    R. Yamamoto, E. Song, J.-M. Kim, "Parallel WaveGAN", ICASSP 2020, equations 4 to 6.
    """
    terms = []
    for window in WINDOWS:
        ours, theirs = pair.magnitudes(window)
        terms.append(_convergence(ours, theirs) + functional.l1_loss((ours + FLOOR).log(), (theirs + FLOOR).log()))
    return torch.stack(terms).mean()


def complex_error(pair: Pair) -> Tensor:
    """L1 of complex spectra whose magnitudes are compressed to the power of 0.65, relative to the clip's.

    It sees phase, and soft bins more than the samples' error does; mean over three windows.
    """
    terms = []
    for window in WINDOWS:
        ours, theirs = (
            spectrum * each.clamp_min(SOFTEST).pow(COMPRESSION - 1)
            for spectrum, each in zip(pair.spectra(window), pair.magnitudes(window), strict=True)
        )
        distance = torch.view_as_real(ours - theirs).abs().mean((1, 2, 3))
        terms.append((distance / (theirs.abs().mean((1, 2)) + 1e-3)).mean())
    return torch.stack(terms).mean()


def mel_error(pair: Pair) -> Tensor:
    """Mean absolute difference of log10 mel spectra over three windows."""
    terms = []
    for window in WINDOWS:
        bands = mel_bands(window, pair.rate, MEL_BANDS[window]).to(pair.target.device)
        ours, theirs = (bands @ each for each in pair.magnitudes(window))
        terms.append(functional.l1_loss(ours.clamp_min(FLOOR).log10(), theirs.clamp_min(FLOOR).log10()))
    return torch.stack(terms).mean()


def similarity_error(pair: Pair) -> Tensor:
    """One minus the similarity of auditory spectrograms (`core.training.similarity`), at the longest window."""
    window = WINDOWS[0]
    return dissimilarity(*pair.magnitudes(window), window, pair.rate)


LOSSES: dict[str, Loss] = {
    "mse": squared_error,
    "wave": wave_error,
    "magnitude": magnitude_error,
    "stft": spectral_error,
    "complex": complex_error,
    "mel": mel_error,
    "similarity": similarity_error,
}


def _convergence(ours: Tensor, theirs: Tensor) -> Tensor:
    # Per clip, so that a loud one does not hide the others; the floor keeps a silent one finite.
    floor = FLOOR * theirs[0].numel() ** 0.5
    distance = torch.linalg.vector_norm(theirs - ours, dim=(1, 2))
    return (distance / torch.linalg.vector_norm(theirs, dim=(1, 2)).clamp_min(floor)).mean()


def spectra(samples: Tensor, window: int) -> Tensor:
    """Complex STFT (batch, window // 2 + 1, frames) of (batch, 1, time); periodic Hann, hop a quarter."""
    samples = samples.squeeze(1)
    if samples.shape[-1] <= window // 2:  # centring reflects half a window
        samples = functional.pad(samples, (0, window // 2 + 1 - samples.shape[-1]))
    return torch.stft(
        samples,
        window,
        window // 4,
        window=torch.hann_window(window, device=samples.device),
        return_complex=True,
    )


def magnitude(spectrum: Tensor) -> Tensor:
    """|X|; the root's slope at zero is infinite, and this much power is far below anything heard."""
    return (spectrum.real.square() + spectrum.imag.square() + 1e-12).sqrt()


def magnitudes(samples: Tensor, window: int) -> Tensor:
    """STFT magnitudes (batch, window // 2 + 1, frames) of (batch, 1, time)."""
    return magnitude(spectra(samples, window))


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
