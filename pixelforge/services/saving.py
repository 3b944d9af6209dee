"""The sprites of a request to files as they are done: a sheet, an animation, or a folder of single sprites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

from pixelforge.errors import OutputError, Remedy, RequestError
from pixelforge.files import check_writable
from pixelforge.imaging.animation import FORMATS
from pixelforge.imaging.pixels import Pixels
from pixelforge.imaging.sheet_plan import plan_sheet
from pixelforge.services.animating import AnimationWriter, is_animation
from pixelforge.services.engine_files import SHEET_SUFFIX, unlike_paths
from pixelforge.services.export import (
    ExportOptions,
    alone,
    export_each,
    export_sprites,
    in_the_way,
    recoloured_alone,
    refuse_replacing,
)
from pixelforge.services.naming import safe_name
from pixelforge.services.requests import Finished, GenerationRequest
from pixelforge.services.sprites import Sprite, made_sprites, named

FILE_SUFFIX = r"\.[A-Za-z]\w*"  # what looks like a file's, not like a version's number


class Writer(Protocol):
    """Takes sprites as they form and as they are done, by the index of the first of them."""

    written: tuple[Path, ...]

    def preview(self, first: int, sprites: Pixels) -> None:
        """Take sprites (N, H, W, 4) as they are now."""

    def add(self, finished: Finished) -> None:
        """Take finished sprites."""

    def close(self) -> None:
        """Write what is not written yet. Raises OutputError."""


@dataclass(frozen=True, kw_only=True)
class Destination:
    """What is to be made, and where to: a .png is a sheet, a .gif or .apng an animation, anything else a folder.

    Raises RequestError for a target of another suffix, or for options that it has no use for.
    """

    target: Path
    request: GenerationRequest
    model: str  # its name and digest, for the recipes
    model_sha256: str
    options: ExportOptions = field(default_factory=ExportOptions)
    side: int | None = None  # of the sprites in pixels; known, a sheet that is too large is refused before any is made
    part: range | None = None  # of the request's sprites; None: all of them
    names: tuple[str, ...] = ()  # of the request's sprites, no two alike; none: engine files name them by a pattern

    def __post_init__(self) -> None:
        check_target(self.target, self.options)

    @property
    def is_sheet(self) -> bool:
        """Whether all sprites go into one picture."""
        return self.target.suffix.lower() == SHEET_SUFFIX

    def in_the_way(self) -> list[Path]:
        """Files that stand where this would write."""
        if self.is_sheet:
            return in_the_way(self.target, self.options)
        if is_animation(self.target):
            return [self.target] * self.target.is_file()
        there: dict[Path, set[str]] = {}
        for folder in {self.path_of(index).parent for index in self._class_starts()}:
            there[folder] = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        paths = (path for index in self.indices for path in self._possible(index)) if any(there.values()) else ()
        return [path for path in paths if path.name in there[path.parent]]

    def writer(self, force: bool) -> Writer:
        """What writes it. Raises OutputError at once if it cannot, or, unless `force`, if something is in the way.

        What comes there only while the sprites are made is not replaced either: the writer then raises OutputError.
        """
        if not force:
            refuse_replacing(self.in_the_way())
        if is_animation(self.target):
            return AnimationWriter(self.target, self.request.count, self.options.sheet.scale, fresh=not force)
        return SheetWriter(self, fresh=not force) if self.is_sheet else FolderWriter(self, fresh=not force)

    def path_of(self, index: int, seed: int | None = None) -> Path:
        """The file of sprite `index` in a folder. seed: its own, where it was chosen among several."""
        if self._named_paths:
            return self._named_paths[index]
        folder = safe_name(self.request.class_of(index))
        number = self.request.seed_of(index) if seed is None else seed
        if self._alike:
            number = index
        return self.target / folder / f"{folder}_{number:05}{SHEET_SUFFIX}"

    def _possible(self, index: int) -> Iterator[Path]:
        """The files of which sprite `index` becomes one."""
        first = self.request.seed_of(index)
        return (self.path_of(index, seed) for seed in range(first, first + self.request.best_of))

    @property
    def indices(self) -> range:
        """The sprites of the request that are written."""
        return range(self.request.count) if self.part is None else self.part

    def sprites(self, finished: Finished) -> tuple[Sprite, ...]:
        """Finished sprites with their recipes."""
        made = made_sprites(
            self.request,
            finished.sprites,
            self.model,
            self.model_sha256,
            finished.first,
            finished.conditions,
            finished.seeds,
        )
        return named(made, self.names[finished.first :])

    @cached_property
    def _alike(self) -> bool:
        """Whether the seeds do not tell the sprites apart, as between two pictures."""
        return len(set(self.request.seeds)) < len(self.request.seeds)

    @cached_property
    def _named_paths(self) -> tuple[Path, ...]:
        return unlike_paths(self.target, self.names)

    def _class_starts(self) -> list[int]:
        """The first sprite of each condition, and the first of all."""
        count, conditions = self.request.count, len(self.request.conditions)
        starts = [-(-number * count // conditions) for number in range(conditions)]
        return [start for start in starts if start < count]


class SheetWriter:
    """Gathers sprites and writes them on `close`, with the files of engines. Raises OutputError from the start."""

    def __init__(self, destination: Destination, fresh: bool) -> None:
        self.written: tuple[Path, ...] = ()
        self._to = destination
        self._fresh = fresh
        self._sprites: list[Sprite] = []
        if destination.target.is_dir():
            raise OutputError(
                f"{destination.target} is a folder: name a PNG file, or a folder that does not end in {SHEET_SUFFIX}."
            )
        if (side := destination.side) is not None:
            request = destination.request
            classes = [request.class_of(index) for index in range(request.count)]
            plan_sheet([(side, side)] * request.count, classes, destination.options.sheet)
        check_writable(destination.target.parent)

    def preview(self, first: int, sprites: Pixels) -> None:
        """Sprites as they form are of no use here."""

    def add(self, finished: Finished) -> None:
        """Take finished sprites."""
        self._sprites += self._to.sprites(finished)

    def close(self) -> None:
        """Write the sheet. Raises OutputError."""
        self.written = export_sprites(self._to.target, self._sprites, self._to.options, self._fresh)


class FolderWriter:
    """Writes each sprite at once, into a folder a class. Raises OutputError from the start."""

    def __init__(self, destination: Destination, fresh: bool) -> None:
        self.written: tuple[Path, ...] = ()
        self._to = destination
        self._fresh = fresh
        if destination.target.exists() and not destination.target.is_dir():
            raise OutputError(
                f"{destination.target} is a file: name a folder, or a file that ends in {SHEET_SUFFIX} for a sheet."
            )
        check_writable(destination.target)

    def preview(self, first: int, sprites: Pixels) -> None:
        """Sprites as they form are of no use here."""

    def add(self, finished: Finished) -> None:
        """Write finished sprites. Raises OutputError."""
        made = recoloured_alone(self._to.sprites(finished), self._to.options.palette)
        indices = range(finished.first, finished.first + len(made))
        paths = list(map(self._to.path_of, indices, finished.seeds or map(self._to.request.seed_of, indices)))
        for _ in export_each(paths, made, self._to.options, self._fresh):
            pass

    def close(self) -> None:
        """All is written already."""
        self.written = (self._to.target,)


def check_target(target: Path, options: ExportOptions, recoloured: bool = False) -> None:
    """Raises RequestError for a target that is no sheet, animation or folder, or options that it has no use for.

    recoloured: whether what an animation shows has its colours reduced, which sprites that form have not.
    """
    if target.suffix.lower() == SHEET_SUFFIX:
        return
    if is_animation(target):
        scaled = ExportOptions(sheet=replace(ExportOptions().sheet, scale=options.sheet.scale))
        _refuse(options, replace(scaled, palette=options.palette) if recoloured else scaled)
    elif re.fullmatch(FILE_SUFFIX, target.suffix) and not target.is_dir():
        raise RequestError(
            f"{target}: name a {SHEET_SUFFIX} for a sheet, a {' or '.join(FORMATS)} for an animation, "
            "or a folder, without a suffix, for a file a sprite."
        )
    else:
        _refuse(options, alone(options))


def _refuse(options: ExportOptions, used: ExportOptions) -> None:
    """Raises RequestError for an option that a target has no use for, so that nobody waits for its effect."""
    of_use = _by_name(used)
    for name, value in _by_name(options).items():
        if value != of_use[name]:
            raise RequestError(f"The option {name!r} is for sheets.", Remedy.SHEET)


def _by_name(options: ExportOptions) -> dict[str, object]:
    layout = {fact.name.replace("_", " "): getattr(options.sheet, fact.name) for fact in fields(options.sheet)}
    reduce = options.palette and options.palette.reduce_to
    others = {"format": options.formats, "indexed": options.indexed, "disclosure": options.disclosure}
    return layout | others | {"reduce": reduce}
