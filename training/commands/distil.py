"""The command `distill`: a student for a model, which makes sprites in an instant."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from pixelforge.errors import RequestError
from pixelforge.options import with_options
from pixelforge.training_part import need_torch
from training.commands.train import Resume, show_run
from training.runs.distil_request import DistillRequest

OUT = Path("student")


@with_options("request", DistillRequest)
def distill(
    request: DistillRequest,
    model: Annotated[Path | None, typer.Argument(help="The model file to make fast.", show_default=False)] = None,
    data: Annotated[Path | None, typer.Option(help="A folder of sprites as it was trained on.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the run; best.safetensors is the model with its student.")] = OUT,
    like: Annotated[
        Path | None, typer.Option(help="A model with a student: begin as far from the model as it is.")
    ] = None,
    resume: Resume = False,
) -> None:
    """Give a model a student: a second network in its file, which makes a sprite in four steps, each half as long.

    The file that comes out makes all that it made before as before, and with `--quality instant` much the same sprites
    sooner. What the student learns is what the model makes of noised sprites of the folder, deterministically and
    under guidance from 1 to 4. For models that draw in palettes. It begins as the model, or as the student that the
    model has already; where the model is another one trained on further, the student of that one shows a way (--like).

    Ctrl-C stops after the step at hand; --resume makes the rest, to the bit as if it had not stopped.
    """
    need_torch("Distilling")
    from training.runs.session import carry

    if not resume and (model is None or data is None):
        raise RequestError("Name the model file, and the folder of its sprites with --data.")
    stopped = threading.Event()
    if model is not None:
        request = replace(request, teacher=model, like=like)
    with closing(carry(data, out, request, resume=resume, stopped=stopped.is_set)) as events:
        show_run(events, out, stopped, "distill")
