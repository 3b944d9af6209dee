"""The command that makes sprites move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pixelforge import console
from pixelforge.cli import options as option
from pixelforge.cli.pictures import pictures
from pixelforge.options import with_options
from pixelforge.words import counted

USUAL = "bob"  # of a sprite that stands still, where nothing is asked for

if TYPE_CHECKING:
    from pixelforge.services.export import ExportOptions
    from pixelforge.services.sprites import Sprite


@with_options("choices", option.SheetChoices)
def animate(
    sprites: Annotated[
        list[Path],
        typer.Argument(
            help="PNG files: single sprites, or sheets, which are taken apart; folders of them; or animated GIFs and "
            "Aseprite files.",
            show_default=False,
        ),
    ],
    action: Annotated[
        str | None,
        typer.Option(
            help="What they do: bob, squash, hop, float, blink, flash, shake, turn; or what models of frames have "
            "learnt: idle, walk (as they were made to look, or else from the front), walk_down, walk_left, walk_right, "
            "walk_up; several with commas. Default: what their files show them do, or else bob."
        ),
    ] = None,
    pace: Annotated[float, typer.Option(help="So many times as fast.")] = 1.0,
    out: Annotated[
        Path,
        typer.Option(
            help="A .png for a sheet, a sprite a row, with files for your engine; a .gif or .apng of all of them; or a "
            "folder for a strip a sprite."
        ),
    ] = Path("animated.png"),
    *,
    choices: option.SheetChoices,
) -> None:
    """Make sprites move: actions by rule, or learnt, for any sprite, as frames on a sheet or as an animation."""
    from pixelforge.services.export import refuse_replacing
    from pixelforge.services.saving import check_target

    options = choices.export_options(choices.palette_rule(None))
    check_target(out, options, recoloured=True)
    moving = _moving(_read(sprites), action, pace)
    there, write = _target(out, moving, options)
    force = option.may_replace(there, choices.force)
    if not force:
        refuse_replacing(there)
    written = ", ".join(map(str, write(not force)))
    frames = sum(len(sprite.pictures) for sprite in moving)
    console.report(f"{counted(len(moving), 'sprite')}, {counted(frames, 'frame')}: {written}")


def _target(
    out: Path, moving: list[Sprite], options: ExportOptions
) -> tuple[list[Path], Callable[[bool], Sequence[Path]]]:
    """What writing there would replace, and what does it: an animation, a sheet, or a folder of strips.

    It is told whether nothing may stand there yet.
    """
    from pixelforge.services.acting import write_acts
    from pixelforge.services.animating import is_animation
    from pixelforge.services.engine_files import SHEET_SUFFIX
    from pixelforge.services.export import export_files, export_sprites, file_paths, in_the_way, recoloured

    def animation(fresh: bool) -> list[Path]:
        write_acts(out, recoloured(moving, options.palette), options.sheet.scale, fresh)
        return [out]

    def strips(fresh: bool) -> list[Path]:
        export_files(out, moving, options, fresh)
        return [out]

    if is_animation(out):
        return [out] * out.is_file(), animation
    if out.suffix.lower() == SHEET_SUFFIX:
        return in_the_way(out, options), lambda fresh: export_sprites(out, moving, options, fresh)
    return [path for path in file_paths(out, moving, options) if path.is_file()], strips


def _moving(sprites: list[Sprite], actions: str | None, pace: float) -> list[Sprite]:
    """Each sprite with each action; one that cannot do it is left out by name. Raises RequestError."""
    from dataclasses import replace

    from pixelforge.errors import RequestError
    from pixelforge.imaging.actions import act
    from pixelforge.services.acting import acting, at_pace
    from pixelforge.services.learned import check_action

    if actions is None:
        frames = [sprite.frames or act(sprite.pixels, USUAL) for sprite in sprites]
        return [sprite.acting(at_pace(own, pace)) for sprite, own in zip(sprites, frames, strict=True)]
    names = list(dict.fromkeys(name.strip() for name in actions.split(",")))
    for name in names:
        check_action(name)
    moving, refused = [], ""
    for sprite in sprites:
        for name in names:
            try:
                moving.append(acting(replace(sprite, frames=None), name, pace))
            except RequestError as error:
                refused = str(error)
                console.report(f"Left out a sprite of {sprite.class_name}: {error}")
    if not moving:
        raise RequestError(refused)
    return moving


def _read(paths: list[Path]) -> list[Sprite]:
    from pixelforge.services.acting import read_acting

    return [sprite for path in pictures(paths) for sprite in read_acting(path)]
