"""The clips of all songs, encoded once by every model and by plain descriptions of sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.i18n import _
from core.latents.baseline import LogMel, Waveform
from core.latents.collect import Progress, collect
from core.latents.collection import ClipGrid, Collection
from core.latents.model import Encoder
from core.models.codec import Codec
from core.study.study import KLT, STUDIO, Study, linear_name
from core.study.systems import klt_channels

LOG_MEL, WAVEFORM = "log-mel", "waveform"


def encoders(study: Study) -> Iterator[tuple[str, Encoder]]:
    """Two baselines, every size, the linear transform at the nearest not above each, variational models, studio."""
    yield LOG_MEL, LogMel()
    yield WAVEFORM, Waveform()
    for name in study.sizes:
        yield name, study.codec(name)
    if KLT in study.trained:
        codec = study.codec(KLT)
        for channels in sorted({klt_channels(codec, study.trained[name]["floats"]) for name in study.sizes}):
            yield linear_name(codec, channels), Codec(codec.network, name=KLT, keep=channels, model=codec.hash)
    for name in study.variational:
        yield name, study.codec(name)
    if study.has_studio:
        yield STUDIO, study.codec(STUDIO)


def collected(study: Study, encoder: Encoder, name: str, grid: ClipGrid) -> Collection:
    """The clips of all songs; those that were encoded before are not encoded again.

    Raises:
        Cancelled: the study was stopped.
    """

    def on_progress(progress: Progress) -> None:
        study.progress(progress.done / max(progress.total, 1), _("encoding with {name}").format(name=name))

    songs: Any = study.songs
    return collect(songs, encoder, study.cache, grid, progress=on_progress, cancelled=study.stopping)
