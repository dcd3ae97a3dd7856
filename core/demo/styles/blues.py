"""Blues: a twelve-bar shuffle, dominant sevenths throughout, a harmonica or guitar that calls and rests."""

from core.demo.style import Bass, Comp, Drums, Lead, Section, Style

_TWELVE = (
    "I7 | IV7 | I7 | I7 | IV7 | IV7 | I7 | I7 | V7 | IV7 | I7 | V7",
    "I7 | I7 | I7 | I7 | IV7 | IV7 | I7 | I7 | V7 | IV7 | I7 | V7",
)
_CALLS = (
    "x-x-x-----......",
    "..x-x-x-x---....",
    "x---x-x-x-......",
    "x-x-..x-x---....",
    "....x-x-x-x-x---",
)

STYLE = Style(
    name="blues",
    titles=(
        ("Crossroad", "Muddy", "Delta", "Midnight", "Cotton", "Broken", "Levee"),
        ("Shuffle", "Morning", "Blues", "Train", "Porch", "River"),
    ),
    tempo=(84, 118),
    swing=0.66,
    keys=(("blues", ("E", "A", "G", "C")),),
    forms=((Section(_TWELVE),),),
    bass=(Bass("electric-bass", ("1.1.3.3.5.5.6.5.", "1---3---5---6---|8---6---5---3---", "1---3---5---a---")),),
    comps=(
        (
            # The shuffle on root and fifth is the rhythm guitar's; its chords stay short.
            Comp("electric-guitar", ("x.x.x.x.x.x.x.x.", "x-o-x-o-x-o-x-o-"), "power", 52, -8.0, -0.45, 0.12),
        ),
        (
            Comp("honky-tonk", ("....x.......x...", "..x.....x-....x.", "x---..x...x-...."), "close", 64, -9.0, 0.4),
            Comp("organ", ("x---------------", "x-----x-x-------"), "close", 62, -12.0, 0.4),
        ),
    ),
    leads=(
        Lead("harmonica", _CALLS, "blues", 62, 82, -3.0, 0.1, 0.35),
        Lead("solo-guitar", _CALLS, "blues", 60, 80, -6.0, 0.1, 0.3),
    ),
    drums=Drums(
        levels={"kick": -1.0, "snare": -3.5, "ride": -13.0, "hat": -13.0, "crash": -15.0, "mid-tom": -6.0},
        patterns={
            "main": {
                "kick": "x.......x.....o.",
                "snare": "....x..o....x..o",
                "ride": "x.x.x.x.x.x.x.x.",
                "hat": "....x.......x...",
            }
        },
        fill={"snare": "....x...x.x.x.x.", "mid-tom": "............x.x."},
    ),
    room=0.9,
    human=0.007,
)
