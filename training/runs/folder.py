"""A run's folder, as whoever watches the run sees it: figures, sample grids, how far it is, and commands to it.

Without torch, so that the window can read it.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
from filelock import FileLock, Timeout

from pixelforge.errors import OutputError, Remedy, TrainingError
from pixelforge.files import is_there, parse_json, read_at_most, reason, replacing

RunPhase = Literal["preparing", "training", "paused", "halted", "ended", "turned", "finished"]
"""`halted` can be resumed; `ended` was ended by the user, `turned` because the held-out loss rose: both are over."""

OVER: tuple[RunPhase, ...] = ("ended", "turned", "finished")

Command = Literal["pause", "halt", "end"]
"""`halt` can be resumed later; `end` is for good."""

MODEL_ENDING = ".safetensors"
SAMPLE_SCALE = 4  # screen pixels a pixel in the pictures of samples

MAX_CONFIG = 64 * 2**20  # bytes
MAX_STATS = 64 * 2**20  # bytes: 400,000 lines, of which a run has some dozens to some thousands
MAX_SMALL = 2**20  # bytes of the files that are looked at all the time

LOOKING = 1.0  # seconds within which somebody who only looked whether a run is alive has let its lock go


@dataclass(frozen=True, kw_only=True)
class StatsRow:
    """A line of stats.jsonl; a figure that was not taken at that step is null."""

    step: int
    loss: float  # of training, the mean since the row before
    heldout_loss: float | None
    images_per_second: float
    learning_rate: float
    seconds: float  # of training so far


@dataclass(frozen=True, kw_only=True)
class RunProgress:
    """How far a run is: status.json."""

    phase: RunPhase
    step: int = 0
    total: int = 0  # steps; 0 where they are not known, as the clock ends the run
    fraction: float | None = None  # of the run that it has had, 0 to 1; None where only the steps tell it
    best_step: int = 0  # of the least held-out loss; 0 before the first
    images_per_second: float | None = None
    seconds_left: float | None = None
    about: str = ""  # sprites and classes, in a line
    classes: tuple[str, ...] = ()  # whose samples are drawn, a row each

    @property
    def share(self) -> float:
        """The part of the run that is done, 0 to 1; 0 where nothing is known."""
        known = self.fraction if self.fraction is not None else self.step / self.total if self.total else 0.0
        return min(1.0, max(0.0, known))


@dataclass(frozen=True, kw_only=True)
class RunSource:
    """What a run learns from, out of its config.json."""

    data: str
    keep_background: bool = False
    leave_out: tuple[str, ...] = ()  # names of sprites in the data that it does not learn from


class RunFolder:
    """The files of one run under `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config_path = root / "config.json"
        self.stats_path = root / "stats.jsonl"
        self.status_path = root / "status.json"
        self.state_path = root / "state.pt"
        self.snapshot_path = root / "snapshot.safetensors"
        self.best_path = root / "best.safetensors"
        self.samples_folder = root / "samples"
        self.own_path = self.samples_folder / "own.png"  # sprites that it learns from, laid out as the samples are
        self.log_path = root / "log.txt"  # of a run that nobody reads at a terminal
        self.leave_out_path = root / "leave-out.txt"  # what whoever begins the run wants left out
        self._command_path = root / "wish"  # its name since version 0.1
        self._lock_path = root / "lock"

    def read_source(self) -> RunSource:
        """What the run learns from. Raises TrainingError."""
        try:
            return parse_json(read_at_most(self.config_path, MAX_CONFIG, TrainingError), RunSource)
        except ValueError as error:
            raise TrainingError(f"{self.config_path} cannot be read: {error}.") from error

    def read_stats(self) -> list[StatsRow]:
        """The whole lines of stats.jsonl; a last line cut off by a power cut is passed over. Raises TrainingError."""
        if not is_there(self.stats_path):
            return []
        try:
            lines = io.BytesIO(read_at_most(self.stats_path, MAX_STATS, TrainingError))
            return [parse_json(line, StatsRow) for line in lines if line.endswith(b"\n")]
        except ValueError as error:
            raise TrainingError(f"{self.stats_path} cannot be read: {error}.") from error

    def append_stats(self, row: StatsRow) -> None:
        """Add a line to stats.jsonl, on the disk when this returns. Raises OutputError."""
        try:
            with self.stats_path.open("ab") as file:
                file.write(msgspec.json.encode(row) + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(f"{self.stats_path} cannot be written: {reason(error)}.") from error

    def trim_stats(self, step: int) -> None:
        """Drop the lines after `step`: those of work that was not saved and is done again."""
        kept = [row for row in self.read_stats() if row.step <= step]
        with replacing(self.stats_path) as part:
            part.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in kept))

    def sample_grids(self) -> dict[int, Path]:
        """The pictures of samples by their steps, in order."""
        found = {int(path.stem): path for path in self.samples_folder.glob("*.png") if path.stem.isdigit()}
        return dict(sorted(found.items()))

    def read_status(self) -> RunProgress | None:
        """How far the run is; None where it has not told, or where that cannot be read."""
        try:
            return parse_json(read_at_most(self.status_path, MAX_SMALL, TrainingError), RunProgress)
        except (TrainingError, ValueError):
            return None

    def write_status(self, status: RunProgress) -> None:
        """Tell how far the run is. Raises OutputError."""
        with replacing(self.status_path, durable=False) as part:
            part.write_bytes(msgspec.json.encode(status))

    def command(self) -> Command | None:
        """What the run is told to do; None: to continue."""
        try:
            told = read_at_most(self._command_path, MAX_SMALL, TrainingError).decode()
            command: Command = msgspec.convert(told, type=Command)
            return command
        except (TrainingError, ValueError):
            return None

    def send(self, command: Command | None) -> None:
        """Tell the run to do something after the step at hand, or to continue. Raises OutputError."""
        if command is None:
            try:
                self._command_path.unlink(missing_ok=True)
            except OSError as error:
                raise OutputError(f"{self._command_path} cannot be removed: {reason(error)}.") from error
            return
        with replacing(self._command_path, durable=False) as part:
            part.write_text(command)

    @contextmanager
    def locked(self, patience: float = LOOKING) -> Iterator[None]:
        """Lock the run; the system unlocks it when the process dies. Raises TrainingError or OutputError.

        patience: seconds to wait for another who has it.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._lock_path, timeout=patience)
            lock.acquire()
        except Timeout as error:
            raise TrainingError(f"The run in {self.root} is being trained by another process.") from error
        except OSError as error:
            raise OutputError(f"The folder {self.root} cannot be written: {reason(error)}.") from error
        try:
            yield
        finally:
            lock.release()

    def check_own(self) -> None:
        """Raises TrainingError for what is no file of the run's own: a link leads what it writes elsewhere.

        A run's folder may be a stranger's.
        """
        models = (self.snapshot_path, self.best_path)
        told = (self.config_path, self.stats_path, self.status_path, self.log_path)
        asked = (self._command_path, self.leave_out_path)
        for path in (*told, *asked, *models, self.state_path, self._lock_path, self.samples_folder):
            try:
                mode = path.lstat().st_mode
            except OSError:  # not there, or whoever opens it says what is wrong with it
                continue
            if not (stat.S_ISDIR(mode) if path == self.samples_folder else stat.S_ISREG(mode)):
                raise TrainingError(f"{path} is a link or no file at all: a run keeps what it writes in its folder.")

    def check_new(self) -> None:
        """Raises TrainingError if there is a run already."""
        if self.config_path.exists():
            raise TrainingError(f"{self.root} holds a run already.", Remedy.RESUME, Remedy.OTHER_RUN)

    def check_free(self) -> None:
        """Raises TrainingError if a run that is to be begun here would mix its files with a run's, or somebody's.

        Nor may it be named as a model file, which nobody would look for in a folder.
        """
        self.check_new()
        if self.root.suffix == MODEL_ENDING:
            told = f"{self.root} is to be the folder of a run, in which its model will be: leave out {MODEL_ENDING}."
            raise TrainingError(told, Remedy.OTHER_RUN)
        asked = (self.log_path, self._command_path, self.leave_out_path)
        own = {path.name for path in (self.status_path, self._lock_path, *asked)}
        with suppress(OSError):  # not there yet, or `locked` says what is wrong with it
            others = sorted(path.name for path in self.root.iterdir() if not path.name.startswith("."))
            if seen := [name for name in others if name not in own]:
                raise TrainingError(
                    f"{self.root} holds other files ({seen[0]}), and a run wants a folder of its own.", Remedy.OTHER_RUN
                )

    def remove_if_not_begun(self) -> None:
        """Leave nothing of a run that could not be begun, but what it said."""
        if not self.config_path.exists():
            with suppress(OSError):  # the log is there, or it was somebody's folder before
                self.status_path.unlink(missing_ok=True)
                self._lock_path.unlink(missing_ok=True)
                self.root.rmdir()

    def is_alive(self) -> bool:
        """Whether a process is training it now. Raises OutputError where the lock cannot be opened to tell."""
        if not self._lock_path.exists():
            return False
        try:
            with self.locked(patience=0):
                return False
        except TrainingError:
            return True
