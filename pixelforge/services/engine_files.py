"""The files of engines beside a sheet: which they are, and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pixelforge.core.nearest import known
from pixelforge.errors import OutputError, RequestError
from pixelforge.files import is_there
from pixelforge.imaging.atlas import ATLAS_FORMATS, AtlasFormat
from pixelforge.imaging.atlas.model import Atlas
from pixelforge.services.naming import safe_name

SHEET_SUFFIX = ".png"
KEPT_SUFFIX = ".meta"  # of files that are never replaced


def check_formats(names: Sequence[str]) -> None:
    """Raises RequestError for a format that there is not."""
    there = [format_.name for format_ in ATLAS_FORMATS]
    for name in names:
        if name not in there:
            raise RequestError(f"There is no format {name!r}; {known(name, there, 'is one of')}.")


def tells_recipes(names: Sequence[str]) -> bool:
    """Whether any of these formats holds how its sprites were made, which takes long to tell of many."""
    return any(format_.tells_recipes for format_ in ATLAS_FORMATS if format_.name in names)


def beside(sheet: Path, names: Sequence[str]) -> dict[Path, AtlasFormat]:
    """The files and folders of formats, in the registry's order."""
    stem = sheet.stem if sheet.suffix.lower() == SHEET_SUFFIX else sheet.name
    return {sheet.with_name(stem + format_.suffix): format_ for format_ in ATLAS_FORMATS if format_.name in names}


def check_place(path: Path, is_folder: bool) -> None:
    """Raises OutputError if a folder stands where a file is to be written, or the other way round."""
    if is_there(path) and path.is_dir() != is_folder:
        kind = "folder" if path.is_dir() else "file"
        raise OutputError(f"{path} is a {kind}: choose another name for the sheet.")


def contents(path: Path, format_: AtlasFormat, atlas: Atlas) -> dict[Path, bytes]:
    """What is to be written of a format, by path; a Unity .meta that is there already is kept.

    Raises RequestError, OutputError or PaletteError for a sheet that the format cannot tell of.
    """
    if path.name.endswith(KEPT_SUFFIX) and is_there(path):
        return {}
    content = format_.encode(atlas)
    if not isinstance(content, tuple):
        return {path: _bytes(content)}
    paths = unlike_paths(path, [part.name for part in content], [part.ending for part in content])
    return {target: _bytes(part.content) for target, part in zip(paths, content, strict=True)}


def unlike_paths(folder: Path, names: Sequence[str], endings: Sequence[str] = ()) -> tuple[Path, ...]:
    """A file in the folder for each name; names that differ in what no file name can hold are told apart by a number.

    endings: of the files; none: they are PNGs.
    """
    taken: dict[str, Path] = {}
    for index, name in enumerate(names):
        stem, number = safe_name(name), 2
        while stem.lower() in taken:
            stem = f"{safe_name(name)}_{number}"
            number += 1
        taken[stem.lower()] = folder / f"{stem}{endings[index] if endings else SHEET_SUFFIX}"
    return tuple(taken.values())


def stands_in_the_way(path: Path, is_folder: bool = False) -> bool:
    """Whether an export would replace something there."""
    if is_folder:
        return path.is_dir() and any(path.iterdir())
    return path.is_file() and not path.name.endswith(KEPT_SUFFIX)


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
