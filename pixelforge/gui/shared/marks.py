"""Small marks on a sprite: pixels, with an outline that shows on any sprite, by day and by night."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPainter

STAR = (
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
TICK = (
    "      ## ",
    "     #oo#",
    " ## #ooo#",
    "#oo#ooo# ",
    "#ooooo#  ",
    " #ooo#   ",
    "  #o#    ",
    "   #     ",
)
OUTLINE = QColor(0x20, 0x18, 0x20)
GOLD = QColor(0xFF, 0xD0, 0x40)
GREEN = QColor(0x50, 0xE0, 0x80)


def draw_star(painter: QPainter, right: int, top: int, unit: int) -> None:
    """Mark a sprite to keep, the star's top right corner there; `unit`: painter's pixels a side of one of its own."""
    _draw(painter, STAR, GOLD, right - unit * len(STAR[0]), top, unit)


def draw_tick(painter: QPainter, right: int, bottom: int, unit: int) -> None:
    """Mark a sprite that is in the set, the tick's bottom right corner there."""
    _draw(painter, TICK, GREEN, right - unit * len(TICK[0]), bottom - unit * len(TICK), unit)


def _draw(painter: QPainter, glyph: tuple[str, ...], colour: QColor, left: int, top: int, unit: int) -> None:
    for y, row in enumerate(glyph):
        for x, mark in enumerate(row):
            if mark != " ":
                painter.fillRect(left + x * unit, top + y * unit, unit, unit, OUTLINE if mark == "#" else colour)
