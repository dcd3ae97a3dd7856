"""A Gaussian over short stretches of latents, fitted in PCA space: sound like the collection's, by chance alone.

A stretch x of some frames has mean m, principal axes B with deviations s, and in each value what the axes leave:
x = m + B z + e, z ~ N(0, s²), e ~ N(0, r²). Longer sequences come from stretches that overlap by half: the next one's z
is drawn given the frames that are known already, which for a Gaussian is exact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from core.errors import UsageError
from core.files import write_bytes_atomically
from core.i18n import _
from core.latents.features import Table
from core.latents.latent import Latent, LatentError
from core.latents.projection import fit_pca
from core.tensorfile import Damaged, open_regular, read_float32, read_header

FRAMES, DIMS = 16, 64
MOST_STRETCHES = 20_000
FORMAT = "musicae-prior"
_TENSORS = ("mean", "axes", "deviations", "residual")


@dataclass(frozen=True, eq=False)
class Prior:
    """A fitted prior; `frames` are those of a stretch, whose values lie frame after frame.

    Args:
        model: hash of the model whose latents these are.
        mean: (frames, channels).
        axes: (dims, frames · channels) orthonormal.
        deviations: (dims,) along the axes.
        residual: (frames, channels) deviations of what the axes leave.
    """

    model: str
    mean: np.ndarray
    axes: np.ndarray
    deviations: np.ndarray
    residual: np.ndarray

    def __post_init__(self) -> None:
        # Sums depend on how arrays lie in memory: one that was fitted must give what it gives when read from its file.
        for name in _TENSORS:
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), np.float32))

    @property
    def frames(self) -> int:
        return int(self.mean.shape[0])

    @property
    def channels(self) -> int:
        return int(self.mean.shape[1])

    @cached_property
    def channel_means(self) -> np.ndarray:
        """(channels,) float32: the mean of the latents that it was fitted to."""
        return self.mean.mean(axis=0).astype(np.float32)

    @cached_property
    def channel_deviations(self) -> np.ndarray:
        """(channels,) float32: their deviation, over songs and time."""
        inside = np.square(self.axes * self.deviations[:, None]).sum(axis=0).reshape(self.mean.shape)
        between = self.mean.var(axis=0)
        return np.sqrt((inside + np.square(self.residual)).mean(axis=0) + between).astype(np.float32)

    @cached_property
    def digest(self) -> str:
        """A name for exactly this prior."""
        digest = hashlib.sha256(self.model.encode())
        for name in _TENSORS:
            values = getattr(self, name)
            digest.update(str(values.shape).encode() + values.astype("<f4").tobytes())
        return digest.hexdigest()[:32]

    def extend(
        self, known: np.ndarray, frames: int, random: np.random.Generator, *, temperature: float = 1.0
    ) -> np.ndarray:
        """(channels, frames) float32: what may come after `known` (channels, any number, also 0), one of many.

        `temperature` scales the deviations: 0 gives the likeliest, 1 the collection's own variety.
        """
        made = known.T.astype(np.float64)
        start, overlap = len(made), self.frames // 2
        while len(made) < start + frames:
            context = made[len(made) - min(overlap, len(made)) :]
            made = np.concatenate([made, self._after(context, random, temperature)])
        return np.ascontiguousarray(made[start : start + frames].T, np.float32)

    def save(self, path: Path) -> None:
        """Write it to a file; raises OSError."""
        tensors = {name: getattr(self, name) for name in _TENSORS}
        write_bytes_atomically(path, save(tensors, {"format": FORMAT, "version": "1", "model": self.model}))

    @classmethod
    def load(cls, path: Path) -> Prior:
        """The prior in `path`.

        Raises:
            LatentError: it is missing or damaged.
        """
        try:
            with open_regular(path) as file:
                header = read_header(file)
                if header.metadata.get("format") != FORMAT or sorted(header.tensors) != sorted(_TENSORS):
                    raise Damaged("another kind of file")
                if any(entry.dtype != "F32" for entry in header.tensors.values()):
                    raise Damaged("other numbers than float32")
                prior = cls(header.metadata.get("model", ""), *(read_float32(file, header, name) for name in _TENSORS))
            prior._check()
        except (OSError, Damaged, ValueError) as error:
            raise LatentError(
                _("The prior {path} is missing or damaged; fit it again.").format(path=path),
                path=path,
                details=str(error),
            ) from error
        return prior

    def _check(self) -> None:
        shapes = [getattr(self, name).shape for name in _TENSORS]
        mean, axes, deviations, residual = shapes
        if len(mean) != 2 or 0 in mean or residual != mean or axes != (*deviations, mean[0] * mean[1]):
            raise Damaged(f"tensors of {shapes}")
        if not all(np.isfinite(getattr(self, name)).all() for name in _TENSORS):
            raise Damaged("values that are not numbers")

    def _after(self, context: np.ndarray, random: np.random.Generator, temperature: float) -> np.ndarray:
        """(frames - len(context), channels): the rest of a stretch that begins with `context`."""
        count = context.size
        z_mean, z_root = self._given(len(context))
        shift = z_mean @ (context.reshape(-1) - self.mean.reshape(-1)[:count])
        z = shift + temperature * (z_root @ random.standard_normal(len(self.deviations)))
        left = self.mean.reshape(-1)[count:] + z @ self.axes[:, count:]
        left = left + temperature * self.residual.reshape(-1)[count:] * random.standard_normal(len(left))
        return left.reshape(-1, self.channels)

    def _given(self, frames: int) -> tuple[np.ndarray, np.ndarray]:
        """How z's mean follows from `frames` known frames, (dims, frames · channels), and a root of its covariance.

        Covariance (1/s² + B r⁻² Bᵀ)⁻¹, mean covariance · B r⁻² (x - m), with B of the known values.
        """
        if frames not in self._conditions:
            known = self.axes[:, : frames * self.channels].astype(np.float64)
            floor = 1e-3 * float(self.channel_deviations.max()) + 1e-9
            weighted = known / np.square(np.maximum(self.residual.reshape(-1)[: known.shape[1]], floor))
            precision = np.diag(1 / np.square(np.maximum(self.deviations.astype(np.float64), 1e-9)))
            covariance = np.linalg.inv(precision + weighted @ known.T)
            root = np.linalg.cholesky((covariance + covariance.T) / 2)
            self._conditions[frames] = (covariance @ weighted, root)
        return self._conditions[frames]

    @cached_property
    def _conditions(self) -> dict[int, tuple[np.ndarray, np.ndarray]]:
        return {}


def fit_prior(latents: Sequence[Latent], *, frames: int = FRAMES, dims: int = DIMS, seed: int = 0) -> Prior:
    """A prior of the stretches of `latents`, which one model made; at most 20,000 stretches, evenly spread.

    Raises:
        UsageError: the latents are too few or too short for two stretches.
        LatentError: several models made them.
    """
    long = [latent for latent in latents if latent.frames >= frames]
    if len({(latent.model, latent.channels) for latent in long}) > 1:
        raise LatentError(_("These latents were made by different models; encode all songs with the same one."))
    stretches = [(latent, at) for latent in long for at in range(0, latent.frames - frames + 1, max(1, frames // 2))]
    if len(stretches) < 2:
        raise UsageError(_("The songs are too short to learn from: take longer or more of them."))
    if len(stretches) > MOST_STRETCHES:
        chosen = ((np.arange(MOST_STRETCHES) + 0.5) * len(stretches) / MOST_STRETCHES).astype(int)
        stretches = [stretches[place] for place in chosen]
    values = np.stack([latent.values[:, at : at + frames].T.reshape(-1) for latent, at in stretches])
    pca = fit_pca(Table(values), min(dims, len(values) - 1), standardise=False, seed=seed)
    points = pca.project(values)
    left = values - pca.place(points)
    shape = (frames, long[0].channels)
    return Prior(
        long[0].model,
        (pca.scaler.mean + pca.centre).astype(np.float32).reshape(shape),
        pca.axes,
        points.std(axis=0).astype(np.float32),
        left.std(axis=0).astype(np.float32).reshape(shape),
    )
