"""`report.pdf`: the report for paper, drawn by matplotlib; text flows over A4 pages, figures have theirs."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import MusicaeError
from core.figures import INK, blank
from core.files import replacing
from core.i18n import _
from core.study.report.document import Chapter, Grid, Picture, Words
from core.study.report.drawn import drawing_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 8.27, 11.69
MARGIN = 0.7
POINTS = 72


def pdf_report(chapters: Sequence[Chapter], path: Path, figures: Mapping[str, Figure]) -> None:
    """Write the chapters; sounds are only named, since paper is silent.

    Args:
        figures: the pictures, drawn, by their names; captions are added to them.

    Raises:
        MusicaeError: the file cannot be written.
    """
    from matplotlib.backends.backend_pdf import PdfPages

    try:
        with replacing(path) as temporary, drawing_style(), PdfPages(temporary) as pages:
            writer = _Pages(pages)
            writer.line(_("A study of music autoencoders"), size=18, weight="bold")
            for chapter in chapters:
                _write_chapter(writer, chapter, figures)
            writer.flush()
    except OSError as error:
        raise MusicaeError(
            _("The report {path} cannot be written: {reason}.").format(path=path, reason=error.strerror or error),
            path=path,
        ) from error


def _write_chapter(writer: _Pages, chapter: Chapter, figures: Mapping[str, Figure]) -> None:
    writer.space(14)
    writer.line(chapter.title, size=14, weight="bold", keep=8)
    for block in chapter.blocks:
        if isinstance(block, Words):
            writer.paragraph(block.text)
        elif isinstance(block, Grid):
            writer.table(block)
        elif isinstance(block, Picture):
            writer.figure(figures[block.name], block.caption)
        else:
            names = ", ".join(label for label, _path in block.files)
            writer.paragraph(_("To be heard in report.html: {title} ({names}).").format(title=block.title, names=names))


class _Pages:
    """Lines from the top of a page to its bottom, then the next page."""

    def __init__(self, pages: Any) -> None:
        self._pages = pages
        self._page: Figure | None = None
        self._y = 0.0

    def line(self, text: str, *, size: float = 9.5, weight: str = "normal", mono: bool = False, keep: int = 1) -> None:
        """One line; a new page where `keep` lines do not fit any more."""
        height = 1.45 * size / POINTS
        if self._page is None or self._y - keep * height < MARGIN:
            self.flush()
            self._page, self._y = blank(width=WIDTH, height=HEIGHT), HEIGHT - MARGIN
            self._page.set_layout_engine(None)  # lines have their places already
        self._y -= height
        self._page.text(
            MARGIN / WIDTH,
            self._y / HEIGHT,
            text.replace("$", r"\$"),
            fontsize=size,
            fontweight=weight,
            color=INK,
            family="monospace" if mono else "sans-serif",
        )

    def space(self, points: float) -> None:
        self._y -= points / POINTS

    def paragraph(self, text: str) -> None:
        for line in textwrap.wrap(text, 104):
            self.line(line)
        self.space(6)

    def table(self, grid: Grid) -> None:
        rows = [[str(cell) for cell in row] for row in (grid.header, *grid.rows)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        total = sum(widths) + 2 * len(widths)
        size = min(8.0, POINTS * (WIDTH - 2 * MARGIN) / (0.605 * max(total, 1)))
        for number, row in enumerate(rows):
            cells = [
                cell.ljust(width) if place == 0 else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            weight = "bold" if number == 0 else "normal"
            self.line("  ".join(cells), size=size, weight=weight, mono=True, keep=3 if number == 0 else 1)
        self.space(3)
        self.paragraph(grid.caption)

    def figure(self, figure: Figure, caption: str) -> None:
        """A page of the figure's own size with the caption below it."""
        from matplotlib.transforms import Bbox

        self.flush()
        width, height = figure.get_size_inches()
        lines = textwrap.wrap(caption, round(13 * width))
        figure.text(0.01, -0.1 / height, "\n".join(lines), fontsize=9, color=INK, va="top")
        below = 0.25 + 0.17 * len(lines)
        self._pages.savefig(figure, bbox_inches=Bbox([[0, -below], [width, height]]))

    def flush(self) -> None:
        if self._page is not None:
            self._pages.savefig(self._page)
        self._page = None
