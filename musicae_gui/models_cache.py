"""Models and reconstructions, loaded and computed in the background and kept.

A reconstruction is kept on disk too (its samples as WAV, its latent as safetensors), named by the song's content
key and the model's content hash, up to the preference `cache_mb`; least recently used ones go first.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.errors import LibraryError, MusicaeError
from core.i18n import _

if TYPE_CHECKING:
    from core.audio import Clip
    from core.library import Library
    from core.models.codec import Codec, Latent
    from musicae_gui.preferences import PreferenceStore
    from musicae_gui.session import Session
    from musicae_gui.tasks import Task, TaskContext, Tasks

CODECS_KEPT = 8
CLIP_BYTES_KEPT = 512 * 2**20


@dataclass(frozen=True)
class Reconstruction:
    """A song through a model: both clips mono at the model's rate and equally long."""

    song: str  # content key
    model: str  # name or path, as asked for
    codec: Codec
    original: Clip
    clip: Clip
    latent: Latent

    @property
    def bytes(self) -> int:
        return int(self.original.samples.nbytes + self.clip.samples.nbytes + self.latent.values.nbytes)


class ModelCache(QObject):
    """One a window; all callbacks run in the GUI thread."""

    def __init__(
        self,
        folder: Path,
        tasks: Tasks,
        library: Library,
        preferences: PreferenceStore,
        session: Session,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.folder = folder / "cache" / "reconstructions"
        self._tasks = tasks
        self._library = library
        self._preferences = preferences
        self._session = session
        self._codecs: OrderedDict[tuple[str, str], Codec] = OrderedDict()
        self._kept: OrderedDict[tuple[str, str], Reconstruction] = OrderedDict()

    def loaded(self, name: str) -> Codec | None:
        """The codec `name` if it is in memory."""
        return self._codecs.get(self._codec_key(name))

    def codec(
        self,
        name: str,
        done: Callable[[Codec], None],
        failed: Callable[[MusicaeError], None] | None = None,
        *,
        group: str = "",
    ) -> Task | None:
        """Hand `done` the codec `name`: at once when it is in memory, else after loading it in the background."""
        codec = self.loaded(name)
        if codec is not None:
            done(codec)
            return None
        return self._tasks.run(lambda _context: self._load(name), done=done, failed=failed, group=group)

    def forget(self, name: str) -> None:
        """Load `name` anew when it is next asked for (its file was written again)."""
        for key in [key for key in self._codecs if key[0] == name]:
            del self._codecs[key]
        for kept in [kept for kept in self._kept if kept[1] == name]:
            del self._kept[kept]

    def reconstruct(
        self,
        song_key: str,
        model_name: str,
        done: Callable[[Reconstruction], None],
        failed: Callable[[MusicaeError], None] | None = None,
        progress: Callable[[float, str], None] | None = None,
        *,
        group: str = "",
    ) -> Task | None:
        """Hand `done` the song through the model; at once when it is in memory."""
        kept = self._kept.get((song_key, model_name))
        if kept is not None:
            self._kept.move_to_end((song_key, model_name))
            done(kept)
            return None

        def keep(result: Reconstruction) -> None:
            self._kept[song_key, model_name] = result
            while len(self._kept) > 1 and sum(item.bytes for item in self._kept.values()) > CLIP_BYTES_KEPT:
                self._kept.popitem(last=False)
            done(result)

        return self._tasks.run(
            lambda context: self._reconstruct(song_key, model_name, context),
            done=keep,
            failed=failed,
            progress=progress,
            group=group,
        )

    def close(self) -> None:
        self._codecs.clear()
        self._kept.clear()

    # -- in worker threads -------------------------------------------------------------------------------------------

    def _codec_key(self, name: str) -> tuple[str, str]:
        return name, self._preferences.values.compute

    def _load(self, name: str) -> Codec:
        from core.models.codec import load_codec

        key = self._codec_key(name)
        codec = self._codecs.get(key)
        if codec is None:
            codec = load_codec(name, device=key[1])
            self._codecs[key] = codec
            while len(self._codecs) > CODECS_KEPT:
                self._codecs.popitem(last=False)
        return codec

    def _reconstruct(self, song_key: str, model_name: str, context: TaskContext) -> Reconstruction:
        from core.audio import read_clip, write_wav
        from core.models.codec import Latent

        song = self._library.song(song_key)
        if song is None:
            raise LibraryError(_("This song is no longer in the library; add it again."))
        context.progress(0.0, _("Loading {model}…").format(model=model_name))
        codec = self._load(model_name)
        context.check()
        context.progress(0.02, _("Reading {song}…").format(song=song.title))
        original = read_clip(song.path).mono().resampled(codec.rate)
        context.check()
        sound, stored = self._files(song_key, codec.hash)
        try:
            latent, clip = Latent.load(stored), read_clip(sound)
            if clip.frames == original.frames and latent.model == codec.hash:
                sound.touch()
                return Reconstruction(song_key, model_name, codec, original, clip, latent)
        except (MusicaeError, OSError):
            pass  # not there yet, or damaged: it is made again
        encoding = _("Encoding {song}…").format(song=song.title)
        decoding = _("Decoding {song}…").format(song=song.title)
        latent = codec.encode(
            original,
            progress=lambda fraction: context.progress(0.05 + 0.45 * fraction, encoding),
            cancelled=context.cancelled,
        )
        clip = codec.decode(
            latent,
            progress=lambda fraction: context.progress(0.5 + 0.5 * fraction, decoding),
            cancelled=context.cancelled,
        )
        context.check()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            latent.save(stored)
            write_wav(sound, clip, subtype="FLOAT")
            self._trim()
        except (MusicaeError, OSError):
            pass  # a full disk costs only the next start some time
        return Reconstruction(song_key, model_name, codec, original, clip, latent)

    def _files(self, song_key: str, model_hash: str) -> tuple[Path, Path]:
        name = hashlib.sha256(f"{song_key}/{model_hash}".encode()).hexdigest()[:32]
        return self.folder / f"{name}.wav", self.folder / f"{name}.safetensors"

    def _trim(self) -> None:
        """Remove the least recently used files above the allowance."""
        allowed = self._preferences.values.cache_mb * 10**6
        files = sorted(self.folder.glob("*.*"), key=lambda file: file.stat().st_mtime, reverse=True)
        used = 0
        for file in files:
            used += file.stat().st_size
            if used > allowed:
                file.unlink(missing_ok=True)
