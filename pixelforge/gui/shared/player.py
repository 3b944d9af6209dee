"""Plays frames: says at the right time which picture is to be seen."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from pixelforge.imaging.frames import Frames


class Player(QObject):
    """Plays one action at a time, again and again, until it is stopped."""

    shown = Signal(object)  # Pixels: the picture to be seen now; None: the sprite at rest

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._frames: Frames | None = None
        self._at = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)

    @property
    def frames(self) -> Frames | None:
        """What is played; None: nothing."""
        return self._frames

    def play(self, frames: Frames | None) -> None:
        """Play these from the beginning, if they are not played already; None: stop."""
        if frames is self._frames:
            return
        self._frames, self._at = frames, -1
        self._timer.stop()
        if frames is None:
            self.shown.emit(None)
        else:
            self._go_on()

    def stop(self) -> None:
        """Play nothing."""
        self.play(None)

    def _go_on(self) -> None:
        if self._frames is None:
            return
        self._at = (self._at + 1) % len(self._frames.pictures)
        self._timer.start(self._frames.durations[self._at])
        self.shown.emit(self._frames.pictures[self._at])
