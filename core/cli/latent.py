"""`musicae encode`, `decode` and `morph`: latents as files, and between two songs."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.cli.batch import check_output, naming
from core.cli.coding import codec_for, encode, latent_facts
from core.cli.console import Console
from core.cli.options import DONE, Commands, add_bits, add_model, add_refine, number
from core.i18n import _
from core.latents.ways import DEFAULT_WAY, WAYS, Morph

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
    add_refine(parser)

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
        _("A sound between two songs through a model's latent; what lies between is for --way to say."),
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
    parser.add_argument(
        "--way",
        choices=tuple(WAYS),
        default=DEFAULT_WAY,
        help=_("how one becomes the other: {ways} [{default}]").format(
            ways="; ".join(f"{name}: {_(way.label)}" for name, way in WAYS.items()), default=DEFAULT_WAY
        ),
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
    from core.audio import Clip, write_wav

    check_output(options.out, options.a, options.b)
    codec = codec_for(options, console)
    first, second = (encode(codec, path, options, console) for path in (options.a, options.b))
    morph = Morph(codec, first, second, length=options.length)
    sound = morph.whole(
        WAYS[options.way], options.at, progress=lambda fraction: console.progress(fraction, options.out.name)
    )
    write_wav(options.out, Clip(sound[None], codec.rate))
    latent = first if morph.samples == first.samples else second
    console.result(
        {
            "a": str(options.a),
            "b": str(options.b),
            "at": options.at,
            "way": options.way,
            "length": options.length,
            "out": str(options.out),
            **latent_facts(codec, latent),
        }
    )
    console.say(str(options.out))
    return DONE
