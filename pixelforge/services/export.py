"""Sprites to a sheet for a game project: the picture, and the files that engines read beside it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pixelforge.errors import OutputError, Remedy, RequestError
from pixelforge.files import as_text, is_there, replace_all, sync_folders
from pixelforge.imaging.atlas import aseprite, css, godot, texturepacker, tiled, unity
from pixelforge.imaging.atlas.model import Atlas, Frame
from pixelforge.imaging.indexed import to_indexed
from pixelforge.imaging.palette import PaletteRule, parse_colours, recolour, recolour_together
from pixelforge.imaging.pixels import Pixels
from pixelforge.imaging.png import encode_indexed_png, encode_png
from pixelforge.imaging.sheet import draw_sheet
from pixelforge.imaging.sheet_plan import SheetOptions, SheetPlan, plan_sheet
from pixelforge.services.naming import DEFAULT_PATTERN, check_pattern, safe_name, sprite_names
from pixelforge.services.recipe import png_texts
from pixelforge.services.sprites import Drawn, Made, Sprite, places_text
from pixelforge.words import counted

logger = logging.getLogger(__name__)

SHEET_SUFFIX = ".png"
KEPT_SUFFIX = ".meta"  # of files that are never replaced


@dataclass(frozen=True)
class AtlasFormat:
    """A file that an engine reads beside the sheet."""

    name: str  # as it is chosen on the command line
    serves: str
    suffix: str  # takes the place of the sheet's .png, or follows it where it begins with .png
    encode: Callable[[Atlas], str]


ATLAS_FORMATS = (
    AtlasFormat("aseprite", "Phaser, PixiJS, Aseprite", ".json", aseprite.encode_hash),
    AtlasFormat("aseprite-array", "Aseprite's array", ".array.json", aseprite.encode_array),
    AtlasFormat("tiled", "Tiled", ".tsx", tiled.encode_xml),
    AtlasFormat("tiled-json", "Tiled", ".tsj", tiled.encode_json),
    AtlasFormat("godot", "Godot 4", ".tres", godot.encode),
    AtlasFormat("texturepacker-xml", "Starling, HaxeFlixel", ".xml", texturepacker.encode),
    AtlasFormat("css", "Web pages", ".css", css.encode),
    AtlasFormat("unity", "Unity", ".png.meta", unity.encode),
)


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """What is written. Raises RequestError for what cannot be."""

    sheet: SheetOptions = field(default_factory=SheetOptions)
    formats: tuple[str, ...] = ()  # of ATLAS_FORMATS, by name
    names: str = DEFAULT_PATTERN
    palette: PaletteRule | None = None  # reducing looks at all sprites together, so that the sheet shares its colours
    indexed: bool = False  # a PNG of a palette, index 0 transparent
    recipes: bool = True  # whether the PNG carries how its sprites were made

    def __post_init__(self) -> None:
        check_pattern(self.names)
        known = [format_.name for format_ in ATLAS_FORMATS]
        for name in self.formats:
            if name not in known:
                raise RequestError(f"There is no format {name!r}; there are {', '.join(known)}.")


def sheet_picture(sprites: Sequence[Sprite], options: SheetOptions) -> Pixels:
    """The picture of a sheet (H, W, 4). At least one sprite; they may have several sizes."""
    pixels = [sprite.pixels for sprite in sprites]
    return draw_sheet(pixels, _plan(sprites, options), options)


def sheet_size(sprites: Sequence[Sprite], options: SheetOptions) -> tuple[int, int]:
    """Width and height of a sheet in pixels. Raises OutputError for one that is too large."""
    plan = _plan(sprites, options)
    return plan.width, plan.height


def targets(sheet: Path, options: ExportOptions) -> tuple[Path, ...]:
    """The files that an export writes: the sheet, and beside it one a format. Raises RequestError for odd names."""
    if options.formats and sheet.name != as_text(sheet.name):
        raise RequestError(f"{as_text(sheet)}: engine files cannot name a sheet whose own name is no text.")
    return sheet, *(_beside(sheet, format_) for format_ in _chosen(options))


def export_sprites(sheet: Path, sprites: Sequence[Sprite], options: ExportOptions) -> tuple[Path, ...]:
    """Write a sheet and its engine files, all or none; the files written.

    A Unity .meta that stands there already is kept. Raises RequestError for a name that is no PNG's, OutputError or
    PaletteError, and then leaves all files as they were.
    """
    written = _write_sheet(sheet, recoloured(sprites, options.palette), options)
    sync_folders(written)
    logger.info(
        "A sheet of %s with %s", counted(len(sprites), "sprite"), ", ".join(options.formats) or "no engine file"
    )
    return written


def export_files(folder: Path, sprites: Sequence[Sprite], options: ExportOptions) -> tuple[Path, ...]:
    """Write every sprite as a PNG of its own, named by the pattern; the files written. Raises OutputError."""
    sprites = recoloured(sprites, options.palette)
    return tuple(export_each(file_paths(folder, sprites, options), sprites, options))


def file_paths(folder: Path, sprites: Sequence[Sprite], options: ExportOptions) -> tuple[Path, ...]:
    """The PNG in the folder of each sprite, named by the pattern. Raises RequestError."""
    return unlike_paths(folder, sprite_names(options.names, sprites))


def export_each(paths: Sequence[Path], sprites: Sequence[Sprite], options: ExportOptions) -> Iterator[Path]:
    """Write sprites, recoloured already, as PNGs of their own; each file as soon as it is written.

    Raises OutputError, and then leaves those that are written.
    """
    try:
        for path, sprite in zip(paths, sprites, strict=True):
            _write_sheet(path, [sprite], alone(options))
            yield path
    finally:
        sync_folders(paths)
    logger.info("%s, each to a file", counted(len(paths), "sprite"))


def _write_sheet(sheet: Path, sprites: Sequence[Sprite], options: ExportOptions) -> tuple[Path, ...]:
    """Write a sheet of sprites, recoloured already, and its engine files, all or none; their folder is not synced."""
    if sheet.suffix.lower() != SHEET_SUFFIX:
        raise RequestError(f"{sheet}: a sheet is a PNG; name a file that ends in {SHEET_SUFFIX}.")
    for path in targets(sheet, options):
        if is_there(path) and path.is_dir():
            raise OutputError(f"{path} is a folder: choose another name for the sheet.")
    plan = _plan(sprites, options.sheet)
    content: dict[Path, bytes] = {sheet: _encode_sheet(sprites, plan, options)}
    atlas = _atlas(sheet.name, sprites, plan, options)
    for format_ in _chosen(options):
        path = _beside(sheet, format_)
        if not (path.name.endswith(KEPT_SUFFIX) and is_there(path)):
            content[path] = format_.encode(atlas).encode()
    replace_all(content)
    return tuple(content)


def alone(options: ExportOptions) -> ExportOptions:
    """The options that a picture of one sprite has a use for."""
    sheet = SheetOptions(scale=options.sheet.scale, background=options.sheet.background)
    return replace(options, sheet=sheet, formats=())


def unlike_paths(folder: Path, names: Sequence[str]) -> tuple[Path, ...]:
    """A PNG in the folder for each name; names that differ in what no file name can hold are told apart by a number."""
    taken: dict[str, Path] = {}
    for name in names:
        stem, number = safe_name(name), 2
        while stem.lower() in taken:
            stem = f"{safe_name(name)}_{number}"
            number += 1
        taken[stem.lower()] = folder / f"{stem}{SHEET_SUFFIX}"
    return tuple(taken.values())


def in_the_way(sheet: Path, options: ExportOptions) -> list[Path]:
    """Files that an export would replace."""
    return [path for path in targets(sheet, options) if path.is_file() and not path.name.endswith(KEPT_SUFFIX)]


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
    pixels = recolour_together([sprite.pixels for sprite in sprites], rule)
    return [replace(sprite, pixels=changed) for sprite, changed in zip(sprites, pixels, strict=True)]


def recoloured_alone(sprites: Sequence[Sprite], rule: PaletteRule | None) -> list[Sprite]:
    """Sprites under a palette rule, each by itself; their recipes tell of it, unless they tell of another already."""
    if rule is None:
        return list(sprites)
    return [
        replace(sprite, pixels=recolour(sprite.pixels[None], rule)[0], origin=_told(sprite.origin, rule))
        for sprite in sprites
    ]


def _told(origin: Made | Drawn, rule: PaletteRule) -> Made | Drawn:
    if isinstance(origin, Drawn):
        return origin
    request = origin.recipe.request
    return Made(replace(origin.recipe, request=replace(request, palette=request.palette or rule)))


def _plan(sprites: Sequence[Sprite], options: SheetOptions) -> SheetPlan:
    sizes = [(sprite.pixels.shape[0], sprite.pixels.shape[1]) for sprite in sprites]
    return plan_sheet(sizes, [sprite.class_name for sprite in sprites], options)


def _encode_sheet(sprites: Sequence[Sprite], plan: SheetPlan, options: ExportOptions) -> bytes:
    picture = draw_sheet([sprite.pixels for sprite in sprites], plan, options.sheet)
    texts = {}
    recipes = [sprite.recipe for sprite in sprites if sprite.recipe is not None]
    if options.recipes and len(recipes) == len(sprites):
        places = [(cell.x, cell.y, cell.width, cell.height) for cell in plan.cells]
        texts = {**png_texts(recipes, plan.width, plan.height), **places_text(places, options.sheet.scale)}
    if not options.indexed:
        return encode_png(picture, texts)
    order = parse_colours(options.palette.colours) if options.palette else ()
    return encode_indexed_png(*to_indexed(picture, order), texts)


def _atlas(image: str, sprites: Sequence[Sprite], plan: SheetPlan, options: ExportOptions) -> Atlas:
    names = sprite_names(options.names, sprites)
    frames = [
        Frame(name, sprite.class_name, cell.x, cell.y, cell.width, cell.height, cell.column, cell.row)
        for name, sprite, cell in zip(names, sprites, plan.cells, strict=True)
    ]
    tags = list(dict.fromkeys(frame.tag for frame in frames))
    by_class = tuple(sorted(frames, key=lambda frame: tags.index(frame.tag)))
    return Atlas(image, plan.width, plan.height, options.indexed, plan.side, plan.margin, plan.spacing, by_class)


def _chosen(options: ExportOptions) -> list[AtlasFormat]:
    return [format_ for format_ in ATLAS_FORMATS if format_.name in options.formats]


def _beside(sheet: Path, format_: AtlasFormat) -> Path:
    stem = sheet.stem if sheet.suffix.lower() == SHEET_SUFFIX else sheet.name
    return sheet.with_name(stem + format_.suffix)
