"""Sprites side by side, as history and bin show them."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QListView

from pixelforge.gui.shared.list_player import ListPlayer
from pixelforge.gui.shared.sprite_delegate import SpriteDelegate

ROOM = 48  # logical pixels a side of a sprite, unless others are asked for


class SpriteListView(QListView):
    """Shows the sprites of a model that answers SPRITE_ROLE. Says what it is for while it is empty."""

    selected = Signal()

    def __init__(self, name: str, hint: str) -> None:
        super().__init__()
        self._hint = hint
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)  # with it ten thousand rows are laid out at once
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setMouseTracking(True)
        self._delegate = SpriteDelegate(ROOM, self)
        self.setItemDelegate(self._delegate)
        self.playing = ListPlayer(self, self._delegate)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(name)
        self.setMinimumHeight(ROOM + 12)

    def set_room(self, room: int) -> None:
        """How large sprites are, in logical pixels a side."""
        self._delegate.set_room(room)
        self.setMinimumHeight(room + 12)
        self.doItemsLayout()

    def keyboardSearch(self, search: str) -> None:
        """Sprites have no names to type; the letters are keys of the window."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens a sprite on every system."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if self.currentIndex().isValid():
                self.activated.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell who listens that other sprites are selected."""
        super().selectionChanged(selected, deselected)
        self.selected.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The list, or the hint."""
        super().paintEvent(event)
        if self.model() is not None and self.model().rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, self._hint)
            painter.end()
