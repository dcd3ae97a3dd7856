"""The command line `musicae`: everything that the core can do, without a window.

One file holds one command: its options (`add_parser`) and its work (`run`). `program.main` reads the line, and
turns the errors that users meet into a sentence and an exit code.
"""

from core.cli.program import main

__all__ = ["main"]
