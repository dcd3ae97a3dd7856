"""The user's language: gettext's `_` for both packages, one catalogue, English in the source and Spanish."""

from __future__ import annotations

import gettext
import locale
import os

from core.errors import MusicaeError
from core.paths import resource

DOMAIN = "musicae"
LANGUAGES = {"en": "English", "es": "Español"}

_translations: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def system_language() -> str:
    """The first language of the environment that Musicae speaks, else English."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        code = os.environ.get(variable, "").split("_")[0].split(".")[0].lower()
        if code in LANGUAGES:
            return code
    code = (locale.getlocale()[0] or "").split("_")[0].lower()
    return {"spanish": "es"}.get(code, code if code in LANGUAGES else "en")


def install(language: str = "") -> str:
    """Speak `language` (a key of `LANGUAGES`; empty for the system's) from now on; returns the language in use."""
    global _translations, _language
    chosen = language if language in LANGUAGES else system_language()
    _translations = gettext.NullTranslations()
    if chosen != "en":
        try:
            _translations = gettext.translation(DOMAIN, resource("locale"), languages=[chosen])
        except (OSError, MusicaeError):
            chosen = "en"
    _language = chosen
    return chosen


def language() -> str:
    """The language in use, a key of `LANGUAGES`."""
    return _language


def _(text: str) -> str:
    """`text` in the user's language; call it when the words are shown, not when a module is imported."""
    return _translations.gettext(text)


def marked(text: str) -> str:
    """Marks words for the catalogue where they are declared; whoever shows them calls `_`."""
    return text


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of the sentence that fits `count`; `{n}` in it is for the caller to fill."""
    return _translations.ngettext(singular, plural, count)
