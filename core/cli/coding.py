"""Models for commands: found before torch is loaded, so that a wrong name is answered at once."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.batch import naming, read_sound
from core.cli.console import Console
from core.errors import AudioFileError, UsageError
from core.i18n import _

if TYPE_CHECKING:
    from core.audio import Clip
    from core.latents.latent import Latent
    from core.models.codec import Codec


def codec_for(options: argparse.Namespace, console: Console) -> Codec:
    """The codec that `--model` and `--device` name.

    Raises:
        UsageError: no such model, one that was never trained, or a device that is not here.
        CheckpointError: the file is damaged.
    """
    from core.models.presets import find_model

    find_model(options.model)
    console.progress(0.0, options.model)
    # Read when torch loads: idle threads that spin cost the others their time on a small machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from core.models.codec import load_codec

    codec = load_codec(options.model, device=options.device)
    channels = getattr(options, "channels", None)
    if channels is not None and channels > codec.channels:
        raise UsageError(
            _("{channels} channels are not between 1 and the {every} of {name}.").format(
                channels=channels, every=codec.channels, name=codec.name
            )
        )
    if channels is not None and channels < codec.channels and not codec.design.nested:
        raise UsageError(_("The model {name} cannot leave out channels.").format(name=codec.name))
    return codec


def encode(codec: Codec, path: Path, options: argparse.Namespace, console: Console) -> Latent:
    """The latent of the sound file `path`.

    Raises:
        AudioFileError: it cannot be read, or its sound cannot be encoded.
    """
    return encode_clip(codec, read_sound(path), path, options, console)


def encode_clip(codec: Codec, clip: Clip, path: Path, options: argparse.Namespace, console: Console) -> Latent:
    """The latent of `clip`, which `path` held, refined with `--refine` and rounded with `--bits`."""
    try:
        latent = codec.encode(
            clip,
            channels=options.channels,
            progress=lambda fraction: console.progress(fraction, path.name),
        )
    except UsageError as error:  # here the sound is at fault, not the command: the options were checked before
        raise AudioFileError(naming(error.sentence, path), path=path) from error
    steps = getattr(options, "refine", None)
    if steps is not None:
        from core.refinement import refine

        console.progress(0.0, _("refining {name}").format(name=path.name))
        latent = refine(codec, clip, latent, steps=steps, progress=lambda share: console.progress(share, path.name))
    bits = getattr(options, "bits", None)
    if bits is None:
        return latent
    from core.latents.quantise import quantised

    return quantised(latent, bits)


def latent_facts(codec: Codec, latent: Latent, bits: int | None = None) -> dict[str, Any]:
    """What a latent costs; rates are those of the model at this size, without what a song's edges add.

    Args:
        bits: of a stored float, 16 if not given; what rounding to fewer needs besides (`stored_bits`) is counted.
    """
    from core.latents.quantise import stored_bits
    from core.models.design import floats_per_second

    rate = floats_per_second(codec.design, latent.channels)
    bits = bits or 16
    side_bits = stored_bits(latent, bits) - bits * latent.size
    return {
        "model": codec.name,
        "channels": latent.channels,
        "frames": latent.frames,
        "floats": latent.size,
        "seconds": latent.samples / codec.rate,
        "sample_rate": codec.rate,
        "floats_per_second": rate,
        "bits": bits,
        "kbit_per_second": (rate * bits + side_bits * codec.rate / latent.samples) / 1000,
    }
