"""The user's preferences, declared once: the form of the Settings panel and the validation are made from this."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core import settings
from core.settings import Settings, setting

VERSION = 1
FILE = "preferences.json"


def _(text: str) -> str:
    """Marks words for the catalogue at import time; whoever shows them translates them."""
    return text


@dataclass(frozen=True)
class Preferences(Settings):
    """What holds from start to start; an empty string means "Musicae chooses"."""

    language: str = setting(
        "",
        label=_("Language"),
        help=_("Language of the window. The system's language where none is chosen."),
        choices=("", "en", "es"),
    )
    theme: str = setting(
        "system",
        label=_("Colours"),
        help=_("Light or dark colours, or whatever the system uses."),
        choices=("system", "light", "dark"),
    )
    device: str = setting("", label=_("Sound device"), help=_("Where sound is played."))
    level: float = setting(
        0.8, label=_("Playback level"), help=_("Loudness of playback, from 0 to 1."), low=0.0, high=1.0, hidden=True
    )
    model: str = setting(
        "",
        label=_("Model"),
        help=_("The model that Compare and Morph start with: a shipped name or a .musicae file."),
    )
    compute: str = setting(
        "auto",
        label=_("Compute device"),
        help=_("Where models run. Automatic takes a graphics card when there is one."),
        choices=("auto", "cpu", "cuda", "mps"),
    )
    wav_format: str = setting(
        "PCM_16",
        label=_("WAV format"),
        help=_("Sample format of saved WAV files."),
        choices=("PCM_16", "PCM_24", "FLOAT"),
    )
    cache_mb: int = setting(
        2048,
        label=_("Space for reconstructions"),
        help=_("Finished reconstructions are kept on disk up to this size, so that they open at once."),
        low=0,
        high=1_000_000,
        unit="MB",
    )
    demo_songs: bool = setting(
        True,
        label=_("Demo songs"),
        help=_("Compose ten demo songs when the library is empty at the first start."),
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
