"""Which sets stand in which project files, and what those said of them last."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pixelforge.services.exporting import Export, WrittenFile
from pixelforge.services.project.entering import Entered, NewSet, Removed, add_set, put_back, remove_set
from pixelforge.services.project.keeping import KeptSet, SetNow, keep_set
from pixelforge.services.project.opening import build_set
from pixelforge.services.sets import SpriteSet
from pixelforge.services.settings import ProjectLink

MOST = 1000  # links that are remembered


@dataclass(frozen=True)
class Changed:
    """A set and its export as they are to be kept."""

    one: SpriteSet
    name: str  # in the file
    export: Export


class ProjectKeeper:
    """Keeps sets in their files, one after another on the thread of the background.

    The window writes a link before it asks for work on it, and reads them when that is done: each piece of work
    finds what the one before it has left.
    """

    def __init__(self, links: Sequence[ProjectLink]) -> None:
        self._links = {link.set_id: link for link in links}
        self._removed: dict[int, tuple[ProjectLink, Removed]] = {}

    @property
    def links(self) -> tuple[ProjectLink, ...]:
        """As they stand."""
        return tuple(self._links.values())[-MOST:]

    def of_set(self, id_: int) -> ProjectLink | None:
        """Where a set stands; None: in no project."""
        return self._links.get(id_)

    def link(self, link: ProjectLink) -> None:
        """A set stands there now, in place of whichever did before."""
        gone = [one.set_id for one in self.links if (one.file, one.name) == (link.file, link.name)]
        for id_ in (*gone, link.set_id):
            self._links.pop(id_, None)
        self._links[link.set_id] = link

    def keep(self, changed: Changed) -> Iterator[KeptSet]:
        """Write a set into its file. Raises as `keep_set` does."""
        link = self._links[changed.one.id]
        now = SetNow(
            was=link.name, seen=link.seen, name=changed.name, sprites=changed.one.sprites, export=changed.export
        )
        for kept in keep_set(Path(link.file), now):
            self._links[link.set_id] = ProjectLink(set_id=link.set_id, file=link.file, name=kept.name, seen=kept.seen)
            yield kept

    def left(self, id_: int) -> Path | None:
        """The project file that a set was taken out of here; None: it was not."""
        return Path(self._removed[id_][0].file) if id_ in self._removed else None

    def enter(self, file: Path, one: SpriteSet, export: Export | None) -> Iterator[Entered | KeptSet]:
        """Write a set into a project's file, or put it back there. Raises as `add_set` and `put_back` do."""
        link, removed = self._removed.get(one.id, (None, None))
        if link is not None and removed is not None and link.file == str(file):
            new: Iterator[Entered | KeptSet] = put_back(file, removed)
        else:
            new = add_set(file, NewSet(name=one.name, sprites=one.sprites, export=export))
        for entered in new:
            self._removed.pop(one.id, None)
            self.link(ProjectLink(set_id=one.id, file=str(file), name=entered.name, seen=entered.seen))
            yield entered

    def leave(self, id_: int) -> Iterator[Removed]:
        """Take a set out of its file. Raises as `remove_set` does."""
        link = self._links[id_]
        for removed in remove_set(Path(link.file), link.name, link.seen):
            self._removed[id_] = link, removed
            yield removed
        self._links.pop(id_)

    def write(self, changed: Changed, force: bool) -> Iterator[WrittenFile]:
        """Write a set into its file, and then what it makes, as a build does. Raises as `build_set` does."""
        deque(self.keep(changed), maxlen=0)
        link = self._links[changed.one.id]
        yield from build_set(Path(link.file), link.name, changed.one.sprites, force)
