"""Blind tests: what was heard without knowing what it is, and the answers, kept in the data folder.

The file `listening.jsonl` has one JSON object a line and only grows, so that a crash costs at most the line that was
just being written; a line that cannot be read is passed over.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import MusicaeError
from core.i18n import _

FILE = "listening.jsonl"


@dataclass(frozen=True)
class Heard:
    """A sound that was judged: the original (no `model`), or what a model keeps of it.

    Args:
        name: as it was shown once the answer was given.
        model: content hash of the model, by which a study knows its own.
        channels, bits: of its latent that were kept, and bits of each float.
        refined: the latent's values were searched (`core.refinement`).
    """

    name: str
    model: str = ""
    channels: int = 0
    bits: int = 16
    floats_per_second: float = 0.0
    refined: bool = False

    @property
    def key(self) -> str:
        """The same for the same model and size, whatever it was called; "" for the original."""
        if not self.model:
            return ""
        return f"{self.model}/{self.channels}/{self.bits}" + ("/refined" if self.refined else "")

    @property
    def kbit_per_second(self) -> float:
        return self.floats_per_second * self.bits / 1000


@dataclass(frozen=True)
class Place:
    """Where in which song: content key, title, and the stretch in seconds."""

    song: str
    title: str
    start: float
    seconds: float


@dataclass(frozen=True)
class Abx:
    """One trial: was X, which was the original or `sound`, told?"""

    place: Place
    sound: Heard
    right: bool
    at: str = ""


@dataclass(frozen=True)
class Ranking:
    """Hidden sounds in the order in which the listener liked them, the best first."""

    place: Place
    order: tuple[Heard, ...]
    at: str = ""


@dataclass(frozen=True)
class Note:
    """What the listener wrote about a song at a size; an empty text takes an earlier one back."""

    place: Place
    sound: Heard
    text: str
    at: str = ""


Answer = Abx | Ranking | Note


@dataclass(frozen=True)
class Listening:
    """All answers, the oldest first; of the notes the last on each song and size."""

    abx: Sequence[Abx] = ()
    rankings: Sequence[Ranking] = ()
    notes: Sequence[Note] = field(default_factory=tuple)

    def of(self, songs: set[str], models: set[str]) -> Listening:
        """Those about any of the songs (content keys) or the models (content hashes)."""

        def meant(place: Place, sounds: Sequence[Heard]) -> bool:
            return place.song in songs or any(sound.model in models for sound in sounds)

        return Listening(
            [each for each in self.abx if meant(each.place, [each.sound])],
            [each for each in self.rankings if meant(each.place, each.order)],
            [each for each in self.notes if meant(each.place, [each.sound])],
        )

    def note(self, song: str, sound: Heard) -> str:
        """The note on a song at a size, "" where there is none."""
        return next(
            (each.text for each in self.notes if (each.place.song, each.sound.key) == (song, sound.key)),
            "",
        )


class ListeningLog:
    """Writes and reads the answers in a folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def add(self, answer: Answer) -> None:
        """Append an answer with the present time; it is on the disk when this returns.

        Raises:
            MusicaeError: the file cannot be written.
        """
        line = json.dumps({**_plain(answer), "at": answer.at or _now()}, ensure_ascii=False)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise MusicaeError(
                _("The answer cannot be kept in {path}: {reason}.").format(
                    path=self.path, reason=error.strerror or error
                ),
                path=self.path,
            ) from error

    def read(self) -> Listening:
        """Everything that can be read; nothing where there is no file."""
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return Listening()
        abx: list[Abx] = []
        rankings: list[Ranking] = []
        notes: dict[tuple[str, str], Note] = {}
        for line in lines:
            answer = _answer(line)
            if isinstance(answer, Abx):
                abx.append(answer)
            elif isinstance(answer, Ranking):
                rankings.append(answer)
            elif answer is not None:
                notes[answer.place.song, answer.sound.key] = answer
        return Listening(abx, rankings, [note for note in notes.values() if note.text])


def _plain(answer: Answer) -> dict[str, Any]:
    kind = {Abx: "abx", Ranking: "rank", Note: "note"}[type(answer)]
    made: dict[str, Any] = {"kind": kind, "place": vars(answer.place)}
    if isinstance(answer, Ranking):
        return {**made, "order": [vars(each) for each in answer.order]}
    made["sound"] = vars(answer.sound)
    return {**made, "right": answer.right} if isinstance(answer, Abx) else {**made, "text": answer.text}


def _answer(line: str) -> Answer | None:
    """What a line says; None where it says nothing that this version knows."""
    try:
        values = json.loads(line)
        kind, at = values["kind"], str(values["at"])
        place = Place(**{name: values["place"][name] for name in ("song", "title", "start", "seconds")})
        if kind == "rank":
            return Ranking(place, tuple(_heard(each) for each in values["order"]), at)
        sound = _heard(values["sound"])
        if kind == "abx":
            return Abx(place, sound, bool(values["right"]), at)
        return Note(place, sound, str(values["text"]), at) if kind == "note" else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _heard(values: Mapping[str, Any]) -> Heard:
    return Heard(
        str(values["name"]),
        str(values["model"]),
        int(values["channels"]),
        int(values["bits"]),
        float(values["floats_per_second"]),
        values.get("refined") is True,  # which earlier versions did not write
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
