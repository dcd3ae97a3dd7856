"""Sheets of A4 that fill from top to bottom: headings, paragraphs, tables and figures one below the other."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from core.figures import INK, blank
from core.study.report.columns import table_lines
from core.study.report.document import Grid

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 8.27, 11.69
MARGIN = 0.7
POINTS = 72
LEADING = 1.45
LETTER = 0.605
"""Width of a letter of the fixed-width font, in sizes of the font."""
LARGEST, LEAST = 8.0, 6.2
"""Sizes of a table's letters, in points; a table that needs smaller ones is cut into parts."""
SHRINK = 0.8
"""A figure becomes so much smaller rather than leave the rest of a page empty."""
FIGURES = 0.86
"""Size of figures on paper, which are drawn for a window."""
PARAGRAPH = 104
"""Letters of a line."""


class Paper:
    """Blocks from the top of a sheet to its bottom, then the next sheet.

    Args:
        pages: an open `PdfPages`.
    """

    def __init__(self, pages: Any) -> None:
        self._pages = pages
        self._page: Figure | None = None
        self._number = 0
        self._y = 0.0
        self._heading = ""

    def title(self, text: str, below: str) -> None:
        self._line(text, size=18, weight="bold")
        self.paragraph(below)

    def heading(self, text: str) -> None:
        """The next block's; both stand on one sheet."""
        self._heading = text

    def paragraph(self, text: str) -> None:
        lines = textwrap.wrap(text, PARAGRAPH)
        self._room(_height(9.5) * min(len(lines), 3))
        for line in lines:
            self._line(line)
        self._space(6)

    def table(self, grid: Grid) -> None:
        """Its first column is repeated where the table is too wide for the sheet."""
        across = POINTS * (WIDTH - 2 * MARGIN) / LETTER
        for part in table_lines(grid, int(across / LEAST)):
            size = min(LARGEST, across / max(part.width, 1))
            self._room(_height(size) * (len(part.header) + 3))
            for line in part.header:
                self._line(line, size=size, weight="bold", mono=True)
            for row in part.rows:
                self._room(_height(size) * len(row))
                for line in row:
                    self._line(line, size=size, mono=True)
            self._space(5)
        self.paragraph(grid.caption)

    def figure(self, figure: Figure, caption: str) -> None:
        """The figure with its caption below."""
        lines = textwrap.wrap(caption, PARAGRAPH)
        words = _height(9.5) * len(lines) + 6 / POINTS
        width, height = figure.get_size_inches()
        most = HEIGHT - 2 * MARGIN - words - self._heading_height()
        scale = min(FIGURES, (WIDTH - 2 * MARGIN) / width, most / height)
        left = self._left() - words - self._heading_height()
        if SHRINK * scale * height <= left < scale * height:
            scale = left / height
        self._room(scale * height + words)
        self._y -= scale * height
        assert self._page is not None
        self._page.add_artist(_placed(figure, MARGIN, self._y, scale))
        for line in lines:
            self._line(line)
        self._space(10)

    def finish(self) -> None:
        """Write the last sheet."""
        if self._page is not None:
            self._page.text(0.5, 0.4 / HEIGHT, str(self._number), fontsize=8, color=INK, ha="center")
            self._pages.savefig(self._page)
        self._page = None

    def _left(self) -> float:
        return self._y - MARGIN if self._page is not None else HEIGHT - 2 * MARGIN

    def _heading_height(self) -> float:
        return _height(14) + 20 / POINTS if self._heading else 0.0

    def _room(self, height: float) -> None:
        """A new sheet where `height` inches do not fit any more, the heading with them."""
        if self._page is None or self._left() < height + self._heading_height():
            self._begin()
        if self._heading:
            text, self._heading = self._heading, ""
            if self._y < HEIGHT - MARGIN:
                self._space(14)
            self._line(text, size=14, weight="bold")
            self._space(4)

    def _begin(self) -> None:
        self.finish()
        self._page, self._y = blank(width=WIDTH, height=HEIGHT), HEIGHT - MARGIN
        self._page.set_layout_engine(None)  # lines have their places already
        self._number += 1

    def _line(self, text: str, *, size: float = 9.5, weight: str = "normal", mono: bool = False) -> None:
        if self._page is None or self._left() < _height(size):
            self._begin()
        assert self._page is not None
        self._y -= _height(size)
        self._page.text(
            MARGIN / WIDTH,
            self._y / HEIGHT,
            text.replace("$", r"\$"),
            fontsize=size,
            fontweight=weight,
            color=INK,
            family="monospace" if mono else "sans-serif",
        )

    def _space(self, points: float) -> None:
        self._y -= points / POINTS


def _height(size: float) -> float:
    """Inches of a line of letters of `size` points."""
    return LEADING * size / POINTS


def _placed(figure: Figure, left: float, bottom: float, scale: float) -> Any:
    """`figure` as a part of a sheet, its lower left corner so many inches from the sheet's, `scale` times as large.

    Matplotlib has no figures within figures; PDF's own change of coordinates moves and shrinks all that is drawn,
    letters and lines among it, and everything stays a drawing.
    """
    from matplotlib.artist import Artist
    from matplotlib.backends.backend_pdf import Op

    class Placed(Artist):
        def draw(self, renderer: Any) -> None:
            file, dots, sheet = renderer.file, figure.dpi, (renderer.file.width, renderer.file.height)
            move = [Op.gsave, scale, 0, 0, scale, POINTS * left, POINTS * bottom, Op.concat_matrix]
            file.output(*renderer.gc.finalize(), *move)
            figure.dpi = POINTS
            file.width, file.height = figure.get_size_inches()  # beyond which nothing is written
            try:
                figure.draw(renderer)
            finally:
                figure.dpi, (file.width, file.height) = dots, sheet
            file.output(*renderer.gc.finalize(), Op.grestore)

    return Placed()
