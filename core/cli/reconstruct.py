"""`musicae reconstruct`: songs through a model and back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.cli.batch import Batch, check_folder, expand, outputs
from core.cli.coding import codec_for, encode, latent_facts
from core.cli.console import Console
from core.cli.options import Commands, add_model, add_refine
from core.i18n import _


def add_parsers(commands: Commands) -> None:
    parser = commands.add(
        "reconstruct",
        run,
        _("hear what a model keeps: encode and decode songs"),
        _(
            "Write DIR/<name>.wav for each song: encoded and decoded, mono, at the model's rate, as long as the song.\n"
            "Equal names get -2. A file that cannot be read is named and passed over; the exit code is then 1."
        ),
    )
    parser.add_argument("files", nargs="+", metavar=_("FILE"), help=_("sound files, or folders of them"))
    parser.add_argument("--out", required=True, type=Path, metavar=_("DIR"), help=_("folder for the results"))
    add_model(parser)
    add_refine(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    check_folder(options.out)
    files = expand(options.files)
    targets = outputs(files, options.out)
    codec = codec_for(options, console)
    batch = Batch(console)

    def work(number: int, path: Path) -> dict[str, Any]:
        from core.audio import write_wav

        latent = encode(codec, path, options, console)
        sound = codec.decode(latent, progress=lambda fraction: console.progress(fraction, path.name))
        write_wav(targets[number], sound)
        console.say(str(targets[number]))
        return {"file": str(path), "out": str(targets[number]), **latent_facts(codec, latent)}

    batch.run(files, work)
    return batch.finish()
