"""Finds parts under the GPL, which Musicae (MIT) must not be given away with.

Three looks, since each alone misses something: at names of files, at words inside native libraries, and at what
the distributions say of themselves. The LGPL is no trouble (separate files that can be replaced), nor is the GPL with
an exception for what is built with it (GCC's runtime libraries, PyInstaller's start program).
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterable, Iterator
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

NAMES = re.compile(
    r"(lib)?(x264|x265|postproc|xvidcore|readline|gdbm|fftw3|gsl|gslcblas|rubberband|faac|mad)([-.0-9_].*)?"
    r"\.(so|dll|dylib)[.0-9]*|(readline|_gdbm)\..*(so|pyd)|av\.libs",
    re.IGNORECASE,
)
WORDS = (b"x264 - core", b"x265_encoder", b"--enable-gpl", b" GPL version ", b"GNU General Public License")
NATIVE = re.compile(r"\.(so(\.[0-9.]+)?|dll|pyd|dylib|exe)$", re.IGNORECASE)

# A licence with an exception for what is made with the tool: "GPL-3.0-or-later WITH GCC-exception-3.1" and the like.
_EXCEPTED = re.compile(r"\S*GPL\S*?(-with-|\s+with\s+)(a special |\S*)exception\S*", re.IGNORECASE)
_GPL = re.compile(r"(?<![A-Za-z])A?GPL|(?<!Lesser )(?<!Library )General Public License", re.IGNORECASE)


def gpl_parts(bundle: Path) -> list[str]:
    """Sentences, one for each part under the GPL in the folder `bundle`; empty when there is none."""
    return [*_files(bundle), *_distributions(bundle)]


def is_gpl(licence: str) -> bool:
    """Whether a licence (an SPDX expression or free words) leaves no choice but the GPL."""
    return all(_GPL.search(_EXCEPTED.sub("", choice)) for choice in re.split(r"\s+OR\s+", licence))


def licence_of(metadata: Message) -> str:
    """What a distribution's metadata names as its licence: the expression, else the classifiers, else the words.

    Words that offer a choice or an exception are more exact than classifiers.
    """
    if expression := metadata.get("License-Expression"):
        return str(expression)
    classifiers = [str(each) for each in metadata.get_all("Classifier", []) if str(each).startswith("License ::")]
    named = [each.rpartition(" :: ")[2] for each in classifiers if not each.endswith("OSI Approved")]
    words = str(metadata.get("License") or "").strip().partition("\n")[0]
    if " OR " in words or "exception" in words:
        return words
    return " OR ".join(named) or words


def _files(bundle: Path) -> Iterator[str]:
    for path in sorted(bundle.rglob("*")):
        place = path.relative_to(bundle)
        if NAMES.fullmatch(path.name):
            yield f"{place} is known by its name as a part under the GPL."
        elif path.is_file() and not path.is_symlink() and NATIVE.search(path.name) and (words := _gpl_words(path)):
            yield f"{place} says {words!r}, as parts under the GPL do."


def _gpl_words(path: Path) -> str:
    if not path.stat().st_size:
        return ""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        # One search a word: a pattern of alternatives takes a minute for torch's half gigabyte.
        return next((word.decode() for word in WORDS if content.find(word) >= 0), "")


def _distributions(bundle: Path) -> Iterable[str]:
    for path in sorted(bundle.rglob("*.dist-info/METADATA")):
        metadata = HeaderParser().parsestr(path.read_text(encoding="utf-8", errors="replace"))
        licence = licence_of(metadata)
        if is_gpl(licence):
            yield f"{metadata['Name']} {metadata['Version']} is under {licence}."
