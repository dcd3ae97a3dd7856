"""What the variational models share: a Gaussian for every latent frame, noise in training, the KL loss, the prior.

D. P. Kingma, M. Welling, "Auto-encoding variational Bayes", ICLR 2014; the weight of the KL loss ("beta") is
I. Higgins et al., "beta-VAE", ICLR 2017.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from core.errors import UsageError
from core.i18n import _
from core.latents.latent import Latent
from core.models.draws import Draws
from core.models.network import Network, TrainingPass

if TYPE_CHECKING:
    from core.models.codec import Codec

Drop = Callable[[Tensor], Tensor]
# Beyond these, exp() of half a log-variance or its square leaves float32.
LOG_VARIANCE = (-30.0, 20.0)
PRIOR_SECONDS = 5.0


class VariationalNetwork(Network):
    """A network whose encoder gives a mean and a log-variance for every latent value; coding keeps the mean."""

    @property
    def dropout(self) -> float:
        raise NotImplementedError

    def posterior(self, x: Tensor, drop: Drop) -> tuple[Tensor, Tensor]:
        """Mean and log-variance, each (batch, channels, frames), of samples (batch, 1, time)."""
        raise NotImplementedError

    def generate(self, z: Tensor, drop: Drop) -> Tensor:
        """Samples (batch, 1, time) of a latent (batch, channels, frames)."""
        raise NotImplementedError

    def encode(self, x: Tensor) -> Tensor:
        return self.posterior(x, _all)[0]

    def decode(self, z: Tensor) -> Tensor:
        return self.generate(z, _all)

    def learn(self, x: Tensor, draws: Draws, weights: Mapping[str, float]) -> TrainingPass:
        drop = _Dropout(draws, self.dropout) if self.dropout else _all
        mean, log_variance = self.posterior(x, drop)
        noise = draws.normal(*mean.shape[1:])
        z = mean + (0.5 * log_variance).exp() * noise
        return TrainingPass(self.generate(z, drop)[..., : x.shape[-1]], _own_losses(mean, log_variance, weights))

    def assess(self, x: Tensor, weights: Mapping[str, float]) -> TrainingPass:
        mean, log_variance = self.posterior(x, _all)
        return TrainingPass(self.generate(mean, _all)[..., : x.shape[-1]], _own_losses(mean, log_variance, weights))


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, variance) || N(0, 1)) in nats a latent frame: summed over channels, mean over frames and clips.

    For (batch, channels, frames): 1/2 sum (mean² + variance - 1 - log variance), Kingma and Welling, appendix B.
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean()


def bounded(log_variance: Tensor) -> Tensor:
    return log_variance.float().clamp(*LOG_VARIANCE)


def sample_prior(codec: Codec, count: int, seed: int, *, seconds: float | None = None) -> list[Latent]:
    """`count` latents drawn from the standard normal that a variational model's latents are pulled towards.

    Args:
        seconds: length of each; a model of fixed blocks gives one block unless told otherwise, others 5 s.

    Raises:
        UsageError: the model is not variational, so that its latents have no known distribution.
    """
    network = codec.network
    if not isinstance(network, VariationalNetwork):
        raise UsageError(
            _("The model {name} is not variational: there is no distribution to draw its latents from.").format(
                name=codec.name
            )
        )
    if seconds is None:
        samples = codec.hop if not network.seamless else round(PRIOR_SECONDS * codec.rate)
    else:
        samples = max(1, round(seconds * codec.rate))
    random = np.random.Generator(np.random.Philox(np.random.SeedSequence(seed)))
    shape = (codec.channels, codec.design.frames(samples))
    return [Latent(random.standard_normal(shape, dtype=np.float32), codec.hash, samples) for _number in range(count)]


def _own_losses(mean: Tensor, log_variance: Tensor, weights: Mapping[str, float]) -> dict[str, Tensor]:
    return {"kl": kl_divergence(mean.float(), log_variance)} if "kl" in weights else {}


def _all(x: Tensor) -> Tensor:
    return x


class _Dropout:
    """Leaves out single values, of each clip the same ones whatever batch it is in."""

    def __init__(self, draws: Draws, share: float) -> None:
        self._draws = draws
        self._kept = 1 - share

    def __call__(self, x: Tensor) -> Tensor:
        # A clip of several fixed blocks has as many rows of x.
        rows = x.shape[0] // len(self._draws)
        return x * self._draws.kept(self._kept, rows, *x.shape[1:]).reshape(x.shape).to(x.dtype)
