"""Sets that the window brings into `pixelforge.toml` or takes out of it; all else in it stays to the letter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pixelforge.errors import RequestError
from pixelforge.files import replace_all, sync_folders
from pixelforge.services.export import ExportOptions
from pixelforge.services.exporting import Export
from pixelforge.services.naming import sprite_names
from pixelforge.services.project.keeping import KeptSet
from pixelforge.services.project.opening import export_of, seen_of
from pixelforge.services.project.picture_files import PictureFiles
from pixelforge.services.project.project_file import Project, encoded, parse_project, read_text, told_at
from pixelforge.services.project.told_options import changed_keys
from pixelforge.services.project.toml_text import TableText
from pixelforge.services.sprites import Sprite


@dataclass(frozen=True, kw_only=True)
class NewSet:
    """A set of the window that no project has."""

    name: str
    sprites: tuple[Sprite, ...]
    export: Export | None  # None: it never was


@dataclass(frozen=True)
class Entered:
    """What the file says of a set that has come in, as `OpenedSet` has it."""

    name: str
    seen: str
    export: Export


@dataclass(frozen=True)
class Removed:
    """A set that was taken out of a project file."""

    name: str
    text: str  # that it had there
    aside: str  # that stands in its place, as a comment


def add_set(file: Path, one: NewSet) -> Iterator[Entered]:
    """Write a set into a project file, once, its sprites as pictures of the project.

    An export to a place outside the project is left out. Raises PixelForgeError, and has then changed nothing.
    """
    text = read_text(file)
    project = parse_project(file, text)
    with told_at(f"{file}: [sets.{one.name}]"):
        there = {name.casefold(): name for name in project.sets}.get(one.name.casefold())
        if there is not None:
            raise RequestError(f"there is a set {there} in the file already: call this one otherwise.")
        pictures = PictureFiles(project.root)
        values = _values(one, project.root, pictures)
        table = TableText(*_begun(text, one.name))
        for key, value in values.items():
            table = table.with_value(key, value)
        if (export := _inside(one.export, project.root)) is not None:
            table = _exported(file, table, one.name, export)
    entered = parse_project(file, table.text).sets[one.name]
    replace_all({file: encoded(file, table.text), **pictures.new})
    sync_folders([file, *pictures.new])
    yield Entered(one.name, seen_of(entered), export_of(project.root, entered, entered.options))


def remove_set(file: Path, name: str, seen: str) -> Iterator[Removed]:
    """Put a set of a project file aside as a comment, once; one that is not there is not told of.

    seen: what the file said of it when it was read or written last. Raises PixelForgeError, and has changed nothing.
    """
    text = read_text(file)
    project = parse_project(file, text)
    if name not in project.sets:
        return
    with told_at(f"{file}: [sets.{name}] stays there"):
        _check_free(project, name, seen)
        table = TableText(text, ("sets", name))
        removed = Removed(name, table.own, table.aside)
        after = table.text_aside
    parse_project(file, after)
    replace_all({file: encoded(file, after)})
    sync_folders([file])
    yield removed


def put_back(file: Path, removed: Removed) -> Iterator[KeptSet]:
    """Have a set that was put aside stand in its file again, once. Raises PixelForgeError, and has changed nothing."""
    text = read_text(file)
    if removed.name not in parse_project(file, text).sets:
        with told_at(f"{file}: [sets.{removed.name}]"):
            if text.count(removed.aside) != 1:
                raise RequestError("what was put aside there is gone, so it cannot be put back.")
        text = text.replace(removed.aside, removed.text)
        parse_project(file, text)
        replace_all({file: encoded(file, text)})
        sync_folders([file])
    yield KeptSet(removed.name, seen_of(parse_project(file, text).sets[removed.name]))


def _begun(text: str, name: str) -> tuple[str, tuple[str, ...]]:
    """A text with an empty set at its end, and the path of that."""
    end = "\r\n" if "\r\n" in text else "\n"
    gap = end if text.endswith("\n") else 2 * end
    header = TableText(f"[sets.new]{end}", ("sets", "new")).renamed(name)
    return f"{text}{gap}{header.text}", header.table


def _values(one: NewSet, root: Path, pictures: PictureFiles) -> dict[str, Any]:
    """What is said of its sprites, by key."""
    values: dict[str, Any] = {"pictures": pictures.paths(one.name, one.sprites, {})}
    called = [index for index, sprite in enumerate(one.sprites) if sprite.name]
    if called:
        pattern = (one.export.options if one.export is not None else ExportOptions()).names
        values["names"] = tuple(sprite_names(pattern, one.sprites)[: called[-1] + 1])
    if (export := _inside(one.export, root)) is not None:
        path = export.folder if export.single else export.sheet
        values["out"] = path.relative_to(root).as_posix()
    return values


def _inside(export: Export | None, root: Path) -> Export | None:
    return export if export is not None and export.sheet.is_relative_to(root) else None


def _exported(file: Path, table: TableText, name: str, export: Export) -> TableText:
    """A text with the options of an export that differ from what is so without a word."""
    usual = parse_project(file, table.text).sets[name].options
    for key, value in changed_keys(usual, export.options, not export.single).items():
        if value is not None:
            table = table.with_value(key, value)
    return table


def _check_free(project: Project, name: str, seen: str) -> None:
    """Raises RequestError for a set that cannot go out of its project."""
    if seen_of(project.sets[name]) != seen:
        raise RequestError("it was changed in the file meanwhile.")
    around = next((one.name for one in project.sets.values() if name in one.together), None)
    if around is not None:
        raise RequestError(f"the set {around} lays it out once more.")
    if len(project.sets) == 1:
        raise RequestError("it is the only set of the project.")
