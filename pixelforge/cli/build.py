"""The command that makes the sprites of a game's project."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pixelforge import console
from pixelforge.cli import options as option
from pixelforge.words import counted

if TYPE_CHECKING:
    from pixelforge.core.pipeline import Model
    from pixelforge.services.project.building import Build, ProjectState
    from pixelforge.services.project.drawing import Draw
    from pixelforge.services.requests import GenerationEvent, GenerationRequest


def build(
    folder: Annotated[
        Path, typer.Argument(help="The project's folder, with its pixelforge.toml; or that file.", show_default=False)
    ] = Path(),
    check: Annotated[
        bool, typer.Option("--check", help="Only say what there is to make; if there is anything, the exit code is 1.")
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
    engine: Annotated[str, typer.Option(help="What runs the network: auto, onnxruntime or torch.")] = "auto",
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that no build wrote, or that were changed since.")
    ] = False,
) -> None:
    """Make what is missing or changed of a game's sprites, as its pixelforge.toml says.

    It begins as small as `[sets.monsters]` and below it `class = "monsters"` and `count = 16`. resources/PROJECT.md
    tells all keys.
    """
    from pixelforge.services.project.building import building_alone, standing
    from pixelforge.services.project.project_file import find_project, read_project

    file = find_project(folder)
    stands = standing(read_project(file))
    if stands.lock.problem:
        console.report(stands.lock.problem)
    for path in stands.left_over if check else ():
        console.report(f"{path} belongs to no set any more.")
    if check and stands.due:
        for due in stands.due:
            console.say(f"{due.name}: {due.reason}")
        raise typer.Exit(console.FAILURE)
    if stands.due:
        with building_alone(stands.project.root, lambda: console.report("Another build of the project is going on.")):
            stands = standing(read_project(file))  # which another build may have made in the meantime
            if stands.due:
                _make(stands, _drawer(device, engine), force)
                return
    console.report(f"{counted(len(stands.project.sets), 'set')}, nothing to make.")


def _make(stands: ProjectState, draw: Draw, force: bool) -> None:
    from pixelforge.services.project.building import Build

    making = Build(stands)
    drawn = making.missing
    _draw(making, draw)
    _write(making, stands, drawn, force)


def _draw(making: Build, draw: Draw) -> None:
    from pixelforge.services.project.drawing import SpritesDone

    with console.progress_bar() as bar:
        task = bar.add_task("sprites", total=making.missing)
        for event in making.draw(draw):
            if isinstance(event, SpritesDone):
                bar.update(task, completed=event.done)
            else:
                bar.console.print(console.visible(event.text), markup=False, highlight=False)


def _write(making: Build, stands: ProjectState, drawn: int, force: bool) -> None:
    from pixelforge.services.export import refuse_replacing

    outcome = making.outcome()
    if not option.may_replace(outcome.in_the_way, force):
        refuse_replacing(outcome.in_the_way)
    outcome.write()
    for path in outcome.left_over:
        console.report(f"{path} belongs to no set any more; it stays where it is.")
    console.report(
        f"{counted(len(stands.due), 'set')} made ({', '.join(due.name for due in stands.due[:8])}"
        f"{', …' if len(stands.due) > 8 else ''}): {counted(drawn, 'sprite')} drawn, "
        f"{counted(len(outcome.new), 'file')} written."
    )


def _drawer(device: str, engine: str) -> Draw:
    """What draws; a model is loaded only when it has something to draw."""

    @lru_cache(maxsize=1)
    def loaded(path: Path) -> Model:
        from pixelforge.services.generation import load_model

        return load_model(path, device, engine)

    def draw(path: Path, request: GenerationRequest) -> Iterator[GenerationEvent]:
        from pixelforge.services.generation import generate

        yield from generate(loaded(path), request)

    return draw
