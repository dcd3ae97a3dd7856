"""Hearing a run learn: the validation clip after any epoch, original and reconstruction as an A/B in the transport."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from core.i18n import _
from musicae_gui.tasks.previews import PreviewFolder

if TYPE_CHECKING:
    from core.playback import SwitchSource
    from musicae_gui.controllers.train_view import ProgressView
    from musicae_gui.services import Services

ORIGINAL, RECONSTRUCTION = 0, 1


class TrainListen(QObject):
    """The epochs of one run that can be heard; follows the newest until the user looks back."""

    def __init__(self, services: Services, view: ProgressView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._view = view
        self.run: Path | None = None
        self._epochs: list[int] = []
        self._current = -1
        self._loaded: tuple[Path, int] | None = None
        self._source: SwitchSource | None = None

    @property
    def epoch(self) -> int:
        """The epoch chosen; -1 when there is none to hear."""
        return self._current

    def choose_run(self, run: Path) -> None:
        self.run = run
        self._epochs = PreviewFolder(run).epochs()
        self._current = self._epochs[-1] if self._epochs else -1
        self._show()

    def add_epoch(self, run: Path, epoch: int) -> None:
        """A clip of the run being trained is there; chosen when the newest was chosen before."""
        if self._loaded == (run, epoch):
            self._loaded = None  # a preview in the middle of an epoch takes the place of that epoch's own
        if run != self.run:
            return
        following = not self._epochs or self._current == self._epochs[-1]
        self._epochs = PreviewFolder(self.run).epochs()
        if following and self._epochs:
            self._current = self._epochs[-1]
        self._show()

    def choose_epoch(self, epoch: int) -> None:
        """The nearest epoch that was kept."""
        if self._epochs:
            self._current = min(self._epochs, key=lambda kept: abs(kept - epoch))
            self._show()

    def forget(self, run: Path) -> None:
        if self.run == run:
            self.run, self._epochs, self._current = None, [], -1
            self._show()

    def play(self, side: int) -> None:
        """Play the chosen epoch's clip from its start: `ORIGINAL` or `RECONSTRUCTION`; X changes between them."""
        if self.run is None or self._current < 0:
            return
        run, epoch = self.run, self._current
        if self._loaded == (run, epoch) and self._source is not None:
            self._play(self._source, side, epoch)
            return
        rate = self._services.player.rate

        def load(_context: Any) -> SwitchSource:
            from core.playback import ClipSource, SwitchSource, matched_gains

            clips = PreviewFolder(run).load(epoch)
            made = _("Epoch {epoch}").format(epoch=epoch) if epoch else _("Before training")
            names = (_("Original"), made)
            sources = [ClipSource(clip, rate, name=name) for clip, name in zip(clips, names, strict=True)]
            return SwitchSource(sources, matched_gains(clips))

        def loaded(source: SwitchSource) -> None:
            self._loaded, self._source = (run, epoch), source
            self._play(source, side, epoch)

        self._services.tasks.run(load, done=loaded, group="train.preview")

    def _play(self, source: SwitchSource, side: int, epoch: int) -> None:
        assert self.run is not None
        player = self._services.player
        source.select(side)
        title = _("{run}, epoch {epoch}").format(run=self.run.name, epoch=epoch)
        player.play(source, start=0.0, title=title)
        if not player.available:
            self._services.notify(player.status, "warning")

    def _show(self) -> None:
        self._view.show_epochs(self.run.name if self.run is not None else "", self._epochs, self._current)
