"""Metal: distorted power chords, palm-muted gallops in sixteenths, double bass drum, phrygian riffs."""

from core.demo.style import Bass, Comp, Drums, Lead, Section, Style

_RIFFS = ("i5 | i5 | bII5 | i5", "i5 | bVI5 | i5 | bII5 bIII5", "i5 | i5 bIII5 | i5 | bVI5 bVII5")
_CHORUS = ("bVI5 | bVII5 | i5 | i5", "i5 | bVI5 | bIII5 | bVII5", "iv5 | bVI5 | bVII5 | i5")
_SOLOS = ("x-x-x-x-x-x-x-x-", "xxxxx-x-xxxxx---", "x-----x-x---x---", "x--x--x-x-x-x---")

STYLE = Style(
    name="metal",
    titles=(
        ("Iron", "Ashen", "Black", "Serpent", "Hollow", "Burning"),
        ("Throne", "Furnace", "Gallop", "Oath", "Legion", "Tower"),
    ),
    tempo=(142, 188),
    keys=(("phrygian", ("E", "D", "F#")), ("minor", ("E", "D"))),
    forms=(
        (
            Section(_RIFFS, lead=False),
            Section(_RIFFS, drums="double"),
            Section(_CHORUS, drums="half", lift=5),
        ),
    ),
    bass=(Bass("picked-bass", ("1.111.111.111.11", "1.1.1.1.1.1.1.1.", "1.11..1.11..1.1."), 30, 0.0, 0.0),),
    comps=(
        (
            Comp(
                "high-gain", ("x-oox-oox-oox-oo", "x-ooooooxx-ooooo", "x--x--x-x-oox-oo"), "power", 45, -1.0, -0.8, 0.03
            ),
        ),
        (Comp("high-gain", ("x-oox-oox-oox-oo", "x-------x---x---"), "power", 45, -1.0, 0.8, 0.03),),
    ),
    leads=(Lead("solo-guitar", _SOLOS, "harmonic minor", 64, 88, -2.0, 0.0, 0.25),),
    drums=Drums(
        levels={"metal-kick": 1.0, "fat-snare": -0.5, "hat": -12.0, "crash": -11.0, "ride": -15.0, "low-tom": -3.0},
        patterns={
            "main": {"metal-kick": "x.xxx.xxx.xxx.xx", "fat-snare": "....X.......X...", "hat": "x...x...x...x..."},
            "double": {"metal-kick": "xxxxxxxxxxxxxxxx", "fat-snare": "....X.......X...", "ride": "x...x...x...x..."},
            "half": {"metal-kick": "x.x.....x.xx..x.", "fat-snare": "........X.......", "crash": "x.......x......."},
        },
        fill={"fat-snare": "....X...xxxxxx..", "low-tom": "............xxxx"},
    ),
    room=0.6,
    human=0.002,
)
