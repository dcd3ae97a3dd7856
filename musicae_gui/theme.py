"""One small palette, light and dark, over Qt's Fusion style.

Every pair of text and ground that the window uses has a contrast of 4.5 at least (WCAG AA); a test computes it.
Distances are multiples of `GRID` pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from musicae_gui.icons import icon, refresh_icons, set_icon
from musicae_gui.stylesheet import stylesheet

__all__ = ["GRID", "Colors", "apply", "color", "colors", "icon", "is_dark", "mono_font", "set_icon", "signals"]

GRID = 8


@dataclass(frozen=True)
class Colors:
    """The palette as #rrggbb; `series` tells curves and strips apart, also for colour-blind eyes."""

    dark: bool
    background: str  # behind panels
    surface: str  # cards, tables, fields
    raised: str  # rail, transport, header rows
    border: str
    text: str
    muted: str  # secondary text
    accent: str  # the one colour that means "this": selection, focus, main button
    on_accent: str
    accent_soft: str  # selected rows, hover of the main button's kin
    good: str
    warning: str
    error: str
    series: tuple[str, ...]


LIGHT = Colors(
    dark=False,
    background="#f4f5f3",
    surface="#ffffff",
    raised="#e9ebe8",
    border="#cfd4cf",
    text="#1c2321",
    muted="#55605c",
    accent="#0b6b5d",
    on_accent="#ffffff",
    accent_soft="#d5ebe5",
    good="#1b6e3c",
    warning="#8a5300",
    error="#b3261e",
    series=(
        "#0b6b5d", "#c2410c", "#3355b5", "#a21c6b", "#7a6400",
        "#0f7ea6", "#7c3aed", "#4d7c0f", "#9f1239", "#52606d",
    ),
)  # fmt: skip
DARK = Colors(
    dark=True,
    background="#14181a",
    surface="#1b2124",
    raised="#20272a",
    border="#38424a",
    text="#e7ecea",
    muted="#9dabaa",
    accent="#4fd1b5",
    on_accent="#06231d",
    accent_soft="#1f4740",
    good="#6bd28f",
    warning="#f0b45b",
    error="#ff8a80",
    series=(
        "#4fd1b5", "#ff9a5c", "#8ab4ff", "#f58ac6", "#e3cb55",
        "#63cdf2", "#b79cff", "#a5d65a", "#ff8fa3", "#aab6c2",
    ),
)  # fmt: skip


class _Signals(QObject):
    changed = Signal()


class _State:
    """The theme in use; one a process, as Qt's own palette is."""

    choice = "system"
    colors = LIGHT
    signals: _Signals | None = None


def colors() -> Colors:
    """The palette now; ask again after `signals().changed`."""
    return _State.colors


def color(name: str, alpha: float = 1.0) -> QColor:
    """A QColor of the palette, e.g. `color("accent", 0.3)`."""
    value = QColor(getattr(_State.colors, name))
    value.setAlphaF(alpha)
    return value


def is_dark() -> bool:
    return _State.colors.dark


def signals() -> _Signals:
    """The object whose `changed` tells that pictures with colours of their own have to be drawn again."""
    if _State.signals is None:
        _State.signals = _Signals()
    return _State.signals


def apply(choice: str = "system") -> None:
    """Colour the whole program: `choice` is "system", "light" or "dark"."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    _State.choice = choice
    dark = choice == "dark" or (choice == "system" and _system_is_dark())
    _State.colors = DARK if dark else LIGHT
    if application.style().objectName().lower() != "fusion":
        application.setStyle("Fusion")
    application.setPalette(_palette(_State.colors))
    application.setStyleSheet(stylesheet(_State.colors))
    for widget in application.topLevelWidgets():
        refresh_icons(widget, _State.colors)
    signals().changed.emit()


def follow_system() -> None:
    """Change with the system from light to dark and back, while the user has chosen "system"."""
    QGuiApplication.styleHints().colorSchemeChanged.connect(_system_changed)


def mono_font(scale: float = 1.0) -> QFont:
    """The interface's font with digits of equal width, for times and figures."""
    font = QFont(QApplication.font())
    font.setPointSizeF(font.pointSizeF() * scale)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _system_is_dark() -> bool:
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def _system_changed() -> None:
    if _State.choice == "system":
        apply("system")


def _palette(c: Colors) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: c.background,
        QPalette.ColorRole.WindowText: c.text,
        QPalette.ColorRole.Base: c.surface,
        QPalette.ColorRole.AlternateBase: c.background,
        QPalette.ColorRole.Text: c.text,
        QPalette.ColorRole.PlaceholderText: c.muted,
        QPalette.ColorRole.Button: c.raised,
        QPalette.ColorRole.ButtonText: c.text,
        QPalette.ColorRole.BrightText: c.error,
        QPalette.ColorRole.ToolTipBase: c.raised,
        QPalette.ColorRole.ToolTipText: c.text,
        QPalette.ColorRole.Highlight: c.accent,
        QPalette.ColorRole.HighlightedText: c.on_accent,
        QPalette.ColorRole.Link: c.accent,
        QPalette.ColorRole.LinkVisited: c.accent,
        QPalette.ColorRole.Accent: c.accent,
        QPalette.ColorRole.Mid: c.border,
        QPalette.ColorRole.Midlight: c.border,
        QPalette.ColorRole.Dark: c.border,
        QPalette.ColorRole.Light: c.surface,
    }
    for role, value in roles.items():
        palette.setColor(role, QColor(value))
    faint = QColor(c.muted)
    faint.setAlphaF(0.7)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, QColor(c.border))
    return palette
