"""The dots around what has the keyboard, where a widget paints itself."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen


def draw_focus(painter: QPainter, area: QRect) -> None:
    """Just within an area; black over white, so that it is seen over every colour and every selection."""
    frame = area.adjusted(0, 0, -1, -1)
    for pen in (QPen(QColor("white"), 1), QPen(QColor("black"), 1, Qt.PenStyle.DotLine)):
        painter.setPen(pen)
        painter.drawRect(frame)
