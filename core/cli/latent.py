"""`musicae encode`, `decode` and `morph`: latents as files, and between two songs."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.cli.batch import check_output, naming
from core.cli.coding import codec_for, encode, latent_facts
from core.cli.console import Console
from core.cli.options import DONE, Commands, add_bits, add_model, number
from core.i18n import _

LENGTHS = ("shorter", "longer", "a", "b")


def add_parsers(commands: Commands) -> None:
    parser = commands.add(
        "encode",
        run_encode,
        _("a song to its latent"),
        _("Write the song's latent as one tensor `latent` (channels, frames) in a safetensors file."),
    )
    parser.add_argument("file", type=Path, metavar=_("FILE"), help=_("the song"))
    parser.add_argument("--out", required=True, type=Path, metavar="Z.safetensors", help=_("file for the latent"))
    add_model(parser)
    add_bits(parser)

    parser = commands.add(
        "decode",
        run_decode,
        _("a latent back to sound"),
        _("Decode a latent that `musicae encode` wrote, with the model that made it."),
    )
    parser.add_argument("latent", type=Path, metavar="Z.safetensors", help=_("the latent's file"))
    parser.add_argument("--out", required=True, type=Path, metavar="X.wav", help=_("file for the sound"))
    add_model(parser, channels=False)

    parser = commands.add(
        "morph",
        run_morph,
        _("a song between two songs"),
        _("Blend the latents of two songs, (1 - AT) A + AT B, and decode the result."),
    )
    parser.add_argument("a", type=Path, metavar="A", help=_("the song at 0"))
    parser.add_argument("b", type=Path, metavar="B", help=_("the song at 1"))
    parser.add_argument(
        "--at",
        required=True,
        type=number(float, -0.2, 1.2),
        metavar="AT",
        help=_("from -0.2 to 1.2; 0 is A, 1 is B, beyond them the difference is exaggerated"),
    )
    parser.add_argument("--out", required=True, type=Path, metavar="X.wav", help=_("file for the sound"))
    parser.add_argument(
        "--length",
        choices=LENGTHS,
        default="shorter",
        help=_("as long as which of the two [{default}]").format(default="shorter"),
    )
    add_model(parser)


def run_encode(options: argparse.Namespace, console: Console) -> int:
    check_output(options.out, options.file)
    codec = codec_for(options, console)
    latent = encode(codec, options.file, options, console)
    latent.save(options.out)
    facts = latent_facts(codec, latent, options.bits)
    console.result({"file": str(options.file), "out": str(options.out), **facts})
    console.say(
        _("{out}: {channels} x {frames} = {floats:,} floats for {seconds:.2f} s").format(out=options.out, **facts)
    )
    return DONE


def run_decode(options: argparse.Namespace, console: Console) -> int:
    from core.audio import write_wav
    from core.latents.latent import Latent, LatentError

    check_output(options.out, options.latent)
    codec = codec_for(options, console)
    latent = Latent.load(options.latent)
    try:
        sound = codec.decode(latent, progress=lambda fraction: console.progress(fraction, options.latent.name))
    except LatentError as error:  # the codec knows no file
        raise LatentError(naming(error.sentence, options.latent), path=options.latent) from error
    write_wav(options.out, sound)
    console.result({"file": str(options.latent), "out": str(options.out), **latent_facts(codec, latent)})
    console.say(str(options.out))
    return DONE


def run_morph(options: argparse.Namespace, console: Console) -> int:
    from core.audio import write_wav
    from core.latents.blend import blend

    check_output(options.out, options.a, options.b)
    codec = codec_for(options, console)
    first, second = (encode(codec, path, options, console) for path in (options.a, options.b))
    latent = blend(first, second, options.at, length=options.length, silence=codec.silence)
    write_wav(options.out, codec.decode(latent, progress=lambda fraction: console.progress(fraction, options.out.name)))
    console.result(
        {
            "a": str(options.a),
            "b": str(options.b),
            "at": options.at,
            "length": options.length,
            "out": str(options.out),
            **latent_facts(codec, latent),
        }
    )
    console.say(str(options.out))
    return DONE
