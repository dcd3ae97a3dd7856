"""What goes into the bundle and what stays out: modules, files, libraries of the system, debug symbols.

Every rule here was tried: the finished bundle lives the self-test and the command line's story.
"""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Modules that some library imports "if it is there" and Musicae never reaches.
EXCLUDED_MODULES = (
    "av",  # its wheel holds x264 and x265, which are GPL; the bundle reads m4a with the system's ffmpeg
    "readline",  # links GNU readline, which is GPL
    "_gdbm",
    "_dbm",
    "_tkinter",
    "tkinter",
    "turtle",
    "idlelib",
    "lib2to3",
    "ensurepip",
    "IPython",
    "OpenGL",
    "babel",
    "cupy",
    "dask",
    "grimp",
    "importlinter",
    "mypy",
    "mypyc",
    "networkx",
    "numba",
    "onnx",
    "onnxscript",
    "pandas",
    "pip",
    "pkg_resources",
    "pygments",
    "pytest",
    "_pytest",
    "py",
    "pytestqt",
    "qtpy",
    "rich",
    "markdown_it",
    "mdurl",
    "ruff",
    "fsspec",
    "setuptools",
    "_distutils_hack",
    "wheel",
    "superqt",
    "tensorboard",
    "triton",
    "tzdata",
    "uv",
    "xdist",
    "torch.utils.tensorboard",
    "torch.utils.benchmark",
    "PySide6.QtDesigner",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtQuickWidgets",
    "PySide6.QtSql",
    "PySide6.QtHelp",
    "pyqtgraph.examples",
    "pyqtgraph.opengl",
)

# Patterns of places in the bundle (with forward slashes); `*` crosses folders.
LEFT_OUT = (
    # torch: headers, tests and tools; `import torch` asks for torch_shm_manager only.
    "torch/include/*",
    "torch/share/*",
    "torch/test/*",
    "torch/bin/*Test*",
    "torch/bin/*test*",
    "torch/bin/protoc*",
    "torch/bin/Fake*",
    "torch/lib/*.a",
    "torch/lib/*.lib",
    "torch/lib/libtorchbind_test*",
    "torch/lib/libjitbackend_test*",
    "torch/lib/libbackend_with_compiler*",
    "torch/lib/libaoti_custom_ops*",
    # torchaudio: only its Python part is used, see core.models.pure_torchaudio.
    "torchaudio/lib/*",
    # Qt: the platforms, formats and input methods of devices that are no desktop; QML and its tools.
    "PySide6/*Qt*/qml/*",
    "PySide6/*Qt*/metatypes/*",
    "PySide6/*Qt*/libexec/*",
    "PySide6/*plugins/designer/*",
    "PySide6/*plugins/egldeviceintegrations/*",
    "PySide6/*plugins/generic/*",
    "PySide6/*plugins/imageformats/*qpdf*",
    "PySide6/*plugins/networkinformation/*",
    "PySide6/*plugins/platforminputcontexts/*virtualkeyboard*",
    "PySide6/*plugins/platforms/*eglfs*",
    "PySide6/*plugins/platforms/*linuxfb*",
    "PySide6/*plugins/platforms/*minimal*",
    "PySide6/*plugins/platforms/*qvnc*",
    "PySide6/*plugins/platforms/*vkkhr*",
    "PySide6/*plugins/printsupport/*",
    "PySide6/*plugins/qmllint/*",
    "PySide6/*plugins/qmltooling/*",
    "PySide6/*plugins/sqldrivers/*",
    "PySide6/*plugins/tls/*",
    "PySide6/*plugins/vectorimageformats/*",
    "PySide6/*plugins/wayland-graphics-integration-server/*",
    "PySide6/*libQt6Pdf*",
    "PySide6/*libQt6Qml*",
    "PySide6/*libQt6Quick*",
    "PySide6/*libQt6VirtualKeyboard*",
    "PySide6/*libQt6Egl[Ff][Ss]*",
    "PySide6/*libQt6Sql*",
    # matplotlib's examples, and the pictures that Pillow reads but no figure writes.
    "matplotlib/mpl-data/sample_data/*",
    "PIL/_avif*",
    "pillow.libs/libavif*",
    # What only a build from source needs.
    "*.dist-info/*",  # what is needed of it comes from bundle.licences
    "*/tests/*",
    "*.pyi",
    "*.pxd",
    "*.pyx",
    "*.h",
    "*.hpp",
    "*.cmake",
)
# Tests that the code beside them imports.
KEPT = ("torch/testing/*", "torch/*/tests/*.py")

# torch reads the text of functions that are to be scripted or are overloaded, and of its modules of settings. The text
# of its other modules is for compiling on the user's machine, which the bundle never does; their code lies there alone.
SOURCES = "torch/*.py"
READS_ITSELF = re.compile(rb"jit\.script\b|\b_overload(_method)?\b|install_config_module")

# Languages of Qt's own words: those that Musicae speaks.
QT_WORDS = re.compile(r"PySide6/.*translations/(?!qtbase_(en|es)\.qm$)")

# What Python itself needs from the system that it was built on; all permissive. Everything else that is no part of
# Python or its packages (X11, GL, GLib, ALSA, PortAudio, libstdc++) stays with the user's system, whose drivers and
# sound plug-ins must match it; the .deb depends on it.
TAKEN_ALONG = (
    "libpython3*",
    "libcrypto*",
    "libssl*",
    "libffi*",
    "libsqlite3*",
    "libz.*",
    "libbz2*",
    "liblzma*",
    "libexpat*",
    "libuuid*",
    "libmpdec*",
)


def belongs(place: str, source: str) -> bool:
    """Whether the file `source` that was found for `place` in the bundle goes into it; a link is judged by both."""
    place, source = place.replace("\\", "/"), source.replace("\\", "/")
    for name in (place, source):
        if QT_WORDS.match(name):
            return False
        if matches(name, LEFT_OUT) and not matches(name, KEPT):
            return False
    if matches(place, (SOURCES,)) and not READS_ITSELF.search(Path(source).read_bytes()):
        return False
    return not from_system(source) or matches(place.rpartition("/")[2], TAKEN_ALONG)


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def from_system(source: str) -> bool:
    """Whether a library is the Linux system's rather than a part of Python or of one of its packages."""
    path = Path(source)
    if not sys.platform.startswith("linux") or not path.is_absolute():
        return False
    own = [ROOT, *(Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib", "stdlib", "platstdlib"))]
    own += [folder.resolve() for folder in own]  # PyInstaller names some files by the way that links lead
    return not any(path.is_relative_to(folder) for folder in own)


def strip(folder: Path) -> None:
    """Take the debuggers' symbols out of the libraries in `folder`, the places' root, that stand it.

    Libraries that were given other needs or paths when their wheel was made (whose path leads into a `.libs` folder, or
    which lie in one) are left alone: `strip` damages them. NVIDIA's may be given on, but not changed.
    """
    for path in sorted(folder.rglob("*.so*")):
        theirs = path.parent.name.endswith(".libs") or path.relative_to(folder).parts[0] == "nvidia"
        if path.is_file() and not path.is_symlink() and not theirs:
            shown = subprocess.run(["readelf", "--dynamic", path], capture_output=True, text=True, check=True).stdout
            if not any(".libs" in line for line in shown.splitlines() if "PATH)" in line):
                subprocess.run(["strip", "--strip-unneeded", path], check=True)
