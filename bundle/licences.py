"""The licence texts of everything in the bundle, and the metadata that tells the program its libraries' versions."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from bundle.contents import from_system

ROOT = Path(__file__).resolve().parent.parent
TEXT = re.compile(r"(licen[cs]e|copying|notice|copyright)", re.IGNORECASE)

# Distributions whose wheels bring no text, and the ones that we add.
OWN_TEXTS = {
    "pyside6-essentials": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "shiboken6": ("LGPL-3.0.txt", "GPL-3.0.txt"),
}


class LicenceMissingError(Exception):
    """Something would be given away without its licence."""


def distributions_of(sources: Iterable[str]) -> list[metadata.Distribution]:
    """The installed distributions that any of the files `sources` belongs to, by name."""
    wanted = {Path(source).as_posix() for source in sources}
    found: dict[str, metadata.Distribution] = {}
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        root = Path(str(distribution.locate_file(""))).as_posix()
        if name.lower() != "musicae" and any(f"{root}/{file}" in wanted for file in _recorded(distribution)):
            found[name] = distribution
    return [found[name] for name in sorted(found, key=str.lower)]


def collect(sources: Iterable[str], folder: Path) -> list[tuple[str, str]]:
    """Copy the licence texts for the files `sources` into `folder`; returns (file, folder in the bundle) pairs.

    The pairs hold the texts, as `licences/<name>-<version>/...`, and the METADATA file of each distribution.

    Raises:
        LicenceMissingError: a distribution brings no text and none of ours stands for it.
    """
    sources = list(sources)
    shutil.rmtree(folder, ignore_errors=True)
    pairs: list[tuple[str, str]] = []
    for distribution in distributions_of(sources):
        name = f"{distribution.metadata['Name']}-{distribution.version}"
        texts = texts_of(distribution)
        if not texts:
            raise LicenceMissingError(f"{name} brings no licence text; add one to OWN_TEXTS in {__file__}.")
        for text, place in texts:
            _copy(text, folder / name / place)
        described = next(file for file in _recorded(distribution) if file.endswith(".dist-info/METADATA"))
        pairs.append((str(distribution.locate_file(described)), described.partition("/")[0]))
    _copy(Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", folder / f"Python-{platform.python_version()}.txt")
    for package, text in system_texts(sources).items():
        _copy(text, folder / "system" / f"{package}.txt")
    _copy(ROOT / "LICENSE", folder / "Musicae.txt")
    pairs += [
        (str(path), (Path("licences") / path.relative_to(folder).parent).as_posix())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    return pairs


def texts_of(distribution: metadata.Distribution) -> list[tuple[Path, str]]:
    """The licence texts of a distribution, each with its place in a folder of its own."""
    texts = []
    for file in _recorded(distribution):
        first, *rest = file.split("/")
        if first.endswith(".dist-info") and TEXT.search("/".join(rest)):
            place = "/".join(part for part in rest if part != "licenses")
        elif len(rest) == 1 and TEXT.match(rest[0]) and not rest[0].endswith((".py", ".pyi")):
            place = rest[0]  # beside the code, as libsndfile's is
        else:
            continue
        path = Path(str(distribution.locate_file(file)))
        if path.is_file():
            texts.append((path, place))
    own = OWN_TEXTS.get(distribution.metadata["Name"].lower().replace("_", "-"), ())
    return texts or [(ROOT / "resources" / "licences" / name, name) for name in own]


def system_texts(sources: Iterable[str]) -> dict[str, Path]:
    """By package, the copyright files of the system's libraries among `sources`, where the system is a Debian."""
    texts = {}
    if shutil.which("dpkg-query"):
        for source in sorted({source for source in sources if from_system(source)}):
            # Since /lib became a link, packages know their files by either name.
            names = {source, source.removeprefix("/usr"), f"/usr{source}", str(Path(source).resolve())}
            found = subprocess.run(["dpkg-query", "-S", *names], capture_output=True, text=True, check=False)
            package = found.stdout.partition(":")[0]
            text = Path("/usr/share/doc") / package / "copyright"
            if package and text.is_file():
                texts[package] = text
    return texts


def _recorded(distribution: metadata.Distribution) -> list[str]:
    """The distribution's files; `Distribution.files` takes seconds to say it of torch's fifteen thousand."""
    return [line.split(",")[0] for line in (distribution.read_text("RECORD") or "").splitlines() if line]


def _copy(source: Path, target: Path) -> None:
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
