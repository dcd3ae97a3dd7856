"""Hip-hop: a slow half-time beat, 808 bass, rolling hats, a dark loop of keys and a sparse bell."""

from core.demo.style import Bass, Comp, Drums, Lead, Section, Style

_LOOPS = ("i | i | bVI | V", "i9 | bVImaj7 | i9 | iv7", "i | bVI | bIII | bVII", "i | iv | i | v")
_HOOKS = ("x-----x---x-....", "....x-x-x-------", "x--x--x---......", "x---------x-x---")

STYLE = Style(
    name="hiphop",
    titles=(
        ("Concrete", "Static", "Ninth", "Rooftop", "Smoke", "Late"),
        ("Corner", "Tape", "Bounce", "Cipher", "Static", "Bus"),
    ),
    tempo=(76, 94),
    keys=(("minor", ("C", "F", "G", "Eb", "A")),),
    swing=0.54,
    forms=(
        (Section(_LOOPS, drums="main"), Section(_LOOPS, drums="rolls", lift=5)),
        (Section(_LOOPS, drums="boom-bap"), Section(_LOOPS, drums="boom-bap", lift=5)),
    ),
    bass=(Bass("sub-bass", ("1-----1---1-....", "1-------..1---5-", "1---------1-7-8-"), 31, 2.0, 0.0),),
    comps=(
        (
            Comp("electric-piano", ("x---------------", "x-------x-......"), "close", 60, -6.0, -0.2, 0.3),
            Comp("piano", ("x-----x-x-------", "x---..x-....x---"), "close", 57, -7.0, -0.2, 0.3),
        ),
        (Comp("pad", ("x---------------",), "close", 64, -15.0, 0.3, 0.4),),
    ),
    leads=(
        Lead("bell", _HOOKS, "minor pentatonic", 72, 88, -8.0, 0.25, 0.4),
        Lead("flute", _HOOKS, "minor pentatonic", 67, 84, -8.0, 0.25, 0.4),
    ),
    drums=Drums(
        levels={"808-kick": 2.5, "fat-snare": -2.0, "clap": -5.0, "hat": -9.0, "open-hat": -14.0, "rim": -14.0},
        patterns={
            "main": {
                "808-kick": "X.....x...x.....|X..x......x..x..",
                "fat-snare": "....X.......X...",
                "hat": "x.x.x.x.x.x.xxxx",
                "rim": "...........x....",
            },
            "rolls": {
                "808-kick": "X.....x...x.....|X.....xx..x.....",
                "clap": "....X.......X...",
                "fat-snare": "....x.......x...",
                "hat": "x.o.x.o.x.o.x.o.x.o.xooox.o.xxxx|x.o.x.o.xxxxxxxxx.o.x.o.x.o.oxox",
                "open-hat": "..............x.",
            },
            "boom-bap": {
                "808-kick": "X..x......xx....|X.x.......x..x..",
                "fat-snare": "....X..o.o..X...",
                "hat": "x.x.x.x.x.x.x.x.",
                "open-hat": "..............x.|................",
            },
        },
        fill={},
        crash="open-hat",
    ),
    room=0.6,
    human=0.005,
)
