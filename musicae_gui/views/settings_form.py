"""A form made from declared settings: a chooser, a switch, a number or a slider for each, with its help below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from core.i18n import _
from musicae_gui import theme
from musicae_gui.views.boxes import vbox
from musicae_gui.views.number_field import DecimalField, WholeField

if TYPE_CHECKING:
    from musicae_gui.controllers.settings import Field


class SettingsForm(QFrame):
    """`changed` tells name and value as soon as the user has changed a field."""

    changed = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings.form")
        self.setProperty("role", "card")
        self.editors: dict[str, QWidget] = {}
        self.notes: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(24, 16, 24, 16)
        self._grid.setHorizontalSpacing(3 * theme.GRID)
        self._grid.setVerticalSpacing(2 * theme.GRID)
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 2)

    def show_fields(self, fields: Sequence[Field]) -> None:
        for row, field in enumerate(fields):
            editor = self._editor(field)
            editor.setObjectName(f"settings.{field.spec.name}")
            editor.setAccessibleName(field.label)
            editor.setAccessibleDescription(field.help)
            editor.setToolTip(field.help)
            self.editors[field.spec.name] = editor
            label, words = QLabel(field.label), QLabel(field.help, wordWrap=True)
            label.setBuddy(editor)
            label.setProperty("role", "field")
            words.setProperty("role", "muted")
            column = vbox(2)
            note = QLabel(wordWrap=True)
            note.setObjectName(f"settings.{field.spec.name}.note")
            note.setProperty("role", "muted")
            note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            note.hide()
            self.notes[field.spec.name] = note
            for each in (label, words, note):
                column.addWidget(each)
            self._grid.addLayout(column, row, 0)
            self._grid.addWidget(editor, row, 1, Qt.AlignmentFlag.AlignVCenter)

    def show_value(self, name: str, value: object) -> None:
        editor = self.editors.get(name)
        if editor is None:
            return
        with QSignalBlocker(editor):
            if isinstance(editor, QComboBox):
                editor.setCurrentIndex(max(0, editor.findData(value)))
            elif isinstance(editor, QCheckBox):
                editor.setChecked(bool(value))
                editor.setText(_("On") if value else _("Off"))
            elif isinstance(editor, WholeField):
                editor.setValue(int(str(value)))
            elif isinstance(editor, DecimalField):
                editor.setValue(float(str(value)))
            elif isinstance(editor, QLineEdit):
                editor.setText(str(value))

    def show_choices(self, name: str, choices: Sequence[tuple[str, str]], value: object) -> None:
        editor = self.editors[name]
        assert isinstance(editor, QComboBox)
        with QSignalBlocker(editor):
            editor.clear()
            for key, words in choices:
                editor.addItem(words, key)
            editor.setCurrentIndex(max(0, editor.findData(value)))

    def show_note(self, name: str, text: str) -> None:
        """What there is to say of a field's present value, below its help; "" takes it away."""
        note = self.notes[name]
        note.setText(text)
        note.setVisible(bool(text))

    def _editor(self, field: Field) -> QWidget:
        spec, name = field.spec, field.spec.name
        if field.choices:
            chooser = Chooser()
            for key, words in field.choices:
                chooser.addItem(words, key)
            chooser.setCurrentIndex(max(0, chooser.findData(field.value)))
            chooser.activated.connect(lambda row: self.changed.emit(name, chooser.itemData(row)))
            return chooser
        if spec.kind is bool:
            switch = QCheckBox(_("On") if field.value else _("Off"))
            switch.setChecked(bool(field.value))
            switch.toggled.connect(lambda on: self.changed.emit(name, on))
            return switch
        if spec.kind is int:
            whole = WholeField()
            whole.setRange(int(spec.low or 0), int(spec.high or 10**6))
            whole.setValue(int(str(field.value)))
            whole.setSuffix(f" {spec.unit}" if spec.unit else "")
            whole.setGroupSeparatorShown(True)
            whole.valueChanged.connect(lambda value: self.changed.emit(name, value))
            return whole
        if spec.kind is float:
            number = DecimalField()
            number.setRange(float(spec.low or 0), float(spec.high or 10**6))
            number.setSingleStep(0.05)
            number.setValue(float(str(field.value)))
            number.setSuffix(f" {spec.unit}" if spec.unit else "")
            number.valueChanged.connect(lambda value: self.changed.emit(name, value))
            return number
        line = QLineEdit(str(field.value))
        line.editingFinished.connect(lambda: self.changed.emit(name, line.text()))
        return line


class Chooser(QComboBox):
    """Does not change when the form is scrolled over it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
