"""The benchmarks of the groups named, into one table and one file:

python -m benchmarks GROUP... [--out results.json] [options of the groups]
python -m benchmarks --list
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from benchmarks.figure import Figure, plain_table, save
from core.errors import MusicaeError

GROUPS = {
    name: f"benchmarks.{name}"
    for name in ("quality", "speed", "start", "window", "sound", "train", "memory", "morph", "map", "create")
    if (Path(__file__).parent / f"{name}.py").exists()
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the groups; returns 0, 1 where one failed, 2 for misuse."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if "--list" in given:
        for name in GROUPS:
            print(f"{name:10} {_group(name).HELP}")
        return 0
    options = parser_for([name for name in given if name in GROUPS]).parse_args(given)
    failed = False
    for name in dict.fromkeys(options.groups):
        print(f"== {name}", flush=True)
        figures: list[Figure] = []
        try:
            for figure in _group(name).run(options):
                figures.append(figure)
                if options.out:  # at once: a benchmark of an hour may be stopped
                    save(options.out, name, figures)
        except MusicaeError as error:
            print(error.sentence, file=sys.stderr)
            failed = True
        if figures:
            print(getattr(_group(name), "table", plain_table)(figures), flush=True)
    return int(failed)


def parser_for(groups: Sequence[str]) -> argparse.ArgumentParser:
    """The command line with the options of these groups; of all where none is named, so that --help shows them."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("groups", nargs="+", choices=list(GROUPS), metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument("--out", type=Path, help="JSON file; the figures of other groups in it stay")
    parser.add_argument("--list", action="store_true", help="say what the groups measure")
    for name in dict.fromkeys(groups or GROUPS):
        _group(name).add_options(parser.add_argument_group(name))
    return parser


def _group(name: str) -> ModuleType:
    return importlib.import_module(GROUPS[name])


if __name__ == "__main__":
    sys.exit(main())
