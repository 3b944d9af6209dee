"""The options of sheets, shared by the commands that write them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from pixelforge.imaging.palette import PaletteRule
    from pixelforge.services.export import ExportOptions

DEFAULT_NAMES = "{class}_{index:03}"  # services.naming.DEFAULT_PATTERN, which --help must not load

Columns = Annotated[int | None, typer.Option(help="Sprites in a row; default: the most nearly square grid.")]
ClassRows = Annotated[bool, typer.Option("--class-rows", help="Every class begins a row.")]
Padding = Annotated[int, typer.Option(help="Empty pixels between sprites.")]
Margin = Annotated[int, typer.Option(help="Empty pixels around the sheet.")]
Extrude = Annotated[int, typer.Option(help="Repeat every sprite's border outwards, so many pixels.")]
PowerOfTwo = Annotated[bool, typer.Option("--power-of-two", help="Round the sheet's sides up to powers of two.")]
Scale = Annotated[int, typer.Option(help="1 to 16: every pixel becomes a square of so many.")]
Background = Annotated[str | None, typer.Option(help="#rrggbb where the sprites are transparent.")]
Indexed = Annotated[bool, typer.Option("--indexed", help="A PNG of a palette, index 0 transparent.")]
Palette = Annotated[
    str | None, typer.Option(help="Recolour: a bundled palette's name, `model`, or a .gpl, .hex, .pal, .json or .png.")
]
Reduce = Annotated[int | None, typer.Option(help="Recolour: at most so many colours, 2 to 64, shared by the sheet.")]
DitherSide = Annotated[Literal["0", "2", "4"], typer.Option("--dither", help="Side of the dithering pattern; 0: none.")]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        help="Engine file beside the sheet, repeatable: aseprite, aseprite-array, tiled, tiled-json, godot, "
        "texturepacker-xml, css, unity.",
    ),
]
Names = Annotated[
    str, typer.Option(help="Of the sprites in engine files: {class}, {model}, {index}, {number}, {seed}.")
]
NoRecipe = Annotated[bool, typer.Option("--no-recipe", help="Leave out how the sprites were made.")]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are there already.")]


def palette_rule(
    palette: str | None, reduce: int | None, dither: str, model_colours: tuple[tuple[int, int, int], ...]
) -> PaletteRule | None:
    """The rule asked for. model_colours: what `model` stands for. Raises RequestError or PaletteError."""
    from dataclasses import replace

    from pixelforge.errors import RequestError
    from pixelforge.imaging.palette import MAX_REDUCED, MIN_REDUCED, Palette, PaletteRule, rule_of
    from pixelforge.services.palettes import find_palette

    if palette is not None and reduce is not None:
        raise RequestError("Give --palette or --reduce, not both.")
    side: Literal[0, 2, 4] = 0 if dither == "0" else 2 if dither == "2" else 4
    if reduce is not None:
        if not MIN_REDUCED <= reduce <= MAX_REDUCED:
            raise RequestError(f"--reduce takes {MIN_REDUCED} to {MAX_REDUCED} colours, not {reduce}.")
        return PaletteRule(reduce_to=reduce, dither=side)
    if palette is None:
        return None
    if palette == "model":
        if not model_colours:
            raise RequestError("That model was not trained on a palette: name another.")
        return replace(rule_of(Palette("model", model_colours)), dither=side)
    return replace(rule_of(find_palette(palette)), dither=side)


def export_options(
    *,
    columns: int | None,
    class_rows: bool,
    padding: int,
    margin: int,
    extrude: int,
    power_of_two: bool,
    scale: int,
    background: str | None,
    indexed: bool,
    formats: list[str] | None,
    names: str,
    no_recipe: bool,
    palette: PaletteRule | None,
) -> ExportOptions:
    """The options as services take them. Raises RequestError or PaletteError."""
    from pixelforge.imaging.sheet_plan import SheetOptions
    from pixelforge.services.export import ExportOptions

    return ExportOptions(
        sheet=SheetOptions(
            columns=columns,
            padding=padding,
            scale=scale,
            margin=margin,
            extrude=extrude,
            class_rows=class_rows,
            power_of_two=power_of_two,
            background=None if background is None else _colour(background),
        ),
        formats=tuple(formats or ()),
        names=names,
        palette=palette,
        indexed=indexed,
        recipes=not no_recipe,
    )


def _colour(text: str) -> tuple[int, int, int]:
    from pixelforge.errors import PaletteError, RequestError
    from pixelforge.imaging.palette import parse_colours

    try:
        return parse_colours([text])[0]
    except PaletteError as error:
        raise RequestError(str(error)) from error


def may_replace(paths: Sequence[Path], force: bool) -> bool:
    """Whether files that stand there may be replaced: with --force, or if the person at the terminal says so."""
    there = [path for path in paths if path.is_file()]
    if not force and there and sys.stdin.isatty() and sys.stderr.isatty():
        return typer.confirm(f"{', '.join(map(str, there))} is there already. Replace?", err=True, abort=True)
    return force
