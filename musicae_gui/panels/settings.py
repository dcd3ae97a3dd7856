"""The Settings panel: the declared preferences as a form, the data folder, help and credits."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.i18n import _
from musicae_gui import theme
from musicae_gui.controllers.settings import Field, SettingsController
from musicae_gui.services import Services
from musicae_gui.views.boxes import hbox, vbox
from musicae_gui.views.settings_form import SettingsForm

WIDEST = 880


class SettingsPanel(QWidget):
    """Shows what its controller tells it."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings")
        self.form = SettingsForm()
        self.folder = QLabel(str(services.data_dir), wordWrap=True)
        self.folder.setObjectName("settings.folder")
        self.folder.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.folder.setAccessibleName(_("Data folder"))
        self.open_folder = _button("settings.open_folder", _("Show folder"), _("Open the data folder"))
        self.help = _button("settings.help", _("All commands"), _("Every command with its key (F1)"))
        self.about = _button("settings.about", _("About Musicae"), _("Version, licences and credits"))
        self._lay_out()
        self.controller = SettingsController(self, services, self)
        self.form.changed.connect(self.controller.change)
        self.open_folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(services.data_dir))))
        self.help.clicked.connect(lambda: self.window().show_help())  # type: ignore[attr-defined]
        self.about.clicked.connect(lambda: self.window().show_about())  # type: ignore[attr-defined]

    def shown(self) -> None:
        self.controller.refresh_choices()
        self.controller.refresh_device()

    def close_down(self) -> None:
        self.controller.close_down()

    # -- SettingsView ------------------------------------------------------------------------------------------------

    def show_fields(self, fields: Sequence[Field]) -> None:
        self.form.show_fields(fields)

    def show_value(self, name: str, value: object) -> None:
        self.form.show_value(name, value)

    def show_choices(self, name: str, choices: Sequence[tuple[str, str]], value: object) -> None:
        self.form.show_choices(name, choices, value)

    def show_note(self, name: str, text: str) -> None:
        self.form.show_note(name, text)

    def _lay_out(self) -> None:
        title = QLabel(_("Settings"))
        title.setProperty("role", "title")
        data = _card()
        _row(data, _("Data folder"), self.folder, self.open_folder).setContentsMargins(24, 16, 24, 16)
        more = _card()
        tail = hbox(theme.GRID)
        tail.setContentsMargins(24, 16, 24, 16)
        tail.addWidget(self.help)
        tail.addWidget(self.about)
        tail.addStretch(1)
        more.layout().addLayout(tail)  # type: ignore[union-attr]
        inside = QWidget()
        inside.setObjectName("settings.inside")
        inside.setMaximumWidth(WIDEST)
        column = vbox(2 * theme.GRID, inside)
        column.setContentsMargins(24, 16, 24, 16)
        for widget in (title, self.form, data, more):
            column.addWidget(widget)
        column.addStretch(1)
        area = QScrollArea(widgetResizable=True)
        area.setObjectName("settings.area")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)


def _card() -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    column = vbox(0, card)
    column.setContentsMargins(0, 0, 0, 0)
    return card


def _row(card: QFrame, label: str, content: QLabel, button: QPushButton) -> QHBoxLayout:
    row = hbox(2 * theme.GRID)
    column = vbox(2)
    if label:
        name = QLabel(label)
        name.setProperty("role", "field")
        column.addWidget(name)
    column.addWidget(content)
    row.addLayout(column, 1)
    row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
    card.layout().addLayout(row)  # type: ignore[union-attr]
    return row


def _button(name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(tip)
    button.setAccessibleName(text)
    return button
