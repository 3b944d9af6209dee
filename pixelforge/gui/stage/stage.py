"""The middle of the window: the canvas, tied to what is on the stage."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip, QVBoxLayout, QWidget

from pixelforge.gui.shared.plain import plain
from pixelforge.gui.stage.canvas import Canvas
from pixelforge.gui.stage.canvas_access import Access
from pixelforge.gui.stage.hover_player import HoverPlayer
from pixelforge.gui.stage.rubber_band import RubberBand
from pixelforge.gui.stage.sprite_buttons import SpriteButtons
from pixelforge.gui.stage.stage_list import StageList
from pixelforge.gui.stage.stage_model import StageModel

HINT = "Press Generate, or Ctrl+Enter, to make sprites."


class Stage(QWidget):
    """Shows a StageModel and passes on to it what the user does with mouse and arrows."""

    context_menu_requested = Signal(QPoint)  # on the screen
    drag_started = Signal()

    def __init__(self, model: StageModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.canvas = Canvas(HINT)
        self.hover = HoverPlayer(self.canvas, model)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        self.buttons = SpriteButtons(self.canvas, model)
        self._band = RubberBand(self.canvas, model)
        self._list = StageList(self.canvas, model)
        self._access = Access(self.canvas, self._list)
        self.canvas.installEventFilter(self)
        self.setFocusProxy(self.canvas)
        self.canvas.clicked.connect(self._on_clicked)
        self.canvas.move_requested.connect(lambda x, y, extend: model.move(x, y, extend=extend))
        self.canvas.enlarge_requested.connect(model.set_enlarged)
        self.canvas.context_menu_requested.connect(self.context_menu_requested)
        self.canvas.drag_started.connect(self.drag_started)
        model.changed.connect(self._show)
        model.selection_changed.connect(self._show_marks)
        model.selection_changed.connect(lambda: self._access.tell_current(model.current))
        model.enlarged_changed.connect(self._show_marks)
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The sprite under the pointer tells what it is."""
        if event.type() is not QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return super().eventFilter(watched, event)
        item = self._list.item_at(QPointF(event.pos()))
        told = "" if item is None else "\n".join(filter(None, self._list.words_of(item)[:2]))
        QToolTip.showText(event.globalPos(), plain(told), self.canvas)
        return True

    def put_above(self, widget: QWidget) -> None:
        """Lay a widget over the canvas' upper edge; it takes room while it is shown."""
        self._column.insertWidget(0, widget)

    def _show(self) -> None:
        self.canvas.set_sprites(self._model.sprites, self._model.columns)
        self.canvas.point_out(self._model.pointed)
        self._show_marks()

    def _show_marks(self) -> None:
        model = self._model
        self.canvas.set_marks(model.selected, model.current, model.starred, model.gathered)
        self.canvas.set_alone(model.current if model.enlarged else None)

    def _on_clicked(self, index: int | None, modifiers: Qt.KeyboardModifier) -> None:
        modifier = Qt.KeyboardModifier
        toggle = bool(modifiers & modifier.ControlModifier)
        self._model.click(index, toggle=toggle, extend=bool(modifiers & modifier.ShiftModifier))
