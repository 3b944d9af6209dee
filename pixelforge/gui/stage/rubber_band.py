"""A frame that the mouse draws beside the sprites: what it touches is selected, with Ctrl or Shift besides the rest."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QRubberBand

from pixelforge.gui.stage.canvas import Canvas
from pixelforge.gui.stage.stage_model import StageModel

ADDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class RubberBand(QObject):
    """Begins where no sprite is; where the picture is zoomed, the mouse moves that instead."""

    def __init__(self, canvas: Canvas, model: StageModel) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._model = model
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, canvas)
        self._begun: QPoint | None = None
        self._kept: frozenset[int] = frozenset()  # selected before, and still
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the mouse over the canvas."""
        if isinstance(event, QMouseEvent):
            if event.type() == QEvent.Type.MouseButtonPress:
                self._begin(event)
            elif event.type() == QEvent.Type.MouseMove and self._begun is not None:
                self._draw(self._begun, event.position().toPoint())
            elif event.type() == QEvent.Type.MouseButtonRelease:
                self._begun = None
                self._band.hide()
        return False

    def _begin(self, event: QMouseEvent) -> None:
        beside = self._canvas.index_at(event.position()) is None and not self._canvas.zoomed
        left = event.button() == Qt.MouseButton.LeftButton
        self._begun = event.position().toPoint() if left and beside and not self._model.enlarged else None
        self._kept = self._model.selected if event.modifiers() & ADDING else frozenset()

    def _draw(self, begun: QPoint, now: QPoint) -> None:
        if not self._band.isVisible() and (now - begun).manhattanLength() < QApplication.startDragDistance():
            return
        frame = QRect(begun, now).normalized()
        self._band.setGeometry(frame)
        self._band.show()
        layout, ratio = self._canvas.layout_in_device_pixels(), self._canvas.devicePixelRatioF()
        if layout is not None:
            corners = (frame.left(), frame.top(), frame.right(), frame.bottom())
            left, top, right, bottom = (round(corner * ratio) for corner in corners)
            self._model.select(self._kept | layout.touched(left, top, right, bottom))
