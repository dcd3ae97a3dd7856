"""Reggae: one drop, the skank on every off-beat, a bubbling organ and a bass that sings."""

from core.demo.style import Bass, Comp, Drums, Lead, Section, Style

_VERSE = ("i7 | i7 | iv7 | iv7", "i7 | bVII | i7 | bVII", "i7 | iv7 | i7 | v7")
_CHORUS = ("bVI | bVII | i7 | i7", "iv7 | bVII | bIIImaj7 | v7")
_CALLS = ("x-----x-x---....", "..x-x-x---......", "x---x---x-------", "....x-x-x---x---", "x-x-x-----......")

STYLE = Style(
    name="reggae",
    titles=(
        ("Island", "Mango", "Harbour", "Sunday", "Kingston", "Slow"),
        ("Drop", "Shade", "Market", "Sunrise", "Dub", "Breeze"),
    ),
    tempo=(66, 84),
    swing=0.57,
    keys=(("minor", ("A", "G", "D", "B", "E", "C")),),
    forms=((Section(_VERSE), Section(_CHORUS, drums="steppers", lift=3)),),
    bass=(
        Bass("electric-bass", ("..1-1-3-5---....", "1---..5-3-1-....|..1-3-5-8---5---", "1-1-..8-5---..5-"), 33, 3.0),
    ),
    comps=(
        # The off-beats: straight after every beat, short and dry.
        (Comp("skank-guitar", ("..X...X...X...X.",), "close", 67, -3.0, -0.4, 0.15, 0.003),),
        (
            Comp("skank-organ", ("..xx..xx..xx..xx", ".xx..xx..xx..xx."), "close", 62, -7.0, 0.45, 0.15),
            Comp("piano", ("..X...X...X...X.",), "close", 60, -8.0, 0.45, 0.15),
        ),
    ),
    leads=(
        Lead("melodica", _CALLS, "minor pentatonic", 65, 84, -4.0, 0.1, 0.5),
        Lead("brass", _CALLS, "minor pentatonic", 60, 77, -6.0, 0.1, 0.4),
    ),
    drums=Drums(
        levels={"kick": 1.0, "rim": -4.0, "hat": -10.0, "open-hat": -15.0, "high-tom": -6.0, "crash": -18.0},
        patterns={
            "main": {
                "kick": "........X.......",
                "rim": "........x.....o.|........x..o....",
                "hat": "x.xox.x.x.xox.x.",
                "open-hat": "..............x.|................",
            },
            "steppers": {
                "kick": "X...X...X...X...",
                "rim": "........x.....o.",
                "hat": "x.xox.x.x.xox.x.",
            },
        },
        fill={"high-tom": "......x.x.xx....", "rim": "............x.x."},
    ),
    room=1.2,
    human=0.005,
)
