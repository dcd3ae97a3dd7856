"""The study that is about to begin: its songs, its extent, what it will cost. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import MusicaeError, UsageError
from core.i18n import _, ngettext
from core.session import texts
from core.study.config import SIZES, StudyConfig, quick_config, size_name
from musicae_gui.controllers.song_list import ready_songs
from musicae_gui.controllers.study_estimate import Music, demo_music, estimate, music_below
from musicae_gui.controllers.study_view import SetupShown
from musicae_gui.controllers.train_estimate import duration

if TYPE_CHECKING:
    from core.library import Song
    from musicae_gui.services import Services

LIBRARY, FOLDER, DEMO = "library", "folder", "demo"
GROUP = "study.music"
LEAST_SONGS = 3
MOST = 100_000  # epochs or minutes


class StudySetup:
    """Keeps what the user chose in the session; `changed` is called when something else is to be shown."""

    def __init__(self, services: Services, changed: Callable[[], None]) -> None:
        self._services, self._changed = services, changed
        self._own: dict[str, Any] = services.session.state.panels.setdefault("study", {})
        _leave_out_what_does_not_fit(self._own)
        self._music: Music | None = None
        self._problem = ""
        self.out: Path | None = None

    # -- what the user chooses -------------------------------------------------------------------------------

    def choose(self, name: str, value: Any) -> None:
        """Set source, folder, quick, sizes (text), epochs, minutes or notebook."""
        self._own[name] = value
        if name in ("source", "folder", "quick"):
            self.look()
        self._changed()

    def add_outside(self, files: Sequence[str]) -> None:
        self._own["outside"] = list(dict.fromkeys([*self._outside, *files]))
        self._changed()

    def clear_outside(self) -> None:
        self._own["outside"] = []
        self._changed()

    def look(self) -> None:
        """See how much music there is; a folder is looked through in the background."""
        self._music = None
        source = self._source
        if source == LIBRARY:
            ready_songs(self._services, self._songs_seen, GROUP)
        elif source == DEMO:
            self._music = demo_music(self._config())
        elif self._own.get("folder"):
            folder = Path(self._own["folder"])
            self._services.tasks.run(lambda _context: music_below(folder), done=self._seen, group=GROUP)
        self._changed()

    def begun(self) -> None:
        """The next study goes into another folder."""
        self.out = None
        self._changed()

    # -- what comes of it ------------------------------------------------------------------------------------

    @property
    def notebook(self) -> bool:
        return bool(self._own.get("notebook"))

    @property
    def folder(self) -> Path:
        """Where results go: chosen, or named after the day below the data folder."""
        if self.out is not None:
            return self.out
        day = datetime.now().strftime("%Y-%m-%d %H.%M")
        wanted = self._services.data_dir / "studies" / day
        number = 1
        while wanted.exists():
            number += 1
            wanted = wanted.with_name(f"{day} ({number})")
        return wanted

    def config(self) -> StudyConfig:
        """The settings.

        Raises:
            UsageError: nothing can be studied by them.
        """
        if self._source == FOLDER and not self._own.get("folder"):
            raise UsageError(_("Choose the folder with your songs, a subfolder for each genre."))
        if self._music is not None and self._music.songs < LEAST_SONGS:
            raise UsageError(_("A study needs {least} songs at least.").format(least=LEAST_SONGS))
        config = self._config()
        config.check()
        return config

    def stages(self, config: StudyConfig) -> dict[str, float]:
        """Seconds that each stage is expected to take."""
        return estimate(config, self._music or Music(0, 0.0), self.pace)

    @property
    def pace(self) -> float:
        """How much longer than estimated studies took on this computer; 1 before the first."""
        value = self._own.get("pace", 1.0)
        return min(max(float(value), 0.1), 10.0) if isinstance(value, int | float) else 1.0

    def keep_pace(self, pace: float) -> None:
        self._own["pace"] = round(pace, 3)

    @property
    def shown(self) -> SetupShown:
        own, problem, words = self._own, False, ""
        try:
            config = self.config()
        except MusicaeError as error:
            problem, words = True, error.sentence
        else:
            words = self._words(config) if self._music is not None else _("Looking at the songs…")
        return SetupShown(
            source=self._source,
            sources=self._sources(),
            folder=str(own.get("folder", "")),
            quick=self._quick,
            sizes=self._sizes,
            epochs=int(own.get("epochs", StudyConfig.epochs)),
            minutes=float(own.get("minutes", 0.0)),
            outside=[Path(file).name for file in self._outside],
            notebook=self.notebook,
            out=str(self.folder),
            estimate=words,
            problem=problem,
            can_start=not problem and self._music is not None,
        )

    # -- small things ------------------------------------------------------------------------------------------

    def _words(self, config: StudyConfig) -> str:
        assert self._music is not None
        seconds = sum(self.stages(config).values())
        songs = ngettext("{n} song", "{n} songs", self._music.songs).format(n=self._music.songs)
        words = _("{songs}, {length} of music: about {time}.").format(
            songs=songs, length=duration(self._music.seconds), time=duration(seconds)
        )
        return words if "pace" in self._own else words + " " + _("A first guess; measured as it goes.")

    def _config(self) -> StudyConfig:
        own = self._own
        given: dict[str, Any] = {
            "library": self._source == LIBRARY,
            "folder": str(own.get("folder", "")) if self._source == FOLDER else "",
            "outside": tuple(self._outside),
            "device": self._services.preferences.values.compute,
        }
        if self._quick:
            return quick_config(**given)
        sizes = tuple(dict.fromkeys(size_name(word) for word in self._sizes.replace(",", " ").split()))
        return StudyConfig(
            sizes=sizes,
            epochs=int(own.get("epochs", StudyConfig.epochs)),
            minutes=float(own.get("minutes", 0.0)),
            **given,
        )

    def _sources(self) -> list[tuple[str, str]]:
        count = self._services.library.count(state="ready")
        songs = ngettext("The library ({n} song)", "The library ({n} songs)", count).format(n=count)
        return [(LIBRARY, songs), (FOLDER, _("A folder, sorted by genre")), (DEMO, _("Demo songs, composed for it"))]

    def _songs_seen(self, songs: list[Song]) -> None:
        self._seen(Music(len(songs), sum(song.seconds for song in songs)))

    def _seen(self, music: Music) -> None:
        self._music = music
        self._changed()

    @property
    def _source(self) -> str:
        source = self._own.get("source")
        return source if source in (LIBRARY, FOLDER, DEMO) else LIBRARY

    @property
    def _quick(self) -> bool:
        return bool(self._own.get("quick", True))

    @property
    def _sizes(self) -> str:
        return str(self._own.get("sizes") or " ".join(size.removeprefix("conv-") for size in SIZES))

    @property
    def _outside(self) -> list[str]:
        return texts(self._own.get("outside"))


def _leave_out_what_does_not_fit(own: dict[str, Any]) -> None:
    """A session's file may come from anywhere."""
    kinds = {"source": str, "folder": str, "sizes": str, "quick": bool, "notebook": bool}
    for name, kind in kinds.items():
        if name in own and not isinstance(own[name], kind):
            del own[name]
    for name, least in (("epochs", 1), ("minutes", 0)):
        value = own.get(name)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if name in own and not (number and least <= value <= MOST):  # type: ignore[operator]
            del own[name]
