"""A project as the window has it: its sets with their sprites, what is still to be drawn of them, where they go."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from pixelforge.errors import RequestError
from pixelforge.files import is_there
from pixelforge.services.export import ExportOptions, refuse_replacing
from pixelforge.services.exporting import Export, WrittenFile
from pixelforge.services.project.building import Build, DueSet, ProjectState, standing
from pixelforge.services.project.drawing import MissingBatch
from pixelforge.services.project.fingerprints import Fingerprints
from pixelforge.services.project.lock import read_lock
from pixelforge.services.project.project_file import Project, ProjectSet, find_project, read_project, told_at
from pixelforge.services.sprites import Sprite

MOST_SETS = 200  # as many as the window remembers exports of
MOST_SPRITES = 10_000  # which the window keeps in a file of its own as well


@dataclass(frozen=True, kw_only=True)
class OpenedSet:
    """A set of a project."""

    name: str
    seen: str  # what the file says of it, in one hash
    sprites: tuple[Sprite, ...]  # those that there are
    lacks: int  # how many are not drawn yet, of this set or of those that it is made of
    export: Export


class OpenedProject:
    """A project whose files were read: first `keep` takes in what is drawn of `batches`, then `sets` are whole."""

    def __init__(self, project: Project) -> None:
        """Raises what is wrong with a set's files or model, naming it."""
        self.project = project
        self._pictures: dict[str, Sequence[Sprite]] = {}  # of the sets that have their own: read once
        every = tuple(DueSet(name, "opened") for name in project.sets)
        self.making = Build(ProjectState(project, read_lock(project.root), Fingerprints(project), every))

    @property
    def file(self) -> Path:
        """The project's."""
        return self.project.file

    @property
    def batches(self) -> tuple[MissingBatch, ...]:
        """What is to be drawn."""
        return self.making.drawing.batches

    def keep(self, batch: MissingBatch, made: Sequence[Sprite]) -> None:
        """Take in the first sprites of a batch; they stay for later builds. Raises OutputError."""
        self.making.drawing.keep(batch, made)

    def sets(self) -> dict[str, OpenedSet]:
        """All of them by name, as far as they are drawn. Raises what is wrong with one, naming it."""
        found: dict[str, OpenedSet] = {}
        for name, one in self.project.sets.items():
            with told_at(f"{self.file}: [sets.{name}]"):
                done = {of: found[of].sprites for of in one.together}
                sprites = self._pictures.get(name) or self.making.sprites(one, done)
                if one.pictures:
                    self._pictures[name] = sprites
                lacks = self.making.drawing.lacks(name) if one.draws else sum(found[of].lacks for of in one.together)
                found[name] = OpenedSet(
                    name=name, seen=seen_of(one), sprites=tuple(sprites), lacks=lacks, export=self._export(one)
                )
        return found

    def _export(self, one: ProjectSet) -> Export:
        return export_of(self.project.root, one, self.making.options(one))


def open_project(path: Path) -> Iterator[OpenedProject]:
    """A project by its file or folder, once. Raises PixelForgeError that says what is wrong with it."""
    project = read_project(find_project(path.absolute()))
    if len(project.sets) > MOST_SETS:
        raise RequestError(
            f"{project.file} has {len(project.sets):,} sets: the window opens projects of at most {MOST_SETS}."
        )
    opened = OpenedProject(project)
    count = sum(len(one.sprites) + one.lacks for one in opened.sets().values())
    if count > MOST_SPRITES:
        raise RequestError(
            f"{project.file} has {count:,} sprites: the window opens projects of at most {MOST_SPRITES:,}."
        )
    yield opened


def build_set(file: Path, name: str, sprites: Sequence[Sprite], force: bool) -> Iterator[WrittenFile]:
    """Write the files of one set, as a build does; the lock knows of them.

    sprites: what it should hold, whatever their names. force: over files that no build wrote as they are now. Raises
    PixelForgeError, and has then written nothing.
    """
    stands = standing(read_project(file))
    if name not in stands.project.sets:
        raise RequestError(f"{file} has no set {name} any more: open it again.")
    opened = OpenedProject(stands.project).sets()[name]
    if opened.lacks or [one.fingerprint for one in opened.sprites] != [one.fingerprint for one in sprites]:
        raise RequestError(f"{file} says something else of {name} than the set holds here: open it again.")
    root, due = stands.project.root, tuple(due for due in stands.due if due.name == name)
    outcome = Build(replace(stands, due=due)).outcome()
    if not force:
        refuse_replacing(outcome.in_the_way)
    paths = [root / path for path in outcome.lock.sets[name].files]
    there = {path for path in paths if is_there(path)}
    if due:
        outcome.write()
    yield from (WrittenFile(path, path in there) for path in paths)


def export_of(root: Path, one: ProjectSet, options: ExportOptions) -> Export:
    """How a set of the project in `root` is exported. options: with the palette that it takes then."""
    path = root / one.out
    sheet = path if one.is_sheet else path.with_name(f"{path.name}.png")
    return Export(target=str(sheet), single=not one.is_sheet, options=options)


def seen_of(one: ProjectSet) -> str:
    """What a project's file says of a set, in one hash."""
    told = [one.name, one.out.as_posix(), sorted(one.values.items())]
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()


def looks_of(sprites: Sequence[Sprite]) -> list[tuple[str, bytes]]:
    """What tells whether two sets hold the same under the same names."""
    return [(sprite.name, sprite.fingerprint) for sprite in sprites]
