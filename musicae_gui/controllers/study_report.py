"""The report of the study that is looked at: chapters, figures drawn when they are seen, sounds, copies."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.audio import Clip, read_clip
from core.errors import MusicaeError
from core.files import replacing
from core.i18n import _
from core.playback import ClipSource
from core.study import StudyFolder
from core.study.report.document import Block, Chapter, Picture, Words
from musicae_gui.controllers.study_view import StudyView

if TYPE_CHECKING:
    from musicae_gui.services import Services
    from musicae_gui.tasks import TaskContext

READ, DRAW, HEAR = "study.read", "study.draw", "study.hear"
KEPT_PICTURES = 60


class StudyReport:
    """Reads one study at a time."""

    def __init__(self, view: StudyView, services: Services) -> None:
        self._view, self._services = view, services
        self.path: Path | None = None
        self.chapters: list[Chapter] = []
        self._title = ""
        self._drawn: dict[tuple[str, str], bytes] = {}

    def show(self, path: Path | None, *, again: bool = False) -> None:
        """Look at the study in a folder; `again` reads what has come to the one that is shown."""
        if path == self.path and not again:
            return
        if path != self.path:
            self._title = ""
            self.chapters = []
            self._services.tasks.cancel(DRAW)
            self._view.show_chapters([], -1)
            # The first one takes seconds: it loads what computes.
            self._view.show_blocks([Words(_("Reading the report…"))] if path is not None else [])
        self.path = path
        self._drawn.clear()
        if path is None:
            self._services.tasks.cancel(READ)
            return
        self._services.tasks.run(lambda _context: _read(path), done=self._read, failed=self._unread, group=READ)

    def choose(self, number: int) -> None:
        """Show a chapter."""
        if 0 <= number < len(self.chapters):
            self._title = self.chapters[number].title
            self._show_chapter(number)

    def play(self, path: Path, label: str) -> None:
        """Hear one of the report's sounds through the transport."""
        rate = self._services.player.rate

        def play(clip: Clip) -> None:
            self._services.player.play(ClipSource(clip, rate, name=label), start=0.0, title=label)

        self._services.tasks.run(lambda _context: read_clip(path), done=play, group=HEAR)

    def export(self, kind: str, target: Path) -> None:
        """Copy the report, "html" or "pdf", to where the user wants it."""
        if self.path is None:
            return
        folder = StudyFolder(self.path)
        source = folder.report_file if kind == "html" else folder.pdf_file
        self._services.tasks.run(
            lambda _context: _copy(source, target),
            done=lambda _none: self._services.notify(_("Saved {path}.").format(path=target), "good"),
        )

    def close(self) -> None:
        for group in (READ, DRAW, HEAR):
            self._services.tasks.cancel(group)

    def _read(self, chapters: list[Chapter]) -> None:
        self.chapters = chapters
        titles = [chapter.title for chapter in chapters]
        number = titles.index(self._title) if self._title in titles else 0
        self._view.show_chapters(titles, number if chapters else -1)
        if chapters:
            self._title = titles[number]
            self._show_chapter(number)
        else:
            self._view.show_blocks([])

    def _unread(self, error: MusicaeError) -> None:
        self._view.show_blocks([Words(error.sentence)])

    def _show_chapter(self, number: int) -> None:
        blocks = list(self.chapters[number].blocks)
        self._view.show_blocks(blocks)
        missing = []
        for place, block in enumerate(blocks):
            if isinstance(block, Picture):
                known = self._drawn.get((self._title, block.name))
                if known:
                    self._view.show_picture(place, known, "")
                else:
                    missing.append(place)
        title = self._title
        self._services.tasks.run(
            lambda context: _draw(blocks, missing, context),
            report=lambda made: self._picture_made(title, blocks, *made),
            group=DRAW,
        )

    def _picture_made(self, title: str, blocks: Sequence[Block], place: int, png: bytes, sentence: str) -> None:
        block = blocks[place]
        if png and isinstance(block, Picture):
            while len(self._drawn) >= KEPT_PICTURES:
                self._drawn.pop(next(iter(self._drawn)))
            self._drawn[title, block.name] = png
        self._view.show_picture(place, png, sentence)


def _read(path: Path) -> list[Chapter]:
    from core.study.reading import read_chapters

    return read_chapters(StudyFolder(path))


def _draw(blocks: Sequence[Block], places: Sequence[int], context: TaskContext) -> None:
    from core.study.reading import picture_png

    draw: Callable[[Picture], bytes] = picture_png
    for place in places:
        context.check()
        block = blocks[place]
        assert isinstance(block, Picture)
        try:
            context.report((place, draw(block), ""))
        except MusicaeError as error:  # a sound that it shows was deleted
            context.report((place, b"", error.sentence))


def _copy(source: Path, target: Path) -> None:
    try:
        with replacing(target) as temporary:
            shutil.copyfile(source, temporary)
    except OSError as error:
        raise MusicaeError(
            _("{path} cannot be written: {reason}.").format(path=target, reason=error.strerror or error), path=target
        ) from error
