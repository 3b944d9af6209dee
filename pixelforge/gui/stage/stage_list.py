"""What is on the stage, in words and places, as screen readers are told of it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect

from pixelforge.gui.stage.canvas import Canvas
from pixelforge.gui.stage.stage_model import StageModel


class StageList:
    """The finished sprites that are seen: all of them, or the one that is shown alone; none while a run forms."""

    def __init__(self, canvas: Canvas, model: StageModel) -> None:
        self._canvas = canvas
        self._model = model

    def count(self) -> int:
        """Sprites that are seen."""
        return min(1, len(self._model.cells)) if self._model.enlarged else len(self._model.cells)

    def words_of(self, item: int) -> tuple[str, str, str]:
        """Name, value and place among the others."""
        index, sprite = self._index(item), self._model.cells[self._index(item)].sprite
        recipe = sprite.made_from
        kind = None if recipe is None else recipe.request.conditions[0].kind
        name = sprite.name or f"{kind or sprite.class_name}, seed {sprite.seed}"
        marks = {"starred": self._model.starred, "in the set": self._model.gathered}
        value = ", ".join(word for word, marked in marks.items() if index in marked)
        return name, value, f"Sprite {index + 1} of {len(self._model.cells)}"

    def state_of(self, item: int) -> tuple[bool, bool]:
        """Whether it is selected, and whether it has the keyboard."""
        index = self._index(item)
        return index in self._model.selected, index == self._model.current and self._canvas.hasFocus()

    def area_of(self, item: int) -> QRect:
        """Where it lies in the canvas, in logical pixels."""
        layout, ratio = self._canvas.layout_in_device_pixels(), self._canvas.devicePixelRatioF()
        if layout is None:
            return QRect()
        left, top = layout.position(item)
        side = round(layout.cell / ratio)
        return QRect(round((layout.left + left) / ratio), round((layout.top + top) / ratio), side, side)

    def item_at(self, position: QPointF) -> int | None:
        """Which one lies at a point of the canvas."""
        index = self._canvas.index_at(position)
        if index is None or index >= len(self._model.cells):
            return None
        return 0 if self._model.enlarged else index

    def _index(self, item: int) -> int:
        return (self._model.current or 0) if self._model.enlarged else item
