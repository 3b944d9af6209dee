"""Writing what the window changed of a set back into `pixelforge.toml`; all else in it stays to the letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pixelforge.errors import RequestError
from pixelforge.files import replace_all, sync_folders
from pixelforge.services.export import ExportOptions
from pixelforge.services.exporting import Export
from pixelforge.services.naming import sprite_names
from pixelforge.services.project.keys import ASKING, DRAWING, SHEETS_ALONE
from pixelforge.services.project.opening import OpenedProject, OpenedSet, looks_of, seen_of
from pixelforge.services.project.picture_files import PictureFiles
from pixelforge.services.project.project_file import PROJECT_FILE, encoded, parse_project, read_text, told_at
from pixelforge.services.project.told_options import changed_keys, told
from pixelforge.services.project.toml import parsed
from pixelforge.services.project.toml_text import TableText
from pixelforge.services.sprites import Sprite

ASKED = (*ASKING, *DRAWING, "list", "palette")  # what a set that asks for sprites says, and one of pictures does not


@dataclass(frozen=True, kw_only=True)
class SetNow:
    """A set as the window has it."""

    was: str  # its name in the file
    seen: str  # what the file said of it when it was read or written last, as `OpenedSet` has it
    name: str
    sprites: tuple[Sprite, ...]
    export: Export


@dataclass(frozen=True)
class KeptSet:
    """What the file says of the set now."""

    name: str
    seen: str


def keep_set(file: Path, now: SetNow) -> Iterator[KeptSet]:
    """Write a set's name, sprites and export into its project file, once, where they differ from what stands there.

    Sprites in another order, or others than were asked for, become pictures of the project; what asked for them stays
    as a comment. Raises PixelForgeError, and has then changed nothing.
    """
    text = read_text(file)
    project = parse_project(file, text)
    with told_at(f"{file}: [sets.{now.was}]"):
        if now.was not in project.sets:
            raise RequestError("it is not there any more: open the project again.")
        if seen_of(project.sets[now.was]) != now.seen:
            raise RequestError("it was changed in the file meanwhile, so it is left as it stands: open it again.")
    opened = OpenedProject(project)
    editing = _Editing(opened, opened.sets()[now.was], text, now)
    with told_at(f"{file}: [sets.{now.was}]"):
        editing.edit()
    after = parse_project(file, editing.text)
    with told_at(f"{file}: [sets.{now.was}]"):
        editing.check(after.sets[now.name].options)
    if editing.text != text:
        contents = {file: encoded(file, editing.text), **editing.files}
        replace_all(contents)
        sync_folders(contents)
    yield KeptSet(now.name, seen_of(after.sets[now.name]))


class _Editing:
    """A text on its way to what the window has, and the pictures that it needs."""

    def __init__(self, opened: OpenedProject, before: OpenedSet, text: str, now: SetNow) -> None:
        self.files: dict[Path, bytes] = {}
        self._root = opened.project.root
        self._opened, self._before, self._now = opened, before, now
        self._set = opened.project.sets[before.name]
        self._own: dict[str, Any] = parsed(text)["sets"][before.name]
        self.text = text
        self._wanted: dict[str, Any] = {}  # of the export, by key

    def edit(self) -> None:
        """Bring all of it into the text. Raises RequestError for what it cannot say."""
        sprites, before = self._now.sprites, self._before.sprites
        if looks_of(sprites) != looks_of(before):
            if self._before.lacks:
                raise RequestError("its sprites are not all made yet: changes of it are kept once they are.")
            if [one.fingerprint for one in sprites] != [one.fingerprint for one in before]:
                self._put_sprites(sprites)
            self._put_names(sprites)
        self._put_export(self._now.export)
        if self._now.name != self._before.name:
            self._rename()

    def check(self, options: ExportOptions) -> None:
        """Raises RequestError where what all sets share says otherwise."""
        read = told(options)
        wrong = [key for key, value in self._wanted.items() if key in read and read[key] != value]
        if wrong:
            raise RequestError(f"[defaults] says otherwise of {', '.join(wrong)}: change it there.")

    def _put(self, key: str, value: Any) -> None:
        """None: the key is not said."""
        table = TableText(self.text, ("sets", self._before.name))
        self.text = (table.without(key) if value is None else table.with_value(key, value)).text

    def _put_sprites(self, sprites: Sequence[Sprite]) -> None:
        if not sprites:
            raise RequestError(f"it would be empty: take it out of {PROJECT_FILE} instead.")
        if self._set.together:
            raise RequestError(f"it lays out the sets {', '.join(self._set.together)} once more: change those.")
        drawing, looks = self._opened.making.drawing, [one.fingerprint for one in sprites]
        if self._set.draws and looks == [one.fingerprint for one in drawing.counted(self._set.name, len(sprites))]:
            self._put("count", len(sprites))
            return
        paths = self._pictures(sprites)
        for key in ASKED if self._set.draws else ():
            self._put(key, None)
        self._put("pictures", paths)

    def _pictures(self, sprites: Sequence[Sprite]) -> tuple[str, ...]:
        """The file of each, from the project's folder on; those that no file holds come into new ones."""
        files = self._opened.making.sources.picture_files(self._set)
        known = {held[0].fingerprint: path for path, held in files if len(held) == 1}
        pictures = PictureFiles(self._root)
        paths = pictures.paths(self._before.name, sprites, known)
        self.files |= pictures.new
        return paths

    def _put_names(self, sprites: Sequence[Sprite]) -> None:
        """Up to the last that has one; those before it get the ones that they are written under."""
        called = [index for index, sprite in enumerate(sprites) if sprite.name]
        shown = sprite_names(self._now.export.options.names, sprites)
        names = tuple(shown[: called[-1] + 1]) if called else None
        if names != (tuple(self._own["names"]) if isinstance(self._own.get("names"), list) else None):
            self._put("names", names)

    def _put_export(self, export: Export) -> None:
        """An export to a place outside the project is none of its own, and changes nothing of it."""
        path, before = export.folder if export.single else export.sheet, self._before.export
        if not path.is_relative_to(self._root):
            return
        if (export.target, export.single) != (before.target, before.single):
            self._put("out", path.relative_to(self._root).as_posix())
            for key in SHEETS_ALONE if export.single else ():
                self._put(key, None)
        changes = changed_keys(before.options, export.options, not export.single)
        if self._set.draws and changes.get("palette"):
            raise RequestError("a model draws it, in a palette from the beginning: it takes none when it is exported.")
        for key, value in changes.items():
            self._put(key, value)
            self._wanted[key] = value

    def _rename(self) -> None:
        was, name = self._before.name, self._now.name
        if "out" not in self._own and self._now.export.target == self._before.export.target:
            self._put("out", self._set.out.as_posix())  # which would otherwise follow the name
        self.text = TableText(self.text, ("sets", was)).renamed(name).text
        for other in self._opened.project.sets.values():
            if was in other.together:
                members = tuple(name if member == was else member for member in other.together)
                self.text = TableText(self.text, ("sets", other.name)).with_value("sets", members).text
