"""The face of every network, and building one from its design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from core.models.design import Design, KltDesign, design_from_dict
from core.models.draws import Draws
from core.models.layers import ConvDesign
from core.models.studio_design import StudioDesign
from core.models.vae_design import ResnetVaeDesign, VaeDesign


@dataclass(frozen=True)
class TrainingPass:
    """What a network makes of clips while it learns.

    Attributes:
        estimate: samples (batch, 1, time) to be compared with the clips.
        losses: scalars of the network's own by name, means over the clips, not yet weighted.
        mixture: (estimate, target), samples made from a blend of latents and the same blend of the clips.
    """

    estimate: Tensor
    losses: dict[str, Tensor] = field(default_factory=dict)
    mixture: tuple[Tensor, Tensor] | None = None


class Network(nn.Module):
    """An autoencoder that only maps tensors; resampling, chunks and cropping are the codec's.

    Frame f of what it gets begins at sample f * hop. At the edges of its input it assumes silence, so a chunk
    that is cut with `encode_context` or `decode_context` frames more on each side gives the same values in its
    inner part as the whole sound does.

    Attributes:
        encode_context, decode_context: frames on each side that a frame's value, or a hop of samples, may need.
        seamless: False for a network that knows fixed blocks of one latent frame only: a longer sound is coded block
            by block, without regard to what stands before and after.
    """

    design: Design
    encode_context: int
    decode_context: int
    seamless: ClassVar[bool] = True

    @property
    def hop(self) -> int:
        return self.design.hop

    @property
    def channels(self) -> int:
        return self.design.channels

    def frames(self, samples: int) -> int:
        return self.design.frames(samples)

    def encode(self, x: Tensor) -> Tensor:
        """Samples (batch, 1, time) to a latent (batch, channels, `frames(time)`)."""
        raise NotImplementedError

    def encode_once(self, x: Tensor) -> Tensor:
        """As `encode`, in a single pass through the encoder where that takes several: much faster, a little worse."""
        return self.encode(x)

    @property
    def once_context(self) -> int:
        """The `encode_context` of a single pass."""
        return self.encode_context

    def silence(self, device: torch.device) -> Tensor:
        """(channels,) the latent frame of silence, away from all edges; there is nothing to correct in it."""
        context = self.once_context
        nothing = torch.zeros(1, 1, (2 * context + 1) * self.hop, device=device)
        return self.encode_once(nothing)[0, :, context]

    def decode(self, z: Tensor) -> Tensor:
        """A latent (batch, channels, frames) to samples (batch, 1, time), at least as many as were encoded."""
        raise NotImplementedError

    def learn(self, x: Tensor, draws: Draws, weights: Mapping[str, float]) -> TrainingPass:
        """The pass that training judges; a network with noise, dropout or losses of its own overrides it.

        Args:
            x: clips (batch, 1, time).
            draws: all randomness of the pass, so that it can be repeated.
            weights: of the losses that are asked of the network itself (`TrainConfig.network_weights`); what has
                none need not be computed.
        """
        return TrainingPass(self(x))

    def assess(self, x: Tensor, weights: Mapping[str, float]) -> TrainingPass:
        """The pass that validation judges: what is heard later, without chance, and `learn`'s losses of its own."""
        return TrainingPass(self(x))

    def load_weights(self, tensors: Mapping[str, Tensor]) -> None:
        """Take weights of the names and shapes that the design lists."""
        self.load_state_dict(dict(tensors), strict=True)

    def forward(self, x: Tensor) -> Tensor:
        """The reconstruction of x, as long as x."""
        return self.decode(self.encode(x))[..., : x.shape[-1]]


def least_batch(design: Design) -> int:
    """Clips that a step of training needs at once: 2 where a norm is over the batch."""
    return 2 if isinstance(design, ResnetVaeDesign) else 1


def build_network(design: Design | Mapping[str, Any], seed: int = 0) -> Network:
    """A network with fresh weights, the same for the same seed; torch's global random state is left alone.

    Raises:
        UsageError: the design is not one that works.
    """
    from core.models.conv import ConvNetwork  # they build on this module
    from core.models.klt import KltNetwork
    from core.models.resnet_vae import ResnetVaeNetwork
    from core.models.studio import StudioNetwork
    from core.models.vae import VaeNetwork

    if isinstance(design, Mapping):
        design = design_from_dict(design)
    generator = torch.Generator().manual_seed(seed)
    if isinstance(design, ConvDesign):
        with torch.random.fork_rng(devices=[]):  # torch's own layers draw from the global state when made
            return ConvNetwork(design, generator)
    if isinstance(design, ResnetVaeDesign | VaeDesign):
        with torch.random.fork_rng(devices=[]):
            if isinstance(design, VaeDesign):
                return VaeNetwork(design, generator)
            return ResnetVaeNetwork(design, generator)
    if isinstance(design, StudioDesign):
        return StudioNetwork(design, generator)
    assert isinstance(design, KltDesign)
    return KltNetwork(design)
