"""The sprite that is being mended, as large as there is room, and what the mouse does to it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from pixelforge.gui.desk.desk_model import DeskModel
from pixelforge.gui.shared.checkerboard import checkerboard
from pixelforge.gui.shared.focus_frame import draw_focus
from pixelforge.gui.shared.qimage import to_qimage
from pixelforge.imaging.drawing import Point
from pixelforge.imaging.pixels import enlarge

MARGIN = 12  # logical pixels around the sprite, at the least
ONION_SKIN = 0.35  # how much of the frame before is seen
GRID_FROM = 10  # device pixels a pixel from which lines part them
STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
GRID_LINE = QColor(128, 128, 128, 90)  # seen over dark pixels and light ones


class DeskCanvas(QWidget):
    """Shows a DeskModel's picture by a whole factor of device pixels and passes strokes on to it."""

    pointed = Signal(object)  # Point | None: the pixel below the pointer

    def __init__(self, model: DeskModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._pointer: Point | None = None  # of the mouse, or of the keys
        self._by_key = False  # whether a stroke of keys goes on
        self.setMinimumSize(160, 160)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Sprite that is edited")
        signals = (model.picture_changed, model.film_changed, model.box_changed, model.tool_changed, model.ink_changed)
        for signal in signals:
            signal.connect(self.update)

    def sizeHint(self) -> QSize:
        """As the stage's."""
        return QSize(640, 600)

    def area(self) -> QRect:
        """Where the sprite lies, in device pixels; its sides are whole multiples of the picture's."""
        ratio = self.devicePixelRatioF()
        width, height = int(self.width() * ratio), int(self.height() * ratio)
        rows, columns = self._model.picture.shape[:2]
        room = round(2 * MARGIN * ratio)
        factor = max(1, min((width - room) // columns, (height - room) // rows))
        size = QSize(columns * factor, rows * factor)
        return QRect(QPoint((width - size.width()) // 2, (height - size.height()) // 2), size)

    def pixel_at(self, position: QPointF) -> Point:
        """The pixel below a point of the widget, which may lie beside the picture."""
        area, ratio = self.area(), self.devicePixelRatioF()
        factor = self._factor(area)
        left, top = position.x() * ratio - area.left(), position.y() * ratio - area.top()
        return int(left // factor), int(top // factor)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sprite in device pixels, so that no screen scale factor can blur it."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.palette().color(QPalette.ColorRole.Base))
        picture = self._compose()
        # At a fractional scale factor this widget may begin between two device pixels; the picture must not.
        to_device = painter.deviceTransform()
        origin = to_device.map(QPointF(0, 0))
        corner = QPointF(round(origin.x()), round(origin.y()))
        painter.drawImage(to_device.inverted()[0].map(corner), picture)
        if self.hasFocus():
            draw_focus(painter, self.rect())
        painter.end()

    def _compose(self) -> QImage:
        ratio, area = self.devicePixelRatioF(), self.area()
        picture = QImage(
            int(self.width() * ratio), int(self.height() * ratio), QImage.Format.Format_ARGB32_Premultiplied
        )
        picture.fill(Qt.GlobalColor.transparent)
        painter, factor = QPainter(picture), self._factor(area)
        behind = checkerboard(max(area.width(), area.height()), max(1, factor // 2), self.palette())
        painter.drawImage(area.topLeft(), behind, QRect(QPoint(0, 0), area.size()))
        if (before := self._model.frame_before) is not None:
            painter.setOpacity(ONION_SKIN)
            painter.drawImage(area.topLeft(), to_qimage(enlarge(before, factor)))
            painter.setOpacity(1.0)
        painter.drawImage(area.topLeft(), to_qimage(enlarge(self._model.picture, factor)))
        if factor >= GRID_FROM:
            self._draw_grid(painter, area, factor)
        self._draw_marks(painter, area, factor, max(1, round(ratio)))
        painter.end()
        picture.setDevicePixelRatio(ratio)
        return picture

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke: the left button draws, the right one erases, Alt picks a colour."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._model.press(
                self.pixel_at(event.position()),
                erase=event.button() is Qt.MouseButton.RightButton,
                pick=bool(event.modifiers() & Qt.KeyboardModifier.AltModifier),
            )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the stroke; show where the pointer is."""
        at = self.pixel_at(event.position())
        if event.buttons():
            self._model.drag(at)
        self._point(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        self._model.release()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl and an arrow move the pointer by a pixel, with Shift they draw on the way; Space draws where it is."""
        step, held = STEPS.get(Qt.Key(event.key())), event.modifiers()
        at = self._pointer or (self._model.picture.shape[1] // 2, self._model.picture.shape[0] // 2)
        if step is not None and held & Qt.KeyboardModifier.ControlModifier:
            there = (at[0] + step[0], at[1] + step[1])
            if held & Qt.KeyboardModifier.ShiftModifier:
                self._draw_by_key(at, there)
            elif self._pointer is None:
                there = at
            self._point(there if self._is_inside(there) else at)
        elif event.key() == Qt.Key.Key_Space and not held:
            self._point(at)
            self._draw_by_key(at)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """What is drawn by keys until Shift or Ctrl is let go is one stroke."""
        if event.key() in (Qt.Key.Key_Shift, Qt.Key.Key_Control):
            self._end_by_key()
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys are let go elsewhere."""
        self._end_by_key()
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is elsewhere."""
        self._point(None)

    def _draw_by_key(self, *way: Point) -> None:
        """On from where the stroke is, or a stroke that is a point alone."""
        if not self._by_key:
            self._model.press(way[0])
        self._by_key = len(way) > 1
        for at in way[1:]:
            self._model.drag(at)
        if not self._by_key:
            self._model.release()

    def _end_by_key(self) -> None:
        if self._by_key:
            self._by_key = False
            self._model.release()

    def _is_inside(self, at: Point) -> bool:
        rows, columns = self._model.picture.shape[:2]
        return bool(0 <= at[0] < columns and 0 <= at[1] < rows)

    def _point(self, at: Point | None) -> None:
        self._pointer = at if at is not None and self._is_inside(at) else None
        self.pointed.emit(self._pointer)
        self.update()

    def _factor(self, area: QRect) -> int:
        return max(1, area.width() // len(self._model.picture[0]))

    def _draw_grid(self, painter: QPainter, area: QRect, factor: int) -> None:
        for x in range(area.left() + factor, area.right(), factor):
            painter.fillRect(x, area.top(), 1, area.height(), GRID_LINE)
        for y in range(area.top() + factor, area.bottom(), factor):
            painter.fillRect(area.left(), y, area.width(), 1, GRID_LINE)

    def _draw_marks(self, painter: QPainter, area: QRect, factor: int, width: int) -> None:
        if self._pointer is not None:
            x, y = self._pointer
            pixel = QRect(area.left() + x * factor, area.top() + y * factor, factor - 1, factor - 1)
            _draw_frame(painter, pixel, width, Qt.PenStyle.SolidLine)
        if self._model.mirror:
            middle = area.left() + area.width() // 2
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), width, Qt.PenStyle.DashLine))
            painter.drawLine(middle, area.top(), middle, area.bottom())
        if self._model.box is not None:
            left, top, right, bottom = (factor * side for side in self._model.box)
            box = QRect(area.left() + left, area.top() + top, right - left - 1, bottom - top - 1)
            _draw_frame(painter, box, width, Qt.PenStyle.DashLine)


def _draw_frame(painter: QPainter, box: QRect, width: int, style: Qt.PenStyle) -> None:
    """Black over white: seen over every colour."""
    painter.setPen(QPen(QColor("white"), width))
    painter.drawRect(box)
    painter.setPen(QPen(QColor("black"), width, Qt.PenStyle.DotLine if style == Qt.PenStyle.SolidLine else style))
    painter.drawRect(box)
