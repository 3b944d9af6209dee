"""Where the parts of the window lie."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

SIZE = 1180, 780  # logical pixels of the window at its first start
HISTORY_HEIGHT = 170  # logical pixels: two rows of sprites


def lay_out_docks(window: QMainWindow, controls: QWidget, history: QWidget, tray: QWidget) -> list[QDockWidget]:
    """Controls on the left, history below, set on the right, each in a dock; the docks."""
    area = Qt.DockWidgetArea
    window.setCorner(Qt.Corner.BottomLeftCorner, area.LeftDockWidgetArea)
    window.setCorner(Qt.Corner.BottomRightCorner, area.RightDockWidgetArea)
    docks = [
        _dock(window, "Controls", controls, area.LeftDockWidgetArea),
        _dock(window, "History", history, area.BottomDockWidgetArea),
        _dock(window, "Set", tray, area.RightDockWidgetArea, "Sheet tray"),
    ]
    window.resize(*SIZE)
    window.resizeDocks(docks[1:2], [HISTORY_HEIGHT], Qt.Orientation.Vertical)
    return docks


def _dock(window: QMainWindow, title: str, content: QWidget, area: Qt.DockWidgetArea, kept_as: str = "") -> QDockWidget:
    """kept_as: what settings call the dock, where that was once its title."""
    dock = QDockWidget(title)
    dock.setObjectName(kept_as or title)
    dock.setWidget(content)
    window.addDockWidget(area, dock)
    return dock
