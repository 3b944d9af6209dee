"""Exports that are kept in step: written again at every change of their set, so that an engine reloads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from pixelforge.gui.shared.background import Background, Task
from pixelforge.gui.shared.messages import Messages
from pixelforge.gui.tray.tray import Tray
from pixelforge.gui.window.exports import Exports
from pixelforge.services.exporting import Export, WrittenFile, describe_failure, parts_of
from pixelforge.services.sets import SpriteSet

REST = 400  # milliseconds without a change before files are written: dragging and typing make many
FIRST = "Export the set once; from then on its files can be kept in step with it."
TWICE = "{file} is kept in step with the set {other}: export this one to a file of its own first."
AGAIN = "The set itself is kept, and is written again at its next change."


class InStep(QObject):
    """Knows which sets are kept in step, and writes them in the background when they change.

    Of a set that was changed while files are written, the last state is written after them.
    """

    changed = Signal()  # whether the shown set is kept in step, and with what

    def __init__(
        self, exports: Exports, background: Background, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._exports = exports
        self._tray = exports.tray
        self._background = background
        self._messages = messages
        self._seen = {one.id: one.sprites for one in self._tray.sets.sets}
        self._shown = 0  # the id of the set that is
        self._due: set[int] = set()
        self._task: Task | None = None
        self._broken: set[int] = set()  # sets that could not be written the last time
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._write)
        self._tray.sets.changed.connect(self._look)
        self._tray.sheet_changed.connect(self._look_at_layout)
        exports.remembered.connect(self._lay_out)
        exports.remembered.connect(self.changed)
        self._look()

    @property
    def export(self) -> Export | None:
        """What the shown set is kept in step with; None: with nothing."""
        kept = self._exports.of_set(self._tray.sets.current.id)
        return kept.export if kept is not None and kept.in_step else None

    def turn(self, on: bool) -> bool:
        """Begin or end keeping the shown set in step; whether that could be done. Begun, it is written at once."""
        now, last = self._tray.sets.current, self._exports.last
        if last is None:
            self._messages.warn(FIRST)
            return False
        if on and (other := self._rival(last)) is not None:
            self._messages.warn(TWICE.format(file=last.sheet.name, other=other.name))
            return False
        self._exports.remember(now.id, last, in_step=on)
        self._due.discard(now.id)
        if on:
            self._due.add(now.id)
            self._write()
        return True

    def flush(self) -> None:
        """Write now what waits for a rest."""
        if self._rest.isActive():
            self._rest.stop()
            self._write()

    def _look(self) -> None:
        """See which sets are others than they were."""
        sets = self._tray.sets
        self._seen = {one.id: self._seen.get(one.id, ()) for one in sets.sets}  # one that is back was another: nothing
        for one in sets.sets:
            if self._seen.get(one.id) is not one.sprites:
                self._seen[one.id] = one.sprites
                self._note(one.id)
        if sets.current.id != self._shown:
            self._lay_out()
        self.changed.emit()

    def _lay_out(self) -> None:
        """Show the columns and the padding of the shown set, where it has its own."""
        id_ = self._tray.sets.current.id
        if (export := self._exports.laid_out(id_)) is not None:
            self._shown = 0  # meanwhile the layout is half another's
            self._tray.set_columns(export.options.sheet.columns)
            self._tray.set_padding(export.options.sheet.padding)
        self._shown = id_

    def _look_at_layout(self) -> None:
        """Columns and padding are the set's too."""
        id_, last = self._tray.sets.current.id, self._exports.last
        export = self._exports.laid_out(id_)
        if export is not None and last is not None and last != export and self._shown == id_:
            self._exports.remember(id_, last)
            self._note(id_)

    def _note(self, id_: int) -> None:
        kept = self._exports.of_set(id_)
        if kept is not None and kept.in_step:
            self._due.add(id_)
            self._rest.start()

    def _write(self) -> None:
        if self._task is not None:
            return  # which comes back here
        sets = {one.id: one for one in self._tray.sets.sets}
        while self._due:
            id_ = self._due.pop()
            kept = self._exports.of_set(id_)
            if id_ in sets and kept is not None and kept.in_step:
                if sets[id_].sprites:
                    self._begin(sets[id_], kept.export)
                    return
                self._messages.inform(f"{sets[id_].name} is empty: {kept.export.sheet.name} stays as it was.")

    def _begin(self, one: SpriteSet, export: Export) -> None:
        work = self._exports.work(one, export, again=True)
        self._task = self._background.run(f"Keeping {one.name} in step", work, parts_of(export, one.sprites))
        self._task.done.connect(lambda _: self._on_done(one, export))
        self._task.failed.connect(partial(self._on_failed, one))

    def _on_done(self, one: SpriteSet, export: Export) -> None:
        if one.id in self._broken:
            self._broken.discard(one.id)
            self._messages.inform(f"{export.sheet.name} is in step with {one.name} again.")
        self._go_on()

    def _on_failed(self, one: SpriteSet, error: str, written: Sequence[WrittenFile]) -> None:
        assert self._task is not None
        self._task.shown = True
        self._broken.add(one.id)
        self._messages.complain(f"{describe_failure(error, written, self._task.total)} {AGAIN}")
        self._go_on()

    def _go_on(self) -> None:
        self._task = None
        if not self._rest.isActive():
            self._write()

    def _rival(self, export: Export) -> SpriteSet | None:
        """Another set that is kept in step with the same file."""
        others = [one for one in self._tray.sets.sets if one.id != self._tray.sets.current.id]
        pairs = [(one, self._exports.of_set(one.id)) for one in others]
        rivals = (one for one, kept in pairs if kept and kept.in_step and kept.export.sheet == export.sheet)
        return next(rivals, None)


class InStepSwitch(QObject):
    """Ties the box in the set to it. export: asks how the shown set is exported."""

    def __init__(self, in_step: InStep, tray: Tray, export: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._in_step = in_step
        self._tray = tray
        self._export = export
        tray.in_step_requested.connect(self._turn)
        in_step.changed.connect(self._show)
        self._show()

    def _turn(self, on: bool) -> None:
        if not self._in_step.turn(on):
            self._show()
            self._export()

    def _show(self) -> None:
        export = self._in_step.export
        self._tray.set_in_step(None if export is None else export.sheet.name)
