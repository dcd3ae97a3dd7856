"""Work on many files: folders expanded, outputs named, one bad file never stops the others."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.cli.console import Console, OutputError
from core.cli.options import DONE, FAILED
from core.errors import AudioFileError, Cancelled, MusicaeError, UsageError
from core.i18n import _, ngettext


@dataclass
class Batch:
    """What was done and what failed so far."""

    console: Console
    done: list[dict[str, Any]] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)

    def run(self, files: Sequence[Path], work: Callable[[int, Path], dict[str, Any]]) -> None:
        """Call `work(number, file)` for each file; its failures become sentences and the next file's turn."""
        for number, path in enumerate(files):
            self.console.progress(number / len(files), path.name)
            try:
                self.done.append(work(number, path))
            except (Cancelled, OutputError, BrokenPipeError):
                raise
            except MusicaeError as error:
                self.fail(path, naming(error.sentence, path))
            except MemoryError:
                self.fail(path, _("{path} needs more memory than there is.").format(path=path))
            except OSError as error:
                self.fail(path, _("{path}: {reason}.").format(path=path, reason=error.strerror or error))
            except Exception:  # a fault of the program met in one file is no reason to withhold the others
                self.fail(path, _("{path} met an error of Musicae's own; please report its trace:").format(path=path))
                self.console.warn(traceback.format_exc().rstrip())

    def fail(self, path: Path, sentence: str) -> None:
        self.failed.append({"file": str(path), "error": sentence})
        self.console.warn(sentence)

    def finish(self, **facts: Any) -> int:
        """Print the result for machines, and a last line where something failed; returns the exit code."""
        self.console.result({"done": self.done, "failed": self.failed, **facts})
        if self.failed and len(self.done) + len(self.failed) > 1:
            total = len(self.done) + len(self.failed)
            words = ngettext("{n} of {total} files failed.", "{n} of {total} files failed.", len(self.failed))
            self.console.warn(words.format(n=len(self.failed), total=total))
        return FAILED if self.failed else DONE


def expand(paths: Iterable[str]) -> list[Path]:
    """Files as they were given, in order, folders replaced by the sound files in them.

    Raises:
        UsageError: a folder without sound files, or an empty name.
    """
    from core.audio import find_audio
    from core.audio.find import is_folder

    files: list[Path] = []
    for given in paths:
        if not given:
            raise UsageError(_("A file's name is empty."))
        path = Path(given)
        if not is_folder(path):
            files.append(path)
            continue
        found = list(find_audio([path]))
        if not found:
            raise UsageError(_("There is no sound file in the folder {path}.").format(path=path), path=path)
        files += found
    return files


def outputs(files: Sequence[Path], folder: Path, suffix: str = ".wav") -> list[Path]:
    """`folder/<stem><suffix>` for each file; equal stems get -2, -3 and so on.

    Stems that differ only in case count as equal, since some file systems cannot tell them apart.

    Raises:
        UsageError: an output would overwrite one of the files.
    """
    taken: set[str] = set()
    sources = {os.path.realpath(path) for path in files}
    named = []
    for path in files:
        name, number = path.stem, 1
        while name.casefold() in taken:
            number += 1
            name = f"{path.stem}-{number}"
        taken.add(name.casefold())
        out = folder / (name + suffix)
        if os.path.realpath(out) in sources:
            raise UsageError(
                _("{path} would be overwritten by the result; choose another --out.").format(path=out), path=out
            )
        named.append(out)
    return named


def check_output(out: Path, *sources: Path) -> None:
    """Raise UsageError where a command would overwrite what it reads, or a folder."""
    from core.audio.find import is_folder

    if is_folder(out):
        raise UsageError(_("{path} is a folder; --out names a file here.").format(path=out), path=out)
    if os.path.realpath(out) in {os.path.realpath(source) for source in sources}:
        raise UsageError(
            _("{path} would be overwritten by the result; choose another --out.").format(path=out), path=out
        )


def check_folder(out: Path) -> None:
    """Raise UsageError where a command would make a folder in the place of a file."""
    from core.audio.find import is_folder

    if os.path.lexists(out) and not is_folder(out):
        raise UsageError(_("{path} is a file; --out names a folder here.").format(path=out), path=out)


def naming(sentence: str, path: Path) -> str:
    """`sentence`, with the file before it where it does not name it already."""
    from core.audio.decode import shown

    return sentence if path.name in sentence or shown(path) in sentence else f"{shown(path)}: {sentence}"


def read_sound(path: Path) -> Any:
    """The whole file as a Clip.

    Raises:
        AudioFileError: it cannot be read, or holds nothing.
    """
    from core.audio import read_clip

    clip = read_clip(path)
    if clip.frames == 0:
        raise AudioFileError(_("{path} holds no sound.").format(path=path), path=path)
    return clip
