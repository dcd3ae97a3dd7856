"""What can be done with the chosen region of a latent: four buttons, and the changes that take an amount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QPushButton, QWidget

from core.creations.region import Region
from core.i18n import _
from core.latents.edits import NAMES
from core.latents.quantise import FEWEST_BITS, HALF_PRECISION
from musicae_gui import theme
from musicae_gui.views.boxes import hbox
from musicae_gui.views.elided import ElidedLabel
from musicae_gui.views.named import link_button, named
from musicae_gui.views.number_field import DecimalField
from musicae_gui.views.song_chooser import SongChooser
from musicae_gui.views.time_axis import clock

if TYPE_CHECKING:
    from core.library import Song


@dataclass(frozen=True)
class Amount:
    """The field of a change: its range, its first value, decimals and unit."""

    low: float
    high: float
    start: float
    decimals: int
    step: float
    prefix: str = ""
    suffix: str = ""


class EditTools(QWidget):
    """`wanted` gives kind and amount; of "paste" also the song's key and the second of it to begin at."""

    wanted = Signal(str, float, str, float)
    everything_wanted = Signal()
    reset_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("create.tools")
        self._amounts = _amounts()
        self._values = {kind: amount.start for kind, amount in self._amounts.items()}
        self._region = named(ElidedLabel(), "create.region", _("Region that changes"))
        self._edits = named(ElidedLabel(), "create.edits", _("What was done to the latent"))
        self._edits.setProperty("role", "muted")
        self._all = link_button(
            "create.everything", _("All"), _("Choose everything"), _("The next change is made to the whole latent")
        )
        self._reset = link_button(
            "create.reset", _("Reset"), _("Take all edits back"), _("The latent as it was made; this can be undone")
        )
        self._buttons = [self._button(kind, help_) for kind, help_ in _helps().items()]
        self._kind = named(QComboBox(), "create.edit", _("Change"), _("What to do with the region"))
        for kind in self._amounts:
            self._kind.addItem(_(NAMES[kind]), kind)
        self._amount = named(DecimalField(), "create.amount", _("Amount"))
        self._amount.setMinimumWidth(88)
        self._song = SongChooser("create.paste_song", _("Song to paste from"))
        self._from = named(DecimalField(), "create.paste_from", _("From"), _("Second of that song to begin at"))
        self._from.setMinimumWidth(80)
        self._from.setRange(0.0, 36_000.0)
        self._from.setDecimals(1)
        self._from.setSuffix(_(" s"))
        self._apply = named(QPushButton(_("Apply")), "create.apply", _("Apply the change"), _("Heard at once"))
        self._lay_out()
        self._kind.currentIndexChanged.connect(self._show_kind)
        self._amount.valueChanged.connect(self._keep)
        self._apply.clicked.connect(self._apply_clicked)
        self._all.clicked.connect(self.everything_wanted)
        self._reset.clicked.connect(self.reset_wanted)
        self._show_kind()
        self.show_region(None, 1, 1, 1.0)

    def show_songs(self, songs: list[Song]) -> None:
        """What can be pasted from."""
        keys = [song.key for song in songs]
        current = self._song.current_key if self._song.current_key in keys else (keys[0] if keys else "")
        self._song.show_songs(songs, current)

    def show_region(self, region: Region | None, channels: int, frames: int, frame_rate: float) -> None:
        """The region in words, of a latent of that shape."""
        if region is None or (region.high - region.low >= channels and region.last - region.first >= frames):
            self._region.setText(_("Whole latent"))
            return
        if region.high - region.low >= channels:
            rows = _("all channels")
        elif region.high - region.low == 1:
            rows = _("ch {n}").format(n=region.low)
        else:
            rows = _("ch {first}–{last}").format(first=region.low, last=region.high - 1)
        start, end = (clock(frame / frame_rate, 0.01) for frame in (region.first, region.last))
        self._region.setText(_("{channels}, {start}–{end}").format(channels=rows, start=start, end=end))

    def show_edits(self, words: str) -> None:
        self._edits.setText(words)
        self._reset.setVisible(bool(words))

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        first, second = hbox(theme.GRID), hbox(theme.GRID)
        for button in self._buttons:
            first.addWidget(button)
        first.addWidget(self._all)
        first.addWidget(self._region, 3)
        first.addWidget(self._reset)
        second.addWidget(self._kind)
        second.addWidget(self._amount)
        second.addWidget(self._song, 2)
        second.addWidget(self._from)
        second.addWidget(self._apply)
        second.addWidget(self._edits, 3)
        grid.addLayout(first, 0, 0)
        grid.addLayout(second, 1, 0)

    def _button(self, kind: str, help_: str) -> QPushButton:
        words = _(NAMES[kind])
        button = named(QPushButton(words), f"create.{kind}", words, help_)
        button.clicked.connect(lambda: self.wanted.emit(kind, 1.0, "", 0.0))
        return button

    def _show_kind(self) -> None:
        kind = str(self._kind.currentData())
        amount = self._amounts[kind]
        self._amount.blockSignals(True)
        self._amount.setDecimals(amount.decimals)
        self._amount.setRange(amount.low, amount.high)
        self._amount.setSingleStep(amount.step)
        self._amount.setPrefix(amount.prefix)
        self._amount.setSuffix(amount.suffix)
        self._amount.setValue(self._values[kind])
        self._amount.setToolTip(_amount_help(kind))
        self._amount.blockSignals(False)
        for part in (self._song, self._from):
            part.setVisible(kind == "paste")
        self._edits.setVisible(kind != "paste")

    def _keep(self, value: float) -> None:
        self._values[str(self._kind.currentData())] = value

    def _apply_clicked(self) -> None:
        kind = str(self._kind.currentData())
        amount = self._amount.value() / (100.0 if kind == "paste" else 1.0)
        self.wanted.emit(kind, amount, self._song.current_key if kind == "paste" else "", self._from.value())


def _amounts() -> dict[str, Amount]:
    return {
        "scale": Amount(-10.0, 10.0, 1.5, 2, 0.1, prefix="× "),
        "noise": Amount(0.0, 10.0, 0.5, 2, 0.1),
        "quantise": Amount(FEWEST_BITS, HALF_PRECISION, 4, 0, 1, suffix=_(" bits")),
        "shift": Amount(-100_000, 100_000, 8, 0, 1, suffix=_(" frames")),
        "stretch": Amount(1 / 16, 16.0, 1.5, 2, 0.1, prefix="× "),
        "paste": Amount(0, 100, 100, 0, 5, suffix=" %"),
    }


def _helps() -> dict[str, str]:
    return {
        "mute": _("Nothing but silence there (Del)"),
        "solo": _("Nothing but these channels, in these frames"),
        "invert": _("Every value gets the other sign"),
        "reverse": _("The last frame first"),
    }


def _amount_help(kind: str) -> str:
    return {
        "scale": _("Factor: 1 leaves it, 0 is silence, below 0 is inverted"),
        "noise": _("How many of its own deviations are added by chance"),
        "quantise": _("Bits a value is kept in"),
        "shift": _("Frames later, or earlier; what leaves the region comes in at its other end"),
        "stretch": _("Times as long; the whole sound becomes longer with it"),
        "paste": _("Share of the other song: 100 % replaces, 50 % mixes"),
    }[kind]
