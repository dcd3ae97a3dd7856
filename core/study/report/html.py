"""`report.html`: one file with its figures and sounds inside, readable without a network."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from string import Template

from core.errors import MusicaeError
from core.files import write_text_atomically
from core.i18n import _
from core.study.folder import StudyFolder
from core.study.report.document import Block, Chapter, Grid, Picture, Sounds, Words
from core.study.sound import inline

_PAGE = Template(
    """<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3, h4 { line-height: 1.2; }
h4 { margin-bottom: .4rem; }
h2 { margin-top: 3rem; border-bottom: 1px solid #d9d9d9; padding-bottom: .3rem; }
figure { margin: 1.5rem 0; }
figure img { max-width: 100%; }
figcaption { color: #555; font-size: .9rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .85rem; }
th, td { padding: .2rem .6rem; text-align: left; border-bottom: 1px solid #e8e8e8; }
th { vertical-align: bottom; border-bottom: 2px solid #999; }
td { max-width: 34rem; overflow-wrap: anywhere; }
.n { text-align: right; white-space: nowrap; }
th.n { white-space: normal; }
.sounds { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: .6rem; }
.sounds div { font-size: .85rem; }
audio { width: 100%; height: 2.2rem; }
nav a { margin-right: 1rem; }
</style>
</head>
<body>
<h1>$title</h1>
<p>$subtitle</p>
<nav>$links</nav>
$chapters
</body>
</html>
"""
)


def html_report(chapters: Sequence[Chapter], folder: StudyFolder, *, title: str, subtitle: str, language: str) -> None:
    """Write `report.html`.

    Raises:
        MusicaeError: the file cannot be written.
    """
    page = _PAGE.substitute(
        language=html.escape(language),
        title=html.escape(title),
        subtitle=html.escape(subtitle),
        links=" ".join(f'<a href="#c{n}">{html.escape(each.title)}</a>' for n, each in enumerate(chapters)),
        chapters="\n".join(_chapter(number, each, folder) for number, each in enumerate(chapters)),
    )
    try:
        write_text_atomically(folder.report_file, page)
    except OSError as error:
        raise MusicaeError(
            _("The report {path} cannot be written: {reason}.").format(
                path=folder.report_file, reason=error.strerror or error
            ),
            path=folder.report_file,
        ) from error


def _chapter(number: int, chapter: Chapter, folder: StudyFolder) -> str:
    blocks = "\n".join(_block(block, folder) for block in chapter.blocks)
    return f'<section id="c{number}">\n<h2>{html.escape(chapter.title)}</h2>\n{blocks}\n</section>'


def _block(block: Block, folder: StudyFolder) -> str:
    if isinstance(block, Words):
        tag = "h3" if block.heading else "p"
        return f"<{tag}>{html.escape(block.text)}</{tag}>"
    if isinstance(block, Grid):
        return _table(block)
    if isinstance(block, Picture):
        return _figure(block, folder)
    return _sounds(block)


def _table(grid: Grid) -> str:
    kinds = [' class="n"' if numeric else "" for numeric in grid.numeric]

    def row(cells: Sequence[str], tag: str) -> str:
        parts = (f"<{tag}{kind}>{html.escape(cell)}</{tag}>" for kind, cell in zip(kinds, cells, strict=True))
        return f"<tr>{''.join(parts)}</tr>"

    rows = "\n".join(row(cells, "td") for cells in grid.rows)
    return (
        f'<figure><div class="table"><table><thead>{row(grid.header, "th")}</thead>\n<tbody>{rows}</tbody></table>'
        f"</div><figcaption>{html.escape(grid.caption)}</figcaption></figure>"
    )


def _figure(picture: Picture, folder: StudyFolder) -> str:
    # As an image: identifiers within two SVG drawings must not meet on one page.
    content = base64.b64encode(folder.figure(picture.name).read_bytes()).decode("ascii")
    caption = html.escape(picture.caption)
    return (
        f'<figure><img alt="{caption}" src="data:image/svg+xml;base64,{content}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _sounds(sounds: Sounds) -> str:
    players = []
    for label, path in sounds.files:
        try:
            source = inline(path)
        except MusicaeError:  # a sound that was deleted costs its player
            continue
        players.append(f'<div>{html.escape(label)}<audio controls preload="none" src="{source}"></audio></div>')
    return f'<h4>{html.escape(sounds.title)}</h4>\n<div class="sounds">' + "\n".join(players) + "</div>"
