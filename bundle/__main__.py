"""`python -m bundle`: build, try, pack, and try what was packed. `dev.py package` calls it."""

from __future__ import annotations

import argparse
import importlib.util
import os
import runpy
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import core
import dev
from bundle import deb, gpl, trial

ROOT = Path(__file__).resolve().parent.parent
BUILD, DIST = ROOT / "build", ROOT / "dist"
BUNDLE = DIST / "musicae"


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py package", description="Make the double-clickable program.")
    parser.add_argument("--cuda", action="store_true", help="with the CUDA build of torch that is installed")
    parser.add_argument("--no-build", action="store_true", help="go on with what was built before")
    options = parser.parse_args()
    if refusal := torch_refusal(cuda=options.cuda):
        print(refusal)
        return 1
    try:
        if not options.no_build:
            build()
        if complaints := gpl.gpl_parts(BUNDLE):
            raise trial.TrialError("\n".join(complaints))
        made = try_and_pack("-cuda" if options.cuda else "") if sys.platform.startswith("linux") else [BUNDLE]
    except (trial.TrialError, subprocess.CalledProcessError) as error:
        print(f"\nThe program was not made: {error}")
        return 1
    for path in made:
        print(f"{size_of(path) / 1e6:8.1f} MB  {path.relative_to(ROOT)}")
    return 0


def torch_refusal(*, cuda: bool) -> str:
    """Why the installed torch does not make the wanted program; "" where it does."""
    version = built_for()
    if cuda and version is None:
        return f"The torch in .venv is built for the CPU only; first install one for CUDA:\n{_install(dev.CUDA_TORCH)}"
    if not cuda and version is not None:
        return (
            "The torch in .venv is built for CUDA, which makes a program of several gigabytes. Ask for it with --cuda, "
            f"or first install the one for the CPU:\n{_install(dev.CPU_TORCH)}"
        )
    return ""


def _install(index: str) -> str:
    """The command that puts the same version of torch from `index` in the place of the installed one."""
    version = metadata.version("torch").partition("+")[0]
    return f"  {sys.executable} -m pip install --force-reinstall torch=={version} --index-url {index}"


def built_for() -> str | None:
    """The version of CUDA that the installed torch is built for, None for the CPU; read without loading torch."""
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        raise trial.TrialError("torch is not installed.")
    cuda = runpy.run_path(str(Path(found.origin).with_name("version.py")))["cuda"]
    return None if cuda is None else str(cuda)


def build() -> None:
    shutil.rmtree(BUNDLE, ignore_errors=True)
    options = ["--noconfirm", "--log-level", "WARN", "--workpath", str(BUILD), "--distpath", str(DIST)]
    subprocess.run([sys.executable, "-m", "PyInstaller", *options, str(ROOT / "build.spec")], check=True, cwd=ROOT)


def try_and_pack(edition: str) -> list[Path]:
    """Linux: the bundle on trial, the two packages, the installed one on trial. Returns what was made."""
    say("The window lives its story …")
    with trial.surroundings() as (_screen, environment):
        trial.run_self_test(BUNDLE, BUILD / "self-test", environment)
    say("Every command is used …")
    trial.run_console(BUNDLE, BUILD / "console", {"PATH": trial.EMPTY_PATH})
    say("Packing …")
    package = DIST / f"musicae{edition}_{core.__version__}_{deb.architecture()}.deb"
    deb.make_tree(BUNDLE, BUILD / "deb", groups=system_packages())
    deb.build(BUILD / "deb", package)
    archive = DIST / f"musicae{edition}-{core.__version__}-linux-{os.uname().machine}.tar.zst"
    pack_archive(BUNDLE, archive)
    if os.geteuid() == 0:
        say("Installing, starting from the menu's entry, removing …")
        first, second = sorted((BUILD / "console" / "songs").rglob("*.wav"))[:2]
        trial.run_installed(package, (first, second), ROOT / "resources" / "models" / "klt.musicae")
    else:
        say(f"Only an administrator can try the installed package: sudo apt-get install {package}")
    return [BUNDLE, package, archive]


def pack_archive(bundle: Path, archive: Path) -> None:
    """The bundle as one compressed file, owned by nobody in particular."""
    rights = ["--owner=0", "--group=0", "--numeric-owner", "--sort=name"]
    compress = ["--use-compress-program", "zstd -15 -T0"]
    command = ["tar", *rights, *compress, "-cf", str(archive), "-C", str(bundle.parent), bundle.name]
    subprocess.run(command, check=True)


def system_packages() -> list[tuple[str, ...]]:
    """What the set-up asks of a Debian for running, so that both say the same."""
    return list(dev.RUN_PACKAGES)


def size_of(path: Path) -> int:
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file() and not each.is_symlink()]
    return sum(each.stat().st_size for each in files)


def say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
