"""The closed-form linear transform (KLT): MDCT frames projected on their principal directions.

A latent frame is P X, where X is a frame of the MDCT and P holds the `channels` strongest directions of the
music that it was fitted on. The directions are of the uncentred second moment, so silence is the zero latent.
The MDCT is J. P. Princen, A. B. Bradley, "Analysis/synthesis filter bank design based on time domain aliasing
cancellation", IEEE Trans. ASSP 34, 1986; the KBD window is the one of AAC (ISO/IEC 14496-3, alpha 4).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from core.models.design import KltDesign
from core.models.network import Network


class KltNetwork(Network):
    """Projection and MDCT in one: a frame of 2 x hop samples times a basis (channels, 2 x hop), and back."""

    encode_context = 1
    decode_context = 1
    projection: Tensor
    basis: Tensor

    def __init__(self, design: KltDesign) -> None:
        super().__init__()
        self.design: KltDesign = design
        self.register_buffer("projection", torch.eye(design.channels, design.hop))
        self.register_buffer("basis", torch.zeros(design.channels, 2 * design.hop), persistent=False)
        self.set_projection(self.projection)

    def set_projection(self, projection: Tensor) -> None:
        """Take new directions (channels, hop), rows of length 1."""
        matrix = mdct_matrix(self.design.hop, self.design.window)
        with torch.no_grad():
            self.projection.copy_(projection)
            self.basis.copy_(projection.double() @ matrix)

    def load_weights(self, tensors: Mapping[str, Tensor]) -> None:
        self.set_projection(tensors["projection"])

    def encode(self, x: Tensor) -> Tensor:
        blocks = _blocks(x, self.hop, self.frames(x.shape[-1]))
        early, late = self.basis.split(self.hop, dim=1)
        return (blocks[:, :-1] @ early.T + blocks[:, 1:] @ late.T).transpose(1, 2)

    def decode(self, z: Tensor) -> Tensor:
        early, late = self.basis[: z.shape[1]].split(self.hop, dim=1)
        frames = z.transpose(1, 2)
        # Samples [f * hop, (f + 1) * hop) lie in the late half of frame f and the early half of frame f + 1.
        blocks = frames @ late
        blocks[:, :-1] += frames[:, 1:] @ early
        return blocks.flatten(1)[:, None]


@functools.lru_cache(maxsize=4)
def mdct_matrix(hop: int, window: str = "sine") -> Tensor:
    """The MDCT as an orthonormal lapped transform: float64 (hop coefficients, 2 x hop samples), window included.

    It is shared between callers: not to be written to.
    """
    time = torch.arange(2 * hop, dtype=torch.float64) + 0.5
    band = torch.arange(hop, dtype=torch.float64)[:, None] + 0.5
    return math.sqrt(2 / hop) * torch.cos(math.pi / hop * band * (time + hop / 2)) * mdct_window(hop, window)


def mdct_window(hop: int, window: str) -> Tensor:
    """float64 (2 x hop,), its squares adding to 1 over a hop."""
    if window == "sine":
        return torch.sin(math.pi / (2 * hop) * (torch.arange(2 * hop, dtype=torch.float64) + 0.5))
    kaiser = torch.kaiser_window(hop + 1, periodic=False, beta=4 * math.pi, dtype=torch.float64)
    rising = (kaiser.cumsum(0)[:hop] / kaiser.sum()).sqrt()
    return torch.cat([rising, rising.flip(0)])


def mdct(x: Tensor, hop: int, window: str = "sine") -> Tensor:
    """MDCT frames (batch, frames, hop) of samples (batch, 1, time); for fitting, where all coefficients are wanted.

    X[k] = sqrt(2 / N) Re sum_n w[n] x[n] exp(-i pi (n + n0)(k + 1/2) / N) with n0 = (N + 1) / 2, which is one
    FFT of 2 N points between two turns of phase.
    """
    frames = -(-x.shape[-1] // hop) + 1
    blocks = _blocks(x, hop, frames)
    early, late = mdct_window(hop, window).to(x.dtype).split(hop)
    framed = torch.cat([blocks[:, :-1] * early, blocks[:, 1:] * late], dim=2)
    unit = math.pi / hop
    before = torch.polar(torch.ones(2 * hop).double(), -unit / 2 * torch.arange(2 * hop).double())
    after = torch.polar(torch.ones(hop).double(), -unit * (hop + 1) / 2 * (torch.arange(hop).double() + 0.5))
    kind = torch.complex128 if x.dtype == torch.float64 else torch.complex64
    spectrum = torch.fft.fft(framed * before.to(kind))[..., :hop]
    return math.sqrt(2 / hop) * (spectrum * after.to(kind)).real


def _blocks(x: Tensor, hop: int, frames: int) -> Tensor:
    """(batch, frames + 1, hop): a block of silence, then the samples, then silence."""
    padded = functional.pad(x, (hop, frames * hop - x.shape[-1]))
    return padded.reshape(x.shape[0], frames + 1, hop)
