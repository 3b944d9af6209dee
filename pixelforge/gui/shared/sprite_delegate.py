"""Paints one sprite of a list: over a checkerboard, by a whole factor, with its marks and its selection."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPalette, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pixelforge.gui.shared.checkerboard import SQUARE, checkerboard
from pixelforge.gui.shared.focus_frame import draw_focus
from pixelforge.gui.shared.in_turns import InTurns
from pixelforge.gui.shared.marks import draw_star, draw_tick
from pixelforge.gui.shared.qimage import to_qimage
from pixelforge.imaging.pixels import Pixels, enlarge
from pixelforge.services.sprites import Sprite

SPRITE_ROLE = Qt.ItemDataRole.UserRole + 1  # Sprite
STARRED_ROLE = Qt.ItemDataRole.UserRole + 2  # bool
GATHERED_ROLE = Qt.ItemDataRole.UserRole + 3  # bool: in the shown set
READY_ROLE = Qt.ItemDataRole.UserRole + 4  # bool: False where a sprite would have to be read first
FRAME = 4  # logical pixels around a sprite, for the frame of the selection

AnyIndex = QModelIndex | QPersistentModelIndex


class SpriteDelegate(QStyledItemDelegate):
    """For list views whose model answers SPRITE_ROLE. `room`: logical pixels a side for a sprite."""

    def __init__(self, room: int, view: QAbstractScrollArea) -> None:
        super().__init__(view)
        self._room = room
        self._turns = InTurns(view)
        self._frame: tuple[AnyIndex, Pixels] | None = None

    def set_room(self, room: int) -> None:
        """Paint sprites so large from now on; the view must lay its rows out anew."""
        self._room = room

    def set_frame(self, index: AnyIndex, picture: Pixels | None) -> None:
        """Show a row in another of its frames; None: as it is at rest."""
        self._frame = None if picture is None else (index, picture)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Room for the sprite and its frame."""
        return QSize(self._room + 2 * FRAME, self._room + 2 * FRAME)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint a row: its sprite, its marks in the corners, a frame where it is selected."""
        area: QRect = option.rect
        palette: QPalette = option.palette
        state: QStyle.StateFlag = option.state
        if index.data(READY_ROLE) is False and not self._turns.may_read():
            return
        sprite = index.data(SPRITE_ROLE)
        if not isinstance(sprite, Sprite):
            return
        painter.save()
        picture = self.picture(self.seen(sprite, index), painter.device().devicePixelRatioF(), palette)
        _put_marks(picture, bool(index.data(STARRED_ROLE)), bool(index.data(GATHERED_ROLE)))
        inner = area.adjusted(FRAME, FRAME, -FRAME, -FRAME)
        draw_sharp(painter, QPointF(inner.topLeft()), picture)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 3))
            painter.drawRect(area.adjusted(2, 2, -2, -2))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
            painter.drawRect(area.adjusted(1, 1, -2, -2))
        if state & QStyle.StateFlag.State_HasFocus:
            draw_focus(painter, area)
        painter.restore()

    def seen(self, sprite: Sprite, index: AnyIndex) -> Sprite:
        """The sprite of a row as it is to be seen now."""
        playing = self._frame is not None and self._frame[0] == index
        return replace(sprite, pixels=self._frame[1]) if self._frame is not None and playing else sprite

    def picture(self, sprite: Sprite, ratio: float, palette: QPalette) -> QImage:
        """A sprite over a checkerboard, in device pixels."""
        room = round(self._room * ratio)
        side = max(sprite.pixels.shape[:2])
        factor = max(1, room // side)
        picture = checkerboard(room, max(1, round(SQUARE * ratio / 2)), palette).copy()
        over = QPainter(picture)
        offset = (room - side * factor) // 2
        over.drawImage(offset, offset, to_qimage(enlarge(sprite.pixels, factor)))
        over.end()
        picture.setDevicePixelRatio(ratio)
        return picture


def draw_sharp(painter: QPainter, corner: QPointF, picture: QImage) -> None:
    """At a fractional scale factor a corner may lie between two device pixels; the picture must not."""
    to_device = painter.deviceTransform()
    at = to_device.map(corner)
    painter.drawImage(to_device.inverted()[0].map(QPointF(round(at.x()), round(at.y()))), picture)


def _put_marks(picture: QImage, starred: bool, gathered: bool) -> None:
    ratio = picture.devicePixelRatio()
    picture.setDevicePixelRatio(1)
    over, unit = QPainter(picture), max(1, round(ratio))
    if starred:
        draw_star(over, picture.width(), 0, unit)
    if gathered:
        draw_tick(over, picture.width(), picture.height(), unit)
    over.end()
    picture.setDevicePixelRatio(ratio)
