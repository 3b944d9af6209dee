"""Small buttons on the sprite under the pointer: what is done most often with one, without a menu."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pixelforge.gui.shared.pixel_button import MORE, PENCIL, STAR, TO_SET, Glyph, PixelButton
from pixelforge.gui.stage.canvas import Canvas
from pixelforge.gui.stage.stage_model import StageModel

LEAST, MOST = 16, 26  # logical pixels a side of a button; where a sprite has no room for a row of these there are none
GLYPHS: tuple[Glyph, ...] = (MORE, STAR, TO_SET, PENCIL)
HIDING = (QEvent.Type.Leave, QEvent.Type.Wheel, QEvent.Type.Resize, QEvent.Type.MouseButtonPress)


class SpriteButtons(QWidget):
    """A row of buttons over the lower end of a sprite. Each selects its sprite, then triggers its action."""

    def __init__(self, canvas: Canvas, model: StageModel) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._model = model
        self._index: int | None = None
        self._actions: tuple[QAction, ...] = ()
        self.buttons: tuple[PixelButton, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.hide()
        canvas.setMouseTracking(True)
        canvas.installEventFilter(self)
        model.changed.connect(self._stay)
        model.enlarged_changed.connect(self._leave)

    def set_actions(self, more: QAction, star: QAction, to_set: QAction, edit: QAction) -> None:
        """What the buttons do. All but edit work on all that are selected, where the sprite is one of them."""
        self._actions = (more, star, to_set, edit)
        self.buttons = tuple(map(self._button, self._actions, GLYPHS))
        for button in self.buttons:
            self._row.addWidget(button)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer over the canvas."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove and not event.buttons():
            self._point_at(self._canvas.index_at(event.position()))
        elif event.type() in HIDING:
            self._leave()
        return False

    def _button(self, action: QAction, glyph: Glyph) -> PixelButton:
        text = action.text().replace("&", "")
        button = PixelButton(text, glyph, parent=self)
        button.setToolTip(f"{text} ({action.shortcut().toString()}).")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self._press(action))
        return button

    def _press(self, action: QAction) -> None:
        edit = self._actions[-1]
        if self._index is not None:
            self._canvas.setFocus()
            if self._index not in self._model.selected or action is edit:
                self._model.click(self._index)
            action.trigger()

    def _point_at(self, index: int | None) -> None:
        place = self._place_of(index)
        if index is None or place is None or not self._actions:
            self._leave()
        elif (index, place) != (self._index, self.geometry()):
            self._index = index
            for button in self.buttons:
                button.setFixedSize(QSize(place.height(), place.height()))
            self.setGeometry(place)
            self.show()

    def _stay(self) -> None:
        """What is known of a sprite may change under a pointer that rests; where there is none, the row goes."""
        if self._index is not None and self._index < len(self._model.cells):
            self._point_at(self._index)
        else:
            self._leave()

    def _leave(self) -> None:
        self._index = None
        self.hide()

    def _place_of(self, index: int | None) -> QRect | None:
        """Where the row lies on a finished sprite, in logical pixels of the canvas; None where there is no room."""
        layout = self._canvas.layout_in_device_pixels()
        if index is None or layout is None or index >= len(self._model.cells):
            return None
        ratio = self._canvas.devicePixelRatioF()
        across, down = layout.position(0 if self._model.enlarged else index)
        cell = int(layout.cell / ratio)
        side = min(MOST, cell // len(GLYPHS))
        if side < LEAST:
            return None
        corner = QPoint(round((layout.left + across) / ratio), round((layout.top + down) / ratio))
        return QRect(corner.x(), corner.y() + cell - side, side * len(GLYPHS), side)
