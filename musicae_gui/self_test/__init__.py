"""The self-test: the whole story lived in the real window without a hand on it, with evidence of every step."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

import core
from core.files import write_text_atomically


def run(options: argparse.Namespace) -> int:
    """Live the story; pictures and `report.json` go into `options.self_test`. 0 only if every step happened.

    With `options.minutes` it is lived again and again in the same window: the report tells of each round how much
    memory the program held at its end, and of the later rounds only the steps that failed.

    The data folder is the test's own, in the same place, so that the user's library is not touched.
    """
    folder: Path = options.self_test.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    data = Path(tempfile.mkdtemp(prefix="data-", dir=folder))

    from PySide6.QtCore import QTimer

    from core.preferences import Preferences, save_preferences
    from musicae_gui.studio import Studio, application

    save_preferences(data, Preferences(demo_songs=options.songs is None))
    qt = application(sys.argv[:1])
    studio = Studio(data, language=options.language, theme=options.theme or "light")
    report: dict[str, Any] = {}

    def tell() -> None:
        from musicae_gui.self_test.story import Story  # here: the window is painted as it is without a test

        story = Story(
            studio,
            folder,
            songs=options.songs,
            require_sound=options.require_sound,
            steps=options.steps,
            minutes=options.minutes,
        )
        try:
            story.tell()
        finally:
            report.update(story.report())
            qt.quit()

    studio.painted.connect(lambda: QTimer.singleShot(0, tell))
    studio.start()
    qt.exec()
    studio.close()
    _write(folder / "report.json", report)
    for step in report["steps"]:
        print(f"{step['name']:<10} {step['state']:<8} {step['why']}")  # noqa: T201
    print("passed" if report["passed"] else "failed")  # noqa: T201
    return 0 if report["passed"] else 1


def _write(path: Path, report: dict[str, Any]) -> None:
    head = {"musicae": core.__version__, "python": platform.python_version(), "system": platform.platform()}
    write_text_atomically(path, json.dumps({**head, **report}, indent=2, default=str) + "\n")
