"""`musicae compare`: how near a model's reconstruction comes to the song, in numbers."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.cli.batch import read_sound
from core.cli.coding import codec_for, encode_clip, latent_facts
from core.cli.console import Console
from core.cli.options import DONE, Commands, add_bits, add_model, add_refine
from core.i18n import _


def add_parsers(commands: Commands) -> None:
    parser = commands.add(
        "compare",
        run,
        _("measure what a model keeps of a song"),
        _(
            "Encode and decode a song and measure the result: SI-SDR in dB (more is better), distances of the\n"
            "log-mel and the multi-resolution STFT (less is better), ViSQOL from 1 to 4.75 where it is installed."
        ),
    )
    parser.add_argument("file", type=Path, metavar=_("FILE"), help=_("the song"))
    parser.add_argument(
        "--visqol",
        action=argparse.BooleanOptionalAction,
        default=True,
        help=_("measure ViSQOL too, which takes the longest"),
    )
    add_model(parser)
    add_bits(parser)
    add_refine(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    codec = codec_for(options, console)
    clip = read_sound(options.file)
    latent = encode_clip(codec, clip, options.file, options, console)
    sound = codec.decode(latent, progress=lambda fraction: console.progress(fraction, options.file.name))
    from core import quality

    values = quality.compare(clip, sound, with_visqol=options.visqol)
    facts = latent_facts(codec, latent, options.bits)
    console.result({"file": str(options.file), **facts, **values})
    console.say(_("{file} through {model}").format(file=options.file, model=facts["model"]))
    units = {"si_sdr": ("SI-SDR", " dB"), "mel": ("mel", ""), "stft": ("STFT", ""), "visqol": ("ViSQOL", "")}
    for key, (name, unit) in units.items():
        value = values.get(key)
        console.say(f"  {name:8} " + ("-" if value is None else f"{value:.3f}{unit}"))
    console.say(
        _("  {rate:,.0f} floats/s, {kbit:.1f} kbit/s in {bits} bits; {floats:,} floats for {seconds:.2f} s").format(
            rate=facts["floats_per_second"],
            kbit=facts["kbit_per_second"],
            bits=facts["bits"],
            floats=facts["floats"],
            seconds=facts["seconds"],
        )
    )
    return DONE
