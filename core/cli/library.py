"""`musicae library`: the songs that the window shows, listed, added, described and removed."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.console import Console, table
from core.cli.options import DONE, FAILED, Commands, number
from core.errors import UsageError
from core.i18n import _, ngettext

if TYPE_CHECKING:
    from core.library import Library, ScanEvent, Song

_ORDERS = ("title", "author", "genre", "seconds", "added", "state", "format", "rate")


def add_parsers(commands: Commands) -> None:
    parser = commands.add(
        "library",
        run_list,
        _("list, add, describe and remove songs of the library"),
        _("Without an action: list. Songs are named by the beginning of their key, or by their file."),
    )
    _add_list_options(parser)
    actions = commands.nested(parser, metavar=_("ACTION"))
    _add_list_options(actions.add("list", run_list, _("list the songs")))
    adding = actions.add("add", run_add, _("take songs in, from files and folders"))
    adding.add_argument("paths", nargs="+", metavar=_("FILE"), help=_("sound files, or folders of them"))
    adding.add_argument("--genre", help=_("their genre, instead of the folder's name"))
    demo = actions.add("demo", run_demo, _("take the ten demo songs in, as the window does at its first start"))
    demo.set_defaults(run=run_demo)
    edit = actions.add("edit", run_edit, _("set title, author or genre"))
    edit.add_argument("songs", nargs="+", metavar=_("SONG"), help=_("key or file"))
    edit.add_argument("--title", help=_("the song's title"))
    edit.add_argument("--author", help=_("who made it"))
    edit.add_argument("--genre", help=_("its genre"))
    remove = actions.add("remove", run_remove, _("forget songs; their files stay"))
    remove.add_argument("songs", nargs="+", metavar=_("SONG"), help=_("key or file"))


def _add_list_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--search", default=argparse.SUPPRESS, help=_("words that title, author, genre or file hold"))
    parser.add_argument("--genre", default=argparse.SUPPRESS, help=_("only this genre"))
    parser.add_argument("--order", choices=_ORDERS, default=argparse.SUPPRESS, help=_("sort by this [title]"))
    parser.add_argument("--descending", action="store_true", default=argparse.SUPPRESS, help=_("the last first"))
    parser.add_argument(
        "--limit", type=number(int, 1, 10**9), default=argparse.SUPPRESS, metavar="N", help=_("at most so many")
    )


def run_list(options: argparse.Namespace, console: Console) -> int:
    with opened_library(console) as library:
        library.check_files()
        songs = library.songs(
            search=getattr(options, "search", ""),
            genre=getattr(options, "genre", ""),
            order=getattr(options, "order", "title"),
            descending=getattr(options, "descending", False),
            limit=getattr(options, "limit", None),
        )
        console.result([_facts(song) for song in songs])
        rows: list[tuple[str, ...]] = [(_("key"), _("title"), _("author"), _("genre"), _("length"), _("state"))]
        rows += [
            (song.key[:12], song.title, song.author, song.genre, _length(song.seconds), _state(song)) for song in songs
        ]
        if songs:
            console.say(table(rows))
        else:
            console.say(_("No song. Take some in: musicae library add FOLDER"))
    return DONE


def run_add(options: argparse.Namespace, console: Console) -> int:
    with opened_library(console) as library:
        report = library.scan(options.paths, genre=options.genre, on_song=lambda event: _tell(event, console))
        console.result(_report_facts(report))
        console.say(
            _("{added} added, {moved} moved, {known} known already, {failed} failed").format(
                added=len(report.added), moved=len(report.moved), known=report.duplicates, failed=len(report.failed)
            )
        )
        if not report.total:
            console.warn(_("There is no sound file in {paths}.").format(paths=", ".join(map(str, options.paths))))
        return FAILED if report.failed or not report.total else DONE


def run_demo(options: argparse.Namespace, console: Console) -> int:
    with opened_library(console) as library:
        report = library.add_demo_songs(on_song=lambda event: _tell(event, console))
        console.result(_report_facts(report))
        if not report.total:
            console.say(_("The demo songs were taken in before."))
        return FAILED if report.failed else DONE


def run_edit(options: argparse.Namespace, console: Console) -> int:
    if options.title is None and options.author is None and options.genre is None:
        raise UsageError(_("Say what to set: --title, --author or --genre."))
    with opened_library(console) as library:
        songs = [found_song(library, name) for name in options.songs]
        if options.title is not None and len(songs) > 1:
            raise UsageError(_("A title is for one song; {count} are named.").format(count=len(songs)))
        keys = [song.key for song in songs]
        if options.title is not None:
            library.set_title(keys[0], options.title)
        if options.author is not None:
            library.set_author(keys, options.author)
        if options.genre is not None:
            library.set_genre(keys, options.genre)
        console.result([_facts(song) for song in (library.song(key) for key in keys) if song is not None])
    return DONE


def run_remove(options: argparse.Namespace, console: Console) -> int:
    with opened_library(console) as library:
        songs = [found_song(library, name) for name in options.songs]
        library.remove([song.key for song in songs])
        console.result({"removed": [_facts(song) for song in songs]})
        words = ngettext("{n} song forgotten; its file stays.", "{n} songs forgotten; their files stay.", len(songs))
        console.say(words.format(n=len(songs)))
    return DONE


@contextmanager
def opened_library(console: Console) -> Iterator[Library]:
    """The library of the data folder; what it has to say is said."""
    from core.library import Library
    from core.paths import data_dir

    with Library(data_dir()) as library:
        if library.notice:
            console.warn(library.notice)
        yield library


def found_song(library: Library, name: str) -> Song:
    """The song whose key begins with `name`, or whose file it is."""
    path = Path(name).absolute()
    listed = library.songs()
    by_file = [song for song in listed if song.path == path]
    by_key = [song for song in listed if len(name) >= 4 and song.key.startswith(name.lower())]
    found = by_file or by_key
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            _("{name} begins the keys of {count} songs; give more of it.").format(name=name, count=len(found))
        )
    raise UsageError(_("The library holds no song {name}; see `musicae library`.").format(name=name))


def _tell(event: ScanEvent, console: Console) -> None:
    if event.error:
        console.warn(event.error)
    elif event.song is not None and not event.duplicate:
        console.say(f"{event.song.key[:12]}  {event.song.title}")
    console.progress(event.done / max(event.total, 1), event.path.name)


def _report_facts(report: Any) -> dict[str, Any]:
    return {
        "total": report.total,
        "added": report.added,
        "moved": report.moved,
        "duplicates": report.duplicates,
        "failed": [{"file": str(path), "error": sentence} for path, sentence in report.failed],
    }


def _facts(song: Song) -> dict[str, Any]:
    return {
        "key": song.key,
        "path": str(song.path),
        "title": song.title,
        "author": song.author,
        "genre": song.genre,
        "seconds": song.seconds,
        "sample_rate": song.rate,
        "channels": song.channels,
        "format": song.format,
        "state": song.state,
        "error": song.error,
        "demo": song.demo,
    }


def _length(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _state(song: Song) -> str:
    return {"ready": _("ready"), "missing": _("file missing"), "failed": _("failed")}.get(song.state, song.state)
