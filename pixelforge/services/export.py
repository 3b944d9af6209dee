"""Sprites to a sheet for a game project: the picture, and the files that engines read beside it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from pixelforge.errors import OutputError, Remedy, RequestError
from pixelforge.files import as_text, replace_all, sync_folders
from pixelforge.imaging.atlas.model import Atlas, Frame
from pixelforge.imaging.indexed import to_indexed
from pixelforge.imaging.palette import PaletteRule, parse_colours, recolour_each, recolour_together
from pixelforge.imaging.pixels import Pixels
from pixelforge.imaging.png import encode_indexed_png, encode_png
from pixelforge.imaging.sheet import draw_sheet
from pixelforge.imaging.sheet_plan import SheetOptions, SheetPlan, grid_columns, plan_sheet
from pixelforge.imaging.xmp import xmp_text
from pixelforge.services.disclosure import disclosure, disclosure_path, source_type
from pixelforge.services.engine_files import (
    SHEET_SUFFIX,
    beside,
    check_formats,
    check_place,
    contents,
    stands_in_the_way,
    tells_recipes,
    unlike_paths,
)
from pixelforge.services.naming import DEFAULT_PATTERN, check_pattern, sprite_names
from pixelforge.services.places import Places, act_places, place_of, places_text
from pixelforge.services.recipe import png_texts
from pixelforge.services.sprites import Drawn, Made, Sprite, frame_texts
from pixelforge.words import counted

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """What is written. Raises RequestError for what cannot be."""

    sheet: SheetOptions = field(default_factory=SheetOptions)
    formats: tuple[str, ...] = ()  # of ATLAS_FORMATS, by name
    names: str = DEFAULT_PATTERN
    palette: PaletteRule | None = None  # reducing looks at all sprites together, so that the sheet shares its colours
    indexed: bool = False  # a PNG of a palette, index 0 transparent
    recipes: bool = True  # whether the PNG carries how its sprites were made
    disclosure: bool = False  # beside a sheet, a text on the models that made it, for shops and players
    learnt_from: str | None = None  # the folder that they learnt from, to look for copies; None: it is not at hand

    def __post_init__(self) -> None:
        check_pattern(self.names)
        check_formats(self.formats)


def sheet_picture(sprites: Sequence[Sprite], options: SheetOptions) -> Pixels:
    """The picture of a sheet (H, W, 4). At least one sprite; they may have several sizes."""
    return draw_sheet(_pictures(sprites), _plan(sprites, options), options)


def sheet_size(sprites: Sequence[Sprite], options: SheetOptions) -> tuple[int, int]:
    """Width and height of a sheet in pixels. Raises OutputError for one that is too large."""
    plan = _plan(sprites, options)
    return plan.width, plan.height


def targets(sheet: Path, options: ExportOptions) -> tuple[Path, ...]:
    """What an export writes: the sheet, beside it a file or folder a format, and its disclosure.

    Raises RequestError for odd names.
    """
    if options.formats and sheet.name != as_text(sheet.name):
        raise RequestError(f"{as_text(sheet)}: engine files cannot name a sheet whose own name is no text.")
    return sheet, *beside(sheet, options.formats), *([disclosure_path(sheet)] if options.disclosure else [])


def export_sprites(
    sheet: Path, sprites: Sequence[Sprite], options: ExportOptions, fresh: bool = False
) -> tuple[Path, ...]:
    """Write a sheet and its engine files, all or none; the files and folders written.

    A Unity .meta that stands there already is kept. fresh: nothing else may stand there. Raises RequestError for a name
    that is no PNG's or a sheet that a format cannot tell of, OutputError or PaletteError, and then leaves all as is.
    """
    files = _write_sheet(sheet, recoloured(sprites, options.palette), options, fresh)
    sync_folders(files)
    written = tuple(path for path in targets(sheet, options) if path in files or any(f.parent == path for f in files))
    logger.info(
        "A sheet of %s with %s", counted(len(sprites), "sprite"), ", ".join(options.formats) or "no engine file"
    )
    return written


def export_files(
    folder: Path, sprites: Sequence[Sprite], options: ExportOptions, fresh: bool = False
) -> tuple[Path, ...]:
    """Write every sprite as a PNG of its own, named by the pattern; the files written. Raises OutputError."""
    sprites = recoloured(sprites, options.palette)
    return tuple(export_each(file_paths(folder, sprites, options), sprites, options, fresh))


def file_paths(folder: Path, sprites: Sequence[Sprite], options: ExportOptions) -> tuple[Path, ...]:
    """The PNG in the folder of each sprite, named by the pattern. Raises RequestError."""
    return unlike_paths(folder, sprite_names(options.names, sprites))


def export_each(
    paths: Sequence[Path], sprites: Sequence[Sprite], options: ExportOptions, fresh: bool = False
) -> Iterator[Path]:
    """Write sprites, recoloured already, as PNGs of their own; each file as soon as it is written.

    fresh: nothing may stand there yet. Raises OutputError, and then leaves those that are written.
    """
    try:
        for path, sprite in zip(paths, sprites, strict=True):
            _write_sheet(path, [sprite], alone(options), fresh)
            yield path
    finally:
        sync_folders(paths)
    logger.info("%s, each to a file", counted(len(paths), "sprite"))


def _write_sheet(sheet: Path, sprites: Sequence[Sprite], options: ExportOptions, fresh: bool) -> tuple[Path, ...]:
    """Write a sheet of sprites, recoloured already, and its engine files, all or none; their folder is not synced."""
    content = sheet_contents(sheet, sprites, options)
    replace_all(content, new=fresh)
    return tuple(content)


def sheet_contents(
    sheet: Path, sprites: Sequence[Sprite], options: ExportOptions, identity: str = ""
) -> dict[Path, bytes]:
    """What a sheet of sprites, recoloured already, and its engine files hold, by path, the sheet first.

    identity: as `Atlas` has it. Raises RequestError, OutputError or PaletteError, as `export_sprites` does.
    """
    if sheet.suffix.lower() != SHEET_SUFFIX:
        raise RequestError(f"{sheet}: a sheet is a PNG; name a file that ends in {SHEET_SUFFIX}.")
    targets(sheet, options)
    formats = beside(sheet, options.formats)
    for path, is_folder in {sheet: False, **{path: known.is_folder for path, known in formats.items()}}.items():
        check_place(path, is_folder)
    plan = _plan(sprites, options.sheet)
    content: dict[Path, bytes] = {sheet: _encode_sheet(sprites, plan, options)}
    atlas = replace(_atlas(sheet.name, sprites, plan, options), identity=identity)
    for path, format_ in formats.items():
        content |= contents(path, format_, atlas)
    if options.disclosure:
        content[disclosure_path(sheet)] = disclosure(sheet.name, sprites, options.learnt_from).encode()
    return content


def alone(options: ExportOptions) -> ExportOptions:
    """The options that a picture of one sprite has a use for."""
    sheet = SheetOptions(scale=options.sheet.scale, background=options.sheet.background)
    return replace(options, sheet=sheet, formats=(), disclosure=False)


def in_the_way(sheet: Path, options: ExportOptions) -> list[Path]:
    """Files, and folders with something in them, that an export would replace."""
    formats = beside(sheet, options.formats)
    return [
        path for path in targets(sheet, options) if stands_in_the_way(path, path in formats and formats[path].is_folder)
    ]


def refuse_replacing(there: Sequence[Path]) -> None:
    """Raises OutputError if there are files in the way."""
    if there:
        raise OutputError(f"{list_files(there)} there already.", Remedy.REPLACE)


def list_files(paths: Sequence[Path], most: int = 3) -> str:
    """Files in a sentence, with its verb."""
    if len(paths) > most:
        return f"{paths[0]} and {len(paths) - 1} more files are"
    return f"{', '.join(map(str, paths))} {'is' if len(paths) == 1 else 'are'}"


def recoloured(sprites: Sequence[Sprite], rule: PaletteRule | None) -> list[Sprite]:
    """Sprites under a palette rule; reducing looks at all of them together, which no recipe of one can tell."""
    if rule is None or rule.reduce_to is None:
        return recoloured_alone(sprites, rule)
    changed = iter(recolour_together([picture for sprite in sprites for picture in sprite.pictures], rule))
    return [sprite.repainted(lambda old: np.stack([next(changed) for _ in old])) for sprite in sprites]


def recoloured_alone(sprites: Sequence[Sprite], rule: PaletteRule | None) -> list[Sprite]:
    """Sprites under a palette rule, each by itself; their recipes tell of it, unless they tell of another already."""
    if rule is None:
        return list(sprites)
    groups = iter(recolour_each([np.stack(sprite.pictures) for sprite in sprites], rule))
    return [replace(sprite.repainted(lambda _: next(groups)), origin=_told(sprite.origin, rule)) for sprite in sprites]


def _told(origin: Made | Drawn, rule: PaletteRule) -> Made | Drawn:
    if isinstance(origin, Drawn):
        return origin
    request = origin.recipe.request
    return Made(replace(origin.recipe, request=replace(request, palette=request.palette or rule)))


def _plan(sprites: Sequence[Sprite], options: SheetOptions) -> SheetPlan:
    """A cell a picture. Where sprites do something, each of these begins a row, in which all its frames have room."""
    sizes, rows = [], []
    for number, sprite in enumerate(sprites):
        sizes += [picture.shape[:2] for picture in sprite.pictures]
        rows += [sprite.class_name if sprite.frames is None else f"{number}"] * len(sprite.pictures)
    longest = max((len(sprite.pictures) for sprite in sprites if sprite.frames is not None), default=0)
    if longest:
        columns = options.columns or max(longest, grid_columns(sum(sprite.frames is None for sprite in sprites)))
        options = replace(options, class_rows=True, columns=columns)
    return plan_sheet(sizes, rows, options)


def _encode_sheet(sprites: Sequence[Sprite], plan: SheetPlan, options: ExportOptions) -> bytes:
    picture = draw_sheet(_pictures(sprites), plan, options.sheet)
    texts = {}
    recipes = [sprite.recipe for sprite in sprites if sprite.recipe is not None]
    if options.recipes and len(recipes) == len(sprites):
        texts = {
            **png_texts(recipes, plan.width, plan.height),
            **places_text(_places(sprites, plan, options.sheet.scale)),
        }
    if (options.recipes or options.disclosure) and (source := source_type(sprites)) is not None:
        texts |= xmp_text(source)
    if not options.indexed:
        return encode_png(picture, texts)
    order = parse_colours(options.palette.colours) if options.palette else ()
    return encode_indexed_png(*to_indexed(picture, order), texts)


def _atlas(image: str, sprites: Sequence[Sprite], plan: SheetPlan, options: ExportOptions) -> Atlas:
    cells = iter(plan.cells)
    told_how = options.recipes and tells_recipes(options.formats)
    frames = [
        Frame(
            name=told,
            tag=tag,
            x=cell.x,
            y=cell.y,
            width=cell.width,
            height=cell.height,
            column=cell.column,
            row=cell.row,
            pixels=picture,
            texts=frame_texts(sprite) if told_how and duration is None else {},
            duration=duration,
        )
        for name, sprite in zip(sprite_names(options.names, sprites), sprites, strict=True)
        for (told, tag, duration), picture, cell in zip(_named(name, sprite), sprite.pictures, cells, strict=False)
    ]
    tags = list(dict.fromkeys(frame.tag for frame in frames))
    return Atlas(
        image=image,
        width=plan.width,
        height=plan.height,
        indexed=options.indexed,
        side=plan.side,
        margin=plan.margin,
        spacing=plan.spacing,
        frames=tuple(sorted(frames, key=lambda frame: tags.index(frame.tag))),
        scale=options.sheet.scale,
        background=options.sheet.background,
        colours=parse_colours(options.palette.colours) if options.palette else (),
    )


def _places(sprites: Sequence[Sprite], plan: SheetPlan, scale: int) -> Places:
    places, acts, at = [], [], 0
    for sprite in sprites:
        cells = plan.cells[at : at + len(sprite.pictures)]
        frames, at = sprite.frames, at + len(cells)
        places.append(place_of(cells[0]))
        acts.append(None if frames is None else act_places(frames.action, frames.durations, cells))
    return Places(scale, tuple(places), tuple(acts) if any(acts) else ())


def _pictures(sprites: Sequence[Sprite]) -> list[Pixels]:
    return [picture for sprite in sprites for picture in sprite.pictures]


def _named(name: str, sprite: Sprite) -> list[tuple[str, str, int | None]]:
    """Name, tag and milliseconds of each of a sprite's pictures."""
    if sprite.frames is None:
        return [(name, sprite.class_name, None)]
    tag = f"{name}_{sprite.frames.action}"
    return [(f"{tag}_{number}", tag, duration) for number, duration in enumerate(sprite.frames.durations)]
