"""Closing the window while files are written."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from pixelforge.gui.shared.background import Background
from pixelforge.gui.shared.messages import Messages

MOMENT = 0.3  # seconds that closing waits without a word


class Closing(QObject):
    """No file is cut off: the window closes by itself once they are written, unless one of them could not be."""

    ready = Signal()  # the window that was to be closed can be now

    def __init__(self, background: Background, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._messages = messages
        self._waiting = False
        background.idle.connect(self._on_idle)

    def may_close(self) -> bool:
        """Whether it may close now. The second time it may: then what is not begun yet stays unwritten."""
        if self._waiting or self._background.finish(MOMENT):
            return True
        self._waiting = True
        self._messages.warn(
            "Files are being written; PixelForge closes when that is done. Close it again to leave the rest unwritten."
        )
        return False

    def _on_idle(self, well: bool) -> None:
        if self._waiting:
            self._waiting = False
            if well:  # else there is something to read
                self.ready.emit()
