"""What a study says while it works: subclass `StudyListener` and override what you want to hear."""

from __future__ import annotations


class StudyListener:
    """Listener that ignores everything; called in the study's thread."""

    def on_stage(self, name: str, title: str, number: int, total: int) -> None:
        """A stage begins, the `number`th of `total` from 1."""

    def on_progress(self, fraction: float, text: str) -> None:
        """So much of the stage is done."""

    def on_line(self, text: str) -> None:
        """A result worth a line."""

    def on_warning(self, text: str) -> None:
        """Something went wrong that costs a song or a model; the study goes on."""

    def on_stage_done(self, name: str) -> None:
        """The stage's result lies in the folder."""
