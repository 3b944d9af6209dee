"""The command `train`: options in, progress out."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pixelforge.console import progress_bar, report
from pixelforge.errors import RequestError
from pixelforge.words import counted
from training.runs.folder import Phase, RunFiles
from training.runs.status import Attendant

if TYPE_CHECKING:
    from training.runs.plan import Wishes
    from training.runs.run import Run, TrainStep

DEFAULT_OUT = Path("run")

Folder = Annotated[Path | None, typer.Argument(help="Folder of sprites, one folder a class.", show_default=False)]
Out = Annotated[Path, typer.Option(help="Folder of the run: figures, sample grids, snapshot, resumable state.")]
KeepBackground = Annotated[
    bool, typer.Option("--keep-background", help="Leave the flat ground of opaque pictures as it is.")
]
Device = Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")]


def train(
    folder: Folder = None,
    out: Out = DEFAULT_OUT,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    preset: Annotated[
        Literal["quick", "standard", "thorough"],
        typer.Option(help="5 minutes, 1 hour or 8 hours on this machine, unless the held-out loss turns before."),
    ] = "standard",
    minutes: Annotated[float | None, typer.Option(help="Train for about so long instead.")] = None,
    steps: Annotated[int | None, typer.Option(help="Train for so many steps instead.")] = None,
    parent: Annotated[
        str | None,
        typer.Option("--from", help="Model file to begin from, or `nothing`.", show_default="the bundled model"),
    ] = None,
    size: Annotated[int, typer.Option(help="Side of the sprites in pixels; from nothing, 8 to 64.")] = 16,
    prediction: Annotated[
        Literal["palette", "v", "eps"] | None,
        typer.Option(help="What the network learns; palette if the sprites share at most 64 colours, else v."),
    ] = None,
    width: Annotated[
        int | None, typer.Option(help="From nothing: feature channels at full resolution, a multiple of 8 (48).")
    ] = None,
    dropout: Annotated[float, typer.Option(help="In every residual block.")] = 0.2,
    batch: Annotated[int | None, typer.Option(help="Sprites a step; default: 16 to 64, by the data's size.")] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="At its highest; default: by the batch, and half of it from a model.")
    ] = None,
    balance: Annotated[float, typer.Option(help="0 draws every sprite alike, 1 every class alike.")] = 0.5,
    flip: Annotated[float, typer.Option(help="Share of mirrored sprites.")] = 0.5,
    shift: Annotated[float, typer.Option(help="Share of sprites shifted by a pixel.")] = 0.4,
    swap: Annotated[float, typer.Option(help="Share of sprites with two colours swapped.")] = 0.4,
    tell: Annotated[
        bool, typer.Option(help="Tell the network how a sprite was changed, so that it draws unchanged ones.")
    ] = True,
    kinds: Annotated[
        bool, typer.Option("--kinds", help="Tell apart what a class holds by the first words of the files' names.")
    ] = False,
    early_stop: Annotated[bool, typer.Option(help="End when the held-out loss has turned.")] = True,
    keep_background: KeepBackground = False,
    holdout: Annotated[float, typer.Option(help="Share of the sprites that is kept for the held-out loss.")] = 0.1,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 0,
    precision: Annotated[
        Literal["float32", "bfloat16"] | None, typer.Option(help="Of the network's products; default: what is faster.")
    ] = None,
    licence: Annotated[str, typer.Option(help="Of the sprites; carried by the model file.")] = "",
    credits: Annotated[str, typer.Option(help="Who drew the sprites; carried by the model file.")] = "",
    device: Device = "auto",
) -> None:
    """Train a model on sprites: a folder of class folders, a .zip, or the notebook's arrays.

    Ctrl-C stops after the step at hand; --resume goes on from there, to the bit as if it had not stopped.
    """
    if folder is None and not resume:
        raise RequestError("Name the folder of sprites, or give --resume.")
    from training.runs.plan import PRESETS, Wishes

    wishes = Wishes(
        size=size,
        parent=parent,
        minutes=PRESETS[preset] if minutes is None and steps is None else minutes,
        steps=steps,
        prediction=prediction,
        width=width,
        dropout=dropout,
        batch=batch,
        learning_rate=learning_rate,
        balance=balance,
        flip=flip,
        shift=shift,
        swap=swap,
        tell=tell,
        kinds=kinds,
        early_stop=early_stop,
        keep_background=keep_background,
        holdout=holdout,
        seed=seed,
        precision=precision,
        licence=licence,
        credits=credits,
        device=device,
    )
    _train(folder, out, wishes, resume)


def _train(folder: Path | None, out: Path, wishes: Wishes, resume: bool) -> None:
    """Begin a run, or go on with one, in as many processes as torchrun began."""
    files, leads = RunFiles(out), int(os.environ.get("RANK", "0")) == 0
    if not leads or out.is_file() or files.config_path.exists() is not resume:
        _run(folder, out, wishes, resume, None)  # it says what is wrong, and what stands there is left alone
        return
    if not resume:
        files.check_is_its_own()
    with files.locked():
        try:
            _run(folder, out, wishes, resume, Attendant(out))
        finally:
            files.remove_if_not_begun()


def _run(folder: Path | None, out: Path, wishes: Wishes, resume: bool, attendant: Attendant | None) -> None:
    from training.learning.distributed import joined
    from training.runs.plan import plan_run
    from training.runs.run import Run

    with joined() as processes:
        if folder is not None and not resume:
            source = folder
            planned = processes.led(lambda: plan_run(source, out, wishes))
            if planned is not None:
                show_warnings(planned.notes)
                if processes.count == 1:
                    _carry_on(planned.run, attendant)
                    return
        _carry_on(Run.resume(out, folder, wishes.device, processes), attendant)


def _carry_on(run: Run, attendant: Attendant | None) -> None:
    """Train to the end, or until somebody has it stopped. attendant: in the leading process alone."""
    say, total = report if attendant else _silent, run.config.training.steps
    about = (
        f"{counted(len(run.training), 'sprite')}, {len(run.heldout)} held out, "
        f"{counted(len(run.config.class_names), 'class')}"
    )
    if run.trainer.step_count >= total:
        say("This run is at its end already.")
    say(f"{about}, {run.config.model.prediction}, {run.config.training.precision}, on {run.trainer.device}")
    if attendant:
        attendant.begin(about, run.trainer.step_count, total)
    ended = _make_steps(run, attendant)
    if ended == "turned":
        say(f"Ended at step {run.trainer.step_count}: the held-out loss has not fallen since step {run.best.step}.")
    elif ended != "finished":
        say(f"Stopped at step {run.trainer.step_count}. To go on: pixelforge train --resume --out {run.dir.root}")
    if attendant:
        attendant.end(ended)
    say(f"Model: {run.dir.best_path if run.best.step else run.dir.snapshot_path}")


def _make_steps(run: Run, attendant: Attendant | None) -> Phase:
    """Make the steps that are left, unless a signal or a wish comes; how it ended."""
    steps, total, wish = run.steps(), run.config.training.steps, None
    with _stop_on_signals() as stopped, progress_bar(shown=attendant is not None) as bar:
        task = bar.add_task("training", total=total, completed=run.trainer.step_count)
        for step in steps:
            if attendant:
                bar.update(task, completed=step.step)
                if step.stats is not None:
                    bar.console.print(_stats_line(step), highlight=False)
                attendant.tell(step, run.best.step)
                wish = attendant.wish()
                if wish == "pause":
                    run.save()
                    wish = attendant.wait_while_paused(stopped.is_set)
                if wish in ("halt", "end"):
                    stopped.set()
            if run.processes.any(stopped.is_set()):
                break
        steps.close()  # type: ignore[attr-defined]
    if run.trainer.step_count >= total:
        return "finished"
    if run.has_turned():
        return "turned"
    return "ended" if wish == "end" else "halted"


def _silent(_: str) -> None:
    """Only one of several processes speaks."""


def _stats_line(step: TrainStep) -> str:
    assert step.stats is not None
    heldout = "" if step.stats.heldout_loss is None else f"  held-out {step.stats.heldout_loss:.4f}"
    return (
        f"step {step.step}/{step.total}  loss {step.stats.loss:.4f}{heldout}  "
        f"{step.stats.images_per_second:.0f} images/s  {timedelta(seconds=round(step.seconds_left))} left"
    )


@contextmanager
def _stop_on_signals() -> Iterator[threading.Event]:
    stopped = threading.Event()
    names = [signal.SIGINT, signal.SIGTERM]
    before = {name: signal.signal(name, lambda *_: stopped.set()) for name in names}
    try:
        yield stopped
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def show_warnings(warnings: tuple[str, ...], most: int = 20) -> None:
    """What was wrong with the data, cut where it is too much to read."""
    for line in warnings[:most]:
        report(line)
    if len(warnings) > most:
        report(f"… and {len(warnings) - most} more.")
