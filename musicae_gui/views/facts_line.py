"""A line of short facts, "SI-SDR 10.8 dB", that leaves out the last ones where there is no room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from musicae_gui import theme

_GAP = 16  # px between two facts


class FactsLine(QWidget):
    """Names muted, values plain, right-aligned; the tooltip always holds all of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: list[tuple[str, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def set_facts(self, facts: Sequence[tuple[str, str]], explanation: str = "") -> None:
        """Pairs of name and value, the important ones first."""
        if list(facts) != self._facts:
            self._facts = list(facts)
            words = "\n".join(f"{name} {value}".strip() for name, value in facts)
            self.setAccessibleName(words.replace("\n", ", "))
            self.setToolTip(f"{words}\n\n{explanation}".strip())
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.fontMetrics().height() + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        plain, strong = theme.mono_font(0.95), theme.mono_font(0.95)
        strong.setWeight(QFont.Weight.DemiBold)
        thin, bold = QFontMetrics(plain), QFontMetrics(strong)
        widths = [
            (thin.horizontalAdvance(name + " ") if name else 0, bold.horizontalAdvance(value))
            for name, value in self._facts
        ]
        shown = len(widths)
        while shown and sum(map(sum, widths[:shown])) + _GAP * (shown - 1) > self.width():
            shown -= 1
        x = self.width() - sum(map(sum, widths[:shown])) - _GAP * max(shown - 1, 0)
        for (name, value), (first, second) in zip(self._facts[:shown], widths[:shown], strict=True):
            painter.setFont(plain)
            painter.setPen(theme.color("muted"))
            painter.drawText(QRect(x, 0, first, self.height()), Qt.AlignmentFlag.AlignVCenter, name)
            painter.setFont(strong)
            painter.setPen(theme.color("text"))
            painter.drawText(QRect(x + first, 0, second + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, value)
            x += first + second + _GAP
        painter.end()
