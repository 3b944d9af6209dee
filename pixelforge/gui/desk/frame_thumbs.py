"""The frames of the sprite on the desk, side by side: click on one to work on it, drag it to another place."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from pixelforge.gui.desk.film import Film
from pixelforge.gui.shared.checkerboard import SQUARE, checkerboard
from pixelforge.gui.shared.qimage import to_qimage
from pixelforge.gui.shared.sprite_delegate import draw_sharp
from pixelforge.imaging.pixels import Pixels, enlarge

SIDE, GAP = 48, 6  # logical pixels of a frame, and between two


class FrameThumbs(QWidget):
    """Shows a film; says which frame is clicked, and where one is dragged to."""

    chosen = Signal(int)
    dropped = Signal(int)  # the place that the frame worked on is to have

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._film: Film | None = None
        self._dragged = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Frames")
        self.setToolTip("Click on a frame to work on it, drag it to another place. Comma and full stop go back and on.")

    def set_film(self, film: Film) -> None:
        """Show this one."""
        self._film = film
        self.setAccessibleDescription(f"Frame {film.at + 1} of {len(film.pictures)}")
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the frames are."""
        count = 1 if self._film is None else len(self._film.pictures)
        return QSize(count * (SIDE + GAP) + GAP, SIDE + 2 * GAP)

    def place_of(self, index: int) -> QRect:
        """Where a frame lies."""
        return QRect(GAP + index * (SIDE + GAP), GAP, SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frames that are to be seen, and a border around the one that is worked on."""
        if self._film is None:
            return
        painter = QPainter(self)
        for index, picture in enumerate(self._film.pictures):
            place = self.place_of(index)
            if not place.adjusted(-GAP, -GAP, GAP, GAP).intersects(event.rect()):
                continue
            draw_sharp(painter, QPointF(place.topLeft()), self._thumb(picture))
            if index == self._film.at:
                painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 3))
                painter.drawRect(place.adjusted(-2, -2, 1, 1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Work on the frame below the mouse."""
        index = self._index_at(event.position())
        self._dragged = index is not None and event.button() == Qt.MouseButton.LeftButton
        if self._dragged:
            self.chosen.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that a frame is being dragged."""
        if self._dragged:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Put the frame where the mouse is."""
        self.unsetCursor()
        if self._dragged and self._film is not None:
            self._dragged = False
            to = int((event.position().x() - GAP / 2) // (SIDE + GAP))
            to = min(max(to, 0), len(self._film.pictures) - 1)
            if to != self._film.at:
                self.dropped.emit(to)

    def _index_at(self, position: QPointF) -> int | None:
        count = 0 if self._film is None else len(self._film.pictures)
        return next((i for i in range(count) if self.place_of(i).contains(position.toPoint())), None)

    def _thumb(self, picture: Pixels) -> QImage:
        ratio = self.devicePixelRatioF()
        room = round(SIDE * ratio)
        factor = max(1, room // max(picture.shape[:2]))
        image = checkerboard(room, max(1, round(SQUARE * ratio / 2)), self.palette()).copy()
        over = QPainter(image)
        left, top = ((room - side * factor) // 2 for side in (picture.shape[1], picture.shape[0]))
        over.drawImage(left, top, to_qimage(enlarge(picture, factor)))
        over.end()
        image.setDevicePixelRatio(ratio)
        return image
