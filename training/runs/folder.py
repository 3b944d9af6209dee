"""A run's folder, as whoever watches the run sees it: figures, sample grids, how far it is, and what is wished of it.

Without torch, so that the window can read it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
from filelock import FileLock, Timeout

from pixelforge.errors import OutputError, TrainingError
from pixelforge.files import parse_json, reason, replacing

Phase = Literal["preparing", "training", "paused", "halted", "ended", "turned", "finished"]
"""`halted` can be resumed; `ended` was ended by the user, `turned` because the held-out loss rose: both are over."""

OVER: tuple[Phase, ...] = ("ended", "turned", "finished")

Wish = Literal["pause", "halt", "end"]

SAMPLE_SCALE = 4  # screen pixels a pixel in the pictures of samples

LOOKING = 1.0  # seconds within which somebody who only looks whether a run is alive has let it go again


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
class RunStatus:
    """How far a run is: status.json."""

    phase: Phase
    step: int = 0
    total: int = 0
    best_step: int = 0  # of the least held-out loss; 0 before the first
    images_per_second: float | None = None
    seconds_left: float | None = None
    about: str = ""  # sprites and classes, in a line


@dataclass(frozen=True, kw_only=True)
class RunSource:
    """What a run learns from, out of its config.json."""

    data: str
    keep_background: bool = False


class RunFiles:
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
        self.log_path = root / "log.txt"  # of a run that nobody reads at a terminal
        self._wish_path = root / "wish"
        self._lock_path = root / "lock"

    def read_source(self) -> RunSource:
        """What the run learns from. Raises TrainingError."""
        try:
            return msgspec.json.decode(self.config_path.read_bytes(), type=RunSource)
        except (OSError, ValueError) as error:
            raise TrainingError(f"{self.config_path} cannot be read: {error}.") from error

    def read_stats(self) -> list[StatsRow]:
        """The whole lines of stats.jsonl; a last line cut off by a power cut is passed over. Raises TrainingError."""
        try:
            lines = self.stats_path.read_bytes().split(b"\n")[:-1]
            return [parse_json(line, StatsRow) for line in lines]
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
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

    def read_status(self) -> RunStatus | None:
        """How far the run is; None where it has not told, or where that cannot be read."""
        try:
            return parse_json(self.status_path.read_bytes(), RunStatus)
        except (OSError, ValueError):
            return None

    def write_status(self, status: RunStatus) -> None:
        """Tell how far the run is. Raises OutputError."""
        with replacing(self.status_path, durable=False) as part:
            part.write_bytes(msgspec.json.encode(status))

    def wish(self) -> Wish | None:
        """What is wished of the run; None: that it goes on."""
        try:
            wish: Wish = msgspec.convert(self._wish_path.read_text(), type=Wish)
            return wish
        except (OSError, ValueError):
            return None

    def set_wish(self, wish: Wish | None) -> None:
        """Wish something of the run; it is heeded after the step at hand. Raises OutputError."""
        if wish is None:
            self._wish_path.unlink(missing_ok=True)
            return
        with replacing(self._wish_path, durable=False) as part:
            part.write_text(wish)

    @contextmanager
    def locked(self, patience: float = LOOKING) -> Iterator[None]:
        """Have the run to oneself; the system lets it go when the process dies. Raises TrainingError or OutputError.

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

    def check_is_its_own(self) -> None:
        """Raises TrainingError if a run that is to be begun here would mix its files with somebody's."""
        before = {path.name for path in (self.status_path, self.log_path, self._wish_path, self._lock_path)}
        with suppress(OSError):  # not there yet, or `locked` says what is wrong with it
            others = sorted(path.name for path in self.root.iterdir() if not path.name.startswith("."))
            if seen := [name for name in others if name not in before]:
                raise TrainingError(
                    f"{self.root} holds other files ({seen[0]}), and a run wants a folder of its own: "
                    "choose another --out."
                )

    def remove_if_not_begun(self) -> None:
        """Leave nothing of a run that could not be begun, but what it said."""
        if not self.config_path.exists():
            with suppress(OSError):  # the log is there, or it was somebody's folder before
                self.status_path.unlink(missing_ok=True)
                self._lock_path.unlink(missing_ok=True)
                self.root.rmdir()

    def is_alive(self) -> bool:
        """Whether a process is training it now."""
        if not self._lock_path.exists():
            return False
        try:
            with self.locked(patience=0):
                return False
        except TrainingError:
            return True
