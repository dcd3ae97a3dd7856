"""Rock: overdriven power chords, driving eighths in the bass, backbeat, a guitar solo in pentatonics."""

from core.demo.style import Bass, Comp, Drums, Lead, Section, Style

_VERSE = ("I | bVII | IV | I", "I | IV | bVII | IV", "I | I | bVII | IV")
_CHORUS = ("IV | V | I | I", "bVI | bVII | I | I", "I | V | bVII | IV")
_LICKS = ("x-x-x---x-x-x---", "x---x-x-x-------", "..x-x-x-x-x-x---", "x-x-x-x-x-x-x-x-", "x-----x-x-x-....")

STYLE = Style(
    name="rock",
    titles=(
        ("Gasoline", "Highway", "Electric", "Runaway", "Garage", "Thunder"),
        ("Radio", "Avenue", "Heart", "Riot", "Mile", "Jacket"),
    ),
    tempo=(112, 146),
    keys=(("mixolydian", ("A", "E", "D", "G")),),
    forms=((Section(_VERSE, lead=False), Section(_VERSE), Section(_CHORUS, drums="chorus", lift=4)),),
    bass=(Bass("picked-bass", ("1.1.1.1.1.1.1.1.", "1.1.1.1.1.1.5.a.", "1-..1.1.1-..1.5."), 33, 0.0),),
    comps=(
        (
            Comp(
                "overdrive", ("x-x-x-x-x-x-x-x-", "x---x-x---x-x---", "x-..x-x-..x-x---"), "power", 50, -2.0, -0.7, 0.06
            ),
        ),
        (
            Comp("overdrive", ("x-------x-------", "x-----x-x-------"), "open", 55, -4.0, 0.7, 0.06, 0.006),
            Comp("organ", ("x---------------",), "close", 62, -8.0, 0.6, 0.15),
        ),
    ),
    leads=(Lead("solo-guitar", _LICKS, "minor pentatonic", 62, 83, -2.0, 0.1, 0.25),),
    drums=Drums(
        levels={
            "kick": 1.0,
            "snare": -0.5,
            "hat": -10.0,
            "open-hat": -11.0,
            "crash": -12.0,
            "mid-tom": -3.0,
            "low-tom": -3.0,
        },
        patterns={
            "main": {
                "kick": "X.....x.X.......|X.....x.X.x.....",
                "snare": "....X.......X...",
                "hat": "x.x.x.x.x.x.x.x.",
            },
            "chorus": {
                "kick": "X...x...X.x.x...",
                "snare": "....X.......X...",
                "open-hat": "x...x...x...x...",
            },
        },
        fill={"snare": "....X...xxxx....", "mid-tom": "............xx..", "low-tom": "..............xx"},
    ),
    room=0.8,
    human=0.004,
)
