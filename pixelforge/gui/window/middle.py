"""The middle of the window: the stage, or the desk in its place, and messages over whichever is there."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget

from pixelforge.gui.desk.desk import Desk
from pixelforge.gui.shared.messages import Messages
from pixelforge.gui.shared.system_dialogs import AskColour
from pixelforge.gui.stage.stage import Stage
from pixelforge.gui.stage.stage_model import StageModel
from pixelforge.gui.window.mending import Mending
from pixelforge.gui.window.message_bar import MessageBar


class Middle(QStackedWidget):
    """Shows the desk while something is mended."""

    def __init__(
        self,
        stage: StageModel,
        mending: Mending,
        messages: Messages,
        ask_colour: AskColour,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.stage = Stage(stage)
        self.desk = Desk(mending.desk, ask_colour)
        for room in (self.stage, self.desk):
            self.addWidget(room)
        self.setContentsMargins(6, 6, 6, 6)
        self._messages = messages
        self.message_bar = MessageBar(self)
        self.message_bar.dismissed.connect(messages.dismiss)
        messages.changed.connect(self._show_message)
        mending.begun.connect(lambda: self._show(self.desk))
        mending.ended.connect(lambda: self._show(self.stage))
        self.desk.closed.connect(mending.end)
        self._show_message()

    def _show_message(self) -> None:
        self.message_bar.set_message(self._messages.current)

    def _show(self, room: Stage | Desk) -> None:
        self.setCurrentWidget(room)
        self.message_bar.raise_()
        room.canvas.setFocus()
