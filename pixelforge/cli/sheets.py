"""The commands on finished sprites: sheet, info, remake."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pixelforge import console
from pixelforge.cli import options as option
from pixelforge.cli.pictures import pictures
from pixelforge.options import with_options
from pixelforge.words import counted

if TYPE_CHECKING:
    from pixelforge.services.sprites import Sprite

Picture = Annotated[Path, typer.Argument(help="A PNG or .aseprite that PixelForge wrote.", show_default=False)]


@with_options("choices", option.SheetChoices)
def sheet(
    sprites: Annotated[
        list[Path],
        typer.Argument(
            help="PNG or Aseprite files: single sprites, or sheets, which are taken apart; or folders of PNGs.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option(help="The PNG to write; engine files stand beside it.")] = Path("sheet.png"),
    *,
    choices: option.SheetChoices,
) -> None:
    """Lay finished sprites out as one sheet, with the files that engines read.

    A picture that carries no recipe takes its folder's name as its class.
    """
    from pixelforge.services.export import export_sprites, in_the_way, refuse_replacing

    collected, without = _collect(sprites)
    options = choices.export_options(choices.palette_rule(None))
    there = in_the_way(out, options)
    force = option.may_replace(there, choices.force)
    if not force:
        refuse_replacing(there)
    written = export_sprites(out, collected, options, fresh=not force)
    if without and options.recipes:
        console.report(f"The sheet carries no recipes, because {without[0]} has none.")
    console.report(f"{counted(len(collected), 'sprite')}: {', '.join(map(str, written))}")


def info(picture: Picture) -> None:
    """Print how the sprites in a PNG were made, as JSON."""
    from pixelforge.errors import DatasetError
    from pixelforge.services.recipe import flat
    from pixelforge.services.sprites import read_recipes

    recipes = [flat(recipe) for recipe in read_recipes(picture)]
    if not recipes:
        raise DatasetError(f"{picture} carries no recipe of PixelForge's that can be read.")
    content = recipes[0] if len(recipes) == 1 else recipes
    console.say_json(content)


def remake(
    picture: Picture,
    out: Annotated[Path | None, typer.Option(help="Write the sprites made again there, as one PNG.")] = None,
    model: Annotated[str | None, typer.Option(help="A model's name or file, instead of the recipe's own.")] = None,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
    engine: Annotated[str, typer.Option(help="What runs the network: auto, onnxruntime or torch.")] = "auto",
    force: option.Force = False,
) -> None:
    """Make the sprites in a PNG again, and say whether they come out identical; if not, the exit code is 1."""
    from pixelforge.services.export import ExportOptions, export_sprites, in_the_way, refuse_replacing
    from pixelforge.services.model_library import find_model
    from pixelforge.services.remaking import remake
    from pixelforge.services.sprites import read_sheet

    sprites = read_sheet(picture)
    there = [] if out is None else in_the_way(out, ExportOptions())
    force = option.may_replace(there, force)
    if not force:
        refuse_replacing(there)
    made = []
    with console.progress_bar() as bar:
        task = bar.add_task("sprites", total=len(sprites))
        for remade in remake(sprites, device, None if model is None else find_model(model), engine):
            made.append(remade)
            bar.advance(task)
    if out is not None:
        export_sprites(out, [remade.sprite for remade in made], ExportOptions(), fresh=not force)
    same = sum(remade.identical for remade in made)
    if same == len(made):
        typer.echo("identical" if same == 1 else f"all {same} identical")
    else:
        typer.echo("different" if len(made) == 1 else f"{same} of {len(made)} identical")
        raise typer.Exit(1)


def palette(
    source: Annotated[
        str,
        typer.Argument(help="A bundled palette's name, a palette file, or a PNG for its colours.", show_default=False),
    ],
    out: Annotated[Path, typer.Option(help="A .gpl or a .hex.", show_default=False)],
    force: option.Force = False,
) -> None:
    """Write a palette as a file that pixel editors read."""
    from pixelforge.imaging.palette_files import write_palette
    from pixelforge.services.export import refuse_replacing
    from pixelforge.services.palettes import find_palette

    found = find_palette(source)
    there = [out] * out.is_file()
    if not option.may_replace(there, force):
        refuse_replacing(there)
    write_palette(out, found)
    console.report(f"{len(found.colours)} colours: {out}")


def _collect(paths: list[Path]) -> tuple[list[Sprite], list[Path]]:
    """The sprites in files, and the files that carry no recipe. What cannot be read in a folder is left out by name."""
    from pixelforge.errors import DatasetError
    from pixelforge.services.sprites import read_sprites

    sprites: list[Sprite] = []
    without = []
    for path in pictures(paths):
        try:
            found = read_sprites(path)
        except DatasetError as error:
            if path in paths:
                raise
            console.report(f"Left out: {error}")
            continue
        sprites += found
        without += [path] * any(sprite.recipe is None for sprite in found)
    if not sprites:
        raise DatasetError("There is no sprite left to lay out.")
    return sprites, without
