"""Small buttons with a pixel-art glyph in the text colour, so that they fit every theme."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QToolButton, QWidget

Glyph = tuple[str, ...]  # rows; "#" is a pixel that is painted

DICE: Glyph = (
    "############",
    "#          #",
    "# ##    ## #",
    "# ##    ## #",
    "#          #",
    "#    ##    #",
    "#    ##    #",
    "#          #",
    "# ##    ## #",
    "# ##    ## #",
    "#          #",
    "############",
)
COPY: Glyph = (
    "            ",
    " #######    ",
    " #     #    ",
    " #  ####### ",
    " #  #     # ",
    " #  #     # ",
    " #  #     # ",
    " ####     # ",
    "    #     # ",
    "    #     # ",
    "    ####### ",
    "            ",
)
LOCKED: Glyph = (
    "            ",
    "    ####    ",
    "   ##  ##   ",
    "   #    #   ",
    "   #    #   ",
    " ########## ",
    " ########## ",
    " ####  #### ",
    " ####  #### ",
    " ########## ",
    " ########## ",
    "            ",
)
UNLOCKED: Glyph = (
    "       #### ",
    "      ##  ##",
    "      #    #",
    "      #    #",
    "      #     ",
    " ########## ",
    " #        # ",
    " #   ##   # ",
    " #   ##   # ",
    " #        # ",
    " ########## ",
    "            ",
)
CROSS: Glyph = (
    "            ",
    "            ",
    "  ##    ##  ",
    "   ##  ##   ",
    "    ####    ",
    "     ##     ",
    "    ####    ",
    "   ##  ##   ",
    "  ##    ##  ",
    "            ",
    "            ",
    "            ",
)
MORE: Glyph = (
    "            ",
    "        ### ",
    "       #### ",
    "      # ### ",
    "     #      ",
    " ####   ### ",
    " ########## ",
    " ####   ### ",
    "     #      ",
    "      # ### ",
    "       #### ",
    "        ### ",
)
STAR: Glyph = (
    "            ",
    "     ##     ",
    "     ##     ",
    "    ####    ",
    " ########## ",
    "  ########  ",
    "   ######   ",
    "   ######   ",
    "  ########  ",
    "  ###  ###  ",
    " ##      ## ",
    "            ",
)
TO_SET: Glyph = (
    "     ##     ",
    "     ##     ",
    "     ##     ",
    "  ########  ",
    "   ######   ",
    "    ####    ",
    " #   ##   # ",
    " #        # ",
    " #        # ",
    " ########## ",
    " ########## ",
    "            ",
)
BATCHES: Glyph = (
    "            ",
    " ########## ",
    "            ",
    " ### ### ## ",
    " ### ### ## ",
    "            ",
    " ########## ",
    "            ",
    " ### ### ## ",
    " ### ### ## ",
    "            ",
    "            ",
)
PENCIL: Glyph = (
    "         ## ",
    "        ####",
    "       #### ",
    "      # ##  ",
    "     #   #  ",
    "    #   #   ",
    "   #   #    ",
    "  #   #     ",
    " ##  #      ",
    " ####       ",
    " ###        ",
    "            ",
)


class PixelButton(QToolButton):
    """A tool button with a glyph of 12 x 12 pixels; a checkable one may have another glyph while it is on."""

    def __init__(
        self, name: str, glyph: Glyph, checked_glyph: Glyph | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._glyphs = (glyph, checked_glyph or glyph)
        self.setAccessibleName(name)
        self.setCheckable(checked_glyph is not None)

    def sizeHint(self) -> QSize:
        """As high as a text field, and square."""
        side = max(self.fontMetrics().height() + 10, 26)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button as the style paints it, then the glyph in whole device pixels; what is on, as what is selected.

        A style's own sunken look cannot be told from the other in a dark theme.
        """
        super().paintEvent(event)
        glyph = self._glyphs[self.isChecked()]
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        to_device = painter.deviceTransform()
        centre = to_device.map(QRectF(self.rect()).center())
        factor = max(1, int(self.height() * ratio * 0.7) // len(glyph))
        left, top = (round(centre.x()) - 6 * factor, round(centre.y()) - 6 * factor)
        group = QPalette.ColorGroup.Active if self.isEnabled() else QPalette.ColorGroup.Disabled
        colour = self.palette().color(group, QPalette.ColorRole.ButtonText)
        if self.isChecked():
            painter.fillRect(
                self.rect().adjusted(2, 2, -2, -2), self.palette().color(group, QPalette.ColorRole.Highlight)
            )
            colour = self.palette().color(group, QPalette.ColorRole.HighlightedText)
        to_logical = to_device.inverted()[0]
        for y, row in enumerate(glyph):
            for x, mark in enumerate(row):
                if mark == "#":
                    pixel = QRectF(left + x * factor, top + y * factor, factor, factor)
                    painter.fillRect(to_logical.mapRect(pixel), colour)
        painter.end()
