"""The commands `dataset check` and `dataset slice`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pixelforge.console import report as tell
from pixelforge.console import say, say_json
from pixelforge.words import counted
from training.commands.shared import Force, KeepBackground

dataset_app = typer.Typer(
    help="Look at your sprites before they are trained on, and cut sheets up.", no_args_is_help=True
)


@dataset_app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="A folder of class folders, a .zip, or the notebook's arrays.")],
    size: Annotated[int, typer.Option(help="Side of the sprites to train at.")] = 16,
    contact_sheet: Annotated[
        Path | None,
        typer.Option(help="Write a picture of the first sprites of each class; a .npy gets an array of all of them."),
    ] = None,
    keep_background: KeepBackground = False,
    force: Force = False,
    json: Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")] = False,
) -> None:
    """Report what a data set holds: classes, kinds, styles and their palettes, sizes, duplicates, broken files."""
    from pixelforge.errors import OutputError, Remedy, RequestError
    from training.data.report import ARRAY_SUFFIX, CONTACT_ROWS, report_lines, report_on, write_contact_sheet

    if contact_sheet is not None and contact_sheet.suffix.lower() not in (".png", ARRAY_SUFFIX):
        raise RequestError(f"{contact_sheet}: a contact sheet is a .png, or an array in a {ARRAY_SUFFIX}.")
    if contact_sheet is not None and contact_sheet.exists() and not force:
        raise OutputError(f"{contact_sheet} is there already.", Remedy.REPLACE)
    whole = contact_sheet is not None and contact_sheet.suffix.lower() == ARRAY_SUFFIX
    report, sheet = report_on(folder, size, keep_background, None if whole else CONTACT_ROWS)
    if contact_sheet is not None:
        write_contact_sheet(contact_sheet, sheet)
    if json:
        say_json(report)
    else:
        for line in report_lines(report):
            say(line)


@dataset_app.command("slice")
def slice_(
    sheet: Annotated[Path, typer.Argument(help="A sprite sheet.", show_default=False)],
    class_name: Annotated[str, typer.Option("--class", help="Class of its sprites.", show_default=False)],
    tile: Annotated[int, typer.Option(help="Side of a tile in pixels.")] = 16,
    margin: Annotated[int, typer.Option(help="Pixels around all tiles.")] = 0,
    spacing: Annotated[int, typer.Option(help="Pixels between two tiles.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder of the data set; the class gets a folder in it.")] = Path("sprites"),
    keep_background: KeepBackground = False,
    force: Force = False,
) -> None:
    """Cut a sprite sheet into sprites, without the empty tiles and without repeats."""
    from pixelforge.errors import RequestError
    from training.data.slicing import Grid, slice_sheet

    if not class_name.strip(" .") or any(mark in class_name for mark in "/\\:\0"):
        raise RequestError(f"A class is the name of a folder, which {class_name!r} cannot be.")
    done = slice_sheet(sheet, Grid(tile, margin, spacing), out / class_name, keep_background, force=force)
    tell(
        f"{counted(len(done.files), 'sprite')} in {out / class_name}; "
        f"left out: {counted(done.empty, 'empty tile')}, {done.duplicates} repeated."
    )
    right, bottom = done.left_over
    if right or bottom:
        tell(
            f"{counted(right, 'pixel')} at the right and {bottom} at the bottom belong to no tile: "
            "are --tile, --margin and --spacing right?"
        )
