"""A sprite that is being mended: its picture, the tool in the hand, whole strokes that can be undone. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from pixelforge.gui.desk.fillings import Fillings
from pixelforge.gui.desk.film import USUAL, Film
from pixelforge.gui.desk.hand import BLACK, Hand
from pixelforge.gui.desk.strokes import Strokes
from pixelforge.gui.desk.tools import Tool
from pixelforge.imaging import drawing
from pixelforge.imaging.drawing import CLEAR, Box, Ink, Point
from pixelforge.imaging.pixels import Pixels


class DeskModel(QObject):
    """`picture` is what is seen, also within a stroke; a stroke that is done, or undone, is told by `stroke_done`."""

    picture_changed = Signal()
    tool_changed = Signal()
    ink_changed = Signal()
    box_changed = Signal()
    stroke_done = Signal()
    film_changed = Signal()  # the frames, which of them is worked on, or whether the one before is seen

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.fillings = Fillings(self)
        self._picture = self._before = np.zeros((16, 16, 4), np.uint8)
        self._film = Film((self._picture,), (USUAL,))  # as it was after the last stroke
        self._strokes = Strokes()
        self._onion_skin = False
        self._hand = Hand()
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
    def film(self) -> Film:
        """All frames, as they were after the last stroke."""
        return self._film

    @property
    def frame_before(self) -> Pixels | None:
        """The one that is seen through the picture; None: none is."""
        film = self._film
        return film.pictures[film.at - 1] if self._onion_skin and len(film.pictures) > 1 else None

    @property
    def onion_skin(self) -> bool:
        """Whether the frame before is seen through the one that is worked on."""
        return self._onion_skin

    @property
    def tool(self) -> Tool:
        """What is in the hand."""
        return self._hand.tool

    @property
    def ink(self) -> Ink:
        """The colour that is drawn in."""
        return self._hand.ink

    @property
    def mirror(self) -> bool:
        """Whether what is drawn on one side is drawn on the other as well."""
        return self._hand.mirror

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
        return self._strokes.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is a stroke to make again."""
        return self._strokes.can_redo

    def open(self, picture: Pixels, palette: Sequence[Ink] = ()) -> None:
        """Begin with another picture (H, W, 4). palette: further colours to have at hand."""
        self.open_film(Film((picture.copy(),), (USUAL,)), palette)

    def open_film(self, film: Film, palette: Sequence[Ink] = ()) -> None:
        """Begin with other frames. palette: further colours to have at hand."""
        self._film = film
        self._picture = self._before = film.picture
        self._strokes = Strokes()
        self._last = None
        self.fillings.offer(())
        own = drawing.colours_of(np.concatenate(film.pictures))
        self._palette = tuple(dict.fromkeys((*own, *palette))) or (BLACK,)
        self.set_box(None)
        if self.ink not in self._palette:
            self.set_ink(self._palette[0])
        self.picture_changed.emit()
        self.film_changed.emit()
        self.ink_changed.emit()

    def look_at(self, frame: int) -> None:
        """Work on another frame, by its place; beyond the last comes the first."""
        if self._last is None:
            self._put(self._film.seen(frame))

    def change_film(self, film: Film) -> None:
        """Have other frames, as a stroke of its own."""
        if self._last is None and film is not self._film:
            self._strokes.add(self._film)
            self._put(film)
            self.stroke_done.emit()

    def set_onion_skin(self, shown: bool) -> None:
        """Show the frame before through the one that is worked on, or not."""
        if shown != self._onion_skin:
            self._onion_skin = shown
            self.film_changed.emit()

    def set_tool(self, tool: Tool) -> None:
        """Take another tool into the hand."""
        if tool is not self.tool:
            self._hand = replace(self._hand, tool=tool)
            self.set_box(None)
            self.tool_changed.emit()

    def set_ink(self, ink: Ink) -> None:
        """Draw in another colour."""
        if ink != self.ink:
            self._hand = replace(self._hand, ink=ink)
            self.ink_changed.emit()

    def set_mirror(self, mirror: bool) -> None:
        """Draw on both sides, or on one."""
        if mirror != self.mirror:
            self._hand = replace(self._hand, mirror=mirror)
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
        if self.tool is Tool.MOVE and not pick:
            self._grip = at if self._box is not None and drawing.within(at, self._box) else None
            if self._grip is None:
                self.set_box(None)
            return
        if pick or self.tool is Tool.PICKER:
            self._last = None
            if self._inside(at) and (ink := drawing.ink_at(self._picture, at)) != CLEAR:
                self.set_ink(ink)
        elif self.tool in (Tool.FILL, Tool.REPLACE):
            self._last = None
            if self._inside(at):
                self.apply(self._hand.filled(self._picture, at, erase=erase))
        else:
            self._draw(at)

    def drag(self, at: Point) -> None:
        """The mouse moves over pixels while it is down."""
        if self._last is None or at == self._last:
            return
        if self.tool is Tool.MOVE:
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

    def ask_for_fillings(self) -> None:
        """Have what is marked made anew, or everything that is not transparent, in some ways to choose from."""
        self.fillings.ask(self._picture, self._box)

    def take_filling(self, index: int) -> None:
        """Take one of them, as a stroke of its own; the others stay to be tried."""
        if index < len(self.fillings.pictures) and self._last is None:
            self.apply(self.fillings.pictures[index])

    def undo(self) -> None:
        """Take the last stroke back."""
        if self.can_undo and self._last is None:
            self._put(self._strokes.undo(self._film))
            self.stroke_done.emit()

    def redo(self) -> None:
        """Make the stroke again that was undone last."""
        if self.can_redo and self._last is None:
            self._put(self._strokes.redo(self._film))
            self.stroke_done.emit()

    def _draw(self, at: Point) -> None:
        """From where the stroke was before; a line is drawn anew, from its beginning over what was there then."""
        assert self._last is not None
        before, first = (self._before, self._first) if self.tool is Tool.LINE else (self._picture, self._last)
        self._show(self._hand.drawn(before, first, at, erase=self._erasing))

    def _drag_box(self, at: Point) -> None:
        if self._grip is not None and self._box is not None:
            across, down = at[0] - self._grip[0], at[1] - self._grip[1]
            self._show(drawing.moved(self._before, self._box, across, down))
        else:
            (x, y), (to_x, to_y) = self._first, at
            self.set_box((min(x, to_x), min(y, to_y), max(x, to_x) + 1, max(y, to_y) + 1))

    def _inside(self, at: Point) -> bool:
        height, width = self._picture.shape[:2]
        return drawing.within(at, (0, 0, width, height))

    def _show(self, picture: Pixels) -> None:
        self._picture = picture
        self.picture_changed.emit()

    def _keep(self, before: Pixels) -> None:
        """A stroke that changed nothing is none."""
        if not np.array_equal(before, self._picture):
            self._strokes.add(self._film)
            self._film = self._film.painted(self._picture)
            self.film_changed.emit()
            self.stroke_done.emit()

    def _put(self, film: Film) -> None:
        self._film = film
        self._show(film.picture)
        self.film_changed.emit()
