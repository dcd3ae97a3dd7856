"""Libraries' modules as files of compiled code, not in PyInstaller's archive, which each of the two programs carries.

Both programs share the files, and a package compresses them far better than the archive's zlib streams: 65 MB less to
download. Nothing is compiled on the user's machine: where a module's source goes along (torch looks at its own), the
code lies in `__pycache__`, marked so that Python does not compare it with the source.
"""

from __future__ import annotations

import importlib.util
import py_compile
import shutil
import sysconfig
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

Entry = tuple[str, str, str]  # name or place, source, kind, as PyInstaller has them


def apart(modules: Iterable[Entry], places: Iterable[str], folder: Path) -> tuple[list[Entry], list[Entry]]:
    """Divide `modules` into those that stay in the archive and files of compiled code, which are made in `folder`.

    Args:
        modules: (dotted name, source, kind).
        places: where other files go in the bundle; the sources among them decide where the code has to lie.

    Returns:
        What stays (the standard library, our own), and (place, file, "DATA") for each module of a library.
    """
    shutil.rmtree(folder, ignore_errors=True)
    libraries = {Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("platlib"))}
    known = {place.replace("\\", "/") for place in places}
    stay: list[Entry] = []
    files: list[Entry] = []
    for name, source, kind in modules:
        path = Path(source or "")
        at_home = next((each for each in libraries if path.suffix == ".py" and path.is_relative_to(each)), None)
        if at_home is None or path.relative_to(at_home).parts[0] == "PyInstaller":
            stay.append((name, source, kind))
            continue
        place = place_of(name, path, known)
        compiled = folder / place
        compiled.parent.mkdir(parents=True, exist_ok=True)
        py_compile.compile(
            str(path),
            cfile=str(compiled),
            dfile=path.relative_to(at_home).as_posix(),  # in traces; no path of the machine that built it
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
        files.append((place, str(compiled), "DATA"))
    return stay, files


def place_of(name: str, source: Path, known: set[str]) -> str:
    """Where Python looks for the compiled code of the module `name`, whose source goes along if it is in `known`."""
    path = PurePosixPath(*name.split("."))
    if source.name == "__init__.py":
        path /= "__init__"
    if f"{path}.py" in known:
        return importlib.util.cache_from_source(f"{path}.py", optimization="").replace("\\", "/")
    return f"{path}.pyc"
