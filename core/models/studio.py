"""`studio`: a linear path that keeps the wave, and a spectral network beside it that puts back what it loses.

    latent = analysis(sound) + encoder(spectra)        sound = synthesis(latent) + decoder(latent) as spectra

The latent is then corrected: what decodes to nearly the sound should encode to nearly the latent, so the latent moves
by what is missing in the encoded reconstruction, a few times. (Decoding inside of the encoder is the old idea of
analysis by synthesis; iterated for autoencoders by J. Marino, Y. Yue, S. Mandt, "Iterative amortized inference",
ICML 2018, there with a network of its own.) Once trained, the network fades out near silence.

The linear path starts as the KLT (`core.models.klt`), the network as silence, so that training starts at the
KLT's quality. Both are trained. The blocks are those of Z. Liu et al., "A ConvNet for the 2020s", CVPR 2022, along
time; spectra as a network's output are H. Siuzdak, "Vocos", ICLR 2024. Nested channels are trained by keeping a
random number of the first ones (O. Rippel et al., "Learning ordered representations with nested dropout", 2014).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.models.draws import Draws
from core.models.klt import KltNetwork
from core.models.network import Network, TrainingPass
from core.models.studio_design import StudioDesign

# Spectra enter as |X|^0.65 with their phase, so that soft parts count.
COMPRESSION = 0.65
# Adam moves every weight by about the same amount; the linear path's are stored in units of this.
LINEAR_UNIT = 0.03
LAYER_SCALE = 0.1
# In training each latent value gets this much noise, relative to its channel's usual deviation of about 1.
LATENT_NOISE = 0.05
# Share of the difference that a correction takes; with all of it, two corrections swing.
CORRECTION = 0.6
# Distance of a latent frame from that of silence below which decoded sound is faded out. In training such sound (in the
# shipped model, under -60 dBFS) cannot be told from the noise above; unfaded, its silence is a hiss of -65 dBFS.
QUIET = 0.1


class StudioNetwork(Network):
    """Samples to a latent of nested channels and back; a latent value is about as large as 1."""

    hann: Tensor
    _silence: Tensor | None  # the latent frame of silence, once it was asked for

    def __init__(self, design: StudioDesign, generator: torch.Generator) -> None:
        super().__init__()
        self.design: StudioDesign = design
        self.encode_context, self.decode_context = design.encode_context, design.decode_context
        self.analysis = nn.Parameter(torch.zeros(design.channels, 2 * design.hop))
        self.synthesis = nn.Parameter(torch.zeros(design.channels, 2 * design.hop))
        self.spectrum = nn.Parameter(torch.zeros(design.bins))
        self.encoder = _Encoder(design)
        self.decoder = _Decoder(design)
        self.register_buffer("hann", torch.hann_window(design.window), persistent=False)
        self._silence = None
        self._start(generator)

    # -- the face of every network -----------------------------------------------------------------------------------

    def encode(self, x: Tensor) -> Tensor:
        z = self.encode_once(x)
        return z + self._correction(x, z)

    def encode_once(self, x: Tensor) -> Tensor:
        frames = self.frames(x.shape[-1])
        z: Tensor = self._analysed(x, frames) + self.encoder(self._features(x, frames))
        return z.transpose(1, 2)

    def decode(self, z: Tensor) -> Tensor:
        every = functional.pad(z, (0, 0, 0, self.channels - z.shape[1])).transpose(1, 2)
        gains, real, imaginary = self.decoder(every)
        with torch.autocast(z.device.type, enabled=False):
            level = (gains.float() + self.spectrum).exp()
            spectra = torch.complex(level * real.float(), level * imaginary.float())
            sound = self._synthesised(every.float()) + self._overlapped(spectra)
            return (sound if self.training else sound * self._fade(z))[:, None]

    def learn(self, x: Tensor, draws: Draws, weights: Mapping[str, float]) -> TrainingPass:
        z = self.encode_once(x)
        with torch.no_grad():  # the encoder learns as if the decoder's ways were given; a third of the time
            correction = self._correction(x, z)
        z = z + correction
        noisy = (z + LATENT_NOISE * draws.normal(*z.shape[1:])) * self._kept(draws)
        return TrainingPass(self.decode(noisy)[..., : x.shape[-1]], mixture=self._mixture(x, z, draws, weights))

    @property
    def once_context(self) -> int:
        return self.design.once_context

    def train(self, mode: bool = True) -> StudioNetwork:
        self._silence = None  # it changes as the weights do
        return super().train(mode)

    def load_weights(self, tensors: Mapping[str, Tensor]) -> None:
        super().load_weights(tensors)
        self._silence = None

    # -- how it starts -----------------------------------------------------------------------------------------------

    @torch.no_grad()
    def set_linear(self, klt: KltNetwork, deviation: Tensor, spectrum: Tensor) -> None:
        """Take a fitted linear path.

        Args:
            klt: its directions, as many as there are channels.
            deviation: (channels,) root mean square of each direction in the music, to which values are scaled.
            spectrum: (bins,) root mean square of the music's spectra (`spectra`), by bin.
        """
        self.analysis.copy_(klt.basis / deviation[:, None] / LINEAR_UNIT)
        self.synthesis.copy_(klt.basis * deviation[:, None] / LINEAR_UNIT)
        self.spectrum.copy_(spectrum.clamp_min(1e-5).log())

    def spectra(self, x: Tensor, frames: int) -> Tensor:
        """(batch, frames x steps, bins) complex of samples (batch, 1, time); spectrum s is centred at s x stride."""
        design = self.design
        half = design.window // 2
        length = (frames * design.steps - 1) * design.stride + design.window
        with torch.autocast(x.device.type, enabled=False):
            padded = functional.pad(x[:, 0].float(), (half, length - half - x.shape[-1]))
            spectra = torch.stft(
                padded,
                design.window,
                design.stride,
                window=self.hann,
                center=False,
                normalized=True,
                return_complex=True,
            )
        return spectra.transpose(1, 2)

    @torch.no_grad()
    def _start(self, generator: torch.Generator) -> None:
        for name, value in self.named_parameters():
            if name.endswith((".widen.weight", ".narrow.weight", ".enter.weight", ".down.weight", ".up.weight")):
                value.copy_(torch.randn(value.shape, generator=generator) / math.sqrt(value.shape[1]))
            elif name.endswith(".depthwise"):
                value.copy_(torch.randn(value.shape, generator=generator) / math.sqrt(value.shape[0]))
            elif name.endswith((".leave.weight", ".gain.weight", ".bias")):
                value.zero_()

    # -- parts -------------------------------------------------------------------------------------------------------

    def _correction(self, x: Tensor, z: Tensor) -> Tensor:
        """What to add to z, the latent of x, so that its reconstruction encodes to nearly z."""
        moved = z
        for _round in range(self.design.corrections):
            moved = moved + CORRECTION * (z - self.encode_once(self.decode(moved)[..., : x.shape[-1]]))
        return moved - z

    def _fade(self, z: Tensor) -> Tensor:
        """(batch, frames x hop) of 1 where there is sound, less near silence, 0 in silence."""
        silence = self._silence
        if silence is None or silence.device != z.device:
            # Kept for later, also for passes that ask for gradients.
            with torch.inference_mode(False), torch.no_grad(), torch.autocast(z.device.type, enabled=False):
                silence = self._silence = self.silence(z.device)
        away = z.float() - silence[: z.shape[1], None]
        distance = (away.square().sum(1) + 1e-12).sqrt()  # whose gradient is a number in silence, too
        # A frame beside sound holds its beginning or its end.
        quiet = QUIET * math.sqrt(z.shape[1] / self.channels)  # few channels may be near by chance
        gain = (functional.max_pool1d(distance, 3, stride=1, padding=1) / quiet).clamp_max(1)
        following = torch.cat([gain[:, 1:], gain[:, -1:]], 1)
        way = torch.arange(self.hop, device=z.device) / self.hop
        return torch.lerp(gain[..., None], following[..., None], way).flatten(1)

    def _analysed(self, x: Tensor, frames: int) -> Tensor:
        hop = self.hop
        padded = functional.pad(x, (hop, frames * hop - x.shape[-1]))
        blocks = padded.reshape(x.shape[0], frames + 1, hop)
        early, late = (LINEAR_UNIT * self.analysis).split(hop, dim=1)
        return blocks[:, :-1] @ early.T + blocks[:, 1:] @ late.T

    def _synthesised(self, z: Tensor) -> Tensor:
        early, late = (LINEAR_UNIT * self.synthesis).split(self.hop, dim=1)
        # Samples [f * hop, (f + 1) * hop) lie in the late half of frame f and the early half of frame f + 1.
        following = functional.pad(z[:, 1:], (0, 0, 0, 1))
        return (z @ late + following @ early).flatten(1)

    def _features(self, x: Tensor, frames: int) -> Tensor:
        spectra = self.spectra(x, frames)
        power = spectra.real.square() + spectra.imag.square() + 1e-8
        return torch.cat([spectra.real, spectra.imag], dim=2) * power.pow((COMPRESSION - 1) / 2).repeat(1, 1, 2)

    def _overlapped(self, spectra: Tensor) -> Tensor:
        """Samples (batch, frames x hop) of spectra, windowed again and added up."""
        design = self.design
        pieces = torch.fft.irfft(spectra, design.window, norm="ortho") * self.hann
        count, overlap = pieces.shape[1], design.window // design.stride
        pieces = pieces.reshape(-1, count, overlap, design.stride)
        total = pieces.new_zeros(len(pieces), count + overlap - 1, design.stride)
        for place in range(overlap):
            total[:, place : place + count] += pieces[:, :, place]
        half = overlap // 2
        # Squared Hann windows add up to 3/8 of their overlap.
        return total[:, half : half + count].flatten(1) / (0.375 * overlap)

    def _kept(self, draws: Draws) -> Tensor:
        """(batch, channels, 1) of 1 and 0: a half, a quarter or all of the channels, or any number of them."""
        every = self.channels
        pick, share = draws.uniform(2).unbind(1)
        kept = torch.full_like(pick, float(every))
        kept = torch.where(pick < 0.55, torch.full_like(pick, every / 2), kept)
        kept = torch.where(pick < 0.35, torch.full_like(pick, every / 4), kept)
        kept = torch.where(pick < 0.1, (share * every).floor() + 1, kept)
        return (torch.arange(every, device=pick.device) < kept[:, None]).float()[:, :, None]

    def _mixture(
        self, x: Tensor, z: Tensor, draws: Draws, weights: Mapping[str, float]
    ) -> tuple[Tensor, Tensor] | None:
        """The first half of each clip blended with its second half, as latents and as sound."""
        frames = z.shape[-1] // 2
        length = min((frames - 1) * self.hop, x.shape[-1] - frames * self.hop)
        if "mixture" not in weights or length < 1:
            return None
        share = draws.uniform(1, 1)
        blend = share * z[..., :frames] + (1 - share) * z[..., frames : 2 * frames]
        target = share * x[..., :length] + (1 - share) * x[..., frames * self.hop : frames * self.hop + length]
        return self.decode(blend)[..., :length], target


class _Block(nn.Module):
    """ConvNeXt along time, features last: (batch, frames, width)."""

    def __init__(self, design: StudioDesign) -> None:
        super().__init__()
        width, inner = design.width, design.expansion * design.width
        self.depthwise = nn.Parameter(torch.zeros(design.kernel, width))
        self.norm = nn.LayerNorm(width)
        self.widen = nn.Linear(width, inner)
        self.narrow = nn.Linear(inner, width)
        self.layer_scale = nn.Parameter(torch.full((width,), LAYER_SCALE))

    def forward(self, x: Tensor) -> Tensor:
        reach, frames = self.depthwise.shape[0] // 2, x.shape[1]
        padded = functional.pad(x, (0, 0, reach, reach))
        # Faster here than a grouped convolution, which wants the features first.
        around = padded[:, :frames] * self.depthwise[0]
        for place in range(1, len(self.depthwise)):
            around = torch.addcmul(around, padded[:, place : place + frames], self.depthwise[place])
        change = self.narrow(functional.gelu(self.widen(self.norm(around))))
        return torch.addcmul(x, change, self.layer_scale)


class _Encoder(nn.Module):
    def __init__(self, design: StudioDesign) -> None:
        super().__init__()
        self._steps = design.steps
        self.enter = nn.Linear(2 * design.bins, design.width)
        self.entered = nn.LayerNorm(design.width)
        self.fine = nn.Sequential(*(_Block(design) for _ in range(design.encoder_fine)))
        self.down = nn.Linear(design.steps * design.width, design.width)
        self.coarse = nn.Sequential(*(_Block(design) for _ in range(design.encoder_coarse)))
        self.left = nn.LayerNorm(design.width)
        self.leave = nn.Linear(design.width, design.channels)

    def forward(self, features: Tensor) -> Tensor:
        """(batch, frames x steps, 2 x bins) to (batch, frames, channels)."""
        x = self.fine(self.entered(self.enter(features)))
        x = self.down(x.reshape(len(x), x.shape[1] // self._steps, -1))
        y: Tensor = self.leave(self.left(self.coarse(x)))
        return y


class _Decoder(nn.Module):
    spread: Tensor

    def __init__(self, design: StudioDesign) -> None:
        super().__init__()
        self._steps = design.steps
        self.enter = nn.Linear(design.channels, design.width)
        self.coarse = nn.Sequential(*(_Block(design) for _ in range(design.decoder_coarse)))
        self.up = nn.Linear(design.width, design.steps * design.width)
        self.fine = nn.Sequential(*(_Block(design) for _ in range(design.decoder_fine)))
        self.left = nn.LayerNorm(design.width)
        self.gain = nn.Linear(design.width, design.bands)
        self.leave = nn.Linear(design.width, 2 * design.bins)
        self.register_buffer("spread", _spread(design), persistent=False)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(batch, frames, channels) to log gains, real and imaginary parts (batch, frames x steps, bins)."""
        x = self.up(self.coarse(self.enter(z)))
        x = self.left(self.fine(x.reshape(len(x), -1, x.shape[2] // self._steps)))
        real, imaginary = self.leave(x).chunk(2, dim=2)
        return self.gain(x) @ self.spread, real, imaginary


def _spread(design: StudioDesign) -> Tensor:
    """(bands, bins): straight lines between the bands, which are evenly spaced on the mel scale."""
    mel = 2595 * torch.log10(1 + torch.linspace(0, design.rate / 2, design.bins) / 700)
    place = mel / mel[-1] * (design.bands - 1)
    return (1 - (place - torch.arange(design.bands)[:, None]).abs()).clamp_min(0)
