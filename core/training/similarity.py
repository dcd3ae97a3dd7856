"""How alike two spectrograms look to an ear: the neurogram similarity index measure, as a training loss.

A. Hines and N. Harte, "Speech intelligibility prediction using a neurogram similarity index measure", Speech
Communication 54, 2012. ViSQOL rests on the same measure (M. Chinen et al., "ViSQOL v3", QoMEX 2020), over gammatone
filters; here their responses weight the bins of a Fourier transform, so that the spectra of the other losses serve.
"""

from __future__ import annotations

import math
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

BANDS = 28
LOWEST = 50.0  # Hz
RANGE_DB = 45.0  # below a frame's loudest band nothing is heard
QUIETEST_DB = -45.0
# In dB squared. The measure's own constants are so small that flat regions would give noise for a gradient.
LEVEL, SPREAD = 1.0, 0.5
# A Gaussian of deviation 0.5 over a band and its neighbours in frequency and time.
_SIDE = math.exp(-2.0)
_LINE = torch.tensor([_SIDE, 1.0, _SIDE]) / (1 + 2 * _SIDE)


def dissimilarity(estimate: Tensor, target: Tensor, window: int, rate: int) -> Tensor:
    """One minus the similarity of two magnitude spectrograms, a mean over clips, bands and frames; 0 for equal ones.

    Args:
        estimate, target: magnitudes (batch, window // 2 + 1, frames) of a Hann-windowed transform.
        rate: Hz.
    """
    filters = gammatone_bands(window, rate).to(target.device)
    # A sinusoid of amplitude 1 has 0 dB.
    scale = 4 / window
    ours, theirs = (10 * (filters @ (scale * each).square() + 1e-8).log10() for each in (estimate, target))
    with torch.no_grad():
        floor = (torch.maximum(ours, theirs).amax(1, keepdim=True) - RANGE_DB).clamp_min(QUIETEST_DB)
        lowest = floor.amin((1, 2), keepdim=True)
    ours, theirs = (torch.maximum(each, floor) - lowest for each in (ours, theirs))
    mean, other = _around(ours), _around(theirs)
    spread = (_around(ours.square()) - mean.square()).clamp_min(0)
    other_spread = (_around(theirs.square()) - other.square()).clamp_min(0)
    together = _around(ours * theirs) - mean * other
    level = (2 * mean * other + LEVEL) / (mean.square() + other.square() + LEVEL)
    # The root of a product, bent at zero, where its slope would be infinite.
    structure = (together + SPREAD) / (((spread + SPREAD) * (other_spread + SPREAD)).sqrt())
    return 1 - (level * structure).mean()


def _around(values: Tensor) -> Tensor:
    """Weighted means over the neighbours of (batch, bands, frames); beyond an edge its value goes on."""
    line = _LINE.to(values)
    kernel = (line[:, None] * line)[None, None]
    padded = functional.pad(values[:, None], (1, 1, 1, 1), mode="replicate")
    return functional.conv2d(padded, kernel)[:, 0]


@cache
def gammatone_bands(window: int, rate: int) -> Tensor:
    """(BANDS, window // 2 + 1): power responses of fourth-order gammatone filters, evenly spaced in ERB up to rate / 2.

    Their widths: B. Glasberg and B. Moore, "Derivation of auditory filter shapes from notched-noise data", 1990.
    """
    top, bottom = (math.log1p(0.00437 * frequency) for frequency in (rate / 2, LOWEST))
    centres = (torch.linspace(bottom, top, BANDS + 1)[:-1].exp() - 1) / 0.00437
    width = 1.019 * 24.7 * (0.00437 * centres + 1)
    frequencies = torch.linspace(0, rate / 2, window // 2 + 1)
    return (1 + ((frequencies - centres[:, None]) / width[:, None]).square()).pow(-4)
