"""The form of Create: which recipe, which songs, how much chance, and the seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QListWidget, QSlider, QVBoxLayout, QWidget

from core.creations.wish import (
    AROUND,
    AVERAGE,
    CHANCE,
    CONTINUE,
    GENRE,
    HIGHEST_SEED,
    KINDS,
    PRIOR,
    RANDOM,
    SLOTS,
    Wish,
)
from core.i18n import _
from core.latents.recipes import MATCHED, NORMAL, UNIFORM
from musicae_gui import theme
from musicae_gui.views.boxes import hbox
from musicae_gui.views.named import icon_button, link_button, named
from musicae_gui.views.number_field import DecimalField, WholeField
from musicae_gui.views.song_chooser import SongChooser, song_words

if TYPE_CHECKING:
    from core.library import Song

_SHORT = 76  # px: a list of three songs
_LABEL = 30


class CreateForm(QWidget):
    """Shows a `Wish`; `changed` gives the one that the user makes of it."""

    changed = Signal(object)
    locked = Signal(bool)
    next_seed_wanted = Signal()
    selection_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("create.form")
        self._wish = Wish()
        self._songs: list[Song] = []
        self._make()
        self._lay_out()
        self._connect()
        self.show_wish(self._wish, False)

    def show_songs(self, songs: list[Song], genres: Sequence[str]) -> None:
        """What can be chosen from; `show_wish` follows."""
        self._songs = songs
        self._genre.blockSignals(True)
        self._genre.clear()
        for genre in genres:
            self._genre.addItem(genre, genre)
        self._genre.blockSignals(False)

    def show_wish(self, wish: Wish, locked: bool) -> None:
        self._wish = wish
        controls = (self._kind, self._genre, self._distribution, self._chance, *self._numbers, self._amount, self._lock)
        for control in controls:
            control.blockSignals(True)
        for box, chosen in (
            (self._kind, wish.kind),
            (self._genre, wish.genre),
            (self._distribution, wish.distribution),
            (self._chance, wish.like_songs),
        ):
            box.setCurrentIndex(box.findData(chosen))
        numbers = (wish.start, wish.seconds, wish.more, wish.temperature, wish.seed)
        for field, number in zip(self._numbers, numbers, strict=True):
            field.setValue(number)
        self._amount.setValue(round(100 * wish.amount))
        self._percent.setText(f"{round(100 * wish.amount)} %")
        self._lock.setChecked(locked)
        for control in controls:
            control.blockSignals(False)
        self._next.setEnabled(not locked)
        self._show_chosen(wish)
        self._show_rows(wish)

    def _show_chosen(self, wish: Wish) -> None:
        for place, chooser in enumerate(self._slots):
            chooser.show_songs(self._songs, wish.songs[place] if place < len(wish.songs) else "")
        self._add.show_songs(self._songs, "")
        by_key = {song.key: song for song in self._songs}
        known = [by_key[key] for key in wish.songs if key in by_key]
        words = [song_words(song) for song in known]
        if words != [self._list.item(row).text() for row in range(self._list.count())]:
            self._list.clear()
            self._list.addItems(words)
        self._remove.setEnabled(bool(known))

    def _show_rows(self, wish: Wish) -> None:
        kind, slots = wish.kind, SLOTS.get(wish.kind, 0)
        letters = [_("Song")] if slots == 1 else ["A", "B", "C"]
        for place, chooser in enumerate(self._slots):
            self._rows.setRowVisible(chooser, place < slots)
            label = self._rows.labelForField(chooser)
            if isinstance(label, QLabel) and place < len(letters):
                label.setText(letters[place])
        songs = bool(slots) or kind in (AVERAGE, GENRE)
        for row, visible in (
            (self._chosen, kind == AVERAGE),
            (self._genre, kind == GENRE),
            (self._start, songs),
            (self._more, kind == CONTINUE),
            (self._distribution, kind == RANDOM),
            (self._around, kind == AROUND),
            (self._chance, kind == AROUND),
            (self._temperature, kind in (PRIOR, CONTINUE)),
            (self._seeds, kind in CHANCE),
        ):
            self._rows.setRowVisible(row, visible)

    # How it is built.

    def _make(self) -> None:
        self._kind = named(QComboBox(), "create.kind", _("Recipe"), _("How something new is made"))
        for kind, words in KINDS.items():
            self._kind.addItem(_(words), kind)
        self._slots = [
            SongChooser(f"create.song.{letter}", _("Song {letter}").format(letter=letter.upper())) for letter in "abc"
        ]
        self._list = named(QListWidget(), "create.songs", _("Songs to be averaged"), _("What the average is made of"))
        self._list.setFixedHeight(_SHORT)
        self._list.setSpacing(2)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._add = SongChooser("create.add_song", _("Add a song"))
        for chooser in (*self._slots, self._add):
            editor = chooser.lineEdit()
            if editor is not None:
                editor.setAccessibleName(chooser.accessibleName())
                editor.setPlaceholderText(_("Add a song…") if chooser is self._add else _("Choose a song…"))
        self._remove = icon_button("create.remove_song", "remove", _("Take the song out of the average"))
        self._take = link_button(
            "create.take_selection",
            _("Library's selection"),
            _("Take the songs selected in the Library"),
            _("Average the songs that are selected in the Library"),
        )
        self._genre = named(QComboBox(), "create.genre", _("Genre"), _("Up to 50 songs of it are averaged"))
        self._start = _seconds("create.start", _("From"), _("Where in each song to begin"), 0.0, 36_000.0)
        self._seconds = _seconds("create.seconds", _("Length"), _("How long"), 0.5, 600.0)
        self._more = _seconds("create.more", _("Add"), _("How much is added at the song's end"), 0.5, 600.0)
        self._distribution = named(QComboBox(), "create.distribution", _("Distribution"), _("Of the latent's values"))
        for value, words in (
            (NORMAL, _("normal")),
            (UNIFORM, _("uniform, −1 to 1")),
            (MATCHED, _("as your songs' channels")),
        ):
            self._distribution.addItem(words, value)
        self._amount = named(
            QSlider(Qt.Orientation.Horizontal), "create.amount_around", _("Amount"), _("How far from the song")
        )
        self._amount.setRange(0, 100)
        self._percent = QLabel()
        self._percent.setMinimumWidth(44)
        self._chance = named(QComboBox(), "create.chance", _("Chance"), _("What chance is made of"))
        self._chance.addItem(_("music like your songs"), True)
        self._chance.addItem(_("noise"), False)
        self._temperature = named(
            DecimalField(), "create.temperature", _("Variety"), _("0 is the likeliest, 1 as varied as your songs")
        )
        self._temperature.setRange(0.0, 3.0)
        self._temperature.setSingleStep(0.1)
        self._seed = named(WholeField(), "create.seed", _("Seed"), _("The same seed makes the same again"))
        self._seed.setRange(0, HIGHEST_SEED)
        self._lock = icon_button(
            "create.lock",
            "lock",
            _("Keep the seed"),
            _("Create makes the same again"),
            checkable=True,
        )
        self._next = icon_button("create.next", "next", _("Next seed"), _("The next seed, made at once"))
        self._numbers: tuple[Any, ...] = (self._start, self._seconds, self._more, self._temperature, self._seed)

    def _lay_out(self) -> None:
        self._chosen, self._around, self._seeds = QWidget(), QWidget(), QWidget()
        chosen = QVBoxLayout(self._chosen)
        chosen.setSpacing(4)
        chosen.addWidget(self._list)
        line = hbox(4)
        line.addWidget(self._add, 1)
        line.addWidget(self._remove)
        chosen.addLayout(line)
        chosen.addWidget(self._take, 0, Qt.AlignmentFlag.AlignLeft)
        around = hbox(theme.GRID, self._around)
        around.addWidget(self._amount, 1)
        around.addWidget(self._percent)
        seeds = hbox(4, self._seeds)
        seeds.addWidget(self._seed, 1)
        seeds.addWidget(self._lock)
        seeds.addWidget(self._next)
        for layout in (chosen, around, seeds):
            layout.setContentsMargins(0, 0, 0, 0)
        self._rows = QFormLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setVerticalSpacing(theme.GRID - 2)
        self._rows.setHorizontalSpacing(theme.GRID)
        self._rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._rows.addRow(self._kind)
        for words, field in (
            *zip((_("Song"), "B", "C"), self._slots, strict=True),
            (_("Songs"), self._chosen),
            (_("Genre"), self._genre),
            (_("From"), self._start),
            (_("Length"), self._seconds),
            (_("Add"), self._more),
            (_("Values"), self._distribution),
            (_("Amount"), self._around),
            (_("Chance"), self._chance),
            (_("Variety"), self._temperature),
            (_("Seed"), self._seeds),
        ):
            label = QLabel(words)
            label.setProperty("role", "muted")
            label.setMinimumHeight(_LABEL)  # its words stand level with those of the field
            self._rows.addRow(label, field)

    def _connect(self) -> None:
        for box, name in (
            (self._kind, "kind"),
            (self._genre, "genre"),
            (self._distribution, "distribution"),
            (self._chance, "like_songs"),
        ):
            box.activated.connect(lambda _row, box=box, name=name: self._set(**{name: box.currentData()}))
        for field, name in zip(self._numbers, ("start", "seconds", "more", "temperature", "seed"), strict=True):
            field.valueChanged.connect(lambda value, name=name: self._set(**{name: value}))
        self._amount.valueChanged.connect(lambda percent: self._set(amount=percent / 100))
        for place, chooser in enumerate(self._slots):
            chooser.chosen.connect(lambda key, place=place: self._put(place, key))
        self._add.chosen.connect(lambda key: self._set(songs=tuple(dict.fromkeys((*self._wish.songs, key)))))
        self._remove.clicked.connect(self._remove_song)
        self._take.clicked.connect(self.selection_wanted)
        self._lock.toggled.connect(self.locked)
        self._next.clicked.connect(self.next_seed_wanted)

    def _set(self, **values: Any) -> None:
        self.changed.emit(replace(self._wish, **values))

    def _put(self, place: int, key: str) -> None:
        songs = list(self._wish.songs)
        songs += [key] * (place + 1 - len(songs))
        songs[place] = key
        self._set(songs=tuple(songs))

    def _remove_song(self) -> None:
        """The one that is marked, else the last."""
        by_key = {song.key for song in self._songs}
        known = [key for key in self._wish.songs if key in by_key]
        if known:
            gone = known[self._list.currentRow()]  # -1 where none is marked
            self._set(songs=tuple(key for key in known if key != gone))


def _seconds(name: str, words: str, tip: str, low: float, high: float) -> DecimalField:
    field = named(DecimalField(), name, words, tip)
    field.setRange(low, high)
    field.setDecimals(1)
    field.setSuffix(_(" s"))
    return field
