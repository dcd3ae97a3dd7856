"""Pop: four chords, a bright beat with claps, synth pads and saws, a hook that comes back higher."""

from core.demo.style import Bass, Comp, Drums, Lead, Section, Style

_VERSE = ("I | V | vi | IV", "vi | IV | I | V", "I | vi | IV | V")
_CHORUS = ("IV | I | V | vi", "vi | IV | I | V", "I | V | vi | IV")
_HOOKS = ("x--x--x-x---x---", "x-x-x-x---x-x---", "x---x-x---x-x-x-", "..x-x-x-x---x---", "x--x--x---......")

STYLE = Style(
    name="pop",
    titles=(
        ("Summer", "Paper", "Glass", "Golden", "City", "Sugar"),
        ("Hearts", "Skyline", "Postcard", "Season", "Radio", "Tide"),
    ),
    tempo=(98, 122),
    keys=(("major", ("C", "D", "G", "F", "A", "Bb")),),
    forms=((Section(_VERSE, drums="verse", silent=("saw-chords",)), Section(_CHORUS, drums="chorus", lift=5)),),
    bass=(Bass("synth-bass", ("1-1-1-1-1-1-1-1-", "1-----1---1---1-", "1---..1-1---5---"), 36, -0.5),),
    comps=(
        (
            Comp("piano", ("x---x---x---x---", "x-----x-----x---"), "close", 64, -6.0, -0.3, 0.2),
            Comp("electric-piano", ("x---x---x---x---", "x--x--x-x--x--x-"), "close", 64, -6.0, -0.3, 0.2),
        ),
        (
            Comp("saw-chords", ("x--x--x-x--x--x-", "x-----x-x-----x-"), "close", 67, -7.0, 0.3, 0.2),
            Comp("steel-guitar", ("x-x-o-x-x-x-o-x-",), "open", 60, -6.0, 0.4, 0.15, 0.007),
        ),
        (Comp("pad", ("x---------------",), "close", 64, -12.0, 0.0, 0.4),),
    ),
    leads=(Lead("synth-lead", _HOOKS, "major pentatonic", 65, 84, -5.0, 0.0, 0.3),),
    drums=Drums(
        levels={"kick": 1.0, "tight-snare": -4.0, "clap": -6.0, "hat": -13.0, "shaker": -15.0, "crash": -15.0},
        patterns={
            "verse": {
                "kick": "X.....x.X.......",
                "tight-snare": "....x.......x...",
                "shaker": "x.x.x.x.x.x.x.x.",
            },
            "chorus": {
                "kick": "X...x...X.x.x...",
                "tight-snare": "....x.......x...",
                "clap": "....x.......x...",
                "hat": "x.xxx.xxx.xxx.xx",
            },
        },
        fill={"tight-snare": "....x...x.x.xxxx"},
    ),
    room=0.9,
    human=0.002,
)
