"""The Debian package: the bundle in /usr/lib/musicae, its entry in the menu, its icon and the type of its files."""

from __future__ import annotations

import hashlib
import mmap
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import core
from bundle import desktop, icons

PLACE = Path("usr/lib/musicae")
PROGRAMS = ("musicae-gui", "musicae")
COMPRESSION = ("-Zxz", "-z6")  # a fifth less to download than zstd makes in half the time
ICON_SIZES = (48, 128, 256)
DESCRIPTION = """Hear what a neural network keeps of a song
 A desktop studio for music autoencoders: drop songs on its window, hear and see
 them through an autoencoder, train one on your own songs while you listen to it
 learn, and glide between two songs. The same works from the command line."""
# What both a window and a sound need beside the packages of dev.py; the C library's version is read from the bundle.
BESIDES = ("libgcc-s1", "libstdc++6")


def make_tree(bundle: Path, tree: Path, *, groups: Sequence[tuple[str, ...]]) -> None:
    """Lay out the package's files and its control file in the new folder `tree`.

    Args:
        groups: the packages that the program needs, each as the names that it has in different releases.
    """
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(bundle, tree / PLACE, symlinks=True)
    for program in PROGRAMS:
        link = tree / "usr" / "bin" / program
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(Path("..", "lib", "musicae", program))
    share = tree / "usr" / "share"
    _write(share / "applications" / "musicae.desktop", desktop.desktop_entry("/usr/bin/musicae-gui"))
    _write(share / "mime" / "packages" / "musicae.xml", desktop.mime_types())
    _write(share / "doc" / "musicae" / "copyright", _copyright())
    _write(share / "icons" / "hicolor" / "scalable" / "apps" / "musicae.svg", icons.DRAWING.read_bytes())
    for size in ICON_SIZES:
        _write(share / "icons" / "hicolor" / f"{size}x{size}" / "apps" / "musicae.png", icons.png(size))
    _settle_rights(tree)
    files = [path for path in sorted(tree.rglob("*")) if path.is_file() and not path.is_symlink()]
    size = sum(path.stat().st_size for path in files)
    sums = "".join(f"{_md5(path)}  {path.relative_to(tree).as_posix()}\n" for path in files)
    depends = [f"libc6 (>= {needed_glibc(tree / PLACE)})", *BESIDES, *(" | ".join(names) for names in groups)]
    _write(tree / "DEBIAN" / "control", control(size, depends))
    _write(tree / "DEBIAN" / "md5sums", sums)


def build(tree: Path, package: Path) -> None:
    """Pack `tree` as the file `package`."""
    package.unlink(missing_ok=True)
    subprocess.run(["dpkg-deb", "--root-owner-group", *COMPRESSION, "--build", str(tree), str(package)], check=True)


def control(size: int, depends: Sequence[str]) -> str:
    """The control file for a package of `size` bytes."""
    return (
        f"Package: musicae\n"
        f"Version: {core.__version__}\n"
        f"Architecture: {architecture()}\n"
        f"Maintainer: The Musicae authors <musicae@localhost>\n"
        f"Installed-Size: {-(-size // 1024)}\n"
        f"Depends: {', '.join(depends)}\n"
        f"Recommends: shared-mime-info, desktop-file-utils\n"
        f"Suggests: ffmpeg\n"  # which reads m4a
        f"Section: sound\n"
        f"Priority: optional\n"
        f"Description: {DESCRIPTION}\n"
    )


def architecture() -> str:
    """This machine's, as Debian calls it."""
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)


def needed_glibc(bundle: Path) -> str:
    """The newest version of the C library that a native file in `bundle` names, such as "2.36"."""
    found = {(2, 17)}
    for path in bundle.rglob("*"):
        if path.is_file() and not path.is_symlink() and (".so" in path.name or path.name in PROGRAMS):
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                if content[:4] == b"\x7fELF":
                    versions = re.findall(rb"\x00GLIBC_(\d+)\.(\d+)(?=[\x00.])", content)
                    found |= {(int(major), int(minor)) for major, minor in versions}
    return "{}.{}".format(*max(found))


def _copyright() -> str:
    licence = (Path(__file__).resolve().parent.parent / "LICENSE").read_text(encoding="utf-8")
    return f"{licence}\nThe licences of the libraries in it are in /{PLACE}/_internal/licences.\n"


def _settle_rights(tree: Path) -> None:
    """Rights that do not depend on who builds: folders and programs 755, all else 644."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or os.access(path, os.X_OK)
            path.chmod(0o755 if runs else 0o644)


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
