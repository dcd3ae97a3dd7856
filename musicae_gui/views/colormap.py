"""Colours of the theme for pictures: arrays to images."""

from __future__ import annotations

from functools import cache

import numpy as np
from PySide6.QtGui import QColor, QImage

from core import pictures
from musicae_gui import theme


def level_map() -> str:
    """Name of the map for levels from silent to loud that suits the theme."""
    return "glow" if theme.is_dark() else "ink"


def signed_map() -> str:
    """Name of the map for values around zero that suits the theme."""
    return "night" if theme.is_dark() else "paper"


def coloured(steps: np.ndarray, name: str, *, height: int | None = None) -> QImage:
    """Steps 0..255, (rows, columns) uint8, as an image; may be called in any thread.

    With `height` the image has so many rows, those below `steps` transparent.
    """
    pixels = _table(name)[steps]
    if height is not None and height > len(pixels):
        pixels = np.pad(pixels, ((0, height - len(pixels)), (0, 0)))
    return to_image(pixels)


def filled(coverage: np.ndarray, color: QColor) -> QImage:
    """A shape in one colour: coverage 0..1, (rows, columns), as a transparent image; for any thread."""
    alpha = coverage * color.alphaF()
    parts = [(alpha * part).astype(np.uint32) for part in (color.red(), color.green(), color.blue())]
    pixels = ((alpha * 255).astype(np.uint32) << np.uint32(24)) | (parts[0] << np.uint32(16))
    return to_image(pixels | (parts[1] << np.uint32(8)) | parts[2])


def to_image(pixels: np.ndarray) -> QImage:
    """Premultiplied 0xAARRGGBB, (rows, columns) uint32, as an image that owns its memory."""
    pixels = np.ascontiguousarray(pixels, np.uint32)
    rows, columns = pixels.shape
    return QImage(pixels.data, columns, rows, columns * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()


@cache
def _table(name: str) -> np.ndarray:
    return pictures.colour_map(name)
