"""The commands that make and judge a model of frames."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pixelforge.console import progress_bar, report, say
from pixelforge.options import with_options
from pixelforge.training_part import need_torch
from pixelforge.words import counted
from training.commands.shared import Force
from training.data.followings import LEARNT
from training.frames.request import FramesRequest

frames_app = typer.Typer(
    help="Models that make the next frame of a sprite, learnt from pairs of drawn ones.", no_args_is_help=True
)

Folder = Annotated[
    Path, typer.Argument(help="Folder of pictures, whose labels.csv has a column frame.", show_default=False)
]


@frames_app.command()
@with_options("request", FramesRequest)
def train(
    folder: Folder,
    request: FramesRequest,
    out: Annotated[
        Path | None,
        typer.Option(help="The model file to write. Default: in this folder, named as the action.", show_default=False),
    ] = None,
    force: Force = False,
) -> None:
    """Learn how a figure's frames follow from the one at rest.

    idle: from pictures whose column frame says idle and idle2. walk: from those that say walk1 (stands), walk2 (a
    step) and walk4 (the other step), whose column facing says down, left, right or up. Among your models
    (`pixelforge models import`) the model gives `animate` the action.
    """
    need_torch("Training")
    from torch import Tensor

    from pixelforge.errors import OutputError, Remedy
    from pixelforge.files import check_writable
    from training.data.pairs import read_pairs, split_pairs
    from training.frames.fitting import fit, save_frames_model

    out = out or Path(f"{request.action}.safetensors")
    if out.exists() and not force:
        raise OutputError(f"{out} is there already.", Remedy.REPLACE)
    check_writable(out.resolve().parent)
    known, unseen = split_pairs(read_pairs(folder, action=request.action), request.holdout, request.seed)
    report(f"{counted(len(known), 'pair')} of frames, {len(unseen)} held out")
    weights: dict[str, Tensor] = {}
    with progress_bar() as bar:
        task = bar.add_task("training", total=request.steps)
        for step in fit(known, request, weights):
            bar.update(task, completed=step.step, description=f"loss {step.loss:.3f}")
    save_frames_model(out, request, known, weights)
    report(f"Model: {out}")


@frames_app.command()
def evaluate(
    model: Annotated[Path, typer.Argument(help="The model file.", show_default=False)],
    data: Annotated[Path, typer.Option(help="The folder that it was trained on.", show_default=False)],
    holdout: Annotated[
        float, typer.Option(help="The part of the pairs that was kept from it.")
    ] = FramesRequest.holdout,
    seed: Annotated[int, typer.Option(help="That of its training.")] = FramesRequest.seed,
) -> None:
    """Say how right a model is on the figures held out of its training, beside the best shift and the rules.

    --holdout and --seed must be those of its training.
    """
    from pixelforge.core.frame_model import FrameModel
    from pixelforge.errors import RequestError
    from training.data.pairs import read_pairs, split_pairs
    from training.frames.figures import frame_figures

    read = FrameModel(model)
    action = next((name for name, learnt in LEARNT.items() if learnt.names == read.header.class_names), None)
    if action is None:
        raise RequestError(f"{model} has learnt {', '.join(read.header.class_names)}, which cannot be judged here.")
    asked = FramesRequest(action=action, holdout=holdout, seed=seed)
    known, unseen = split_pairs(read_pairs(data, action=action), asked.holdout, asked.seed)
    if not len(unseen):
        raise RequestError("Nothing was held out, so there is nothing that it never saw: give another --holdout.")
    for row, name in enumerate(known.names):
        of_class, judged = known.subset(known.rows == row), unseen.subset(unseen.rows == row)
        if not (len(of_class) and len(judged)):
            continue
        say(f"{name}: {counted(len(judged), 'pair')} of {counted(len(set(judged.groups)), 'figure')} that it never saw")
        say("| second frame by | opaque pixels right | right of both frames' | exact frames |")
        say("|---|---|---|---|")
        for figures in frame_figures(read, name, of_class, judged):
            say(f"| {figures.name} | {figures.right:.1%} | {figures.right_of_all:.1%} | {figures.exact:.1%} |")
