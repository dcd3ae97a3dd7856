"""Every sentence of the program has its Spanish twin, and the compiled catalogue is the one in the source."""

from __future__ import annotations

import gettext
import io
import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
SPANISH = ROOT / "resources" / "locale" / "es" / "LC_MESSAGES"
FIELD = re.compile(r"\{[^{}]*\}")


def catalogue() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Each sentence (with its plural, where it has one) and its Spanish twin."""
    with (SPANISH / "musicae.po").open("rb") as file:
        messages = read_po(file, locale="es")
    twins = {}
    for message in messages:
        if message.id:
            sentence = message.id if isinstance(message.id, tuple) else (message.id,)
            twin = message.string if isinstance(message.string, tuple) else (message.string,)
            twins[tuple(sentence)] = ("",) if message.fuzzy else tuple(twin)
    return twins


def test_every_sentence_is_said_in_spanish() -> None:
    said = set()
    for package in ("core", "musicae_gui"):
        for found in extract_from_dir(str(ROOT / package), keywords={"_": None, "marked": None, "ngettext": (1, 2)}):
            said.add(found[2][0] if isinstance(found[2], tuple) else found[2])
    twins = {sentence[0]: twin for sentence, twin in catalogue().items()}
    missing = sorted(sentence for sentence in said if not all(twins.get(sentence, ("",))))
    assert not missing, f"{len(missing)} without Spanish; run `python3 dev.py words` and translate: {missing[:9]}"


def test_a_translation_keeps_the_fields_of_its_sentence() -> None:
    for sentence, twin in catalogue().items():
        for original, translated in zip(sentence, twin, strict=True):
            assert set(FIELD.findall(translated)) == set(FIELD.findall(original)), (original, translated)


def test_the_compiled_catalogue_is_the_one_in_the_source() -> None:
    with (SPANISH / "musicae.po").open("rb") as file:
        fresh = io.BytesIO()
        write_mo(fresh, read_po(file, locale="es"))
    fresh.seek(0)
    with (SPANISH / "musicae.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    expected = gettext.GNUTranslations(fresh)
    assert compiled._catalog == expected._catalog  # type: ignore[attr-defined]
