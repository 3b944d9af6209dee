"""An export as the user asked for it: where to, how, and the same again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pixelforge.errors import OutputError, RequestError
from pixelforge.files import is_there
from pixelforge.services.engine_files import SHEET_SUFFIX
from pixelforge.services.export import (
    ExportOptions,
    export_each,
    export_sprites,
    file_paths,
    recoloured,
    targets,
)
from pixelforge.services.sprites import Sprite
from pixelforge.words import counted


@dataclass(frozen=True, kw_only=True)
class Export:
    """Where sprites are written to, and how."""

    target: str  # the path of the sheet; without its suffix, the folder of single files
    single: bool = False  # a file a sprite, instead of one sheet
    options: ExportOptions = field(default_factory=ExportOptions)

    @property
    def sheet(self) -> Path:
        """The PNG, if it is one."""
        return Path(self.target)

    @property
    def folder(self) -> Path:
        """The folder of the single files, where it is those."""
        return self.sheet.with_suffix("")


@dataclass(frozen=True)
class WrittenFile:
    """A file that was written."""

    path: Path
    replaced: bool  # whether there was one of that name


def sheet_path(text: str, base: Path) -> Path:
    """The PNG that somebody means who types `text`; what is no whole path begins in `base`.

    Raises RequestError for what names no file.
    """
    text = text.strip()
    try:
        path = Path(text).expanduser()
    except RuntimeError as error:  # ~nobody
        raise RequestError(f"{text} begins with the home of somebody who has none here.") from error
    if not text:
        raise RequestError("Name the file to write.")
    if "\0" in text:
        raise RequestError("No file can have such a name.")
    separators = (os.sep, os.altsep or os.sep)
    if path.name in ("", "..") or text == "~" or text.endswith(separators):
        raise RequestError(f"{text} is a folder: name a file in it.")
    if path.suffix.lower() != SHEET_SUFFIX:
        path = path.with_name(path.name + SHEET_SUFFIX)
    return base / path


def write_export(export: Export, sprites: Sequence[Sprite], again: bool = False) -> Iterator[WrittenFile]:
    """Write sprites; each file as soon as it is written. A sheet and its engine files are written all or none.

    again: whether it was done before, so that its folder should be there. Raises OutputError, RequestError or
    PaletteError.
    """
    if again and not is_there(export.sheet.parent):
        raise OutputError(
            f"The folder {export.sheet.parent} is not there any more: make it again, or export to another."
        )
    if not export.single:
        there = {path for path in targets(export.sheet, export.options) if is_there(path)}
        for path in export_sprites(export.sheet, sprites, export.options):
            yield WrittenFile(path, path in there)
        return
    sprites = recoloured(sprites, export.options.palette)
    paths = file_paths(export.folder, sprites, export.options)
    there = {path for path in paths if is_there(path)}
    for path in export_each(paths, sprites, export.options):
        yield WrittenFile(path, path in there)


def parts_of(export: Export, sprites: Sequence[Sprite]) -> int:
    """How many files can be counted while they are written; a sheet comes all at once."""
    return len(sprites) if export.single else 1


def describe_written(export: Export, written: Sequence[WrittenFile]) -> str:
    """What was written, in one line: "sheet.png, sheet.tres replaced in /home/me/game."."""
    if export.single:
        replaced = sum(file.replaced for file in written)
        old = f", {replaced:,} of them over older ones" if replaced else ""
        return f"{counted(len(written), 'file')} written to {export.folder}{old}."
    parts = []
    for done, was_there in (("replaced", True), ("written", False)):
        names = [file.path.name for file in written if file.replaced is was_there]
        parts += [f"{', '.join(names)} {done}"] * bool(names)
    return f"{'; '.join(parts)} in {export.sheet.parent}."


def describe_failure(error: str, written: Sequence[WrittenFile], total: int) -> str:
    """What went wrong, and what is written nevertheless."""
    some = f"{len(written):,} of {counted(total, 'file')} were"
    return f"{error} {some if written else 'Nothing was'} written."
