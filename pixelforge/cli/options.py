"""The options of sheets, shared by the commands that write them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from pixelforge.imaging.palette import PaletteRule
    from pixelforge.services.export import ExportOptions

DEFAULT_NAMES = "{class}_{index:03}"  # services.naming.DEFAULT_PATTERN, which --help must not load

Force = Annotated[bool, typer.Option("--force", help="Replace files that are there already.")]


@dataclass(frozen=True, kw_only=True)
class SheetChoices:
    """What the commands that write sheets can be asked for: each field is an option of theirs."""

    columns: Annotated[int | None, typer.Option(help="Sprites in a row; default: the most nearly square grid.")] = None
    class_rows: Annotated[bool, typer.Option("--class-rows", help="Every class begins a row.")] = False
    padding: Annotated[int, typer.Option(help="Empty pixels between sprites.")] = 0
    margin: Annotated[int, typer.Option(help="Empty pixels around the sheet.")] = 0
    extrude: Annotated[int, typer.Option(help="Repeat every sprite's border outwards, so many pixels.")] = 0
    power_of_two: Annotated[
        bool, typer.Option("--power-of-two", help="Round the sheet's sides up to powers of two.")
    ] = False
    scale: Annotated[int, typer.Option(help="1 to 16: every pixel becomes a square of so many.")] = 1
    background: Annotated[str | None, typer.Option(help="#rrggbb where the sprites are transparent.")] = None
    palette: Annotated[
        str | None,
        typer.Option(help="Recolour: a bundled palette's name, `model`, or a .gpl, .hex, .pal, .json or .png."),
    ] = None
    reduce: Annotated[
        int | None, typer.Option(help="Recolour: at most so many colours, 2 to 64, shared by the sheet.")
    ] = None
    dither: Annotated[Literal["0", "2", "4"], typer.Option(help="Side of the dithering pattern; 0: none.")] = "0"
    indexed: Annotated[bool, typer.Option("--indexed", help="A PNG of a palette, index 0 transparent.")] = False
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            help="File for an engine beside the sheet, repeatable: aseprite, aseprite-array, aseprite-file, css, "
            "defold, gamemaker, godot, godot-sprites, godot-textures, godot-tileset, libgdx, rpgmaker, "
            "texturepacker-json, texturepacker-xml, tiled, tiled-json, unity.",
        ),
    ] = None
    names: Annotated[
        str,
        typer.Option(
            help="Of the sprites in engine files: {class}, {kind}, {model}, {index}, {number}, {seed}. The format "
            "aseprite numbers them instead, as Phaser wants them; aseprite-array and texturepacker-json have the names."
        ),
    ] = DEFAULT_NAMES
    no_recipe: Annotated[bool, typer.Option("--no-recipe", help="Leave out how the sprites were made.")] = False
    disclosure: Annotated[
        bool,
        typer.Option(
            "--disclosure",
            help="Write a text beside the sheet on the models that made it, for shops and players: their data, "
            "licences and credits.",
        ),
    ] = False
    learnt_from: Annotated[
        Path | None,
        typer.Option(
            help="With --disclosure: the folder of sprites that the model learnt from, to measure how near the made "
            "ones come to them.",
            show_default=False,
        ),
    ] = None
    force: Force = False

    def palette_rule(self, model_colours: tuple[tuple[int, int, int], ...] | None) -> PaletteRule | None:
        """The rule asked for. model_colours: what `model` stands for; None: nothing. Raises RequestError."""
        from pixelforge.errors import RequestError
        from pixelforge.imaging.palette import MAX_REDUCED, MIN_REDUCED, Palette, PaletteRule, rule_of
        from pixelforge.services.palettes import find_palette

        if self.palette is not None and self.reduce is not None:
            raise RequestError("Give --palette or --reduce, not both.")
        side: Literal[0, 2, 4] = 0 if self.dither == "0" else 2 if self.dither == "2" else 4
        if self.reduce is not None:
            if not MIN_REDUCED <= self.reduce <= MAX_REDUCED:
                raise RequestError(f"--reduce takes {MIN_REDUCED} to {MAX_REDUCED} colours, not {self.reduce}.")
            return PaletteRule(reduce_to=self.reduce, dither=side)
        if self.palette is None:
            return None
        if self.palette == "model":
            if model_colours is None:
                raise RequestError("There is no model here whose palette could be meant: name another.")
            if not model_colours:
                raise RequestError("That model was not trained on a palette: name another.")
            return replace(rule_of(Palette("model", model_colours)), dither=side)
        return replace(rule_of(find_palette(self.palette)), dither=side)

    def export_options(self, palette: PaletteRule | None) -> ExportOptions:
        """The options as services take them. Raises RequestError."""
        from pixelforge.errors import RequestError
        from pixelforge.imaging.sheet_plan import SheetOptions
        from pixelforge.services.export import ExportOptions

        if self.learnt_from is not None and not self.disclosure:
            raise RequestError("--learnt-from tells --disclosure where to look: give both.")
        return ExportOptions(
            sheet=SheetOptions(
                columns=self.columns,
                padding=self.padding,
                scale=self.scale,
                margin=self.margin,
                extrude=self.extrude,
                class_rows=self.class_rows,
                power_of_two=self.power_of_two,
                background=None if self.background is None else _colour(self.background),
            ),
            formats=tuple(self.formats or ()),
            names=self.names,
            palette=palette,
            indexed=self.indexed,
            recipes=not self.no_recipe,
            disclosure=self.disclosure,
            learnt_from=None if self.learnt_from is None else str(self.learnt_from),
        )


def _colour(text: str) -> tuple[int, int, int]:
    from pixelforge.errors import PaletteError, RequestError
    from pixelforge.imaging.palette import parse_colours

    try:
        return parse_colours([text])[0]
    except PaletteError as error:
        raise RequestError(str(error)) from error


def may_replace(there: Sequence[Path], force: bool) -> bool:
    """Whether files in the way may be replaced: with --force, or if the person at the terminal says so."""
    from pixelforge.console import visible
    from pixelforge.services.export import list_files

    if not force and there and sys.stdin.isatty() and sys.stderr.isatty():
        return typer.confirm(visible(f"{list_files(there)} there already. Replace?"), err=True, abort=True)
    return force
