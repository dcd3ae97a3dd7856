"""Rows of two lines (a title, and muted words below it) with an optional colour and progress, for short lists."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from musicae_gui import theme

MARGIN = 8
BAR = 4  # height of the progress bar
SWATCH = 12
ONE_LINE_GAP = 12  # between the titles and the words behind them, which stand in a column
ROUNDING = 3  # px by which a text elided at its own width may seem too wide
ONE_LINE_SHARE = 0.5  # of the width that titles may take


class Role(IntEnum):
    """What a row holds besides its check state; `DisplayRole` is the title."""

    KEY = Qt.ItemDataRole.UserRole + 1
    DETAIL = Qt.ItemDataRole.UserRole + 2
    FRACTION = Qt.ItemDataRole.UserRole + 3  # 0 to 1; negative for no bar
    SERIES = Qt.ItemDataRole.UserRole + 4  # number of a series colour; negative for none
    TONE = Qt.ItemDataRole.UserRole + 5  # name of a theme colour for the words below


class RowDelegate(QStyledItemDelegate):
    """Draws the row; a checkable row's box is its swatch, filled when shown, hollow when hidden.

    Args:
        one_line: the words stand behind the title instead of below it.
    """

    def __init__(self, parent: QWidget | None = None, *, one_line: bool = False) -> None:
        super().__init__(parent)
        self._one_line = one_line

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        if self._one_line:
            return QSize(120, QFontMetrics(_fonts(option)[0]).height() + 10)
        return QSize(120, _height(option, index))

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """A click on the swatch, or Space, checks and unchecks."""
        if not model.flags(index) & Qt.ItemFlag.ItemIsUserCheckable:
            return False
        if isinstance(event, QMouseEvent):
            left: int = option.rect.left()
            wanted = event.type() == QEvent.Type.MouseButtonRelease
            wanted = wanted and event.position().x() < left + 2 * MARGIN + SWATCH
        else:
            wanted = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space
        if not wanted:
            return False
        checked = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Checked
        state = Qt.CheckState.Unchecked if checked else Qt.CheckState.Checked
        return model.setData(index, state, Qt.ItemDataRole.CheckStateRole)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("accent_soft"))
        inner = rect.adjusted(MARGIN, 4, -MARGIN, -4)
        series = index.data(Role.SERIES)
        check = index.data(Qt.ItemDataRole.CheckStateRole)
        if check is not None:
            color = QColor(series_color(series)) if series is not None and series >= 0 else theme.color("accent")
            _draw_swatch(painter, inner, color, check, tick=series is None or series < 0)
            inner = inner.adjusted(SWATCH + MARGIN, 0, 0, 0)
        _draw_words(painter, inner, option, index, self._one_line)
        fraction = float(index.data(Role.FRACTION) if index.data(Role.FRACTION) is not None else -1)
        if fraction >= 0:
            _draw_bar(painter, QRect(inner.left(), inner.bottom() - BAR + 1, inner.width(), BAR), fraction)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()


def _draw_words(
    painter: QPainter,
    rect: QRect,
    option: QStyleOptionViewItem,
    index: QModelIndex | QPersistentModelIndex,
    one_line: bool,
) -> None:
    title_font, detail_font = _fonts(option)
    painter.setFont(title_font)
    painter.setPen(theme.color("text"))
    metrics = QFontMetrics(title_font)
    room = _title_width(index.model(), metrics, rect.width()) if one_line else rect.width()
    title = metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room)
    painter.drawText(rect.left(), rect.top() + metrics.ascent(), title)
    if one_line:
        rect = rect.adjusted(room + ONE_LINE_GAP, 0, 0, 0)
        top = rect.top() + metrics.ascent() - QFontMetrics(detail_font).ascent()
    else:
        top = rect.top() + metrics.height() + 1
    painter.setFont(detail_font)
    painter.setPen(theme.color(str(index.data(Role.TONE) or "muted")))
    metrics = QFontMetrics(detail_font)
    detail = metrics.elidedText(str(index.data(Role.DETAIL) or ""), Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect.left(), top + metrics.ascent(), detail)


def _title_width(model: QAbstractItemModel, metrics: QFontMetrics, width: int) -> int:
    """Of the widest title in the list, within its share of `width`."""
    titles = (str(model.index(row, 0).data()) for row in range(model.rowCount()))
    widest = max(map(metrics.horizontalAdvance, titles), default=0)
    return min(widest + ROUNDING, round(ONE_LINE_SHARE * width))


def series_color(series: int) -> str:
    """The theme's colour (#rrggbb) of the series with that number."""
    known = theme.colors().series
    return known[series % len(known)]


def _draw_swatch(painter: QPainter, rect: QRect, color: QColor, check: object, *, tick: bool) -> None:
    """A box filled when checked: with a tick where it chooses, plain where it is the key to a curve."""
    checked = Qt.CheckState(check) == Qt.CheckState.Checked
    box = QRect(rect.left() + 1, rect.top() + 3, SWATCH, SWATCH)
    painter.setPen(QPen(color if checked or not tick else theme.color("muted"), 2))
    painter.setBrush(color if checked else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 3, 3)
    if checked and tick:
        painter.setPen(QPen(theme.color("on_accent"), 2))
        corner = box.topLeft()
        painter.drawPolyline([corner + QPoint(2, 6), corner + QPoint(5, 9), corner + QPoint(10, 3)])


def _draw_bar(painter: QPainter, rect: QRect, fraction: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("border"))
    painter.drawRoundedRect(rect, 2, 2)
    done = QRect(rect.left(), rect.top(), round(rect.width() * min(1.0, fraction)), rect.height())
    painter.setBrush(theme.color("accent"))
    painter.drawRoundedRect(done, 2, 2)


def _fonts(option: QStyleOptionViewItem) -> tuple[QFont, QFont]:
    base: QFont = option.font
    title, detail = QFont(base), QFont(base)
    title.setWeight(QFont.Weight.DemiBold)
    detail.setPointSizeF(base.pointSizeF() * 0.92)
    return title, detail


def _height(option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> int:
    title, detail = _fonts(option)
    height = QFontMetrics(title).height() + QFontMetrics(detail).height() + 10
    fraction = index.data(Role.FRACTION)
    return height + (BAR + 2 if fraction is not None and fraction >= 0 else 0)
