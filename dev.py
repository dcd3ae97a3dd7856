#!/usr/bin/env python3
"""Set up Musicae on a fresh machine, and run, test or package it.

    python3 dev.py run [FILES AND OPTIONS]   open the window
    python3 dev.py test [PYTEST OPTIONS]     run the whole test suite
    python3 dev.py package [--cuda]          make the double-clickable program, try it, and pack it
    python3 dev.py words                     bring the translations up to date with the source
    python3 dev.py lock                      choose the newest versions that fit and write requirements.lock

Standard library only, Python 3.11 to 3.13, Linux, macOS and Windows. The first call makes `.venv` and
installs what `requirements.lock` names; later calls see in a moment that nothing is to be done.
On Debian and Ubuntu, system packages that are missing are named, and installed when you agree
(`--yes` or CI=true agrees). Nothing is ever removed from the system.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "musicae-setup.json"
LOCK = ROOT / "requirements.lock"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")

# What a bare Debian or Ubuntu lacks for Qt's window and for sound. Where a package was renamed, any one name will do.
RUN_PACKAGES = [
    ("libportaudio2",),
    ("libegl1",),
    ("libgl1",),
    ("libgl1-mesa-dri",),
    ("libglib2.0-0t64", "libglib2.0-0"),
    ("libfontconfig1",),
    ("libdbus-1-3",),
    ("libxkbcommon0",),
    ("libxkbcommon-x11-0",),
    ("libx11-xcb1",),
    ("libxcb-cursor0",),
    ("libxcb-icccm4",),
    ("libxcb-image0",),
    ("libxcb-keysyms1",),
    ("libxcb-randr0",),
    ("libxcb-render-util0",),
    ("libxcb-shape0",),
    ("libxcb-shm0",),
    ("libxcb-sync1",),
    ("libxcb-xfixes0",),
    ("libxcb-xkb1",),
    ("fonts-dejavu-core", "fonts-noto-core", "fonts-liberation"),
]
TEST_PACKAGES = [("xvfb",), ("xdotool",), ("pulseaudio",), ("pulseaudio-utils",), ("libasound2-plugins",)]
PACKAGE_PACKAGES = [*TEST_PACKAGES, ("binutils",), ("zstd",)]  # the finished program is tried on the tests' screen

# Extras by what one wants to do. Those of the second list may fail to install (a compiler is missing, say) and the
# program does without them and says so.
EXTRAS = {"run": [], "test": ["test"], "package": ["package"]}
OPTIONAL_EXTRAS = {"run": ["av"], "test": ["av", "quality", "search"], "package": ["quality"]}

# PyTorch's own indexes: the ordinary one holds CUDA builds for Linux and CPU builds for Windows.
CPU_TORCH = "https://download.pytorch.org/whl/cpu"
CUDA_TORCH = "https://download.pytorch.org/whl/cu130"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["run", "test", "package", "words", "lock"])
    parser.add_argument("--yes", action="store_true", help="install missing system packages without asking")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="for the program or for pytest")
    options = parser.parse_args()
    rest = [argument for argument in options.rest if argument != "--yes"]
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        print(f"Musicae needs Python 3.11 to 3.13; this is {sys.version.split()[0]}. Start dev.py with another one.")
        return 2
    purpose = options.command if options.command in EXTRAS else "test"
    agreed = options.yes or len(rest) < len(options.rest) or os.environ.get("CI", "").lower() == "true"
    try:
        install_system_packages(purpose, agreed=agreed)
        set_up(purpose, cuda="--cuda" in rest)
    except subprocess.CalledProcessError as error:
        print(f"\nThe set-up stopped: `{' '.join(map(str, error.cmd))}` ended with {error.returncode}.")
        print("Its message is above. Run the same command again once the cause is mended; it goes on from there.")
        return 1
    if options.command == "run":
        return replace_process([str(PYTHON), "-P", "-m", "musicae_gui", *rest])
    if options.command == "test":
        return subprocess.call([str(PYTHON), "-m", "pytest", *rest], cwd=ROOT)
    if options.command == "package":
        return subprocess.call([str(PYTHON), "-m", "bundle", *rest], cwd=ROOT)
    if options.command == "words":
        return update_words()
    return lock()


def set_up(purpose: str, *, cuda: bool = False) -> None:
    """Bring `.venv` to what `pyproject.toml` and the lock ask for; nothing is done where the stamp says that it is.

    A package for everyone is made with torch for the CPU, one with `cuda` with the torch that the index has.
    """
    wanted = fingerprint()
    stamp = read_stamp()
    if stamp.get("fingerprint") != wanted or not interpreter_works():
        stamp = {}
    ready = set(stamp.get("ready", []))
    moved = stamp.get("root") != str(ROOT)
    if purpose in ready and not moved:
        return
    if not interpreter_works():
        print(f"Making {VENV.name} with Python {sys.version.split()[0]} …", flush=True)
        venv.create(VENV, with_pip=True, clear=True)
    if purpose not in ready:
        print("Installing the libraries that Musicae is built on (a few minutes the first time) …", flush=True)
        pip("install", "-c", str(LOCK), "hatchling", "editables")
        if purpose == "package" and not cuda:
            install_cpu_torch()
        extras = ",".join(EXTRAS[purpose])
        pip("install", "-c", str(LOCK), "--no-build-isolation", "-e", f"{ROOT}[{extras}]" if extras else str(ROOT))
        for extra in OPTIONAL_EXTRAS[purpose]:
            try:
                pip("install", "-c", str(LOCK), "--no-build-isolation", "-e", f"{ROOT}[{extra}]")
            except subprocess.CalledProcessError:
                print(f"The optional part '{extra}' could not be installed; Musicae works without it and says where.")
    elif moved:
        # The environment itself does not mind being moved; only the installed project's paths are absolute.
        pip("install", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    ready |= {purpose, "run"}
    STAMP.write_text(json.dumps({"fingerprint": wanted, "root": str(ROOT), "ready": sorted(ready)}, indent=2))


def install_cpu_torch() -> None:
    """On Linux, where the ordinary index's torch brings gigabytes of CUDA; a torch that is there stays as it is."""
    look = "import sys, importlib.util; sys.exit(importlib.util.find_spec('torch') is not None)"
    if not sys.platform.startswith("linux") or subprocess.call([str(PYTHON), "-c", look]):
        return
    try:
        pip("install", "-c", str(LOCK), "--index-url", CPU_TORCH, "--retries", "1", "torch")
    except subprocess.CalledProcessError:
        print("PyTorch's own index cannot be reached; torch comes from the ordinary one.", flush=True)


def fingerprint() -> str:
    """Changes when the dependencies or the interpreter's version change."""
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for file in (ROOT / "pyproject.toml", LOCK):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def read_stamp() -> dict:
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def interpreter_works() -> bool:
    """A `.venv` whose base Python was removed or upgraded away leaves a dangling link."""
    if not PYTHON.exists():
        return False
    check = "import sys; print(sys.version_info[:2])"
    result = subprocess.run([str(PYTHON), "-S", "-c", check], capture_output=True, text=True, check=False)
    return result.returncode == 0 and result.stdout.strip() == f"{sys.version_info[:2]}"


def pip(*arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", arguments[0], "--quiet", *arguments[1:]]
    subprocess.run(command, check=True, cwd=ROOT)


def install_system_packages(purpose: str, *, agreed: bool) -> None:
    """On Debian and Ubuntu: name what is missing, ask, install; without rights or consent print the line and go on."""
    if not (shutil.which("dpkg-query") and shutil.which("apt-get")):
        return
    installed = installed_packages()
    groups = RUN_PACKAGES + {"test": TEST_PACKAGES, "package": PACKAGE_PACKAGES}.get(purpose, [])
    missing = [names for names in groups if not installed.intersection(names)]
    if importlib.util.find_spec("ensurepip") is None:
        missing.append((f"python3.{sys.version_info.minor}-venv",))
    if not missing:
        return
    print("System packages that are missing:", " ".join(names[0] for names in missing), flush=True)
    administrator = os.geteuid() == 0
    prefix = [] if administrator else ["sudo"]
    if not administrator and not shutil.which("sudo"):
        print_install_line(missing)
        return
    if not agreed and not ask("Install them now? [Y/n] "):
        print_install_line(missing)
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.call([*prefix, "apt-get", "update", "-qq"], env=environment)
    install = [*prefix, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "--no-remove"]
    if subprocess.call([*install, *(known_name(names) for names in missing)], env=environment):
        # One package that cannot be had (or would remove another) must not keep the rest away.
        for names in missing:
            if subprocess.call([*install, known_name(names)], env=environment):
                print(f"{names[0]} could not be installed; what needs it will say so.")


def installed_packages() -> set[str]:
    listing = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev}\n"], capture_output=True, text=True, check=False
    )
    lines = (line.split() for line in listing.stdout.splitlines())
    return {fields[0] for fields in lines if len(fields) > 1 and fields[1].startswith("ii")}


def known_name(names: tuple[str, ...]) -> str:
    """The first of the names that this release of the system has."""
    for name in names:
        policy = subprocess.run(["apt-cache", "policy", name], capture_output=True, text=True, check=False)
        if "Candidate:" in policy.stdout and "Candidate: (none)" not in policy.stdout:
            return name
    return names[0]


def print_install_line(missing: list[tuple[str, ...]]) -> None:
    print("Install them with:")
    print(
        "  sudo apt-get install --no-install-recommends --no-remove", " ".join(known_name(names) for names in missing)
    )


def ask(question: str) -> bool:
    if not sys.stdin or not sys.stdin.isatty():
        return False
    return input(question).strip().lower() in ("", "y", "yes", "s", "sí", "si")


def replace_process(command: list[str]) -> int:
    if not WINDOWS:  # where exec would return to the shell at once
        os.execv(command[0], command)
    return subprocess.call(command)


def update_words() -> int:
    """Collect the program's sentences, carry them into each catalogue, and compile the catalogues."""
    babel = [str(PYTHON), "-m", "babel.messages.frontend", "-q"]
    folder = Path("resources/locale")
    template = folder / "musicae.pot"
    extract = ["extract", "-k", "marked", "--no-location", "--sort-output", "-o", str(template)]
    update = ["update", "--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date"]
    catalogues = ["-D", "musicae", "-d", str(folder)]
    steps = [
        [*babel, *extract, "core", "musicae_gui"],
        [*babel, *update, "-i", str(template), *catalogues],
        [*babel, "compile", *catalogues],
    ]
    for step in steps:
        subprocess.run(step, check=True, cwd=ROOT)
    (ROOT / template).unlink()
    return 0


def lock() -> int:
    """Write `requirements.lock`: versions for every platform, with markers, and no index addresses."""
    pip("install", "uv")
    extras = [
        option for extra in ("av", "quality", "search", "test", "build", "package") for option in ("--extra", extra)
    ]
    style = ["--universal", "--python-version", "3.11", "--no-emit-index-url", "--no-header", "--no-annotate"]
    return subprocess.call(
        [str(PYTHON), "-m", "uv", "pip", "compile", "pyproject.toml", *extras, *style, "-o", str(LOCK)], cwd=ROOT
    )


if __name__ == "__main__":
    sys.exit(main())
