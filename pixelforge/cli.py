"""The command line: thin, over the services. Without arguments it opens the window."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pixelforge import console
from training.command import evaluate, train

if TYPE_CHECKING:
    from pixelforge.services.model_library import ModelEntry
    from pixelforge.services.requests import GenerationRequest
    from pixelforge.services.saving import SpriteWriter

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Makes 16x16 pixel-art sprites with a small diffusion model. Without a command it opens the window.",
)
models_app = typer.Typer(help="The models that sprites can be made with.", no_args_is_help=True)
app.command()(train)
app.command()(evaluate)
app.add_typer(models_app, name="models")

ALL = "all"


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    console.run(app, arguments)


@app.callback(invoke_without_command=True)
def window(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Makes 16x16 pixel-art sprites with a small diffusion model. Without a command it opens the window."""
    if version:
        from pixelforge import __version__

        typer.echo(f"PixelForge {__version__}")
    elif context.invoked_subcommand is None:
        from pixelforge.gui.app import run

        raise typer.Exit(run())


@app.command()
def generate(
    classes: Annotated[
        list[str], typer.Option("--class", help="Class to make; repeat it for several, or `all`.", show_default=False)
    ],
    count: Annotated[int, typer.Option(help="Sprites in all; several classes share them evenly.")] = 1,
    seed: Annotated[int, typer.Option(help="Of the first sprite; sprite i has seed + i.")] = 0,
    guidance: Annotated[
        float | None, typer.Option(help="1 to 15: how strictly to keep to the class; default: the model's own.")
    ] = None,
    sampler: Annotated[str | None, typer.Option(help="ddpm, ddim or dpm++2m; default: the model's own.")] = None,
    steps: Annotated[int | None, typer.Option(help="1 to 1000; default: the model's own.")] = None,
    model: Annotated[str, typer.Option(help="A model's name (see `pixelforge models list`) or file.")] = "dawnlike16",
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
    out: Annotated[
        Path, typer.Option(help="A .png is one sheet; a folder gets one file a sprite, in a folder a class.")
    ] = Path("sprites.png"),
    json: Annotated[bool, typer.Option("--json", help="Print a summary as JSON.")] = False,
) -> None:
    """Make sprites and save them."""
    from pixelforge.core.header import file_sha256, read_header
    from pixelforge.services.model_library import find_model
    from pixelforge.services.requests import make_request
    from pixelforge.services.saving import SpriteWriter

    path = find_model(model)
    header = read_header(path)
    names = header.class_names if ALL in classes and ALL not in header.class_names else tuple(classes)
    request = make_request(header, names, count=count, seed=seed, guidance_scale=guidance, sampler=sampler, steps=steps)
    writer = SpriteWriter(out, request, path.stem, file_sha256(path))
    started = time.perf_counter()
    used = _generate_into(writer, request, path, device)
    seconds = time.perf_counter() - started
    if json:
        summary = {
            "out": str(out),
            "count": count,
            "classes": list(names),
            "seed": seed,
            "guidance_scale": request.guidance_scale,
            "sampler": request.sampler,
            "steps": request.steps,
            "model": str(path),
            "model_sha256": writer.model_sha256,
            "device": used,
            "seconds": round(seconds, 3),
        }
        import msgspec

        typer.echo(msgspec.json.encode(summary).decode())
    else:
        console.report(f"{count} {'sprite' if count == 1 else 'sprites'} in {seconds:.1f} s: {out}")


def _generate_into(writer: SpriteWriter, request: GenerationRequest, model: Path, device: str) -> str:
    from pixelforge.services.generation import LoadedModel, generate
    from pixelforge.services.requests import Finished, Notice, Progress

    loaded = LoadedModel.load(model, device)
    with console.progress_bar() as bar:
        task = bar.add_task("sprites", total=request.count)
        for event in generate(loaded, request):
            if isinstance(event, Progress):
                bar.update(task, completed=event.first + event.size * event.step / event.steps)
            elif isinstance(event, Finished):
                writer.add(event.first, event.sprites)
            elif isinstance(event, Notice):
                bar.console.print(event.text)
    writer.close()
    return str(loaded.device)


@models_app.command("list")
def list_models() -> None:
    """List the bundled models and your own."""
    from pixelforge.services.model_library import list_models

    for entry in list_models():
        kind = "bundled" if entry.bundled else "own"
        about = ", ".join(entry.header.class_names) if entry.header else f"cannot be read: {entry.problem}"
        typer.echo(f"{entry.name}  ({kind})  {about}")


@models_app.command("info")
def show_model(name: Annotated[str, typer.Argument(help="A model's name or file.", show_default=False)]) -> None:
    """Show what a model file says of itself, as JSON."""
    import msgspec

    from pixelforge.core.header import read_header
    from pixelforge.services.model_library import find_model

    header = read_header(find_model(name))
    typer.echo(msgspec.json.format(msgspec.json.encode(header), indent=2).decode())


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
