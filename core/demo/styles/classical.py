"""Classical: strings and nylon guitar, pizzicato and timpani, a theme for flute or clarinet; no drum kit."""

from core.demo.style import Bass, Comp, Lead, Section, Style

_MINOR = (
    "i | V7 | i | iv | i | iv | V7 | i",
    "i | bVI | bIII | V7 | iv | i | V7 | i",
    "i | iv | bVII | bIII | bVI | iih7 | V7 | i",
)
_MIDDLE = ("bIII | bVII | bIII | V7 | bVI | bIII | iv | V7", "iv | bVII | bIII | bVI | iih7 | V7 | i | V7")
_THEMES = ("x---x-x-x---", "x-----x-x-x-", "x-------x---", "x-x-x-x-x---", "x---x---x-x-")

STYLE = Style(
    name="classical",
    titles=(
        ("Winter", "Silver", "Little", "Garden", "Evening", "Porcelain"),
        ("Waltz", "Menuet", "Romance", "Intermezzo", "Pavane"),
    ),
    tempo=(92, 126),
    beats=3,
    keys=(("harmonic minor", ("A", "D", "E", "G", "B")),),
    forms=(
        (Section(_MINOR), Section(_MIDDLE, lift=3)),
        (Section(_MINOR, silent=("timpani",)), Section(_MIDDLE, lift=5)),
    ),
    bass=(
        Bass("cellos", ("1-----------", "1-------5---"), 43, -4.0, 0.35),
        Bass("pizzicato", ("1-----------", "1-------5---"), 43, -5.0, 0.35),
    ),
    comps=(
        (Comp("nylon-guitar", ("x-o-x-o-x-o-", "x-o-x-x-x-o-"), "arpeggio", 60, -2.0, -0.4, 0.3),),
        # The waltz: the bass has the first beat, these the second and third.
        (Comp("pizzicato", ("....x---x---",), "close", 64, -6.0, 0.45, 0.35),),
        (Comp("strings", ("x-----------",), "close", 64, -8.0, 0.3, 0.45),),
        (Comp("timpani", ("x-----------|............|............|........x---",), "arpeggio", 45, -13.0, 0.15, 0.4),),
    ),
    leads=(
        Lead("flute", _THEMES, "", 69, 88, -3.0, 0.15, 0.45),
        Lead("clarinet", _THEMES, "", 62, 81, -4.0, 0.15, 0.45),
        Lead("high-strings", _THEMES, "", 67, 88, -4.0, -0.1, 0.45),
    ),
    drums=None,
    room=1.3,
    human=0.008,
)
