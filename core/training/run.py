"""The folder of one training run: `config.json`, `history.jsonl`, `best.musicae`, `last.safetensors`, `lock`."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import TrainingError
from core.files import write_text_atomically
from core.i18n import _
from core.training.config import TrainConfig
from core.training.lock import RunLock

FORMAT_VERSION = 1


class RunFolder:
    """Reads and writes a run's files; making one touches nothing on disk.

    `config.json` holds the settings ("train"), the network's configuration ("model"), the songs ("songs",
    "split"), the steps decided on ("plan") and, once the run is over, how it ended ("result").
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.config_file = self.path / "config.json"
        self.history_file = self.path / "history.jsonl"
        self.best_file = self.path / "best.musicae"
        self.last_file = self.path / "last.safetensors"
        self.lock = RunLock(self.path)

    def state(self) -> str:
        """ "new", "running", "interrupted", "done", "stopped" or "failed"."""
        if self.lock.held():
            return "running"
        try:
            document = self.document()
        except TrainingError:
            return "failed"
        if not document:
            return "new"
        return str((document.get("result") or {}).get("state", "interrupted"))

    def document(self) -> dict[str, Any]:
        """All of `config.json`; empty when the run has not begun.

        Raises:
            TrainingError: the file is there but damaged.
        """
        try:
            text = self.config_file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise TrainingError(
                _("The run's file {path} cannot be read; train into another folder.").format(path=self.config_file),
                path=self.config_file,
                details=str(error),
            ) from error
        try:
            document = json.loads(text)
        except ValueError as error:
            raise self._damaged(str(error)) from error
        if not isinstance(document, dict) or not isinstance(document.get("train"), dict):
            raise self._damaged("no object with the key train")
        return document

    def config(self) -> TrainConfig:
        """The settings that the run was started with.

        Raises:
            TrainingError: there is no run here, or its `config.json` is damaged.
        """
        document = self.document()
        if not document:
            raise TrainingError(
                _("The folder {path} holds no training run to go on with.").format(path=self.path), path=self.path
            )
        return TrainConfig.from_dict(document["train"])

    def write_document(self, document: Mapping[str, Any]) -> None:
        write_text_atomically(self.config_file, json.dumps({"version": FORMAT_VERSION, **document}, indent=2) + "\n")

    def update(self, **parts: Any) -> None:
        """Replace top-level parts of `config.json`."""
        self.write_document({**self.document(), **parts})

    def history(self) -> list[dict[str, Any]]:
        """One dict an epoch; half a line, as a power cut leaves it, is passed over."""
        try:
            content = self.history_file.read_bytes()
        except OSError:
            return []
        lines: list[dict[str, Any]] = []
        for line in content.splitlines():
            with contextlib.suppress(ValueError):
                values = json.loads(line)
                if isinstance(values, dict) and isinstance(values.get("epoch"), int):
                    lines.append(values)
        return lines

    def append_history(self, values: Mapping[str, Any]) -> None:
        """Add one epoch's line and see it on the disk."""
        with self.history_file.open("ab") as file:
            file.write((json.dumps(dict(values)) + "\n").encode())
            file.flush()
            os.fsync(file.fileno())

    def keep_history(self, epochs: int) -> None:
        """Forget the lines past `epochs`, which `last.safetensors` does not know of, and half lines."""
        kept = [line for line in self.history() if line["epoch"] <= epochs]
        write_text_atomically(self.history_file, "".join(json.dumps(line) + "\n" for line in kept))

    def discard(self) -> None:
        """Delete what a run writes, and the folder when nothing else is in it."""
        for file in (self.best_file, self.last_file, self.history_file, self.config_file):
            file.unlink(missing_ok=True)

    def remove_if_empty(self) -> None:
        with contextlib.suppress(OSError):
            self.path.rmdir()

    def _damaged(self, details: str) -> TrainingError:
        return TrainingError(
            _("The run's file {path} is damaged; train into another folder.").format(path=self.config_file),
            path=self.config_file,
            details=details,
        )
