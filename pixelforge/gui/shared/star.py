"""The star on a sprite that the user wants to keep: pixels, with an outline that shows on any sprite."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPainter

GLYPH = (
    "    #    ",
    "   #o#   ",
    "####o####",
    "#ooooooo#",
    " #ooooo# ",
    " #ooooo# ",
    " #oo#oo# ",
    " #o# #o# ",
    " ##   ## ",
)
COLOURS = {"#": QColor(0x20, 0x18, 0x20), "o": QColor(0xFF, 0xD0, 0x40)}


def draw_star(painter: QPainter, right: int, top: int, unit: int) -> None:
    """Paint it with its top right corner there; `unit`: painter's pixels a side of one of its own."""
    left = right - unit * len(GLYPH[0])
    for y, row in enumerate(GLYPH):
        for x, mark in enumerate(row):
            if mark in COLOURS:
                painter.fillRect(left + x * unit, top + y * unit, unit, unit, COLOURS[mark])
