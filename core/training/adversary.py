"""Adversarial training: critics that learn to tell reconstructions from music, and what the network learns of them.

Critics look at complex spectra at three resolutions, as in A. Défossez et al., "High fidelity neural audio
compression", 2022 (section 3.4), but small; hinge losses. The network's part is mostly feature matching (K. Kumar
et al., "MelGAN", NeurIPS 2019), which stays of use when a critic is far too good or too bad.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.training.losses import WINDOWS, spectra

FEATURE_MATCHING = 10.0
LEARNING_RATE = 3e-4
WIDTH = 16


class Adversary(nn.Module):
    """The critics with their optimizer.

    Args:
        seed: of their weights; torch's global random state is left alone.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.critics = nn.ModuleList(_Critic(window) for window in WINDOWS)
        self.to(device)
        self.optimizer = torch.optim.AdamW(self.parameters(), lr=LEARNING_RATE, betas=(0.8, 0.99), weight_decay=0.0)

    def criticise(self, estimate: Tensor, target: Tensor) -> Tensor:
        """The critics' hinge loss: 2 where they cannot tell, 0 where they surely can."""
        self.requires_grad_(True)
        losses = []
        for critic in self.critics:
            (made, __), (real, __) = critic(estimate.detach()), critic(target)
            losses.append(functional.relu(1 + made).mean() + functional.relu(1 - real).mean())
        return torch.stack(losses).mean()

    def lessons(self, estimate: Tensor, target: Tensor) -> Tensor:
        """What the network is to make small: how surely it is found out, and how far its features are off."""
        self.requires_grad_(False)
        losses = []
        for critic in self.critics:
            made, ours = critic(estimate)
            with torch.no_grad():
                theirs = critic(target)[1]
            distance = [
                ((one - other).abs().mean((1, 2, 3)) / other.abs().mean((1, 2, 3)).clamp_min(1e-4)).mean()
                for one, other in zip(ours, theirs, strict=True)
            ]
            losses.append(functional.relu(1 - made).mean() + FEATURE_MATCHING * torch.stack(distance).mean())
        return torch.stack(losses).mean() / (1 + FEATURE_MATCHING)

    def step(self) -> None:
        """Move the critics; a gradient that is not a number is passed over."""
        if bool(torch.isfinite(nn.utils.clip_grad_norm_(self.parameters(), 1.0))):
            self.optimizer.step()


class _Critic(nn.Module):
    """Convolutions over (frequency, time) of one resolution."""

    def __init__(self, window: int) -> None:
        super().__init__()
        self._window = window
        widths = (2, WIDTH, 2 * WIDTH, 2 * WIDTH, 2 * WIDTH)
        self.layers = nn.ModuleList(
            nn.Conv2d(inputs, outputs, (5, 3), (2, 1), (2, 1)) for inputs, outputs in itertools.pairwise(widths)
        )
        self.verdict = nn.Conv2d(widths[-1], 1, 3, padding=1)

    def forward(self, samples: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Verdicts (batch, 1, places, frames), above 0 for music, and the features of every layer."""
        spectrum = torch.view_as_real(spectra(samples, self._window)).permute(0, 3, 1, 2)
        # Soft parts count, too: square roots of magnitudes.
        x = spectrum * (spectrum.square().sum(1, keepdim=True) + 1e-6).pow(-0.25)
        features = []
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), 0.2)
            features.append(x)
        return self.verdict(x), features
