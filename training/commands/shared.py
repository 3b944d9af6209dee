"""What the commands of training share: options and the way to say what was wrong with the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from pixelforge.console import report

KeepBackground = Annotated[
    bool, typer.Option("--keep-background", help="Leave the flat ground of opaque pictures as it is.")
]
Device = Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are there already.")]


def show_lines(lines: Sequence[str], most: int = 20) -> None:
    """Lines on the data or the run, cut where they are too many to read."""
    for line in lines[:most]:
        report(line)
    if len(lines) > most:
        report(f"… and {len(lines) - most} more.")
