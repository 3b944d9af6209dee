"""Projects of games: every set of a `pixelforge.toml` is one of the window's; its changes go back into the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from pixelforge.errors import PixelForgeError
from pixelforge.files import as_text
from pixelforge.gui.generating.states import Batch
from pixelforge.gui.shared.background import Task, Work
from pixelforge.gui.window.exports import Exports
from pixelforge.gui.window.membership import Membership
from pixelforge.gui.window.project_keeper import Changed, ProjectKeeper
from pixelforge.gui.window.session import Session
from pixelforge.gui.window.studio import Studio
from pixelforge.services.exporting import Export
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.project.drawing import MissingBatch
from pixelforge.services.project.entering import Entered
from pixelforge.services.project.keeping import KeptSet
from pixelforge.services.project.opening import OpenedProject, OpenedSet, open_project
from pixelforge.services.sets import SpriteSet
from pixelforge.services.settings import ProjectLink
from pixelforge.words import counted

REST = 400  # milliseconds without a change before the file is written
MOST_RECENT = 8

Told = tuple[str, object, Export]
"""What is kept of a set: its name, its sprites, how it is exported."""


class Projects(QObject):
    """Opens them, has the queue make what is missing, and keeps their files as the sets are."""

    recent_changed = Signal()

    def __init__(self, studio: Studio, exports: Exports, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._sets = studio.tray.sets
        self._exports = exports
        self._session = session
        self._keeper = ProjectKeeper(session.settings.project_links)
        self._opened: list[OpenedProject] = []  # those of which sprites are still to be made
        self._told: dict[int, Told] = {}  # of each set that a project has: as it was read or kept last
        self._task: Task | None = None
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(self._keep)
        self.membership = Membership(self._sets, self._keeper, self)
        self.membership.due.connect(self._rest.start)
        exports.bind(self._writer, lambda id_: self._keeper.of_set(id_) is not None)
        studio.project_given.connect(self.open)
        studio.generation.batch_finished.connect(self._take_in)
        self._sets.changed.connect(self._look)
        exports.remembered.connect(self._look)
        for one in self._sets.sets:
            if (told := self._told_of(one)) is not None:
                self._told[one.id] = told

    @property
    def recent(self) -> tuple[str, ...]:
        """The files that were opened last, the latest first."""
        return self._session.settings.recent_projects

    def open(self, path: Path) -> None:
        """Open a project by its file or folder. What is wrong with it is said, and changes nothing."""
        self.flush()
        task = self._studio.background.run(f"Opening {path.name}", partial(open_project, path))
        task.done.connect(lambda parts: self._on_opened(parts[0]))

    def flush(self) -> None:
        """Keep now what waits for a rest."""
        if self._rest.isActive():
            self._rest.stop()
            self._keep()

    def _on_opened(self, opened: OpenedProject) -> None:
        sets = opened.sets()
        self._opened = [one for one in self._opened if one.file != opened.file]
        self._lay(opened, list(sets.values()), f"Open {opened.file.name}")
        for one in sets.values():
            link = self._id_of(opened.file, one.name)
            before = self._exports.of_set(link)
            self._exports.remember(link, one.export, in_step=before is not None and before.in_step)
        self._sets.choose(self._id_of(opened.file, next(iter(sets))))
        recent = [str(opened.file), *(file for file in self.recent if file != str(opened.file))]
        if as_text(str(opened.file)) == str(opened.file):  # else it cannot be stored
            self._session.take(replace(self._session.settings, recent_projects=tuple(recent[:MOST_RECENT])))
        self._remember()
        self.recent_changed.emit()
        self._make(opened)
        missing = sum(batch.request.count for batch in opened.batches)
        making = f" {counted(missing, 'sprite')} of it {'is' if missing == 1 else 'are'} being made." if missing else ""
        self._studio.messages.inform(f"{opened.file.parent.name} is open: {counted(len(sets), 'set')}.{making}")

    def _make(self, opened: OpenedProject) -> None:
        """What is missing goes into the queue."""
        if opened.batches:
            self._opened.append(opened)
        for batch in opened.batches:
            self._studio.generation.make(batch.request, self._entry(batch))

    def _entry(self, batch: MissingBatch) -> ModelEntry:
        entries = self._studio.generation.library.entries
        known = next((one for one in entries if one.path == batch.model.path and one.header is not None), None)
        return known or ModelEntry(batch.model.name, batch.model.path, False, batch.model.header)

    def _take_in(self, batch: Batch) -> None:
        """Sprites that were missing; sets that have all of theirs now are laid out anew."""
        for opened in list(self._opened):
            missing = next((one for one in opened.batches if one.request is batch.request), None)
            if missing is None:
                continue
            before = opened.sets()
            try:
                opened.keep(missing, batch.finished)
            except PixelForgeError as error:
                self._studio.messages.complain(str(error))
            now = opened.sets()
            whole = [one for name, one in now.items() if before[name].lacks and not one.lacks]
            whole = [one for one in whole if self._id_of(opened.file, one.name)]  # the others went out meanwhile
            self._lay(opened, whole, f"Make {opened.file.name}")
            if not any(one.lacks for one in now.values()):
                self._opened.remove(opened)
                told = f"{opened.file.parent.name}: all sprites of its {counted(len(now), 'set')} are made."
                self._studio.messages.inform(told)

    def _lay(self, opened: OpenedProject, sets: Sequence[OpenedSet], text: str) -> None:
        """Have the window's sets be as those of a project, which they are from now on."""
        there, new = {one.id: one for one in self._sets.sets}, iter(self._sets.new_ids(len(sets)))
        values: list[SpriteSet] = []
        for one in sets:
            id_ = self._id_of(opened.file, one.name)
            name = there[id_].name if id_ in there else self._sets.free_name(one.name, [made.name for made in values])
            value = SpriteSet(id_ if id_ in there else next(new), name, one.sprites)
            values.append(value)
            self._keeper.link(ProjectLink(set_id=value.id, file=str(opened.file), name=one.name, seen=one.seen))
            self._told[value.id] = (value.name, value.sprites, one.export)
        if values:
            self._sets.lay(text, values)

    def _id_of(self, file: Path, name: str) -> int:
        """The set of the window that stands there, or did; 0: none."""
        links = self._keeper.links
        return next((link.set_id for link in links if (link.file, link.name) == (str(file), name)), 0)

    def _told_of(self, one: SpriteSet) -> Told | None:
        """None for a set that no project has."""
        kept = self._exports.of_set(one.id)
        if kept is None or self._keeper.of_set(one.id) is None:
            return None
        return one.name, one.sprites, kept.export

    def _look(self) -> None:
        """See whether a set of a project is another than it was."""
        if any(self._is_due(one) for one in self._sets.sets):
            self._rest.start()

    def _is_due(self, one: SpriteSet) -> bool:
        told, known = self._told_of(one), self._told.get(one.id)
        if told is None or known is None:
            return False
        return told[1] is not known[1] or (told[0], told[2]) != (known[0], known[2])

    def _keep(self) -> None:
        """Write what a project's file is to say otherwise of one set; when that is done, of the next."""
        if self._task is not None:
            return  # which comes back here
        due = next((one for one in self._sets.sets if self._is_due(one)), None)
        if (id_ := self.membership.next_out()) is not None:
            self._take_out(id_)
        elif (coming := self.membership.next_in()) is not None:
            self._put_in(*coming)
        elif due is not None and (told := self._told_of(due)) is not None:
            changed = Changed(due, self._name_of(due), told[2])
            self._told[due.id] = told  # also where it fails: it is tried again at the next change
            self._begin(due.name, partial(self._keeper.keep, changed))

    def _begin(self, name: str, work: Work) -> Task:
        self._task = task = self._studio.background.run(f"Keeping {name}", work)
        task.done.connect(lambda _: self._go_on())
        task.failed.connect(lambda *_: self._go_on())
        return task

    def _take_out(self, id_: int) -> None:
        link = self._keeper.of_set(id_)
        assert link is not None
        said = f"{link.name} is out of {link.file}, where a comment keeps what it was."
        task = self._begin(link.name, partial(self._keeper.leave, id_))
        task.done.connect(lambda _: self._studio.messages.inform(said))
        task.failed.connect(lambda *_: self.membership.stays(id_))

    def _put_in(self, one: SpriteSet, file: Path) -> None:
        kept = self._exports.of_set(one.id)
        entering = partial(self._keeper.enter, file, one, None if kept is None else kept.export)
        self._begin(one.name, entering).done.connect(lambda parts: self._on_in(one, file, parts[0]))

    def _on_in(self, one: SpriteSet, file: Path, entered: Entered | KeptSet) -> None:
        if isinstance(entered, Entered):  # else it stands there as it did, and what was changed since is kept next
            kept = self._exports.of_set(one.id)
            self._told[one.id] = (one.name, one.sprites, entered.export if kept is None else kept.export)
            if kept is None:
                self._exports.remember(one.id, entered.export)
        self._studio.messages.inform(f"{one.name} stands in {file} now.")
        self.membership.came_in(one.id)
        self._look()

    def _go_on(self) -> None:
        self._task = None
        self._remember()
        self.membership.changed.emit()
        if not self._rest.isActive():
            self._keep()

    def _name_of(self, one: SpriteSet) -> str:
        """What a set is called in its file; where its user has renamed it here, it is there as well."""
        link, known = self._keeper.of_set(one.id), self._told.get(one.id)
        assert link is not None
        return link.name if known is None or known[0] == one.name else one.name

    def _writer(self, one: SpriteSet, export: Export, force: bool) -> Work | None:
        """A set of a project is written as a build does it, if it goes into the project."""
        link = self._keeper.of_set(one.id)
        if link is None or not export.sheet.is_relative_to(Path(link.file).parent):
            return None
        changed = Changed(one, self._name_of(one), export)
        self._told[one.id] = (one.name, one.sprites, export)
        return partial(self._keeper.write, changed, force)

    def _remember(self) -> None:
        self._session.take(replace(self._session.settings, project_links=self._keeper.links))
