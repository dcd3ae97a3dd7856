"""argparse's own words in the user's language.

argparse looks them up in gettext's current domain, in the language of the environment. While a command line is
parsed, that domain is Musicae's, whose catalogue holds these words too.
"""

from __future__ import annotations

import contextlib
import gettext
import os
from collections.abc import Iterator

from core.errors import MusicaeError
from core.i18n import DOMAIN, _
from core.paths import resource


@contextlib.contextmanager
def argparse_speaks(language: str) -> Iterator[None]:
    """Let argparse speak `language` within the block; without a catalogue it stays with English."""
    try:
        catalogues = str(resource("locale"))
    except MusicaeError:
        yield
        return
    domain, before = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, catalogues)
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before


def words() -> list[str]:
    """What a user can meet of argparse's words, here so that the catalogue gets them."""
    return [
        _("usage: "),
        _("positional arguments"),
        _("options"),
        _("show this help message and exit"),
        _("argument %(argument_name)s: %(message)s"),
        _("the following arguments are required: %s"),
        _("unrecognized arguments: %s"),
        _("expected one argument"),
        _("expected at least one argument"),
        _("not allowed with argument %s"),
        _("ignored explicit argument %r"),
        _("invalid %(type)s value: %(value)r"),
        _("invalid choice: %(value)r (choose from %(choices)s)"),
    ]
