"""`report.pdf`: the report for paper, drawn by matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import MusicaeError
from core.files import replacing
from core.i18n import _, ngettext
from core.study.report.document import Chapter, Grid, Picture, Sounds, Words
from core.study.report.drawn import drawing_style
from core.study.report.paper import Paper

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def pdf_report(
    chapters: Sequence[Chapter], path: Path, figures: Mapping[str, Figure], *, title: str, subtitle: str
) -> None:
    """Write the chapters; sounds are only counted, since paper is silent.

    Args:
        figures: the pictures, drawn and laid out, by their names.

    Raises:
        MusicaeError: the file cannot be written.
    """
    from matplotlib.backends.backend_pdf import PdfPages

    try:
        with replacing(path) as temporary, drawing_style(), PdfPages(temporary) as pages:
            paper = Paper(pages)
            paper.title(title, subtitle)
            for chapter in chapters:
                _write_chapter(paper, chapter, figures)
            paper.finish()
    except OSError as error:
        raise MusicaeError(
            _("The report {path} cannot be written: {reason}.").format(path=path, reason=error.strerror or error),
            path=path,
        ) from error


def _write_chapter(paper: Paper, chapter: Chapter, figures: Mapping[str, Figure]) -> None:
    paper.heading(chapter.title)
    silent: list[Sounds] = []
    for block in chapter.blocks:
        if isinstance(block, Words):
            (paper.subheading if block.heading else paper.paragraph)(block.text)
        elif isinstance(block, Grid):
            paper.table(block)
        elif isinstance(block, Picture):
            paper.figure(figures[block.name], block.caption)
        else:
            silent.append(block)
    count = sum(len(sounds.files) for sounds in silent)
    if count:
        words = ngettext(
            "{n} sound of {titles} can be heard in {file}.", "{n} sounds of {titles} can be heard in {file}.", count
        )
        titles = ", ".join(sounds.title for sounds in silent)
        paper.paragraph(words.format(n=count, titles=titles, file="report.html"))
