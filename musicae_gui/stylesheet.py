"""What the palette alone cannot say: distances, rounded corners, focus rings."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from core.paths import resource

if TYPE_CHECKING:
    from musicae_gui.theme import Colors


def stylesheet(colors: Colors) -> str:
    # A style sheet takes an arrow only as a file; there is one for either theme.
    kind = "dark" if colors.dark else "light"
    return _SHEET.substitute(
        vars(colors),
        check=resource("icons", f"check-{kind}.svg").as_posix(),
        chevron=resource("icons", f"chevron-{kind}.svg").as_posix(),
        chevron_up=resource("icons", f"chevron-up-{kind}.svg").as_posix(),
    )


_SHEET = Template("""
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 8px; }

QLabel[role="title"] { font-size: 17pt; font-weight: 600; }
QLabel[role="heading"] { font-size: 11pt; font-weight: 600; }
QLabel[role="field"] { font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="error"] { color: $error; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="good"] { color: $good; }

QFrame[role="card"] { background: $surface; border: 1px solid $border; border-radius: 8px; }
QFrame[role="rail"] { background: $raised; border: none; border-right: 1px solid $border; }
QFrame[role="status"] { background: $raised; border: none; }
QFrame[role="toast"] { background: $surface; border: 1px solid $border; border-radius: 8px; }
QFrame[role="toast"][level="good"] { border-color: $good; }
QFrame[role="toast"][level="warning"] { border-color: $warning; }
QFrame[role="toast"][level="error"] { border-color: $error; }
QToolButton[role="sign"] { border: none; background: transparent; padding: 2px; }
QToolButton[role="small"] { padding: 1px; }
QToolButton[role="menu"] { padding: 1px 20px 1px 4px; color: $muted; }
QToolButton[role="menu"]::menu-indicator { image: url($chevron); width: 10px; height: 10px; right: 5px;
  subcontrol-origin: padding; subcontrol-position: right center; }
QFrame[role="bar"] { background: $raised; border: none; border-top: 1px solid $border; }

QPushButton { background: $surface; border: 1px solid $border; border-radius: 6px; padding: 5px 14px;
  min-height: 20px; }
QPushButton:hover { border-color: $muted; background: $raised; }
QPushButton:pressed, QPushButton:checked { background: $accent_soft; border-color: $accent; }
QPushButton:focus { border: 2px solid $accent; padding: 4px 13px; }
QPushButton:disabled { color: $muted; background: transparent; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton[role="primary"]:hover { border-color: $text; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="primary"]:disabled { background: $border; color: $muted; border-color: $border; }
QPushButton[role="link"] { background: transparent; border: none; color: $accent; padding: 2px 4px; text-align: left;
  min-height: 16px; }
QPushButton[role="link"]:hover { color: $text; }
QPushButton[role="link"]:disabled { color: $muted; }
QPushButton[role="link"]:focus { border: 1px solid $accent; border-radius: 4px; padding: 1px 3px; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 5px; }
QToolButton:hover { background: $surface; border-color: $border; }
QToolButton:checked { background: $accent_soft; border-color: $accent; }
QToolButton:pressed { background: $accent_soft; }
QToolButton:focus { border: 2px solid $accent; padding: 4px; }
QToolButton[role="rail"] { padding: 8px 2px; border-radius: 8px; font-size: 9pt; color: $text; }
QToolButton[role="rail"]:checked { color: $accent; font-weight: 600; border-color: transparent; }
QToolButton[role="rail"]:focus { border: 2px solid $accent; padding: 7px 1px; }
QToolButton[role="hear"] { border: 1px solid $border; background: $surface; font-size: 13pt; font-weight: 600; }
QToolButton[role="hear"]:checked { background: $accent_soft; border-color: $accent; }
QToolButton[role="hear"]:focus { border: 2px solid $accent; padding: 4px; }
QToolButton[role="play"] { background: $accent; border-radius: 20px; padding: 0px; }
QToolButton[role="play"]:hover { border: 2px solid $text; }
QToolButton[role="play"]:focus { border: 2px solid $text; }
QToolButton[role="play"]:disabled { background: $border; }

QLineEdit, QAbstractSpinBox, QComboBox {
  background: $surface; border: 1px solid $border; border-radius: 6px; padding: 4px 8px; min-height: 20px;
  selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
  border: 2px solid $accent; padding: 3px 7px;
}
QComboBox, QComboBox:focus { padding-right: 0; }
/* Qt keeps this padding free in the list below, too: were it less with the focus, the last entry would be cut. */
QComboBox:focus { padding-top: 4px; padding-bottom: 4px; min-height: 18px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$chevron"); width: 12px; height: 12px; }
QComboBoxPrivateContainer { background: $surface; border: 1px solid $border; }
QComboBox QAbstractItemView { background: $surface; border-radius: 0; padding: 0 4px; outline: none;
  selection-background-color: $accent_soft; selection-color: $text; }
QComboBox QAbstractItemView, QComboBox QAbstractItemView:focus { border: 1px solid $border; border-top: none;
  border-bottom: none; }

QAbstractSpinBox { padding-right: 22px; min-height: 17px; }
QAbstractSpinBox:focus { padding-right: 21px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { subcontrol-origin: border; width: 22px; border: none;
  background: transparent; }
QAbstractSpinBox::up-button { subcontrol-position: top right; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; }
QAbstractSpinBox::up-arrow { image: url("$chevron_up"); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url("$chevron"); width: 10px; height: 10px; }
QAbstractSpinBox::up-arrow:off, QAbstractSpinBox::down-arrow:off { image: none; }
QAbstractItemView QAbstractSpinBox { border: none; border-radius: 0; padding: 0 18px 0 0; min-height: 0; }
QAbstractItemView QAbstractSpinBox::up-button, QAbstractItemView QAbstractSpinBox::down-button { width: 18px; }

QTableView, QListView, QTreeView, QTextBrowser {
  background: $surface; border: 1px solid $border; border-radius: 8px; outline: none;
  gridline-color: $border; selection-background-color: $accent_soft; selection-color: $text; }
QTableView:focus, QListView:focus, QTreeView:focus { border: 1px solid $accent; }
QTreeView::item { padding: 4px 2px; }
QTableView[role="report"]::item { padding: 0 8px; }
QTextBrowser { padding: 8px; }
QListView[role="plain"] { border: none; border-radius: 0; background: transparent; }
QHeaderView { background: transparent; }
QHeaderView::section { background: $surface; color: $muted; border: none; border-bottom: 1px solid $border;
  padding: 6px 8px; font-weight: 600; }
QHeaderView::section:first { border-top-left-radius: 7px; }
QHeaderView::section:last { border-top-right-radius: 7px; }
QHeaderView::section:only-one { border-top-left-radius: 7px; border-top-right-radius: 7px; }
QHeaderView::section:hover { color: $text; }
QTableCornerButton::section { background: $surface; border: none; }

QSlider:horizontal { min-height: 22px; }
MarkedSlider:horizontal { min-height: 36px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -6px 0; border-radius: 8px; background: $surface;
  border: 1px solid $muted; }
QSlider::handle:horizontal:hover { border-color: $accent; }
QSlider::handle:horizontal:focus { border: 2px solid $accent; width: 12px; height: 12px; }
QSlider::sub-page:horizontal:disabled { background: $border; }

QProgressBar { background: $border; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QMenu { background: $surface; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle { background: $border; border-radius: 4px; min-height: 28px; min-width: 28px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
QCheckBox, QRadioButton { spacing: 8px; }
QRadioButton::indicator { width: 12px; height: 12px; border: 1px solid $muted; border-radius: 7px;
  background: $surface; }
QRadioButton::indicator:hover, QRadioButton::indicator:focus { border-color: $accent; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 4px solid $accent; background: $on_accent; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $muted; border-radius: 4px; background: $surface; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$check"); }
QCheckBox::indicator:disabled { border-color: $border; background: transparent; }
""")
