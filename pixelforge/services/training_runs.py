"""Training runs that are begun in the window: the commands that carry them, and what comes of them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pixelforge.errors import OutputError, PixelForgeError, RequestError, TrainingError
from pixelforge.files import read_at_most, reason
from pixelforge.services.model_library import ModelEntry, add_model, check_name, list_models
from pixelforge.services.paths import user_runs_folder
from pixelforge.training_part import need_torch
from training.runs.folder import OVER, RunFolder, RunSource
from training.runs.request import NOTHING

MAX_LOG = 64 * 2**20  # bytes
FIGURES_COUNT = 200  # sprites that a new model is measured by
FAST_MINUTES = 30  # of making a model fast: on two cores some 1,000 steps, after which it changes little
COMPLAINT = "pixelforge: "  # how a command's last line begins that could not do what it was asked


@dataclass(frozen=True, kw_only=True)
class NewRun:
    """A run to begin. Its name will be the model's."""

    name: str
    data: Path
    size: int = 16  # side of the sprites in pixels
    parent: str = NOTHING  # path of a model file of that size, or "nothing"
    minutes: float
    keep_background: bool = False
    kinds: bool = False
    leave_out: tuple[str, ...] = ()  # names of sprites, as the contact sheet has them, that are not learnt from


def begin_command(new: NewRun) -> tuple[RunFolder, list[str]]:
    """A run and the arguments that begin it.

    Raises RequestError if there is a model or run of its name already, or where training is not installed.
    """
    need_torch("Training")
    check_name(new.name)
    files = RunFolder(user_runs_folder() / new.name)
    if is_unfinished(files):
        raise RequestError(f"There is a training named {new.name} that is not finished: resume it, or delete it.")
    arguments = ["train", str(new.data), "--out", str(files.root), "--from", new.parent]
    arguments += ["--size", str(new.size), "--minutes", f"{new.minutes:g}"]
    arguments += ["--keep-background"] * new.keep_background + ["--kinds"] * new.kinds
    arguments += ["--leave-out", str(files.leave_out_path)] * bool(new.leave_out)
    return files, arguments


def can_be_made_fast(entry: ModelEntry) -> bool:
    """Whether a model can be given a student, and has none yet."""
    return entry.header is not None and entry.header.can_be_distilled and entry.header.student is None


def fast_command(entry: ModelEntry, source: RunSource) -> tuple[RunFolder, list[str]]:
    """A run and the arguments that begin it: a student of a model, taught on what the model learnt from.

    Raises RequestError where training is not installed.
    """
    need_torch("Training")
    files = RunFolder(user_runs_folder() / free_name(f"{entry.name} fast", unfinished_runs()))
    arguments = ["distill", str(entry.path), "--data", source.data, "--out", str(files.root)]
    arguments += ["--minutes", f"{FAST_MINUTES}"] + ["--keep-background"] * source.keep_background
    return files, arguments


def prepare(files: RunFolder, leave_out: Sequence[str]) -> None:
    """A folder for a run that is to be begun, with the list of what it leaves out. Raises OutputError."""
    shutil.rmtree(files.root, ignore_errors=True)  # what is left of a run of that name that came to its end
    try:
        files.root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {files.root} cannot be written: {reason(error)}.") from error
    if leave_out:
        _write_names(files, leave_out)


def resume_command(files: RunFolder) -> list[str]:
    """The arguments that resume a run. Raises RequestError where training is not installed."""
    need_torch("Training")
    return ["train", "--resume", "--out", str(files.root)]


def evaluate_command(files: RunFolder, model: Path, out: Path) -> list[str]:
    """The arguments that measure a run's model by its data, and write the figures.

    Raises TrainingError or OutputError.
    """
    source = files.read_source()
    if source.leave_out:
        _write_names(files, source.leave_out)
    arguments = ["evaluate", str(model), "--data", source.data, "--count", str(FIGURES_COUNT), "--out", str(out)]
    arguments += ["--leave-out", str(files.leave_out_path)] * bool(source.leave_out)
    return arguments + ["--keep-background"] * source.keep_background


def unfinished_runs() -> list[RunFolder]:
    """The runs that can be resumed, the newest first."""
    runs = [RunFolder(path.parent) for path in user_runs_folder().glob("*/config.json")]
    return sorted(filter(is_unfinished, runs), key=lambda run: run.config_path.stat().st_mtime, reverse=True)


def finished_runs() -> list[RunFolder]:
    """The runs that came to their end while nobody watched, whose models are not in the library yet."""
    runs = [RunFolder(path.parent) for path in user_runs_folder().glob("*/config.json")]
    return [files for files in runs if not is_unfinished(files) and is_trained(files) is False]


def is_trained(files: RunFolder) -> bool | None:
    """Whether a process trains a run now; None where its lock cannot be opened to tell: such a run is left alone."""
    try:
        return files.is_alive()
    except OutputError:
        return None


def free_name(name: str, runs: Sequence[RunFolder] = ()) -> str:
    """The name, or with a number where there is such a model already, or one of these runs is called so."""
    taken = {entry.name.lower() for entry in list_models(None)} | {files.root.name.lower() for files in runs}
    numbered = (f"{name} {number}" for number in range(2, len(taken) + 3))
    return next(candidate for candidate in (name, *numbered) if candidate.lower() not in taken)


def is_unfinished(files: RunFolder) -> bool:
    """Whether there is a run that has not come to its end."""
    status = files.read_status()
    return files.config_path.exists() and (status is None or status.phase not in OVER)


def model_of(files: RunFolder) -> Path | None:
    """The best model of a run so far; None before the first."""
    return next((path for path in (files.best_path, files.snapshot_path) if path.exists()), None)


def put_best_into_library(files: RunFolder) -> ModelEntry:
    """Copy a run's best model so far into the library, named by its step, unless it is there already.

    Raises RequestError or OutputError.
    """
    status = files.read_status()
    name = f"{files.root.name} step {(status.best_step or status.step) if status else 0}"
    there = next((entry for entry in list_models() if entry.name == name), None)
    return there or put_into_library(files, name)


def put_into_library(files: RunFolder, name: str) -> ModelEntry:
    """Copy a run's best model into the library. Raises RequestError or OutputError."""
    model = model_of(files)
    if model is None:
        raise RequestError(f"{files.root.name} has no model yet: wait for the first figures.")
    grids = list(files.sample_grids().values())
    return add_model(model, name, grids[-1] if grids else None)


def tidy_up(files: RunFolder) -> None:
    """Remove what only an unfinished run needs; figures and pictures stay until a new run takes the name."""
    for path in (files.config_path, files.state_path, files.snapshot_path, files.best_path):
        with suppress(OSError):  # it is only room on the disk
            path.unlink(missing_ok=True)


def complaint(files: RunFolder) -> PixelForgeError | None:
    """Why a run's process, or the one that measured its model, says that it gave up; None where it does not."""
    try:
        lines = read_at_most(files.log_path, MAX_LOG, TrainingError).decode(errors="replace").splitlines()
    except TrainingError:
        return None
    last = next((line for line in reversed(lines) if line.startswith(COMPLAINT)), None)
    return None if last is None else PixelForgeError.from_line(last.removeprefix(COMPLAINT))


def _write_names(files: RunFolder, names: Sequence[str]) -> None:
    # Imported here, as it brings all that reads sprites, and the window stands sooner without.
    from training.data.leaving import write_names

    write_names(files.leave_out_path, names)
