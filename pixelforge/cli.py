"""The command line: thin, over the services. Without arguments it opens the window."""

from __future__ import annotations

import os
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pixelforge import cli_options as option
from pixelforge import cli_sheets, console
from pixelforge.core.condition import Condition
from pixelforge.core.sampling import Sampling
from pixelforge.logs import log_to_stderr, stop_logging
from pixelforge.options import with_options
from pixelforge.words import counted
from training.commands.dataset import dataset_app
from training.commands.evaluate import evaluate
from training.commands.panel import panel
from training.commands.train import train

if TYPE_CHECKING:
    from pixelforge.core.header import ModelHeader
    from pixelforge.services.model_library import ModelEntry
    from pixelforge.services.requests import GenerationRequest
    from pixelforge.services.saving import Writer

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Makes 16x16 pixel-art sprites with a small diffusion model. Without a command it opens the window.",
)
models_app = typer.Typer(help="The models that sprites can be made with.", no_args_is_help=True)
app.command()(train)
app.command()(evaluate)
app.command()(panel)
app.command()(cli_sheets.sheet)
app.command()(cli_sheets.info)
app.command()(cli_sheets.remake)
app.command()(cli_sheets.palette)
app.add_typer(models_app, name="models")
app.add_typer(dataset_app, name="dataset")

ALL = "all"


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    console.run(app, arguments)


@app.callback(invoke_without_command=True)
def window(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    self_test: Annotated[
        bool, typer.Option("--self-test", help="Try every part of the program, print timings as JSON, and exit.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log on stderr what is done, and its times.")] = False,
    rehearse_window: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Makes 16x16 pixel-art sprites with a small diffusion model. Without a command it opens the window."""
    if verbose:
        handler = log_to_stderr()
        context.call_on_close(lambda: stop_logging(handler))
    if version:
        from pixelforge import __version__

        typer.echo(f"PixelForge {__version__}")
    elif self_test:
        raise typer.Exit(_self_test())
    elif rehearse_window is not None:  # a part of the self-test
        from pixelforge.gui.rehearsal import rehearse

        raise typer.Exit(rehearse(rehearse_window, typer.echo))
    elif context.invoked_subcommand is None:
        from pixelforge.gui.app import run

        raise typer.Exit(run())


def _self_test() -> int:
    import json

    from pixelforge.self_test import self_test

    result = self_test()
    typer.echo(json.dumps(result))
    return 0 if result["ok"] else console.FAILURE


@app.command()
@with_options("choices", option.SheetChoices)
@with_options("sampling", Sampling, otherwise="the model's own")
@with_options("words", Condition, otherwise="any")
def generate(
    classes: Annotated[
        list[str] | None,
        typer.Option(
            "--class",
            help="Class to make; repeat it for several, or `all`. It may be left out where a kind, style, colour or "
            "size is given.",
            show_default=False,
        ),
    ] = None,
    count: Annotated[
        int | None, typer.Option(help="Sprites in all; several classes share them evenly. Default: one a class.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the first sprite; sprite i has seed + i.")] = 0,
    scheme: Annotated[
        str | None,
        typer.Option(
            help="The few colours that every sprite is drawn in: `#rrggbb,#rrggbb`, a palette's name or file, or a "
            "sprite that has them; `whole` for all of the palette. Default: drawn by each sprite's seed."
        ),
    ] = None,
    model: Annotated[str, typer.Option(help="A model's name (see `pixelforge models list`) or file.")] = "dawnlike16",
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
    out: Annotated[
        Path,
        typer.Option(
            help="A .png is one sheet; a .gif or .apng shows the sprites forming; a folder gets one file a sprite, "
            "in a folder a class."
        ),
    ] = Path("sprites.png"),
    json: Annotated[bool, typer.Option("--json", help="Print a summary as JSON.")] = False,
    *,
    words: dict[str, str],
    sampling: dict[str, Any],
    choices: option.SheetChoices,
) -> None:
    """Make sprites and save them."""
    from pixelforge.core.header import file_sha256, read_header
    from pixelforge.errors import RequestError
    from pixelforge.files import as_text
    from pixelforge.services.model_library import find_model
    from pixelforge.services.requests import in_palette, make_request
    from pixelforge.services.saving import Destination

    path = find_model(model)
    header = read_header(path)
    conditions = _conditions(header, classes or [], words, scheme)
    request = make_request(
        header, conditions, count=len(conditions) if count is None else count, seed=seed, sampling=sampling
    )
    rule = choices.palette_rule(header.model.palette)
    if rule is not None and rule.reduce_to is None:
        request = in_palette(request, rule, header)  # so that recipes tell of it
        rule = None
    if int(os.environ.get("WORLD_SIZE", "1")) > 1 and out.suffix:
        raise RequestError("Several processes write one file a sprite: name a folder in --out.")
    sha256 = file_sha256(path)
    destination = Destination(
        target=out,
        request=request,
        model=as_text(path.stem),
        model_sha256=sha256,
        options=choices.export_options(rule),
        part=_part(request.count),
    )
    writer = destination.writer(option.may_replace(destination.in_the_way(), choices.force))
    if request.count < len(conditions):
        made = {request.condition_of(index) for index in range(request.count)}
        left_out = ", ".join(condition.label for condition in conditions if condition not in made)
        console.report(f"A count of {request.count} leaves out {left_out}.")
    started = time.perf_counter()
    used = _generate_into(writer, request, path, device)
    _summarise(request, writer.written, path, sha256, used, time.perf_counter() - started, json)


def _conditions(
    header: ModelHeader, classes: list[str], words: dict[str, Any], scheme: str | None
) -> tuple[Condition, ...]:
    """What is to be made: the words for each of the classes, or without a class. Raises RequestError for nothing."""
    from pixelforge.errors import RequestError
    from pixelforge.services.palettes import find_scheme

    chosen = header.class_names if ALL in classes and ALL not in header.class_names else tuple(dict.fromkeys(classes))
    if not chosen and not words:
        raise RequestError(f"Say what to make: --class with {', '.join(header.class_names)}, or all.")
    asked = Condition(**words, scheme=None if scheme is None else find_scheme(scheme))
    return tuple(replace(asked, class_name=name) for name in chosen or (None,))


def _summarise(
    request: GenerationRequest,
    written: tuple[Path, ...],
    model: Path,
    model_sha256: str,
    device: str,
    seconds: float,
    json: bool,
) -> None:
    if not json:
        console.report(f"{counted(request.count, 'sprite')} in {seconds:.1f} s: {', '.join(map(str, written))}")
        return
    import msgspec

    from pixelforge.files import as_text

    summary = {
        "out": as_text(written[0]),
        "files": [as_text(path) for path in written],
        "count": request.count,
        "classes": list(request.labels),
        "seed": request.seed,
        **asdict(request.sampling),
        "model": as_text(model),
        "model_sha256": model_sha256,
        "device": device,
        "seconds": round(seconds, 3),
    }
    typer.echo(msgspec.json.encode(summary).decode())


def _generate_into(writer: Writer, request: GenerationRequest, model: Path, device: str) -> str:
    from pixelforge.services.generation import generate, load_model
    from pixelforge.services.requests import Finished, Notice, Progress

    loaded, part = load_model(model, device), _part(request.count)
    with console.progress_bar(shown=part.start == 0) as bar:
        task = bar.add_task("sprites", total=part.stop, completed=part.start)
        for event in generate(loaded, request, part=part):
            if isinstance(event, Progress):
                bar.update(task, completed=event.first + event.size * event.step / event.steps)
                if event.preview is not None:
                    writer.preview(event.first, event.preview)
            elif isinstance(event, Finished):
                writer.add(event)
            elif isinstance(event, Notice):
                bar.console.print(event.text)
    writer.close()
    return str(loaded.backend.device)


def _part(count: int) -> range:
    """The sprites that are this process's to make, where torchrun began several."""
    rank, processes = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    return range(count * rank // processes, count * (rank + 1) // processes)


@models_app.command("list")
def list_models() -> None:
    """List the bundled models and your own."""
    from pixelforge.core.header import SPRITES
    from pixelforge.services.model_library import list_models

    for entry in list_models(None):
        kind = "bundled" if entry.bundled else "own"
        if entry.header and entry.header.task != SPRITES:
            kind += f", for {entry.header.task}"
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


@models_app.command("average")
def average_models(
    files: Annotated[list[Path], typer.Argument(help="Snapshots of one run.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The model to write.", show_default=False)],
) -> None:
    """Write the mean of several snapshots of a run, which is often better than each of them."""
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
