"""Writing a study's report: tables as CSV, figures, `report.html` with all inside, `report.pdf`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.figures import write
from core.i18n import _
from core.study.folder import StudyFolder
from core.study.report.chapters import chapters
from core.study.report.columns import spreadsheet
from core.study.report.document import Grid, Picture
from core.study.report.drawn import drawing_style
from core.study.report.html import html_report
from core.study.report.pdf import pdf_report


def write_report(
    document: dict[str, Any], folder: StudyFolder, *, progress: Callable[[float, str], object] = lambda f, t: None
) -> None:
    """Everything that people read, from the content of `study.json` and the sounds in the folder.

    Raises:
        MusicaeError: a file cannot be written.
    """
    made = chapters(document, folder)
    blocks = [block for chapter in made for block in chapter.blocks]
    figures = {}
    for number, block in enumerate(blocks):
        if isinstance(block, Grid):
            folder.write_table(block.name, *spreadsheet(block))
        if isinstance(block, Picture):
            progress(number / len(blocks), block.caption)
            with drawing_style():
                figures[block.name] = figure = block.draw()
                # The parts get their places once; each of the two files would do it again.
                figure.draw_without_rendering()
                figure.set_layout_engine(None)
                write(figures[block.name], folder.figure(block.name))
    title = _("A study of music autoencoders")
    subtitle = _("Musicae {version}, {date}").format(
        version=document["environment"]["musicae"], date=document["finished"][:16].replace("T", " ")
    )
    html_report(made, folder, title=title, subtitle=subtitle, language=document["language"])
    progress(0.9, folder.pdf_file.name)
    pdf_report(made, folder.pdf_file, figures, title=title, subtitle=subtitle)
