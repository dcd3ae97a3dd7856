"""One row of a short list, as a controller describes it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A row of two lines.

    `fraction` is a progress from 0 to 1, negative for none; `series` the number of the row's colour among the
    theme's, negative for none; `shown` the state of its check box, None where it has none; `tone` the name of a
    theme colour for `detail`.
    """

    key: str
    title: str
    detail: str = ""
    fraction: float = -1.0
    series: int = -1
    shown: bool | None = None
    tone: str = "muted"
