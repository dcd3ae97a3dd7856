"""`Study`: what the stages of a study share: its songs, its split, its models, its folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from core.data.split_csv import split_from_csv
from core.data.splits import Split
from core.data.store import SampleStore
from core.errors import Cancelled, MusicaeError
from core.i18n import _
from core.latents.clip_cache import ClipCache
from core.library import Library
from core.models.codec import Codec, load_codec
from core.models.design import MODEL_RATE
from core.models.presets import preset
from core.paths import data_dir
from core.study.clips import Excerpt, excerpts
from core.study.config import StudyConfig
from core.study.folder import StudyFolder
from core.study.listener import StudyListener
from core.study.systems import ModelSystem, klt_channels
from core.training.commands import Commands
from core.training.crops import TrainingSong
from core.training.songs import SongsFound, songs_from_library, songs_from_paths

KLT = "klt"
KLT_CHANNELS = 505
"""55,045 floats a clip, as many as the largest convolution's; smaller sizes are its first channels."""
STUDIO = "studio-1378"
FRACTIONS = (0.7, 0.1, 0.2)
KEPT_CODECS = 4
"""Models in memory at once, those used last: of the second report's network a study has eight, of 50 MB each."""


class Study:
    """One study at work.

    Args:
        results: of the stages that have ended, by name.
        commands: `stop_and_keep` ends the study after the present step; it can be resumed.
        data: the data folder: decoded songs, library, answers of blind tests; None for the usual one.
    """

    def __init__(
        self,
        config: StudyConfig,
        folder: StudyFolder,
        listener: StudyListener,
        commands: Commands,
        data: Path | None = None,
    ) -> None:
        self.config, self.folder, self.listener, self.commands = config, folder, listener, commands
        self.data = data or data_dir()
        self.results: dict[str, dict[str, Any]] = {}
        self._codecs: dict[str, Codec] = {}

    # -- songs -------------------------------------------------------------------------------------------------------

    @cached_property
    def store(self) -> SampleStore:
        return SampleStore(self.data / "samples", MODEL_RATE)

    @cached_property
    def found(self) -> SongsFound:
        """All songs, decoded once; those that cannot be read are in its `problems`.

        A study that goes on keeps to the songs that it began with, whatever has come to its folder since.
        """

        def on_song(path: Path, done: int, total: int) -> None:
            self.progress(done / max(total, 1), _("reading {name}").format(name=path.name))

        said: dict[str, Any] = {
            "on_song": on_song,
            "on_problem": lambda path, sentence: self.listener.on_warning(sentence),
            "cancelled": self.stopping,
        }
        if self.config.library:
            with Library(self.data) as library:
                found = songs_from_library(library.songs(state="ready", order="added"), self.store, **said)
        else:
            folder = Path(self.config.folder) if self.config.folder else self.folder.path / "songs"
            found = songs_from_paths([folder], self.store, **said)
            # Songs that lie in no folder of a genre have none; the name of the whole folder is not theirs.
            loose = [replace(song, genre="") if Path(song.path).parent == folder else song for song in found.songs]
            found = replace(found, songs=loose)
        if "songs" not in self.results:
            return found
        known = {song["key"] for song in self.results["songs"]["songs"]}
        return replace(found, songs=[song for song in found.songs if song.key in known])

    @property
    def songs(self) -> list[TrainingSong]:
        self.check()
        return self.found.songs

    @property
    def split(self) -> Split:
        return Split.from_dict(self.results["songs"]["split"])

    @property
    def groups(self) -> dict[str, str]:
        """The group of each song, by content key."""
        return dict(self.results["songs"]["groups"])

    def songs_at(self, rate: int) -> list[TrainingSong]:
        """All songs decoded at another rate, which some models have."""
        store = SampleStore(self.data / "samples", rate)
        made = []
        for number, song in enumerate(self.songs):
            self.check()
            self.progress(number / len(self.songs), _("reading {name}").format(name=song.title))
            made.append(replace(song, stored=store.add(song.key, Path(song.path))))
        return made

    def songs_of(self, part: str) -> list[TrainingSong]:
        """The songs of "train", "validation" or "test", in the order of their names."""
        keys = set(getattr(self.split, part))
        return [song for song in self.songs if song.key in keys]

    @cached_property
    def test_clips(self) -> list[Excerpt]:
        """Clips of songs that no model of the study has heard; of few songs those of the validation ones."""
        return excerpts(self.songs_of("test") or self.songs_of("validation"), self.config.test_clips)

    def written_split(self) -> tuple[Split, tuple[str, ...]] | None:
        """The user's own division, with notes on it."""
        if not self.config.split:
            return None
        written = split_from_csv(Path(self.config.split), self.songs)
        return written.split, written.notes

    # -- models ------------------------------------------------------------------------------------------------------

    @property
    def trained(self) -> dict[str, dict[str, Any]]:
        """The models of this study that were trained and work, by name."""
        stages = ("training", "variational", "neighbours")
        every = {
            name: facts for stage in stages for name, facts in self.results.get(stage, {}).get("models", {}).items()
        }
        return {name: facts for name, facts in every.items() if facts["model"]}

    @property
    def sizes(self) -> list[str]:
        """The convolutional models that were trained, largest first; half and double of the chosen one among them."""
        convs = {name: facts["floats"] for name, facts in self.trained.items() if facts["family"] == "conv"}
        return sorted(convs, key=lambda name: -convs[name])

    @property
    def variational(self) -> list[str]:
        """The variational models that were trained."""
        return [name for name, facts in self.trained.items() if facts["family"] in ("vae", "resnet-vae")]

    @property
    def chosen(self) -> str:
        """The size that the rule, or the user, chose."""
        return str(self.results["size"]["chosen"])

    @property
    def has_studio(self) -> bool:
        return self.config.shipped and preset(STUDIO).trained

    def codec(self, name: str) -> Codec:
        """A model of the study, or a shipped one."""
        codec = self._codecs.pop(name, None)
        if codec is None:
            run = self.folder.run(name)
            codec = load_codec(run if run.is_dir() else name, device=self.config.device)
        self._codecs[name] = codec
        if len(self._codecs) > KEPT_CODECS:
            del self._codecs[next(iter(self._codecs))]
        return codec

    def model_systems(self) -> Iterator[ModelSystem]:
        """Every model at every size: the convolutions, the linear transform at theirs, and studio where it is."""
        for name in self.sizes:
            codec = self.codec(name)
            yield ModelSystem(name, "conv", codec, codec.channels)
        yield from self.linear_systems()
        for name in self.variational:
            codec = self.codec(name)
            yield ModelSystem(name, codec.kind, codec, codec.channels)
        if self.has_studio:
            codec = self.codec(STUDIO)
            for channels in (codec.channels, codec.channels // 2, codec.channels // 4):
                floats_per_second = channels * codec.rate / codec.hop
                yield ModelSystem(f"studio-{floats_per_second:.0f}", "studio", codec, channels)

    def linear_systems(self) -> Iterator[ModelSystem]:
        """The linear transform at the nearest size not above each convolution's, and at the shipped model's."""
        if KLT not in self.trained:
            return
        codec = self.codec(KLT)
        floats = [self.trained[name]["floats"] for name in self.sizes]
        wanted = {klt_channels(codec, each) for each in floats} | {64, 32, 16}
        for channels in sorted((each for each in wanted if each <= codec.design.channels), reverse=True):
            yield ModelSystem(linear_name(codec, channels), KLT, codec, channels)

    @cached_property
    def cache(self) -> ClipCache:
        return ClipCache(self.folder.path / "cache")

    # -- saying and stopping -----------------------------------------------------------------------------------------

    def stopping(self) -> bool:
        return bool(self.commands.stopping)

    def check(self) -> None:
        """Wait while the study is paused; raises Cancelled where it was asked to stop."""
        self.commands.wait_while_paused(lambda: None)
        if self.stopping():
            raise Cancelled(_("The study was stopped; --resume goes on with it."))

    def progress(self, fraction: float, text: str = "") -> None:
        self.listener.on_progress(fraction, text)

    def part(self, stage: str, name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """A part of a stage, from the folder or made now; `Cancelled` between two of them."""
        self.check()
        return self.folder.part(stage, name, make)

    def tried(self, name: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
        """What `work` gives; what goes wrong with one model or song costs that one and a line."""
        try:
            return work()
        except Cancelled:
            raise
        except MusicaeError as error:
            self.listener.on_warning(_("{name}: {sentence}").format(name=name, sentence=error.sentence))
            return None


def linear_name(codec: Codec, channels: int) -> str:
    """ "klt-1378": floats a second, as the shipped ones are called."""
    return f"{KLT}-{channels * codec.rate / codec.hop:.0f}"
