"""A sprite that is being mended: its picture, the tool in the hand, whole strokes that can be undone. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QObject, Signal

from pixelforge.gui.desk.tools import Tool
from pixelforge.imaging import drawing
from pixelforge.imaging.drawing import CLEAR, Box, Ink, Point
from pixelforge.imaging.pixels import Pixels

BLACK: Ink = (0, 0, 0, 255)


class DeskModel(QObject):
    """`picture` is what is seen, also within a stroke; a stroke that is done, or undone, is told by `stroke_done`."""

    picture_changed = Signal()
    tool_changed = Signal()
    ink_changed = Signal()
    box_changed = Signal()
    stroke_done = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._picture = self._before = np.zeros((16, 16, 4), np.uint8)
        self._undone: list[Pixels] = []
        self._done: list[Pixels] = []
        self._tool = Tool.PENCIL
        self._ink = BLACK
        self._mirror = False
        self._palette: tuple[Ink, ...] = ()
        self._last: Point | None = None  # of the stroke that is going on; None between strokes
        self._first: Point = (0, 0)
        self._erasing = False
        self._box: Box | None = None
        self._grip: Point | None = None  # where the box was taken hold of

    @property
    def picture(self) -> Pixels:
        """What is seen, (H, W, 4)."""
        return self._picture

    @property
    def tool(self) -> Tool:
        """What is in the hand."""
        return self._tool

    @property
    def ink(self) -> Ink:
        """The colour that is drawn in."""
        return self._ink

    @property
    def mirror(self) -> bool:
        """Whether what is drawn on one side is drawn on the other as well."""
        return self._mirror

    @property
    def palette(self) -> tuple[Ink, ...]:
        """The colours at hand: the sprite's as it was opened, the most frequent first, and those of its style."""
        return self._palette

    @property
    def box(self) -> Box | None:
        """What is marked to be moved or copied."""
        return self._box

    @property
    def can_undo(self) -> bool:
        """Whether there is a stroke to undo."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a stroke to make again."""
        return bool(self._undone)

    def open(self, picture: Pixels, palette: Sequence[Ink] = ()) -> None:
        """Begin with another picture (H, W, 4). palette: further colours to have at hand."""
        self._picture = self._before = picture.copy()
        self._done, self._undone = [], []
        self._last = None
        own = drawing.colours_of(picture)
        self._palette = tuple(dict.fromkeys((*own, *palette))) or (BLACK,)
        self.set_box(None)
        if self._ink not in self._palette:
            self.set_ink(self._palette[0])
        self.picture_changed.emit()
        self.ink_changed.emit()

    def set_tool(self, tool: Tool) -> None:
        """Take another tool into the hand."""
        if tool is not self._tool:
            self._tool = tool
            self.set_box(None)
            self.tool_changed.emit()

    def set_ink(self, ink: Ink) -> None:
        """Draw in another colour."""
        if ink != self._ink:
            self._ink = ink
            self.ink_changed.emit()

    def set_mirror(self, mirror: bool) -> None:
        """Draw on both sides, or on one."""
        if mirror != self._mirror:
            self._mirror = mirror
            self.tool_changed.emit()

    def set_box(self, box: Box | None) -> None:
        """Mark a box, which is cut to the picture; None or an empty one: nothing."""
        if box is not None:
            height, width = self._picture.shape[:2]
            left, top, right, bottom = box
            box = (max(0, left), max(0, top), min(width, right), min(height, bottom))
            box = box if box[0] < box[2] and box[1] < box[3] else None
        if box != self._box:
            self._box = box
            self.box_changed.emit()

    def press(self, at: Point, *, erase: bool = False, pick: bool = False) -> None:
        """The mouse goes down on a pixel, or beside the picture. erase: by the right button. pick: with Alt."""
        self._before, self._first, self._last, self._erasing = self._picture, at, at, erase
        if self._tool is Tool.MOVE and not pick:
            self._grip = at if self._box is not None and _within(at, self._box) else None
            if self._grip is None:
                self.set_box(None)
            return
        if pick or self._tool is Tool.PICKER:
            self._last = None
            if self._inside(at) and (ink := drawing.ink_at(self._picture, at)) != CLEAR:
                self.set_ink(ink)
        elif self._tool in (Tool.FILL, Tool.REPLACE):
            self._last = None
            if self._inside(at):
                self.apply(self._filled(at))
        else:
            self._draw(at)

    def drag(self, at: Point) -> None:
        """The mouse moves over pixels while it is down."""
        if self._last is None or at == self._last:
            return
        if self._tool is Tool.MOVE:
            self._drag_box(at)
        else:
            self._draw(at)
        self._last = at

    def release(self) -> None:
        """The mouse goes up: the stroke is done."""
        if self._grip is not None and self._last is not None and self._box is not None:
            across, down = self._last[0] - self._grip[0], self._last[1] - self._grip[1]
            left, top, right, bottom = self._box
            self.set_box((left + across, top + down, right + across, bottom + down))
        self._last = self._grip = None
        self._keep(self._before)

    def apply(self, picture: Pixels) -> None:
        """Take another picture as a stroke of its own."""
        before = self._picture
        self._show(picture)
        self._before = before
        self._keep(before)

    def change(self, how: Callable[[Pixels], Pixels]) -> None:
        """Apply a change to the whole picture."""
        self.apply(how(self._picture))

    def nudge(self, across: int, down: int) -> None:
        """Move what is marked by so many pixels, or everything, which comes in again on the other side."""
        if self._box is None:
            self.apply(drawing.shifted(self._picture, across, down))
            return
        left, top, right, bottom = self._box
        self.apply(drawing.moved(self._picture, self._box, across, down))
        self.set_box((left + across, top + down, right + across, bottom + down))

    def copied(self) -> Pixels:
        """What is marked, or everything."""
        height, width = self._picture.shape[:2]
        left, top, right, bottom = self._box or (0, 0, width, height)
        return self._picture[top:bottom, left:right].copy()

    def paste(self, piece: Pixels) -> None:
        """Lay a piece over the picture where the box is, or in its middle, and mark it."""
        height, width = self._picture.shape[:2]
        high, wide = piece.shape[:2]
        left, top = self._box[:2] if self._box is not None else ((width - wide) // 2, (height - high) // 2)
        self.apply(drawing.pasted(self._picture, piece, (left, top)))
        self.set_tool(Tool.MOVE)
        self.set_box((left, top, left + wide, top + high))

    def undo(self) -> None:
        """Take the last stroke back."""
        if self._done and self._last is None:
            self._undone.append(self._picture)
            self._show(self._done.pop())
            self.stroke_done.emit()

    def redo(self) -> None:
        """Make the stroke again that was undone last."""
        if self._undone and self._last is None:
            self._done.append(self._picture)
            self._show(self._undone.pop())
            self.stroke_done.emit()

    def _draw(self, at: Point) -> None:
        """Pencil, eraser or line, from where the stroke was before."""
        assert self._last is not None
        whole = self._tool is Tool.LINE
        points = drawing.line(self._first if whole else self._last, at)
        if self._mirror:
            points = drawing.mirrored(points, self._picture.shape[1])
        ink = CLEAR if self._erasing or self._tool is Tool.ERASER else self._ink
        self._show(drawing.painted(self._before if whole else self._picture, points, ink))

    def _filled(self, at: Point) -> Pixels:
        ink = CLEAR if self._erasing else self._ink
        if self._tool is Tool.REPLACE:
            return drawing.replaced(self._picture, drawing.ink_at(self._picture, at), ink)
        picture = drawing.filled(self._picture, at, ink)
        other = (picture.shape[1] - 1 - at[0], at[1])
        return drawing.filled(picture, other, ink) if self._mirror else picture

    def _drag_box(self, at: Point) -> None:
        if self._grip is not None and self._box is not None:
            across, down = at[0] - self._grip[0], at[1] - self._grip[1]
            self._show(drawing.moved(self._before, self._box, across, down))
        else:
            (x, y), (to_x, to_y) = self._first, at
            self.set_box((min(x, to_x), min(y, to_y), max(x, to_x) + 1, max(y, to_y) + 1))

    def _inside(self, at: Point) -> bool:
        height, width = self._picture.shape[:2]
        return 0 <= at[0] < width and 0 <= at[1] < height

    def _show(self, picture: Pixels) -> None:
        self._picture = picture
        self.picture_changed.emit()

    def _keep(self, before: Pixels) -> None:
        """A stroke that changed nothing is none."""
        if not np.array_equal(before, self._picture):
            self._done.append(before)
            self._undone = []
            self.stroke_done.emit()


def _within(at: Point, box: Box) -> bool:
    return box[0] <= at[0] < box[2] and box[1] <= at[1] < box[3]
