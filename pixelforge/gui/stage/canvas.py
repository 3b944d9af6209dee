"""The picture on the stage: sprites in a grid, every pixel a crisp square; zoom, pan, and what the mouse does."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from pixelforge.gui.stage.canvas_painter import Look, compose
from pixelforge.gui.stage.grid_layout import GridLayout
from pixelforge.gui.stage.viewport import View
from pixelforge.hex_colours import Colour
from pixelforge.imaging.pixels import Pixels
from pixelforge.imaging.used_colours import pointed_out

MARGIN = 12  # logical pixels around the grid, at the least
GAP = 6  # logical pixels between sprites, at the least: room for the frame of the selection
WHEEL_STEP = 120  # of Qt's eighths of a degree: one notch of a wheel
MOVES = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class Canvas(QWidget):
    """Shows sprites as large as there is room, or as the user zooms, always by a whole number of device pixels.

    The picture is composed in device pixels and painted one to one, so that no screen scale factor can blur it.
    """

    clicked = Signal(object, object)  # index | None, Qt.KeyboardModifier
    enlarge_requested = Signal(bool)
    move_requested = Signal(int, int, bool)  # across, down, whether to extend the selection
    context_menu_requested = Signal(QPoint)  # on the screen
    drag_started = Signal()

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hint = hint
        self._sprites: Pixels | None = None
        self._columns: int | None = None
        self._alone: int | None = None
        self._frame: tuple[int, Pixels] | None = None  # a sprite that plays, and what of it is to be seen now
        self._pointed: Colour | None = None
        self._look = Look()
        self._view = View()
        self._picture: QImage | None = None  # None when it must be composed anew
        self._composed_for: tuple[object, ...] = ()
        self._pressed_at: QPoint | None = None  # on a selected sprite: a drag may begin, or a click end
        self._panned_from: QPointF | None = None
        self._wheel = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 160)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._describe()

    def sizeHint(self) -> QSize:
        """Room for a grid of 64 sprites, four screen pixels a pixel."""
        return QSize(640, 600)

    def set_sprites(self, sprites: Pixels | None, columns: int | None = None) -> None:
        """Show these, (N, H, W, 4), so many a row, None for a square; None shows the hint."""
        self._columns = columns
        if sprites is not self._sprites:
            if sprites is None or self._sprites is None or len(sprites) != len(self._sprites):
                self._view = View()
            self._sprites = sprites
            self._frame = None
            self._changed()

    def set_frame(self, index: int, picture: Pixels | None) -> None:
        """Show a sprite in another of its frames (H, W, 4); None: as it is at rest."""
        self._frame = None if picture is None else (index, picture)
        self._changed()

    def point_out(self, colour: Colour | None) -> None:
        """Show all that has another colour faintly; None: as it is."""
        if colour != self._pointed:
            self._pointed = colour
            self._changed()

    def set_marks(
        self,
        selected: frozenset[int],
        current: int | None,
        starred: frozenset[int],
        gathered: frozenset[int] = frozenset(),
    ) -> None:
        """Which sprites are selected, where the keyboard is, which have a star, and which are in the shown set."""
        self._look = self._look.marked(selected, current, starred, gathered)
        self._changed()

    def set_alone(self, index: int | None) -> None:
        """Show one sprite alone, as large as there is room; None shows all."""
        if index != self._alone:
            self._alone = index
            self._view = View()
            self._changed()

    def set_background(self, colour: QColor | None) -> None:
        """What lies behind the sprites; None is the checkerboard."""
        self._look = self._look.on(colour)
        self._changed()

    def set_pixel_grid(self, shown: bool) -> None:
        """Whether lines part the sprites' pixels, where these are large enough."""
        self._look = self._look.with_grid(shown)
        self._changed()

    def zoom_in(self) -> None:
        """One step larger."""
        self._zoom(1, QPointF(self.rect().center()))

    def zoom_out(self) -> None:
        """One step smaller."""
        self._zoom(-1, QPointF(self.rect().center()))

    def zoom_to_fit(self) -> None:
        """As large as there is room, from now on."""
        self._view = View()
        self._changed()

    @property
    def zoomed(self) -> bool:
        """Whether the user has zoomed: a drag then moves the picture."""
        return self._view.zoomed

    def layout_in_device_pixels(self) -> GridLayout | None:
        """Where the sprites lie in the widget now; None where there are none."""
        if self._sprites is None:
            return None
        ratio = self.devicePixelRatioF()
        count, side = self._sprites.shape[:2]
        count = 1 if self._alone is not None else count
        size = int(self.width() * ratio), int(self.height() * ratio)
        columns = None if self._alone is not None else self._columns
        return self._view.layout(count, side, size, round(MARGIN * ratio), round(GAP * ratio), columns)

    def index_at(self, position: QPointF) -> int | None:
        """The sprite at a point of the widget."""
        layout, ratio = self.layout_in_device_pixels(), self.devicePixelRatioF()
        if layout is None:
            return None
        index = layout.index_at(int(position.x() * ratio), int(position.y() * ratio))
        return self._alone if index is not None and self._alone is not None else index

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the grid, or the hint."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.palette().color(QPalette.ColorRole.Base))
        layout = self.layout_in_device_pixels()
        if layout is None:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            area = self.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._hint)
        else:
            self._paint_grid(painter, layout)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a sprite, or begin to pan."""
        index = self.index_at(event.position())
        middle = event.button() is Qt.MouseButton.MiddleButton
        if middle or (event.button() is Qt.MouseButton.LeftButton and index is None and self._view.zoomed):
            self._panned_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        if event.button() is Qt.MouseButton.LeftButton:
            if index is not None and index in self._look.selected and not event.modifiers():
                self._pressed_at = event.position().toPoint()
            else:
                self.clicked.emit(index, event.modifiers())
                if index is not None and not event.modifiers():
                    self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, or drag the chosen sprites away."""
        if self._panned_from is not None:
            moved = event.position() - self._panned_from
            self._panned_from = event.position()
            ratio = self.devicePixelRatioF()
            self._view = self._view.panned(round(moved.x() * ratio), round(moved.y() * ratio))
            self._changed()
        elif self._pressed_at is not None:
            distance = (event.position().toPoint() - self._pressed_at).manhattanLength()
            if distance >= QApplication.startDragDistance():
                self._pressed_at = None
                self.drag_started.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End of panning; or a click on one of several selected sprites, which selects it alone."""
        if self._panned_from is not None:
            self._panned_from = None
            self.unsetCursor()
        elif self._pressed_at is not None:
            self._pressed_at = None
            self.clicked.emit(self.index_at(event.position()), event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge a sprite, or go back to all."""
        self._pressed_at = None
        if event.button() is Qt.MouseButton.LeftButton and self.index_at(event.position()) is not None:
            self.enlarge_requested.emit(self._alone is None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Choose the sprite below the mouse, if it is not chosen, and ask for the menu."""
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            index = self.index_at(QPointF(event.pos()))
            if index not in self._look.selected:
                self.clicked.emit(index, Qt.KeyboardModifier.NoModifier)
            if index is None:
                return
        self.context_menu_requested.emit(event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the mouse; the small turns of a touchpad add up."""
        self._wheel += event.angleDelta().y()
        steps = int(self._wheel / WHEEL_STEP)
        self._wheel -= steps * WHEEL_STEP
        if steps:
            self._zoom(steps, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Enter enlarges and goes back."""
        key = Qt.Key(event.key())
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key in MOVES:
            self.move_requested.emit(*MOVES[key], extend)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enlarge_requested.emit(self._alone is None)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The current sprite has a frame while the keyboard is here."""
        super().focusInEvent(event)
        self._changed()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The frame goes with the keyboard."""
        super().focusOutEvent(event)
        self._changed()

    def _zoom(self, steps: int, around: QPointF) -> None:
        layout, ratio = self.layout_in_device_pixels(), self.devicePixelRatioF()
        if layout is not None:
            size = int(self.width() * ratio), int(self.height() * ratio)
            at = int(around.x() * ratio), int(around.y() * ratio)
            self._view = self._view.zoomed_by(steps, layout, at, size)
            self._changed()

    def _changed(self) -> None:
        self._picture = None
        self._describe()
        self.update()

    def _describe(self) -> None:
        count = 0 if self._sprites is None else len(self._sprites)
        self.setAccessibleName(f"Sprites: {count or 'none'}")
        current = self._look.current
        if current is None:
            self.setAccessibleDescription(self._hint if count == 0 else "")
        else:
            chosen = ", selected" if current in self._look.selected else ""
            starred = ", starred" if current in self._look.starred else ""
            gathered = ", in the set" if current in self._look.gathered else ""
            self.setAccessibleDescription(f"Sprite {current + 1} of {count}{chosen}{starred}{gathered}")

    def _seen_sprites(self, sprites: Pixels) -> Pixels:
        if self._frame is not None and self._frame[0] < len(sprites):
            index, picture = self._frame
            sprites = sprites.copy()
            sprites[index] = 0
            sprites[index, : picture.shape[0], : picture.shape[1]] = picture
        sprites = sprites if self._alone is None else sprites[self._alone : self._alone + 1]
        return sprites if self._pointed is None else pointed_out(sprites, self._pointed)

    def _paint_grid(self, painter: QPainter, layout: GridLayout) -> None:
        ratio = self.devicePixelRatioF()
        size = QSize(int(self.width() * ratio), int(self.height() * ratio))
        wanted = (layout, ratio, size.toTuple(), self.palette().cacheKey())
        if self._picture is None or self._composed_for != wanted:
            assert self._sprites is not None
            look = self._look.seen(self._alone, self.hasFocus())
            sprites = self._seen_sprites(self._sprites)
            self._picture = compose(sprites, layout, size, ratio, look, self.palette())
            self._composed_for = wanted
        # At a fractional scale factor this widget may begin between two device pixels; the picture must not.
        to_device = painter.deviceTransform()
        origin = to_device.map(QPointF(0, 0))
        corner = QPointF(round(origin.x()), round(origin.y()))
        painter.drawImage(to_device.inverted()[0].map(corner), self._picture)
