"""One name for an author who is spelled in several ways, so that all of their songs stay on one side of a split."""

from __future__ import annotations

import re
import unicodedata

_NOBODY = frozenset({"", "unknown", "artist unknown", "various", "artists various", "va", "na", "none", "anonymous"})
_GUESTS = re.compile(r"\s(?:feat|ft|featuring|vs|with)\b\.?\s.*$")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def author_identity(name: str) -> str:
    """What equals for all spellings of one author, "" where `name` names nobody.

    Case, accents, punctuation, the order of the words, guests and what stands in brackets do not count:
    "MacLeod, Kevin", "Kevin MacLeod (incompetech.com)" and "kevin macleod feat. Ada" are one.
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    outside = _GUESTS.sub("", _BRACKETS.sub(" ", plain))
    words = _words(outside) or _words(plain)  # a name that is all in brackets is better than none
    identity = " ".join(sorted(word for word in words if word != "the") or words)
    return "" if identity in _NOBODY else identity


def _words(text: str) -> list[str]:
    # "n/a" and "AC/DC" are a word each; an apostrophe joins, other signs part.
    joined = re.sub(r"[./'’`]", "", text)
    return re.findall(r"\w+", joined)
