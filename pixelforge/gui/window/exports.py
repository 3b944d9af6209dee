"""Exports of the tray: done in the background, remembered, and done again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from pixelforge.files import as_text
from pixelforge.gui.shared.background import Background, Task, Work
from pixelforge.gui.shared.messages import Messages
from pixelforge.gui.tray.tray_model import TrayModel
from pixelforge.gui.window.session import Session
from pixelforge.services.export import ExportOptions
from pixelforge.services.exporting import (
    Export,
    WrittenFile,
    describe_failure,
    describe_written,
    parts_of,
    write_export,
)
from pixelforge.services.naming import safe_name
from pixelforge.services.sets import SpriteSet
from pixelforge.services.settings import SetExport
from pixelforge.services.sprites import Sprite
from pixelforge.words import counted

MOST = 200  # sets whose exports are remembered
NOTHING = "The set is empty: put sprites into it first, with Space or by dragging."


Writer = Callable[[SpriteSet, Export, bool], Work | None]
"""How a set is written in a way of its own, if it is. The flag: over files that it has not written."""


class Exports(QObject):
    """Writes what is in the tray. What was written is said in a message; what went wrong, by `failed`."""

    failed = Signal(object, str)  # Task, the line for the user
    remembered = Signal()  # how a set is exported is known, or known otherwise

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
        self._writer: Writer = lambda *_: None
        self._of_project: Callable[[int], bool] = lambda _: False

    @property
    def last(self) -> Export | None:
        """The last one of the shown set, with columns and padding as they stand in the tray now; None before the first.

        What was exported last of all stands in for it, unless that is another set's.
        """
        last = self._last_of_shown()
        if last is None:
            return None
        layout, tray = last.options.sheet, self.tray.options
        layout = replace(layout, columns=tray.columns, padding=tray.padding)
        return replace(last, options=replace(last.options, sheet=layout))

    def suggestion(self, folder: Path) -> Export:
        """For a set that was never exported: how the last one was, to a file of its own."""
        last = self._session.settings.export
        name = safe_name(self.tray.sets.current.name) if last is not None else "sheet"
        target = str((last.sheet.parent if last is not None else folder) / f"{name}.png")
        fresh = Export(target=target, options=ExportOptions(sheet=self.tray.options))
        return fresh if last is None else replace(last, target=target)

    def of_set(self, id_: int) -> SetExport | None:
        """How a set was exported last; None: it never was."""
        return next((kept for kept in self._session.settings.set_exports if kept.set_id == id_), None)

    def remember(self, id_: int, export: Export, *, in_step: bool | None = None) -> None:
        """Keep how a set is exported. in_step: None leaves it so, or not."""
        settings, before = self._session.settings, self.of_set(id_)
        kept = SetExport(
            set_id=id_,
            export=export,
            in_step=in_step if in_step is not None else before is not None and before.in_step,
        )
        others = [one for one in settings.set_exports if one.set_id != id_]
        self._session.take(replace(settings, set_exports=(*others, kept)[-MOST:]))
        self.remembered.emit()

    def is_empty(self) -> bool:
        """Whether there is nothing to export, which is said."""
        if not self.tray.sprites:
            self._messages.warn(NOTHING)
        return not self.tray.sprites

    def bind(self, writer: Writer, of_project: Callable[[int], bool]) -> None:
        """Have sets of projects written by these. of_project: whether a set, by its id, is one."""
        self._writer, self._of_project = writer, of_project

    def laid_out(self, id_: int) -> Export | None:
        """How a set is exported that has columns and padding of its own: one in step, or of a project."""
        kept = self.of_set(id_)
        return kept.export if kept is not None and (kept.in_step or self._of_project(id_)) else None

    def work(self, one: SpriteSet, export: Export, again: bool) -> Work:
        """What writes a set. again: over what was written before, and nothing else of a set that a project has."""
        return self._writer(one, export, not again) or partial(write_export, export, one.sprites, again)

    def begin(self, export: Export, sprites: Sequence[Sprite], again: bool = False) -> Task:
        """Write sprites, after what is being written already. again: over what is there."""
        layout = export.options.sheet
        self.tray.set_columns(layout.columns)  # the tray shows the sheet as it is exported
        self.tray.set_padding(layout.padding)
        total = parts_of(export, sprites)
        what = counted(len(sprites), "sprite")
        work = self.work(replace(self.tray.sets.current, sprites=tuple(sprites)), export, again)
        task = self._background.run(f"Exporting {what}", work, total)
        task.done.connect(partial(self._on_done, export, self.tray.sets.current.id))
        task.failed.connect(partial(self._on_failed, task))
        return task

    def again(self) -> None:
        """Write the tray as it was exported last, over what is there."""
        if not self.is_empty() and (last := self.last) is not None:
            self.begin(last, self.tray.sprites, again=True)

    def _last_of_shown(self) -> Export | None:
        own, last = self.of_set(self.tray.sets.current.id), self._session.settings.export
        if own is not None or last is None:
            return None if own is None else own.export
        others = [kept for one in self.tray.sets.sets if (kept := self.of_set(one.id)) is not None]
        return None if last.target in {kept.export.target for kept in others} else last

    def _on_done(self, export: Export, set_id: int, written: Sequence[WrittenFile]) -> None:
        if as_text(export.target) == export.target:  # else it cannot be stored
            folder = str(export.sheet.parent)
            self._session.take(replace(self._session.settings, export=export, save_folder=folder))
            self.remember(set_id, export)
        self._messages.tell_written(describe_written(export, written), export.sheet.parent)

    def _on_failed(self, task: Task, error: str, written: Sequence[WrittenFile]) -> None:
        task.shown = True
        self.failed.emit(task, describe_failure(error, written, task.total))
