"""Jazz: walking bass, swing ride, two-five-ones with shell voicings, saxophone or vibraphone on top."""

from core.demo.style import Bass, Comp, Drums, Lead, Section, Style

_HEAD = (
    "ii7 | V9 | Imaj7 | VI7 | ii7 | V9 | Imaj9 | Imaj9",
    "Imaj7 VI7 | ii7 V9 | Imaj7 VI7 | ii7 V9 | I7 | IV7 iv7 | Imaj7 VI7 | ii7 V9",
    "Imaj7 | VI7 | ii7 | V9 | iii7 VI7 | ii7 V9 | Imaj9 | ii7 V9",
)
_BRIDGE = ("III7 | III7 | VI7 | VI7 | II7 | II7 | V9 | V9", "iv7 | bVII9 | Imaj7 | Imaj7 | iii7 | VI7 | ii7 | V9")
_LINES = ("x-x-x-x-..x-x---", "..x-x-x-x-x-x-x-", "x-----x-..x-x-x-", "x-x-x---....x-x-", "x..xx-..x--xx-..")

STYLE = Style(
    name="jazz",
    titles=(
        ("Blue", "Quarter Past", "Velvet", "Corner", "Smoky", "Round"),
        ("Note Walk", "Two", "Lantern", "Bounce", "Window", "Hat"),
    ),
    tempo=(132, 186),
    swing=0.64,
    keys=(("major", ("F", "Bb", "Eb", "C", "Ab")),),
    forms=((Section(_HEAD), Section(_BRIDGE, lift=2)),),
    bass=(Bass("upright-bass", ("1---w---w---a---", "1---w---5---a---"), 38, 0.0, 0.05),),
    comps=(
        (
            Comp(
                "piano",
                ("......x-......x-|..x---......x-..", "x-....x-....x-..|......x-x-......"),
                "shell",
                60,
                -7.0,
                -0.35,
            ),
            Comp("electric-guitar", ("x-..x-..x-..x-..",), "shell", 57, -12.0, -0.35, 0.15, 0.004),
        ),
    ),
    leads=(
        Lead("saxophone", _LINES, "", 58, 79, -3.0, 0.15, 0.3),
        Lead("vibraphone", _LINES, "", 65, 84, -3.0, 0.15, 0.3),
    ),
    drums=Drums(
        levels={"soft-kick": -12.0, "ride": -10.0, "hat": -13.0, "brush": -10.0, "rim": -13.0, "crash": -22.0},
        patterns={
            "main": {
                "soft-kick": "o...o...o...o...",
                "ride": "X...x.x.X...x.x.",
                "hat": "....x.......x...",
                "brush": "......o........o|..............o.",
                "rim": "................|......o.........",
            }
        },
        fill={"brush": "x.x...x.x.x.x.x."},
    ),
    room=0.8,
    human=0.007,
)
