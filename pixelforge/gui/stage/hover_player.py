"""Plays the sprite under the pointer on the stage, or one that is to be tried on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QMouseEvent

from pixelforge.gui.shared.player import Player
from pixelforge.gui.stage.canvas import Canvas
from pixelforge.gui.stage.stage_model import StageModel
from pixelforge.imaging.frames import Frames
from pixelforge.imaging.pixels import Pixels


class HoverPlayer(QObject):
    """Watches the mouse over the canvas. Without the mouse, a sprite that is shown alone plays.."""

    def __init__(self, canvas: Canvas, model: StageModel) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._model = model
        self._index: int | None = None
        self.player = Player(self)
        self.player.shown.connect(self._show)
        canvas.setMouseTracking(True)
        canvas.installEventFilter(self)
        model.changed.connect(self._forget)
        model.enlarged_changed.connect(self._forget)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Play what the mouse comes to, stop where it leaves. Takes nothing from the canvas."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            index = self._canvas.index_at(event.position())
            if index != self._index:
                self._play(index, None if index is None else self._model.frames_of(index))
        elif event.type() in (QEvent.Type.Leave, QEvent.Type.Hide):
            self._forget()
        return False

    def try_on(self, index: int, frames: Frames | None) -> None:
        """Play this sprite in other frames; None: no more."""
        self._play(index, frames)

    def _forget(self) -> None:
        alone = self._model.current if self._model.enlarged and self._canvas.isVisible() else None
        self._play(alone, None if alone is None else self._model.frames_of(alone))

    def _play(self, index: int | None, frames: Frames | None) -> None:
        self.player.stop()
        self._index = index
        self.player.play(frames)

    def _show(self, picture: Pixels | None) -> None:
        if self._index is not None:
            self._canvas.set_frame(self._index, picture)
