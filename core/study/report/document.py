"""What a report is made of, before anybody decides how it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Words:
    """A paragraph, or a heading within a chapter."""

    text: str
    heading: bool = False


@dataclass(frozen=True)
class Grid:
    """A table; `name` is that of its CSV file."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str

    @property
    def numeric(self) -> list[bool]:
        """Whether a column holds numbers, which stand below one another by their last digits; the first never does."""
        known = [[str(row[place]) for row in self.rows] for place in range(len(self.header))]
        return [place > 0 and all(map(_is_number, cells)) for place, cells in enumerate(known)]


@dataclass(frozen=True)
class Picture:
    """A figure, drawn when needed within `core.figures.styled`, and one sentence on what it shows."""

    name: str
    draw: Callable[[], Figure]
    caption: str


@dataclass(frozen=True)
class Sounds:
    """Players in a row: (label, file)."""

    title: str
    files: Sequence[tuple[str, Path]]


Block = Words | Grid | Picture | Sounds


@dataclass
class Chapter:
    title: str
    blocks: list[Block] = field(default_factory=list)

    def say(self, *sentences: str) -> None:
        """A paragraph of those that are not empty."""
        if any(sentences):
            self.blocks.append(Words(" ".join(sentence for sentence in sentences if sentence)))

    def head(self, text: str) -> None:
        """A heading over what follows."""
        self.blocks.append(Words(text, heading=True))

    def add(self, *blocks: Block) -> None:
        self.blocks.extend(blocks)


def _is_number(cell: str) -> bool:
    """Numbers, also with signs, limits or units after them, and dashes for those that are not known."""
    return not cell or cell[0].isdigit() or (cell[0] in "+-−–" and (len(cell) == 1 or cell[1].isdigit()))
