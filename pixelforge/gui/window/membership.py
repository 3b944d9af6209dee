"""Which sets of the window are to come into a game's project, or to go out of theirs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from pixelforge.gui.tray.sets_model import SetsModel
from pixelforge.gui.window.project_keeper import ProjectKeeper
from pixelforge.services.sets import SpriteSet


class Membership(QObject):
    """Knows what is to be done; whoever is told by `due` does it and says what came of it."""

    changed = Signal()
    due = Signal()

    def __init__(self, sets: SetsModel, keeper: ProjectKeeper, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sets = sets
        self._keeper = keeper
        self._joins: dict[int, Path] = {}  # sets that are to come into a project
        self._refused: dict[int, SpriteSet] = {}  # of those, as they could not
        self._leaves: list[int] = []  # sets that are to go out of theirs
        self._outside: set[int] = set()  # sets that were taken out but not deleted
        self._last = next((Path(link.file) for link in reversed(keeper.links)), None)  # that was shown
        sets.begun.connect(self._on_begun)
        sets.deleted.connect(self._on_deleted)
        sets.changed.connect(self._look)

    def file_of(self, id_: int) -> Path | None:
        """The project file that a set stands in, or is about to; None: in none."""
        link = self._keeper.of_set(id_)
        return self._joins.get(id_) if link is None or id_ in self._leaves else Path(link.file)

    @property
    def at_hand(self) -> Path | None:
        """The project that was shown last, as far as the window has any of its sets."""
        there = {one.id for one in self.sets.sets}
        held = [link.file for link in self._keeper.links if link.set_id in there]
        return self._last if str(self._last) in held else None

    def put_in(self, id_: int, file: Path) -> None:
        """Have a set stand in a project too, as soon as it holds anything."""
        self._outside.discard(id_)
        self._refused.pop(id_, None)
        if id_ in self._leaves:
            self._leaves.remove(id_)
        else:
            self._joins[id_] = file
        self._tell()

    def take_out(self, id_: int) -> None:
        """Have a set stand in no project any more; the window keeps it."""
        self._joins.pop(id_, None)
        self._outside.add(id_)
        self._want_out(id_)
        self._tell()

    def next_out(self) -> int | None:
        """A set that is to go out of its project, which is told once."""
        return self._leaves.pop(0) if self._leaves else None

    def stays(self, id_: int) -> None:
        """It could not go out."""
        self._outside.discard(id_)
        self.changed.emit()

    def next_in(self) -> tuple[SpriteSet, Path] | None:
        """A set that holds something and is to come into a project, and which; not again as it was refused."""
        for one in self.sets.sets:
            if one.id in self._joins and one.sprites and self._refused.get(one.id) is not one:
                self._refused[one.id] = one
                return one, self._joins[one.id]
        return None

    def came_in(self, id_: int) -> None:
        """It stands in its project now."""
        self._joins.pop(id_, None)
        self._refused.pop(id_, None)
        self.changed.emit()

    def _on_begun(self, id_: int, before: int) -> None:
        """A set that is begun while one of a project is shown is of that project."""
        if (file := self.file_of(before)) is not None:
            self.put_in(id_, file)

    def _on_deleted(self, id_: int) -> None:
        self._joins.pop(id_, None)
        self._want_out(id_)
        self._tell()

    def _want_out(self, id_: int) -> None:
        if self._keeper.of_set(id_) is not None and id_ not in self._leaves:
            self._leaves.append(id_)

    def _look(self) -> None:
        """See which project is shown, and whether a set is back that was deleted."""
        shown = self._keeper.of_set(self.sets.current.id)
        self._last = self._last if shown is None else Path(shown.file)
        for one in self.sets.sets:
            if one.id in self._outside:
                continue
            if one.id in self._leaves:
                self._leaves.remove(one.id)
            elif (file := self._keeper.left(one.id)) is not None:
                self._joins.setdefault(one.id, file)
        self._tell()

    def _tell(self) -> None:
        if self._leaves or any(one.id in self._joins and one.sprites for one in self.sets.sets):
            self.due.emit()
        self.changed.emit()
