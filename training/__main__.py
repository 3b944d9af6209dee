"""`python -m training FOLDER` is `pixelforge train FOLDER`."""

import typer

from pixelforge.console import run
from training.commands.train import train

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.command()(train)

if __name__ == "__main__":
    run(app)
