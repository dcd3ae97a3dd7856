"""`musicae cut`: songs to clips of equal length."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.cli.batch import Batch, check_folder, expand, outputs, read_sound
from core.cli.console import Console
from core.cli.options import Commands, number
from core.errors import AudioFileError
from core.i18n import _


def add_parsers(commands: Commands) -> None:
    parser = commands.add(
        "cut",
        run,
        _("cut songs to clips of equal length"),
        _(
            "Write DIR/<name>-001.wav, -002 and so on, each exactly as long; what is left at a song's end is dropped.\n"
            "Songs from a folder keep the folders that they lie in, such as their genre."
        ),
    )
    parser.add_argument("files", nargs="+", metavar=_("FILE"), help=_("sound files, or folders of them"))
    parser.add_argument("--out", required=True, type=Path, metavar=_("DIR"), help=_("folder for the clips"))
    parser.add_argument(
        "--seconds", type=number(float, 0.01, 3600), default=5.0, metavar="S", help=_("length of a clip [5]")
    )
    parser.add_argument(
        "--rate", type=number(int, 1000, 384_000), default=22050, metavar="HZ", help=_("sample rate [22050]")
    )
    parser.add_argument("--stereo", action="store_true", help=_("keep the song's channels instead of mixing to mono"))


def run(options: argparse.Namespace, console: Console) -> int:
    check_folder(options.out)
    sources = [(path, _home(path, given)) for given in options.files for path in expand([given])]
    files = [path for path, home in sources]
    stems = _stems(sources, options.out)
    batch = Batch(console)

    def work(number: int, path: Path) -> dict[str, Any]:
        written = _cut(path, stems[number], options)
        for clip in written:
            console.say(str(clip))
        return {"file": str(path), "out": [str(clip) for clip in written]}

    batch.run(files, work)
    return batch.finish(clips=sum(len(each["out"]) for each in batch.done))


def _home(path: Path, given: str) -> Path:
    """The folders of a song within the folder that the user named."""
    from core.audio.find import is_folder

    return path.parent.relative_to(given) if is_folder(Path(given)) else Path()


def _stems(sources: list[tuple[Path, Path]], out: Path) -> list[Path]:
    """What each song's clips are called, without their numbers; equal names in a folder get -2, -3 and so on."""
    named: dict[int, Path] = {}
    for home in dict.fromkeys(home for _path, home in sources):
        members = [index for index, source in enumerate(sources) if source[1] == home]
        paths = outputs([sources[index][0] for index in members], out / home, suffix="")
        named |= dict(zip(members, paths, strict=True))
    return [named[index] for index in range(len(sources))]


def _cut(path: Path, stem: Path, options: argparse.Namespace) -> list[Path]:
    from core.audio import Clip, write_wav

    clip = read_sound(path)
    clip = (clip if options.stereo else clip.mono()).resampled(options.rate)
    length = max(1, round(options.seconds * options.rate))
    count = clip.frames // length
    if count == 0:
        raise AudioFileError(
            _("{path} is only {seconds:.2f} s long; nothing was cut from it.").format(path=path, seconds=clip.seconds),
            path=path,
        )
    written = []
    for index in range(count):
        target = stem.parent / f"{stem.name}-{index + 1:03}.wav"
        part = clip.samples[:, index * length : (index + 1) * length]
        write_wav(target, Clip(part.copy(), options.rate))
        written.append(target)
    return written
