"""What is in the hand at the desk: a tool, its colour, and what they make of a picture."""

from __future__ import annotations

from dataclasses import dataclass

from pixelforge.gui.desk.tools import Tool
from pixelforge.imaging import drawing
from pixelforge.imaging.drawing import CLEAR, Ink, Point
from pixelforge.imaging.pixels import Pixels

BLACK: Ink = (0, 0, 0, 255)


@dataclass(frozen=True)
class Hand:
    """A tool, the colour that it draws in, and whether what it draws on one side is drawn on the other as well."""

    tool: Tool = Tool.PENCIL
    ink: Ink = BLACK
    mirror: bool = False

    def drawn(self, picture: Pixels, first: Point, last: Point, *, erase: bool) -> Pixels:
        """The picture (H, W, 4) with a line of pencil, eraser or line; by `erase` it is taken away."""
        points = drawing.line(first, last)
        if self.mirror:
            points = drawing.mirrored(points, picture.shape[1])
        return drawing.painted(picture, points, CLEAR if erase or self.tool is Tool.ERASER else self.ink)

    def filled(self, picture: Pixels, at: Point, *, erase: bool) -> Pixels:
        """The picture (H, W, 4) filled from a pixel within it, or with that pixel's colour replaced everywhere."""
        ink = CLEAR if erase else self.ink
        if self.tool is Tool.REPLACE:
            return drawing.replaced(picture, drawing.ink_at(picture, at), ink)
        filled = drawing.filled(picture, at, ink)
        other = (picture.shape[1] - 1 - at[0], at[1])
        return drawing.filled(filled, other, ink) if self.mirror else filled
