"""Number fields with small arrows.

A style sheet that gives a spin box a border makes Qt draw its buttons by the sheet too, and without their own
rules they come out as stray lines over the text.
"""

from __future__ import annotations

from string import Template

from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

from core.paths import resource

_SHEET = Template("""
QAbstractSpinBox { padding-right: 22px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { subcontrol-origin: border; width: 22px; border: none;
  background: transparent; }
QAbstractSpinBox::up-button { subcontrol-position: top right; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; }
QAbstractSpinBox::up-arrow { image: url("$up"); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url("$down"); width: 10px; height: 10px; }
QAbstractSpinBox::up-arrow:off, QAbstractSpinBox::down-arrow:off { image: none; }
""")
TEXT_MARGIN = 6  # the sheet's padding does not reach the text of a spin box


def dress(field: QSpinBox | QDoubleSpinBox) -> None:
    """Give `field` its arrows and the distance from the border that other fields have."""
    # The grey of the drawings themselves stands out from light and dark grounds alike.
    up, down = (resource("icons", f"{name}.svg").as_posix() for name in ("up", "down"))
    field.setStyleSheet(_SHEET.substitute(up=up, down=down))
    field.lineEdit().setTextMargins(TEXT_MARGIN, 0, 0, 0)
