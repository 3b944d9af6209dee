"""What of a project is due, and the files of it: all of them new, or all as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from pixelforge.errors import DatasetError
from pixelforge.files import is_there, read_at_most, replace_all, sync_folders
from pixelforge.services.engine_files import KEPT_SUFFIX
from pixelforge.services.export import ExportOptions, alone, file_paths, recoloured, sheet_contents
from pixelforge.services.project.drawing import Draw, Drawing, SpritesDone
from pixelforge.services.project.fingerprints import Fingerprints
from pixelforge.services.project.lock import KEPT, LOCK_FILE, Lock, LockedSet, digest_of, encode_lock, read_lock
from pixelforge.services.project.places import begin_own_folder
from pixelforge.services.project.project_file import Project, ProjectSet, told_at
from pixelforge.services.project.sources import Sources, called, check_count
from pixelforge.services.project.sprite_cache import SpriteCache
from pixelforge.services.requests import Notice
from pixelforge.services.sprites import Sprite
from pixelforge.turns import FOR_EVER, turn

MAX_FILE = 2**31  # bytes of a file that was built
TURN_FILE = "build.turn"


@dataclass(frozen=True)
class DueSet:
    """A set that is to be made, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class ProjectState:
    """How a project stands."""

    project: Project
    lock: Lock
    fingerprints: Fingerprints
    due: tuple[DueSet, ...]

    @property
    def left_over(self) -> list[str]:
        """Files of sets that the project does not have any more."""
        gone = [one.files for name, one in self.lock.sets.items() if name not in self.project.sets]
        return [path for files in gone for path in files if is_there(self.project.root / path)]


@dataclass(frozen=True)
class Outcome:
    """What a build would write."""

    root: Path
    lock: Lock
    new: Mapping[str, bytes]  # by path from the root on; without what is there already to the byte
    in_the_way: tuple[Path, ...]  # of these, files that no build of this project wrote as they are now
    left_over: tuple[str, ...]  # files that an earlier build wrote and this one does not

    def write(self) -> None:
        """Write all of it or nothing, the lock at last. Raises OutputError."""
        contents = {self.root / LOCK_FILE: encode_lock(self.lock)}
        contents |= {self.root / path: content for path, content in self.new.items()}
        replace_all(contents)
        sync_folders(contents)


def building_alone(root: Path, waits: Callable[[], object]) -> AbstractContextManager[None]:
    """Within it no other build of the project writes; `waits` is called where it has to be waited for.

    Else the files of two of them could mix, which no lock tells of. Raises OutputError.
    """
    return turn(begin_own_folder(root) / TURN_FILE, FOR_EVER, waits)


def standing(project: Project) -> ProjectState:
    """What of a project is due; nothing is made, and no network is loaded.

    Raises RequestError, DatasetError or CheckpointError for what is wrong with a set's files or model.
    """
    lock, fingerprints = read_lock(project.root), Fingerprints(project)
    due = []
    for name, fingerprint in fingerprints.of_all().items():
        if reason := _reason(project.root, lock.sets.get(name), fingerprint):
            due.append(DueSet(name, reason))
    return ProjectState(project, lock, fingerprints, tuple(due))


def _reason(root: Path, before: LockedSet | None, fingerprint: str) -> str:
    """Why a set is to be made; empty: it is as it should be."""
    if before is None:
        return "new"
    if before.fingerprint != fingerprint:
        return "changed"
    for path, digest in before.files.items():
        if not (root / path).is_file():
            return f"{path} is missing"
        if digest not in (KEPT, _digest(root, path)):
            return f"{path} is not as it was built"
    return ""


class Build:
    """Makes the sets that are due: first `draw` is pulled to its end, then `outcome` tells what there is to write."""

    def __init__(self, stands: ProjectState) -> None:
        self._stands, self._project = stands, stands.project
        self.sources = Sources(stands.project, stands.fingerprints)
        sets, needed = self._project.sets, {due.name for due in stands.due}
        for name in reversed(list(sets)):  # those that others are made of come before them
            needed |= set(sets[name].together) if name in needed else set()
        self._needed = [one for one in sets.values() if one.name in needed]
        orders = {}
        for one in self._needed:
            if one.draws:
                with self._told_at(one):
                    orders[one.name] = self.sources.order(one)
        self.drawing = Drawing(orders, SpriteCache(self._project.root))

    @property
    def missing(self) -> int:
        """How many sprites have to be drawn."""
        return self.drawing.missing

    def draw(self, draw: Draw) -> Iterator[SpritesDone | Notice]:
        """Draw what is missing. What is done stays for the next build, also where this one does not come to its end."""
        return self.drawing.draw(draw)

    def outcome(self) -> Outcome:
        """What is to be written, once all is drawn. Raises what is wrong with a set, naming it."""
        root, due = self._project.root, {due.name for due in self._stands.due}
        sprites: dict[str, Sequence[Sprite]] = {}
        locked = {name: one for name, one in self._stands.lock.sets.items() if name in self._project.sets}
        written: dict[str, bytes] = {}
        for one in self._needed:
            with self._told_at(one):
                sprites[one.name] = self.sprites(one, sprites)
                if one.name in due:
                    files = self._files(one, sprites[one.name])
                    written |= files
                    locked[one.name] = self._locked(one, files)
        lock = Lock(sets=locked)
        before = self._stands.lock.files
        new = {path: content for path, content in written.items() if not _holds(root, path, content)}
        theirs = (path for path in new if is_there(root / path) and before.get(path) != _digest(root, path))
        left = (path for path in before if path not in lock.files and is_there(root / path))
        return Outcome(root, lock, new, tuple(root / path for path in theirs), tuple(left))

    def sprites(self, one: ProjectSet, done: Mapping[str, Sequence[Sprite]]) -> Sequence[Sprite]:
        """The sprites of a set, by those of the sets that it is made of."""
        if one.draws:
            return self.drawing.sprites(one.name)
        if not one.together:
            return called(self.sources.pictures(one), one)
        check_count(sum(len(done[member]) for member in one.together))
        return called([sprite for member in one.together for sprite in done[member]], one)

    def options(self, one: ProjectSet) -> ExportOptions:
        """How a set is written, with the palette that it takes when it is."""
        rule = one.options.palette
        return replace(one.options, palette=rule if one.draws else rule or self.sources.rule(one))

    def _files(self, one: ProjectSet, sprites: Sequence[Sprite]) -> dict[str, bytes]:
        """What a set's files hold, by path from the root on."""
        root, options = self._project.root, one.options
        sprites = recoloured(sprites, self.options(one).palette)
        if one.is_sheet:
            contents = sheet_contents(root / one.out, sprites, options, identity=f"{one.name}/{one.out}")
        else:
            contents = {}
            for path, sprite in zip(file_paths(root / one.out, sprites, options), sprites, strict=True):
                contents |= sheet_contents(path, [sprite], alone(options))
        return {path.relative_to(root).as_posix(): content for path, content in contents.items()}

    def _locked(self, one: ProjectSet, files: Mapping[str, bytes]) -> LockedSet:
        """What is noted of a set; a file that is only written where there is none is noted in any case."""
        digests = {path: digest_of(path, content) for path, content in files.items()}
        if "unity" in one.options.formats:
            digests[f"{one.out}{KEPT_SUFFIX}"] = KEPT
        return LockedSet(fingerprint=self._stands.fingerprints.of_all()[one.name], files=digests)

    def _told_at(self, one: ProjectSet) -> AbstractContextManager[None]:
        return told_at(f"{self._project.file}: [sets.{one.name}]")


def _digest(root: Path, path: str) -> str:
    return digest_of(path, read_at_most(root / path, MAX_FILE, DatasetError))


def _holds(root: Path, path: str, content: bytes) -> bool:
    """Whether a file holds just that already. Raises DatasetError where that cannot be read."""
    target = root / path
    if not target.is_file() or target.stat().st_size != len(content):
        return False
    return read_at_most(target, len(content), DatasetError) == content
