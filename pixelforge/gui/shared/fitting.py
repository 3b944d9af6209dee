"""Windows no larger than the screen."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

FRAME = QSize(16, 48)  # logical pixels that the system puts around a window, at the most


def fit_in(window: QWidget, room: QSize) -> None:
    """Make a window, with its frame, no larger than a screen has room for, in logical pixels."""
    window.resize(window.size().boundedTo(room - FRAME))
