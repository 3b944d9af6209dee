"""The commands put together. Without arguments the window opens."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pixelforge import console
from pixelforge.cli import sheets
from pixelforge.cli.animate import animate
from pixelforge.cli.between import between
from pixelforge.cli.build import build
from pixelforge.cli.generate import generate
from pixelforge.cli.models import models_app
from pixelforge.cli.vary import vary
from pixelforge.logs import log_to_stderr, stop_logging
from training.commands.critic import critic
from training.commands.dataset import dataset_app
from training.commands.distil import distill
from training.commands.evaluate import evaluate
from training.commands.frames import frames_app
from training.commands.panel import panel
from training.commands.symmetries import symmetries
from training.commands.train import train

OPEN = "open"


class _Commands(TyperGroup):
    """The commands; what is none but a file or folder is opened."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Raises UsageError for what is neither."""
        given = args[0]
        if given not in self.commands and Path(given).exists():
            return super().resolve_command(ctx, [OPEN, *args])
        if given not in self.commands and (Path(given).suffix or Path(given).name != given):
            ctx.fail(f"There is no file or folder {given}")
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(generate)
app.command()(vary)
app.command()(between)
app.command()(train)
app.command()(distill)
app.command()(critic)
app.command()(symmetries)
app.command()(evaluate)
app.command()(panel)
app.command()(animate)
app.command()(build)
app.command()(sheets.sheet)
app.command()(sheets.info)
app.command()(sheets.remake)
app.command()(sheets.palette)
app.add_typer(models_app, name="models")
app.add_typer(dataset_app, name="dataset")
app.add_typer(frames_app, name="frames")


@app.command(OPEN, hidden=True)
def open_(path: Annotated[Path, typer.Argument()]) -> None:
    """Open the window with a file or folder in it."""
    from pixelforge.gui.app import run

    raise typer.Exit(run(path.absolute()))


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
) -> None:
    """Makes 16x16 pixel-art sprites with a small diffusion model.

    Without a command it opens the window; a file in its place (project, sprite, list, palette, model) is opened in it.
    """
    if verbose:
        handler = log_to_stderr()
        context.call_on_close(lambda: stop_logging(handler))
    if version:
        from pixelforge import __version__

        typer.echo(f"PixelForge {__version__}")
    elif self_test:
        raise typer.Exit(_self_test())
    elif context.invoked_subcommand is None:
        from pixelforge.gui.app import run

        raise typer.Exit(run())


def _self_test() -> int:
    import json

    from pixelforge.self_test import self_test

    result = self_test()
    typer.echo(json.dumps(result))
    return 0 if result["ok"] else console.FAILURE
