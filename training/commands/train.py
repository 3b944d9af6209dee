"""The command `train`: options in, progress out."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from pixelforge.console import progress_bar, report
from pixelforge.options import with_options
from pixelforge.training_part import need_torch
from training.commands.shared import show_lines
from training.runs.events import Begun, Ended, Noted, RunEvent, Stepped
from training.runs.folder import StatsRow
from training.runs.request import TrainingRequest

DEFAULT_OUT = Path("run")

Folder = Annotated[Path | None, typer.Argument(help="Folder of sprites, one folder a class.", show_default=False)]
Out = Annotated[Path, typer.Option(help="Folder of the run: figures, sample grids, snapshot, resumable state.")]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Resume the run in --out; with --steps, --minutes or --preset, until it has had that in all.",
    ),
]


@with_options("request", TrainingRequest)
def train(request: TrainingRequest, folder: Folder = None, out: Out = DEFAULT_OUT, resume: Resume = False) -> None:
    """Train a model on sprites: a folder of class folders, a .zip, or the notebook's arrays.

    Ctrl-C stops after the step at hand; --resume makes the rest, to the bit as if it had not stopped.
    """
    need_torch("Training")
    from training.runs.session import carry

    stopped = threading.Event()
    with closing(carry(folder, out, request, resume=resume, stopped=stopped.is_set)) as events:
        show_run(events, out, stopped, "train")


def show_run(events: Iterable[RunEvent], out: Path, stopped: threading.Event, command: str) -> None:
    """Pull a run and say how it goes; a signal has it stop from its first step on. command: that resumes it."""
    with ExitStack() as running:
        bar = running.enter_context(progress_bar())
        for event in events:
            match event:
                case Noted(lines):
                    show_lines(lines)
                case Begun():
                    report(f"{event.about}, {event.how}")
                    # Where the clock ends it, the bar shows per cent of the time.
                    task = bar.add_task("training", total=event.total or 100)
                    bar.update(task, completed=_shown(event))
                    _stop_on_signals(running, stopped)
                case Stepped():
                    bar.update(task, completed=_shown(event))
                    if event.stats is not None:
                        bar.console.print(_stats_line(event, event.stats), highlight=False)
                case Ended():
                    bar.stop()
                    _say_how_it_ended(event, out, command)
                case _:
                    pass


def _shown(event: Begun | Stepped) -> float:
    return event.step if event.total else 100 * event.fraction


def _say_how_it_ended(ended: Ended, out: Path, command: str) -> None:
    if ended.phase == "turned":
        report(f"Ended at step {ended.step}: the held-out loss has not fallen since step {ended.best_step}.")
    elif ended.phase != "finished":
        report(f"Stopped at step {ended.step}. To resume: pixelforge {command} --resume --out {out}")
    report(f"Model: {ended.model}")


def _stats_line(step: Stepped, stats: StatsRow) -> str:
    heldout = "" if stats.heldout_loss is None else f"  held-out {stats.heldout_loss:.4f}"
    how_far = f"step {step.step}/{step.total}" if step.total else f"step {step.step}, {step.fraction:.0%}"
    return (
        f"{how_far}  loss {stats.loss:.4f}{heldout}  "
        f"{stats.images_per_second:.0f} images/s  {timedelta(seconds=round(step.seconds_left))} left"
    )


def _stop_on_signals(running: ExitStack, stopped: threading.Event) -> None:
    for name in (signal.SIGINT, signal.SIGTERM):
        before = signal.signal(name, lambda *_: stopped.set())
        running.callback(signal.signal, name, before)
