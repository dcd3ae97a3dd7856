"""What a training run is asked for, declared once for the form, the command line and `config.json`."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from core.errors import UsageError
from core.i18n import _, marked
from core.settings import Settings, setting

# Weights of `core.training.losses`, in the order of the form.
RECONSTRUCTION_LOSSES = ("mse", "wave", "magnitude", "stft", "complex", "mel", "similarity")
# A resumed run keeps its own value of everything else: these say only how long and on what it runs.
CHANGED_ON_RESUME = ("epochs", "minutes", "device", "precision", "threads")


@dataclass(frozen=True)
class TrainConfig(Settings):
    """Settings of one run. Zero means "chosen for me" where the help says so."""

    model: str = setting("conv-18376", label=marked("Model"), help=marked("Preset to train; see `musicae models`."))
    design: str = setting(
        "", hidden=True, help=marked("JSON of an edited convolutional design; empty for the preset's own.")
    )
    epochs: int = setting(
        40, label=marked("Epochs"), low=1, high=100_000, help=marked("Rounds of training, each ended by validation.")
    )
    minutes: float = setting(
        0.0,
        label=marked("Minutes"),
        low=0,
        high=100_000,
        unit="min",
        help=marked("Train about this long instead of a number of epochs; becomes a step count after the first steps."),
    )
    batch: int = setting(
        8, label=marked("Clips a step"), low=1, high=4096, help=marked("Random clips that one step learns from.")
    )
    clip_seconds: float = setting(
        2.0, label=marked("Clip length"), low=0.05, high=600, unit="s", help=marked("Length of the random clips.")
    )
    steps_per_epoch: int = setting(
        0,
        label=marked("Steps an epoch"),
        low=0,
        high=1_000_000,
        help=marked("0 covers the songs about once, within 20 to 500 steps."),
    )
    learning_rate: float = setting(
        0.0, label=marked("Learning rate"), low=0, high=10, help=marked("0 takes the rate that suits the model.")
    )
    schedule: str = setting(
        "cosine",
        label=marked("Rate over time"),
        choices=("constant", "cosine"),
        help=marked("Keep the learning rate, or let it fall to a hundredth along a cosine."),
    )
    warmup_steps: int = setting(
        20,
        label=marked("Warm-up steps"),
        low=0,
        high=100_000,
        help=marked("Steps in which the learning rate rises to its value."),
    )
    optimizer: str = setting(
        "adamw", label=marked("Optimizer"), choices=("adamw", "adam"), help=marked("Adam, or Adam with decay.")
    )
    weight_decay: float = setting(
        0.0, label=marked("Weight decay"), low=0, high=1, help=marked("Pull of AdamW towards zero weights.")
    )
    gradient_clip: float = setting(
        1.0,
        label=marked("Gradient clip"),
        low=0,
        high=1e6,
        help=marked("Largest norm of the gradient; 0 leaves it as it is."),
    )
    ema: float = setting(
        0.0,
        label=marked("Averaging"),
        low=0,
        high=0.99999,
        help=marked("Decay of a running mean of the weights; 0 is without."),
    )
    gain_db: float = setting(
        0.0,
        label=marked("Random gain"),
        low=0,
        high=40,
        unit="dB",
        help=marked("Clips are made up to this much louder or softer."),
    )
    mse: float = setting(
        1.0, label=marked("MSE"), low=0, high=1e6, help=marked("Weight of the samples' squared error.")
    )
    stft: float = setting(
        0.0,
        label=marked("STFT loss"),
        low=0,
        high=1e6,
        help=marked("Weight of the spectrograms' error at 2048, 512 and 128 samples."),
    )
    wave: float = setting(
        0.0,
        label=marked("Wave loss"),
        low=0,
        high=1e6,
        help=marked("Weight of the samples' error relative to the clip's loudness."),
    )
    magnitude: float = setting(
        0.0,
        label=marked("Magnitude loss"),
        low=0,
        high=1e6,
        help=marked("Weight of the spectrograms' relative error alone, without its logarithm."),
    )
    complex: float = setting(
        0.0,
        label=marked("Complex loss"),
        low=0,
        high=1e6,
        help=marked("Weight of the complex spectra's error, which sees phase; soft parts count more."),
    )
    mel: float = setting(
        0.0, label=marked("Mel loss"), low=0, high=1e6, help=marked("Weight of the log-mel spectrograms' error.")
    )
    similarity: float = setting(
        0.0,
        label=marked("Similarity loss"),
        low=0,
        high=1e6,
        help=marked("Weight of the difference that an ear's spectrogram shows: level and pattern around each point."),
    )
    kl: float = setting(
        0.0,
        label=marked("KL (beta)"),
        low=0,
        high=1e6,
        help=marked("Weight of the pull of a variational model's latents towards a standard normal."),
    )
    dropout: str = setting(
        "auto",
        label=marked("Dropout"),
        choices=("auto", "with", "without"),
        help=marked("Whether a variational model leaves values out at random while it learns; auto: as its preset."),
    )
    mixture: float = setting(
        0.0,
        label=marked("Mixture loss"),
        low=0,
        high=1e6,
        help=marked("Weight of the error where blended latents should sound as the blended clips do."),
    )
    adversarial: float = setting(
        0.0,
        label=marked("Adversarial loss"),
        low=0,
        high=1e6,
        help=marked("Weight of what critics teach who learn to tell reconstructions from music; slow without a GPU."),
    )
    adversarial_share: float = setting(
        0.3,
        label=marked("Adversarial part"),
        low=0.0,
        high=1.0,
        help=marked("The last part of the run in which the critics take part, 1 for all of it."),
    )
    validation_clips: int = setting(
        32,
        label=marked("Validation clips"),
        low=1,
        high=10_000,
        help=marked("Fixed clips that every epoch is judged on."),
    )
    from_scratch: bool = setting(
        False,
        label=marked("From scratch"),
        help=marked("Begin with fresh weights where shipped ones could be the start."),
    )
    seed: int = setting(0, label=marked("Seed"), low=0, high=2**31 - 1, help=marked("Start of every random draw."))
    device: str = setting(
        "auto",
        label=marked("Device"),
        choices=("auto", "cpu", "cuda", "mps"),
        help=marked("Where to compute; auto takes a GPU if present."),
    )
    precision: str = setting(
        "auto",
        label=marked("Precision"),
        choices=("auto", "float32", "bf16"),
        help=marked("Number format of the network's work in training; auto takes bf16 where the processor has it."),
    )
    threads: int = setting(
        0, label=marked("Threads"), low=0, high=1024, help=marked("Processor threads for training; 0 takes every core.")
    )
    retries: int = setting(
        2,
        label=marked("New starts"),
        low=0,
        high=10,
        help=marked("New starts at half the learning rate after a collapse to silence."),
    )
    tensorboard: bool = setting(
        False, label=marked("TensorBoard file"), help=marked("Write the losses for TensorBoard, too (RUN/events).")
    )

    def loss_weights(self) -> dict[str, float]:
        """The named losses in use with their weights.

        Raises:
            UsageError: every weight is zero.
        """
        weights = {name: float(getattr(self, name)) for name in RECONSTRUCTION_LOSSES if getattr(self, name) > 0}
        if not weights:
            raise UsageError(_("Every loss has weight 0, so there is nothing to learn; set one above 0."))
        return weights

    def network_weights(self) -> dict[str, float]:
        """The losses that are asked of the network itself, with their weights; those of weight 0 are left out."""
        return {name: float(getattr(self, name)) for name in ("kl", "mixture") if getattr(self, name) > 0}

    def design_dict(self) -> dict[str, Any] | None:
        """The edited design, or None for the preset's own.

        Raises:
            UsageError: `design` is not a JSON object.
        """
        if not self.design:
            return None
        try:
            design = json.loads(self.design)
        except ValueError as error:
            raise UsageError(_("The network's design is not valid JSON."), details=str(error)) from error
        if not isinstance(design, dict):
            raise UsageError(_("The network's design is not a JSON object."))
        return design

    def resumed_with(self, given: TrainConfig) -> tuple[TrainConfig, list[str]]:
        """This stored configuration with what `given` may change, and the names of what it may not and tried to."""
        default = TrainConfig()
        kept = [
            field.name
            for field in dataclasses.fields(self)
            if field.name not in CHANGED_ON_RESUME
            and getattr(given, field.name) not in (getattr(self, field.name), getattr(default, field.name))
        ]
        return self.replace(**{name: getattr(given, name) for name in CHANGED_ON_RESUME}), kept
