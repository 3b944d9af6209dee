"""The commands about models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pixelforge import console
from pixelforge.training_part import need_torch

if TYPE_CHECKING:
    from pixelforge.services.model_library import ModelEntry

models_app = typer.Typer(help="The models that sprites can be made with.", no_args_is_help=True)


@models_app.command("list")
def list_models() -> None:
    """List the bundled models and your own."""
    from pixelforge.core.header import SPRITES
    from pixelforge.files import as_text
    from pixelforge.services.model_library import list_models

    for entry in list_models(None):
        kind = "bundled" if entry.bundled else "own"
        if entry.header and entry.header.task != SPRITES:
            kind += f", for {entry.header.task}"
        about = ", ".join(entry.header.class_names) if entry.header else f"cannot be read: {entry.problem}"
        console.say(f"{as_text(entry.name)}  ({kind})  {about}")


@models_app.command("info")
def show_model(name: Annotated[str, typer.Argument(help="A model's name or file.", show_default=False)]) -> None:
    """Show what a model file says of itself, as JSON."""
    from pixelforge.core.header import read_header
    from pixelforge.services.model_library import find_model

    header = read_header(find_model(name))
    console.say_json(header)


@models_app.command("average")
def average_models(
    files: Annotated[list[Path], typer.Argument(help="Snapshots of one run.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The model to write.", show_default=False)],
) -> None:
    """Write the mean of several snapshots of a run, which is often better than each of them."""
    need_torch("Averaging models")
    from training.learning.average import average_models

    average_models(files, out)
    console.report(f"The mean of {len(files)} models: {out}")


@models_app.command("import")
def import_model(
    file: Annotated[Path, typer.Argument(help="A .safetensors of PixelForge, or a notebook's ema_shadow.pth.")],
    classes: Annotated[str, typer.Option(help='Class names for a .pth: "A,B,C,D,E".')] = "",
) -> None:
    """Check a model file and put it among your models."""
    from pixelforge.services.model_library import import_model

    names = [name.strip() for name in classes.split(",") if name.strip()]
    entry: ModelEntry = import_model(file, names)
    console.report(f"{entry.name}: {entry.path}")


@models_app.command("icons")
def draw_icons(
    name: Annotated[str, typer.Argument(help="A model's name or file.", show_default=False)],
    style: Annotated[str | None, typer.Option(help="The style of all of them; default: drawn by their seeds.")] = None,
    seed: Annotated[int, typer.Option(help="Of the first; icon i has seed + i.")] = 0,
) -> None:
    """Have a model draw a picture for each of its classes and kinds, which the window shows beside the words."""
    from pixelforge.services.icon_drawing import make_icons
    from pixelforge.services.icons import icons_path
    from pixelforge.services.model_library import find_model
    from pixelforge.services.requests import Progress

    path = find_model(name)
    with console.progress_bar() as bar:
        task = bar.add_task("icons", total=None)
        for event in make_icons(path, style=style, seed=seed):
            if isinstance(event, Progress):
                bar.update(task, completed=event.first + event.size * event.step / event.steps)
    console.report(f"Icons: {icons_path(path)}")


@models_app.command("describe")
def describe_model(
    file: Annotated[Path, typer.Argument(help="The model file to change; its weights stay.", show_default=False)],
    sampler: Annotated[str | None, typer.Option(help="To recommend.")] = None,
    steps: Annotated[int | None, typer.Option(help="To recommend.")] = None,
    guidance: Annotated[float | None, typer.Option(help="To recommend.")] = None,
    usual_style: Annotated[str | None, typer.Option(help="What whoever has not chosen one yet is shown.")] = None,
    licence: Annotated[str | None, typer.Option(help="Of the sprites that it was trained on.")] = None,
    credits: Annotated[str | None, typer.Option(help="Who drew them.")] = None,
) -> None:
    """Change what a model file says of itself: what it recommends, its usual style, licence and credits."""
    from pixelforge.services.model_library import describe_model

    sampling = {"sampler": sampler, "steps": steps, "guidance_scale": guidance}
    describe_model(
        file,
        recommended={name: value for name, value in sampling.items() if value is not None},
        usual_style=usual_style,
        provenance={name: text for name, text in {"licence": licence, "credits": credits}.items() if text is not None},
    )
    console.report(f"{file} is described anew.")
