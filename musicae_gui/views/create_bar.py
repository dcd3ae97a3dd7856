"""The bar above the creation that is open: its name, its star, how to hear it and ways to take it elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from core.i18n import _
from musicae_gui import theme
from musicae_gui.controllers.create_sound import CREATION, SOURCE
from musicae_gui.views.ab_switch import AbSwitch
from musicae_gui.views.boxes import hbox
from musicae_gui.views.create_history import DragButton, FileOf
from musicae_gui.views.named import icon_button, named

if TYPE_CHECKING:
    from musicae_gui.controllers.create_view import Opened


class OpenedBar(QWidget):
    """Says what is wanted of the open creation; `done_with_name` that the name's field needs the keys no longer."""

    play_wanted = Signal()
    named_so = Signal(str)
    done_with_name = Signal()
    star_wanted = Signal()
    heard = Signal(str)  # key of a side of the A/B
    compare_wanted = Signal()
    morph_wanted = Signal()
    save_wanted = Signal()

    def __init__(self, file_of: FileOf) -> None:
        super().__init__()
        self._opened: Opened | None = None
        self._play = icon_button("create.play", "play", _("Play the creation"), _("Hear it (Space)"))
        self._title = named(QLineEdit(), "create.title", _("Name of the creation"), _("Type another name (F2)"))
        self._star = icon_button("create.star", "star", _("Star"), _("Mark it as one of the best"), checkable=True)
        self._switch = AbSwitch("create.ab")
        self._compare = icon_button("create.to_compare", "compare", _("Open in Compare"))
        self._morph = icon_button("create.to_morph", "morph", _("Open in Morph as song A"))
        self._save = icon_button("create.save", "save", _("Save as a sound file"))
        self._drag = DragButton("create.drag", file_of)
        row = hbox(4, self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._play)
        row.addWidget(self._title, 1)
        for control in (self._star, self._switch, self._compare, self._morph, self._save, self._drag):
            row.addWidget(control)
        self._title.editingFinished.connect(self._renamed)
        self._switch.chosen.connect(self.heard)
        for button, signal in (
            (self._play, self.play_wanted),
            (self._star, self.star_wanted),
            (self._compare, self.compare_wanted),
            (self._morph, self.morph_wanted),
            (self._save, self.save_wanted),
        ):
            button.clicked.connect(lambda _on=False, signal=signal: signal.emit())

    def show_opened(self, opened: Opened | None) -> None:
        self._opened = opened
        self._title.setText(opened.creation.title if opened is not None else "")
        self._title.setCursorPosition(0)
        self._star.setChecked(opened is not None and opened.creation.starred)
        for control in (self._title, self._star):
            control.setEnabled(opened is not None)
        if opened is None:
            self.show_sides(CREATION, False)

    def show_ready(self, ready: bool) -> None:
        """Whether its latent is there."""
        for control in (self._play, self._save, self._compare, self._morph):
            control.setEnabled(ready)

    def show_decoded(self, decoded: bool) -> None:
        """Whether all of its sound is there."""
        self._drag.setEnabled(decoded)

    def show_sides(self, heard: str, source_ready: bool) -> None:
        opened = self._opened
        title = opened.creation.title if opened is not None else _("the creation")
        source = opened.source if opened is not None and opened.source else _("the song that it came from")
        self._switch.show_sounds([(CREATION, "A", title, opened is not None), (SOURCE, "B", source, source_ready)])
        self._switch.show_heard(heard)

    def show_playing(self, playing: bool) -> None:
        theme.set_icon(self._play, "stop" if playing else "play", role="muted")
        self._play.setAccessibleName(_("Stop") if playing else _("Play the creation"))

    def edit_name(self) -> None:
        """Go to the field of the name."""
        self._title.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._title.selectAll()

    def _renamed(self) -> None:
        if self._opened is None:
            return
        self.named_so.emit(self._title.text())
        self._title.setText(self._opened.creation.title)
        if self._title.hasFocus():
            self.done_with_name.emit()
