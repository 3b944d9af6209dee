"""Exports of the tray: done in the background, remembered, and done again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from pixelforge.files import as_text
from pixelforge.gui.shared.background import Background, Task
from pixelforge.gui.shared.messages import Messages
from pixelforge.gui.tray.tray_model import TrayModel
from pixelforge.gui.window.session import Session
from pixelforge.services.exporting import Export, Written, describe, describe_failure, parts_of, write_export
from pixelforge.services.sprites import Sprite
from pixelforge.words import counted

NOTHING = "The set is empty: put sprites into it first, with Space or by dragging."


class Exports(QObject):
    """Writes what is in the tray. What was written is said in a message; what went wrong, by `failed`."""

    failed = Signal(object, str)  # Task, the line for the user

    def __init__(
        self,
        tray: TrayModel,
        background: Background,
        session: Session,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.tray = tray
        self._background = background
        self._session = session
        self._messages = messages

    @property
    def last(self) -> Export | None:
        """The last one, with columns and padding as they stand in the tray now; None before the first."""
        last = self._session.settings.export
        if last is None:
            return None
        layout, tray = last.options.sheet, self.tray.options
        layout = replace(layout, columns=tray.columns, padding=tray.padding)
        return replace(last, options=replace(last.options, sheet=layout))

    def is_empty(self) -> bool:
        """Whether there is nothing to export, which is said."""
        if not self.tray.sprites:
            self._messages.warn(NOTHING)
        return not self.tray.sprites

    def begin(self, export: Export, sprites: Sequence[Sprite], again: bool = False) -> Task:
        """Write sprites, after what is being written already. again: over what is there."""
        layout = export.options.sheet
        self.tray.set_columns(layout.columns)  # the tray shows the sheet as it is exported
        self.tray.set_padding(layout.padding)
        total = parts_of(export, sprites)
        what = counted(len(sprites), "sprite")
        task = self._background.run(f"Exporting {what}", partial(write_export, export, sprites, again), total)
        task.done.connect(partial(self._on_done, export))
        task.failed.connect(partial(self._on_failed, task))
        return task

    def again(self) -> None:
        """Write the tray as it was exported last, over what is there."""
        if not self.is_empty() and (last := self.last) is not None:
            self.begin(last, self.tray.sprites, again=True)

    def _on_done(self, export: Export, written: Sequence[Written]) -> None:
        if as_text(export.target) == export.target:  # else it cannot be stored
            folder = str(export.sheet.parent)
            self._session.take(replace(self._session.settings, export=export, save_folder=folder))
        self._messages.inform(describe(export, written))

    def _on_failed(self, task: Task, error: str, written: Sequence[Written]) -> None:
        task.shown = True
        self.failed.emit(task, describe_failure(error, written, task.total))
