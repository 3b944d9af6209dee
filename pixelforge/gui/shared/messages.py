"""The line that the user should read now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal


class Severity(Enum):
    """What kind of message it is; each has an icon of its own as well as a colour."""

    INFO = auto()
    WARNING = auto()
    ERROR = auto()


@dataclass(frozen=True)
class MessageAction:
    """What a message's button says and does, such as Undo."""

    label: str
    run: Callable[[], object]


@dataclass(frozen=True)
class Message:
    """A line for the user. What went well fades; anything else stays until it is closed or overtaken.

    stays: as well, whatever it is: it tells of what took so long that nobody may have sat and watched.
    """

    severity: Severity
    text: str
    action: MessageAction | None = None
    stays: bool = False

    @property
    def fades(self) -> bool:
        """Whether it goes by itself."""
        return self.severity is Severity.INFO and not self.stays


class Messages(QObject):
    """One message at a time; the newest stands."""

    changed = Signal()
    folder_wanted = Signal(object)  # Path of a folder that the user wants to see

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._current: Message | None = None

    @property
    def current(self) -> Message | None:
        """What the user should read now."""
        return self._current

    def inform(self, text: str, action: MessageAction | None = None, *, stays: bool = False) -> None:
        """Say that something went well. action: what can be done about it by a button; stays: as `Message` has it."""
        self._set(Message(Severity.INFO, text, action, stays))

    def tell_written(self, text: str, folder: Path) -> None:
        """Say that files were written, with a button that shows their folder."""
        self.inform(text, MessageAction("Show in folder", partial(self.folder_wanted.emit, folder)))

    def warn(self, text: str, action: MessageAction | None = None) -> None:
        """Say that something is not as one would expect; the work goes on. action: as `inform` has it."""
        self._set(Message(Severity.WARNING, text, action))

    def complain(self, text: str) -> None:
        """Say that something failed."""
        self._set(Message(Severity.ERROR, text))

    def dismiss(self) -> None:
        """Take the message away."""
        self._set(None)

    def _set(self, message: Message | None) -> None:
        if message != self._current:
            self._current = message
            self.changed.emit()
