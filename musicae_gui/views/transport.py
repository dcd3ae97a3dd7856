"""The transport bar: play, loop, A/B, position, level and device, in reach from every panel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QToolButton,
    QWidget,
)

from core.i18n import _
from musicae_gui import actions, theme
from musicae_gui.views.boxes import hbox, vbox
from musicae_gui.views.elided import ElidedComboBox, ElidedLabel

if TYPE_CHECKING:
    from musicae_gui.controllers.transport import TransportState

TICKS_A_SECOND = 100


class TransportBar(QFrame):
    """Widgets only: it tells what the user does and shows what it is given."""

    play_clicked = Signal()
    loop_clicked = Signal()
    side_clicked = Signal()
    save_clicked = Signal()
    seek_wanted = Signal(float)
    level_wanted = Signal(float)
    device_wanted = Signal(str)
    devices_opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.setProperty("role", "bar")
        self.setAccessibleName(_("Playback"))
        self.play = self._button("play", "sound.play", "play", role="on_accent")
        self.play.setProperty("role", "play")
        self.play.setIconSize(QSize(24, 24))
        self.play.setFixedSize(40, 40)
        self.loop = self._button("loop", "sound.loop", "loop", selected="accent")
        self.loop.setCheckable(True)
        self.side = QToolButton()
        self.side.setObjectName("transport.side")
        self.side.setText("A/B")
        actions.explain(self.side, "sound.side")
        self.title = ElidedLabel()
        self.title.setObjectName("transport.title")
        self.now = _time_label("transport.now", Qt.AlignmentFlag.AlignLeft)
        self.whole = _time_label("transport.length", Qt.AlignmentFlag.AlignRight)
        self.position = JumpSlider(Qt.Orientation.Horizontal)
        self.position.setObjectName("transport.position")
        self.position.setAccessibleName(_("Position"))
        self.position.setToolTip(_("Position in the song; click or drag to go there"))
        self.level = JumpSlider(Qt.Orientation.Horizontal)
        self.level.setObjectName("transport.level")
        self.level.setMaximum(100)
        self.level.setFixedWidth(88)
        self.level.setAccessibleName(_("Playback level"))
        self.device = DeviceChooser()
        self.latency = QLabel()
        self.latency.setObjectName("transport.latency")
        self.latency.setProperty("role", "muted")
        self.latency.setToolTip(_("Time from the program to the loudspeaker"))
        self.status = QLabel(wordWrap=True)
        self.status.setObjectName("transport.status")
        self.status.setProperty("role", "warning")
        self.save = QPushButton(_("Save as WAV…"))
        self.save.setObjectName("transport.save")
        self.save.setProperty("role", "link")
        actions.explain(self.save, "sound.save", _("Save as WAV"))
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        heard = vbox(0)
        heard.addWidget(self.title)
        line = hbox(theme.GRID)
        line.addWidget(self.now)
        line.addWidget(self.position, 1)
        line.addWidget(self.whole)
        heard.addLayout(line)
        speaker = QToolButton()
        speaker.setProperty("role", "sign")
        speaker.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        speaker.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.set_icon(speaker, "level", role="muted")
        row = hbox(theme.GRID)
        for widget in (self.play, self.loop, self.side):
            row.addWidget(widget)
        row.addSpacing(theme.GRID)
        row.addLayout(heard, 1)
        row.addSpacing(theme.GRID)
        row.addWidget(speaker)
        row.addWidget(self.level)
        row.addWidget(self.device)
        row.addWidget(self.latency)
        silent = hbox(theme.GRID)
        silent.addWidget(self.status, 1)
        silent.addWidget(self.save)
        self._silent = QWidget()
        self._silent.setObjectName("transport.silent")
        silent.setContentsMargins(0, 0, 0, 0)
        self._silent.setLayout(silent)
        self._silent.hide()
        column = vbox(theme.GRID // 2, self)
        column.setContentsMargins(2 * theme.GRID, 10, 2 * theme.GRID, theme.GRID // 2)
        column.addLayout(row)
        column.addWidget(self._silent)

    def _connect(self) -> None:
        self.play.clicked.connect(self.play_clicked)
        self.loop.clicked.connect(self.loop_clicked)
        self.side.clicked.connect(self.side_clicked)
        self.save.clicked.connect(self.save_clicked)
        self.position.sliderMoved.connect(lambda ticks: self.now.setText(clock(ticks / TICKS_A_SECOND)))
        self.position.chosen.connect(lambda ticks: self.seek_wanted.emit(ticks / TICKS_A_SECOND))
        self.level.valueChanged.connect(lambda value: self.level_wanted.emit(value / 100))
        self.level.valueChanged.connect(self._tell_level)
        self.device.activated.connect(lambda row: self.device_wanted.emit(self.device.itemData(row)))
        self.device.opened.connect(self.devices_opened)

    # -- TransportView -----------------------------------------------------------------------------------------------

    def show_state(self, state: TransportState) -> None:
        theme.set_icon(self.play, "stop" if state.playing else "play", role="on_accent")
        actions.explain(self.play, "sound.play", _("Stop") if state.playing else _("Play"))
        self.loop.setChecked(state.loop)
        self.side.setEnabled(state.sides > 1)
        self.side.setText("A/B" if state.sides < 2 else _("Hear {side}").format(side=_letter(state.side)))
        self.title.setText(state.title if state.loaded else _("Nothing loaded: choose a song and press Space"))
        self.position.setEnabled(state.loaded)
        self.position.setMaximum(max(1, round(state.seconds * TICKS_A_SECOND)))
        self.whole.setText(clock(state.seconds))
        known = state.available and state.latency_ms > 0  # it is measured with the first sound
        self.latency.setText(_("{ms} ms").format(ms=state.latency_ms) if known else "")
        self.latency.setVisible(known)
        self.status.setText(state.status)
        self._silent.setVisible(bool(state.status))
        self.save.setEnabled(state.loaded)

    def show_position(self, seconds: float) -> None:
        if not self.position.isSliderDown():
            self.position.setValue(round(seconds * TICKS_A_SECOND))
            self.now.setText(clock(seconds))

    def show_devices(self, devices: Sequence[tuple[str, str]], current: str) -> None:
        self.device.fill(devices, current)

    def show_level(self, level: float) -> None:
        with QSignalBlocker(self.level):
            self.level.setValue(round(100 * level))
        self._tell_level(round(100 * level))

    def _tell_level(self, percent: int) -> None:
        self.level.setToolTip(_("Playback level: {percent} %").format(percent=percent))

    def _button(self, name: str, command: str, icon: str, *, role: str = "text", selected: str = "") -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"transport.{name}")
        button.setIconSize(QSize(20, 20))
        actions.explain(button, command)
        theme.set_icon(button, icon, role=role, selected=selected)
        return button


class JumpSlider(QSlider):
    """A slider that goes to where it is clicked; `chosen` tells a value that the user settled on."""

    chosen = Signal(int)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            option = QStyleOptionSlider()
            self.initStyleOption(option)
            style = self.style()
            handle = style.subControlRect(
                QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
            )
            if not handle.contains(event.position().toPoint()):
                span = max(1, self.width() - handle.width())
                at = round(event.position().x() - handle.width() / 2)
                self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), at, span))
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.chosen.emit(self.value())

    def keyPressEvent(self, event: object) -> None:
        before = self.value()
        super().keyPressEvent(event)  # type: ignore[arg-type]
        if self.value() != before:
            self.chosen.emit(self.value())


class DeviceChooser(ElidedComboBox):
    """The sound device; `opened` comes before the list drops, so that it can be read anew."""

    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("transport.device")
        self.setAccessibleName(_("Sound device"))
        self.setMinimumWidth(120)
        self.setMaximumWidth(232)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.currentTextChanged.connect(self._explain)
        self._explain()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def fill(self, devices: Sequence[tuple[str, str]], current: str) -> None:
        with QSignalBlocker(self):
            self.clear()
            for key, name in devices:
                self.addItem(name, key)
                self.setItemData(self.count() - 1, name, Qt.ItemDataRole.ToolTipRole)
            self.setCurrentIndex(max(0, self.findData(current)))
        self._explain()

    def _explain(self) -> None:
        """The whole name, too, which the box may have no room for."""
        help_ = _("Sound device; the list is read anew when it is opened")
        self.setToolTip(f"{self.currentText()}\n{help_}" if self.currentText() else help_)

    def showPopup(self) -> None:
        self.opened.emit()
        super().showPopup()


def clock(seconds: float) -> str:
    """0:05.2 up to an hour, 1:02:03 beyond."""
    tenths = int(seconds * 10 + 1e-6)
    minutes, rest = divmod(tenths, 600)
    if minutes >= 60:
        return f"{minutes // 60}:{minutes % 60:02d}:{rest // 10:02d}"
    return f"{minutes}:{rest // 10:02d}.{rest % 10}"


def _letter(side: int) -> str:
    return chr(ord("A") + side) if side < 26 else str(side + 1)


def _time_label(name: str, side: Qt.AlignmentFlag) -> QLabel:
    label = QLabel(clock(0))
    label.setObjectName(name)
    label.setProperty("role", "muted")
    label.setFont(theme.mono_font())
    label.setMinimumWidth(label.fontMetrics().horizontalAdvance("00:00.0"))
    label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    return label
