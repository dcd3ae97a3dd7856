"""Disco: four on the floor, open hats off the beat, octaves in the bass, strings and brass above."""

from core.demo.style import Bass, Comp, Drums, Lead, Section, Style

_VERSE = ("i7 | iv7 | bVIImaj7 | bIIImaj7", "i7 | i7 | iv7 | v7", "i9 | bVImaj7 | bVII | i9")
_CHORUS = ("bVImaj7 | bVII | i7 | i7", "iv7 | bVII | bIIImaj7 | bVImaj7", "bVI | bVII | v7 | i7")
_LINES = ("x--x--x-x---....", "x-x-x-x-x-----x-", "x-----x---x-x---", "..x-x---x-x-x---")

STYLE = Style(
    name="disco",
    titles=(
        ("Mirror", "Satin", "Saturday", "Neon", "Velvet", "Boogie"),
        ("Ball", "Lights", "Fever Line", "Paradise", "Avenue", "Nights"),
    ),
    tempo=(114, 128),
    keys=(("minor", ("A", "E", "D", "C", "F#")),),
    forms=((Section(_VERSE, silent=("high-strings",)), Section(_VERSE), Section(_CHORUS, lift=4)),),
    bass=(
        Bass(
            "slap-bass",
            ("1.8.1.8.1.8.1.8.", "1.8.1.8.1.8.5.7.", "1-.81.8.1-.81.8."),
            35,
            0.0,
        ),
    ),
    comps=(
        (Comp("funk-guitar", ("..xx..xo..xx..xo", "x.xo.xx.x.xo.xx."), "close", 67, -7.0, -0.6, 0.1),),
        (Comp("high-strings", ("x-------x-------", "x-----x---x-----"), "close", 72, -8.0, 0.4, 0.3),),
        (
            Comp("brass", ("......x.x.......", "..........x-x...|................"), "close", 65, -8.0, 0.2, 0.2),
            Comp("electric-piano", ("x--x--x---x-----",), "close", 62, -8.0, 0.2, 0.2),
        ),
    ),
    leads=(
        Lead("high-strings", _LINES, "", 72, 91, -5.0, 0.0, 0.3),
        Lead("brass", _LINES, "", 64, 81, -5.0, 0.1, 0.25),
    ),
    drums=Drums(
        levels={"disco-kick": 2.0, "clap": -6.0, "open-hat": -9.0, "hat": -14.0, "tambourine": -17.0, "crash": -16.0},
        patterns={
            "main": {
                "disco-kick": "X...X...X...X...",
                "clap": "....x.......x...",
                "open-hat": "..x...x...x...x.",
                "hat": "x..xx..xx..xx..x",
                "tambourine": "....x.......x...",
            }
        },
        fill={"clap": "....x.......x.xx"},
    ),
    room=0.8,
    human=0.002,
)
