"""Plays the sprite under the pointer in a list."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QListView

from pixelforge.gui.shared.player import Player
from pixelforge.gui.shared.sprite_delegate import SPRITE_ROLE, SpriteDelegate
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.sprites import Sprite


class ListPlayer(QObject):
    """Watches the mouse over a list whose delegate paints sprites. Lives as long as the list."""

    def __init__(self, view: QListView, delegate: SpriteDelegate) -> None:
        super().__init__(view)
        self._view = view
        self._delegate = delegate
        self._index = QPersistentModelIndex()
        self.player = Player(self)
        self.player.shown.connect(self._show)
        view.setMouseTracking(True)
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Play what the mouse comes to, stop where it leaves. Takes nothing from the list."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._look_at(self._view.indexAt(event.position().toPoint()))
        elif event.type() in (QEvent.Type.Leave, QEvent.Type.Hide):
            self._look_at(QModelIndex())
        return False

    def _look_at(self, index: QModelIndex) -> None:
        if QPersistentModelIndex(index) == self._index:
            return
        self.player.stop()
        self._index = QPersistentModelIndex(index)
        sprite = index.data(SPRITE_ROLE) if index.isValid() else None
        self.player.play(sprite.frames if isinstance(sprite, Sprite) else None)

    def _show(self, picture: Pixels | None) -> None:
        self._delegate.set_frame(self._index, picture)
        if self._index.isValid():
            row = self._view.model().index(self._index.row(), self._index.column())
            self._view.viewport().update(self._view.visualRect(row))
        elif picture is not None:  # its row is gone
            self.player.stop()
