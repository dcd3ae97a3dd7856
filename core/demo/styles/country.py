"""Country: boom-chick guitar, alternating bass, train beat, and pedal steel or banjo over three chords."""

from core.demo.style import Bass, Comp, Drums, Lead, Section, Style

_VERSE = ("I | I | IV | I | I | I | V | V", "I | IV | I | V | I | IV | V | I", "I | V | I | I | IV | I | V | I")
_CHORUS = ("IV | IV | I | I | IV | I | V | V7", "IV | I | V | I | IV | I | V7 | I")
_TUNES = ("x---x---x-x-x---", "x-x-x-x-x---x---", "x-----x-x---x-x-", "..x-x-x-x-------", "x---x-x-x-------")

STYLE = Style(
    name="country",
    titles=(
        ("Dusty", "Wagon", "Prairie", "Old Barn", "Whiskey", "Blue Ridge"),
        ("Road", "Two-Step", "Farewell", "Fence", "Saturday", "Letter"),
    ),
    tempo=(104, 138),
    keys=(("major", ("G", "D", "C", "A")),),
    forms=((Section(_VERSE), Section(_CHORUS, drums="chorus", lift=3)),),
    bass=(Bass("upright-bass", ("1-------5-------", "1-------5-----5-|1-------5---a---"), 38, -1.0),),
    comps=(
        (
            # "Chick" on two and four, the low string between: the guitar is half of the rhythm.
            Comp("steel-guitar", ("....x-......x-o-", "....x-o-....x-o-"), "open", 57, -3.5, -0.4, 0.12, 0.009),
        ),
        (
            Comp("banjo", ("x.x.x.x.x.x.x.x.", "x.xxx.xxx.xxx.xx"), "arpeggio", 67, -8.0, 0.5, 0.12),
            Comp("honky-tonk", ("....x.......x...",), "close", 67, -9.0, 0.5, 0.12),
        ),
    ),
    leads=(
        Lead("pedal-steel", _TUNES, "country", 64, 83, -3.0, 0.2, 0.3),
        Lead("twang-guitar", _TUNES, "country", 57, 76, -3.0, 0.2, 0.2),
    ),
    drums=Drums(
        levels={"soft-kick": -3.0, "brush": -8.0, "rim": -9.0, "snare": -9.0, "crash": -20.0},
        patterns={
            "main": {"soft-kick": "x.......x.......", "brush": "o.x.X.x.o.x.X.x.", "rim": "....x.......x..."},
            "chorus": {"soft-kick": "x.......x.......", "brush": "oooox.oooooox.oo", "snare": "....x.......x..."},
        },
        fill={"snare": "....x...x.x.xxx."},
    ),
    room=0.7,
    human=0.006,
)
