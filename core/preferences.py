"""The user's preferences, declared once: the form of the Settings panel and the validation are made from this."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core import settings
from core.i18n import marked
from core.settings import Settings, setting

VERSION = 1
FILE = "preferences.json"


@dataclass(frozen=True)
class Preferences(Settings):
    """What holds from start to start; an empty string means "Musicae chooses"."""

    language: str = setting(
        "",
        label=marked("Language"),
        help=marked("Language of the window. The system's language where none is chosen."),
        choices=("", "en", "es"),
    )
    theme: str = setting(
        "system",
        label=marked("Colours"),
        help=marked("Light or dark colours, or whatever the system uses."),
        choices=("system", "light", "dark"),
    )
    device: str = setting("", label=marked("Sound device"), help=marked("Where sound is played."))
    level: float = setting(
        0.8,
        label=marked("Playback level"),
        help=marked("Loudness of playback, from 0 to 1."),
        low=0.0,
        high=1.0,
        hidden=True,
    )
    model: str = setting(
        "",
        label=marked("Model"),
        help=marked("The model that Compare and Morph start with: a shipped name or a .musicae file."),
    )
    compute: str = setting(
        "auto",
        label=marked("Compute device"),
        help=marked("Where models run. Automatic takes a graphics card when there is one."),
        choices=("auto", "cpu", "cuda", "mps"),
    )
    wav_format: str = setting(
        "PCM_16",
        label=marked("WAV format"),
        help=marked("Sample format of saved WAV files."),
        choices=("PCM_16", "PCM_24", "FLOAT"),
    )
    demo_songs: bool = setting(
        True,
        label=marked("Demo songs"),
        help=marked("Compose ten demo songs when the library is empty at the first start."),
    )


def load_preferences(folder: Path) -> Preferences:
    """The preferences in the data folder `folder`; a missing or damaged file gives the defaults."""
    return settings.load(folder / FILE, Preferences)


def save_preferences(folder: Path, preferences: Preferences) -> None:
    """Write `preferences` into the data folder atomically.

    Raises:
        OSError: the folder cannot be written.
    """
    settings.save(folder / FILE, preferences, version=VERSION)
