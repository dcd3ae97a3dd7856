"""A narrow form made from declared settings: a row each, the help as tooltip, seldom used ones folded away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from core.i18n import _
from core.settings import Settings, SettingSpec
from musicae_gui.views.number_field import DecimalField, WholeField

S = TypeVar("S", bound=Settings)


class CompactForm(QWidget, Generic[S]):
    """Edits a frozen Settings object.

    Args:
        values: what is shown first.
        main: names of the settings that are always visible; the others open with "More".
        skip: names that the panel edits elsewhere.
        zeros: what to show for 0 where it is not a number to set ("automatic").
    """

    edited = Signal(object)  # the new settings

    def __init__(
        self,
        values: S,
        *,
        prefix: str,
        main: Sequence[str],
        skip: Sequence[str] = (),
        zeros: Mapping[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._values = values
        self._prefix = prefix
        self._zeros = dict(zeros or {})
        self._editors: dict[str, _Editor] = {}
        self._filling = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        specs = [spec for spec in values.specs() if not spec.hidden and spec.name not in skip]
        layout.addLayout(self._rows([spec for name in main for spec in specs if spec.name == name]))
        self._more = QPushButton()
        self._more.setObjectName(f"{prefix}.more")
        self._more.setCheckable(True)
        self._more.setProperty("role", "link")
        self._more.setToolTip(_("Settings that seldom need a change."))
        self._rest = QWidget()
        self._rest.setLayout(self._rows([spec for spec in specs if spec.name not in main]))
        self._rest.layout().setContentsMargins(0, 0, 0, 0)  # type: ignore[union-attr]  # set on the line above
        layout.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._rest)
        self._more.toggled.connect(self._show_rest)
        self._show_rest(False)
        self.set_values(values)

    @property
    def values(self) -> S:
        return self._values

    def set_values(self, values: S) -> None:
        """Show other values; this emits nothing."""
        self._filling = True
        self._values = values
        for name, editor in self._editors.items():
            editor.set(getattr(values, name))
        self._filling = False

    def editor(self, name: str) -> QWidget:
        return self._editors[name].widget

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False

    def _rows(self, specs: Sequence[SettingSpec]) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(6)
        for spec in specs:
            editor = _Editor(spec, self._zeros.get(spec.name, ""), partial(self._take, spec.name))
            name = _(spec.label or spec.name)
            editor.widget.setObjectName(f"{self._prefix}.{spec.name}")
            editor.widget.setAccessibleName(name)
            editor.widget.setToolTip(_(spec.help))
            # Scrolling the form must not change the number under the mouse.
            editor.widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            editor.widget.installEventFilter(self)
            label = QLabel(name)
            label.setToolTip(_(spec.help))
            label.setBuddy(editor.widget)
            form.addRow(label, editor.widget)
            self._editors[spec.name] = editor
        return form

    def _take(self, name: str) -> None:
        if self._filling:
            return
        values = self._values.replace(**{name: self._editors[name].get()})
        if values != self._values:
            self._values = values
            self.edited.emit(values)

    def _show_rest(self, shown: bool) -> None:
        self._rest.setVisible(shown)
        self._more.setText(_("Fewer settings") if shown else _("More settings…"))


class _Editor(QObject):
    """The widget for one setting, whatever its kind."""

    def __init__(self, spec: SettingSpec, zero: str, changed: Callable[[], None]) -> None:
        super().__init__()
        self._spec = spec
        if spec.choices:
            self.widget: QWidget = self._combo(spec, changed)
        elif spec.kind is bool:
            box = QCheckBox()
            box.toggled.connect(lambda _on: changed())
            self.widget = box
        elif spec.kind is int:
            self.widget = self._spin(spec, zero, changed)
        elif spec.kind is float:
            self.widget = self._double_spin(spec, zero, changed)
        else:
            line = QLineEdit()
            line.editingFinished.connect(changed)
            self.widget = line

    def get(self) -> Any:
        widget = self.widget
        if isinstance(widget, QComboBox):
            return widget.currentData()
        if isinstance(widget, QCheckBox):
            return widget.isChecked()
        if isinstance(widget, QSpinBox):
            return widget.value()
        if isinstance(widget, QDoubleSpinBox):
            return float(widget.value())
        assert isinstance(widget, QLineEdit)
        return widget.text()

    def set(self, value: Any) -> None:
        widget = self.widget
        if isinstance(widget, QComboBox):
            widget.setCurrentIndex(max(0, widget.findData(value)))
        elif isinstance(widget, QCheckBox):
            widget.setChecked(value)
        elif isinstance(widget, QSpinBox | QDoubleSpinBox):
            widget.setValue(value)
        elif isinstance(widget, QLineEdit):
            widget.setText(value)

    @staticmethod
    def _combo(spec: SettingSpec, changed: Callable[[], None]) -> QComboBox:
        words = {"auto": _("automatic"), "cpu": _("processor (CPU)"), "cuda": _("NVIDIA GPU (CUDA)")}
        words |= {"mps": _("Apple GPU (MPS)"), "with": _("with"), "without": _("without")}
        box = QComboBox()
        for choice in spec.choices:
            box.addItem(words.get(choice, choice), choice)
        box.activated.connect(lambda _index: changed())
        return box

    @staticmethod
    def _spin(spec: SettingSpec, zero: str, changed: Callable[[], None]) -> QSpinBox:
        spin = WholeField()
        spin.setRange(int(spec.low or 0), int(min(spec.high or 2**31 - 1, 2**31 - 1)))
        _explain_number(spin, spec, zero)
        spin.setGroupSeparatorShown(True)
        spin.valueChanged.connect(lambda _value: changed())
        return spin

    @staticmethod
    def _double_spin(spec: SettingSpec, zero: str, changed: Callable[[], None]) -> QDoubleSpinBox:
        spin = DecimalField()
        spin.setDecimals(5 if (spec.high or 0) <= 10 else 2)
        spin.setRange(float(spec.low or 0), float(spec.high if spec.high is not None else 1e9))
        spin.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        _explain_number(spin, spec, zero)
        spin.valueChanged.connect(lambda _value: changed())
        return spin


def _explain_number(spin: QSpinBox | QDoubleSpinBox, spec: SettingSpec, zero: str) -> None:
    if spec.unit:
        spin.setSuffix(f" {spec.unit}")
    if zero:
        spin.setSpecialValueText(zero)
