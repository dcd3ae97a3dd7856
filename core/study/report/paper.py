"""Sheets of A4 that fill from top to bottom: headings, paragraphs, tables and figures one below the other."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from core.figures import INK, blank
from core.study.report.columns import Lines, table_lines
from core.study.report.document import Grid

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 8.27, 11.69
MARGIN = 0.7
POINTS = 72
LEADING = 1.45
LETTER = 0.605
"""Width of a letter of the fixed-width font, in sizes of the font."""
LARGEST, LEAST = 8.0, 5.8
"""Sizes of a table's letters, in points; a table that needs smaller ones is cut into parts."""
SHRINK = 0.75
"""A figure becomes so much smaller rather than leave the rest of a page empty."""
FIGURES = 0.86
"""Size of figures on paper, which are drawn for a window."""
WORDS, BELOW = 9.5, 8.5
"""Sizes of the letters of paragraphs, and of the sentences below tables and figures."""
FAINT_INK = "#555555"
WHOLE = 2.8
"""Inches of a table that is not divided."""
KEPT_ROWS = 3
"""Rows of a table that stand with its header, or with the sentence below it."""


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
        self._headings: list[tuple[str, float]] = []

    def title(self, text: str, below: str) -> None:
        self._line(text, size=18, weight="bold")
        self.paragraph(below)

    def heading(self, text: str) -> None:
        """The next block's; both stand on one sheet."""
        self._headings.append((text, 14))

    def subheading(self, text: str) -> None:
        """A smaller one."""
        self._headings.append((text, 11))

    def paragraph(self, text: str) -> None:
        lines = wrapped(text, WORDS)
        self._room(_height(WORDS) * min(len(lines), 3))
        for line in lines:
            self._line(line)
        self._space(6)

    def table(self, grid: Grid) -> None:
        """Its first column is repeated where the table is too wide for the sheet, its header on every sheet."""
        across = POINTS * (WIDTH - 2 * MARGIN) / LETTER
        parts = table_lines(grid, int(across / LEAST))
        size = min(LARGEST, across / max(part.width for part in parts))
        caption = wrapped(grid.caption, BELOW)
        below = _height(BELOW) * len(caption) + 5 / POINTS
        all_of_it = _height(size) * sum(len(part.header) + sum(map(len, part.rows)) for part in parts)
        if all_of_it < WHOLE:
            self._room(all_of_it + below + 5 * len(parts) / POINTS)
        for part in parts:
            self._rows(part, size, below if part is parts[-1] else 0.0)
        self._caption(caption)

    def figure(self, figure: Figure, caption: str) -> None:
        """The figure with its caption below."""
        lines = wrapped(caption, BELOW)
        words = _height(BELOW) * len(lines) + 9 / POINTS
        width, height = figure.get_size_inches()
        most = HEIGHT - 2 * MARGIN - words - self._headings_height()
        scale = min(FIGURES, (WIDTH - 2 * MARGIN) / width, most / height)
        left = self._left() - words - self._headings_height()
        if SHRINK * scale * height <= left < scale * height:
            scale = left / height
        self._room(scale * height + words)
        self._y -= scale * height
        assert self._page is not None
        self._page.add_artist(_placed(figure, MARGIN, self._y, scale))
        self._space(3)
        self._caption(lines)

    def finish(self) -> None:
        """Write the last sheet."""
        if self._page is not None:
            self._page.text(0.5, 0.4 / HEIGHT, str(self._number), fontsize=8, color=INK, ha="center")
            self._pages.savefig(self._page)
        self._page = None

    def _rows(self, part: Lines, size: float, below: float) -> None:
        """The rows of a table's part below its header, with as much room for what stands below as it says."""
        header = _height(size) * len(part.header)
        heights = [_height(size) * len(row) for row in part.rows]
        for place, row in enumerate(part.rows or [[]]):
            # In one piece: the header with the first rows, the last rows with the sentence below.
            ending = place >= len(heights) - KEPT_ROWS
            needed = sum(heights[place : place + KEPT_ROWS] if place == 0 or ending else heights[place : place + 1])
            needed += (header if place == 0 else 0.0) + (below if ending else 0.0)
            if self._room(needed) or place == 0:
                for line in part.header:
                    self._line(line, size=size, weight="bold", mono=True)
            for line in row:
                self._line(line, size=size, mono=True)
        self._space(5)

    def _caption(self, lines: list[str]) -> None:
        for line in lines:
            self._line(line, size=BELOW, colour=FAINT_INK)
        self._space(10)

    def _left(self) -> float:
        return self._y - MARGIN if self._page is not None else HEIGHT - 2 * MARGIN

    def _headings_height(self) -> float:
        return sum(_height(size) + 20 / POINTS for _text, size in self._headings)

    def _room(self, height: float) -> bool:
        """A new sheet (True) where `height` inches do not fit any more, the headings with them."""
        fresh = self._page is None or self._left() < height + self._headings_height() - 1e-6
        if fresh:
            self._begin()
        waiting, self._headings = self._headings, []
        for text, size in waiting:
            if self._y < HEIGHT - MARGIN:
                self._space(14 if size > WORDS + 2 else 8)
            self._line(text, size=size, weight="bold")
            self._space(4)
        return fresh

    def _begin(self) -> None:
        self.finish()
        self._page, self._y = blank(width=WIDTH, height=HEIGHT), HEIGHT - MARGIN
        self._page.set_layout_engine(None)  # lines have their places already
        self._number += 1

    def _line(
        self, text: str, *, size: float = WORDS, weight: str = "normal", mono: bool = False, colour: str = INK
    ) -> None:
        if self._page is None or self._left() < _height(size) - 1e-6:
            self._begin()
        assert self._page is not None
        self._y -= _height(size)
        self._page.text(
            MARGIN / WIDTH,
            self._y / HEIGHT,
            text.replace("$", r"\$"),
            fontsize=size,
            fontweight=weight,
            color=colour,
            family="monospace" if mono else "sans-serif",
        )

    def _space(self, points: float) -> None:
        self._y -= points / POINTS


def wrapped(text: str, size: float) -> list[str]:
    """The lines of a paragraph, each as wide as the sheet allows for letters of `size` points."""
    most = POINTS * (WIDTH - 2 * MARGIN)
    if not text.strip():
        return []
    lines: list[str] = []
    # A number keeps its percent sign; str.split would part them at a no-break space, too.
    for word in " ".join(text.split()).replace(" %", "\N{NO-BREAK SPACE}%").split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _width(longer, size) <= most:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _width(text: str, size: float) -> float:
    """Points from the beginning of a line to its end."""
    return size * sum(map(_letter, text))


@lru_cache(maxsize=1024)
def _letter(letter: str) -> float:
    """Width in sizes of the font; kerning, which draws letters nearer, is left out."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    font = get_font(findfont(FontProperties(family=["sans-serif"])))
    font.set_size(100, POINTS)
    return float(font.load_char(ord(letter)).linearHoriAdvance) / 65536 / 100  # in 16.16 fixed point


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
