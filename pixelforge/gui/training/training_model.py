"""The training that the window watches, observable. The training itself is a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from pixelforge.errors import OutputError, PixelForgeError
from pixelforge.files import reason
from pixelforge.gui.shared.child import start_detached
from pixelforge.gui.shared.library import Library
from pixelforge.gui.shared.messages import MessageAction, Messages
from pixelforge.gui.shared.remedies import worded
from pixelforge.gui.training.verdict import Seen, Standing, Verdict, judge
from pixelforge.services import training_runs
from pixelforge.services.model_library import ModelEntry, figures_of
from pixelforge.services.training_runs import NewRun
from training.runs.folder import Command, RunFolder, RunProgress, RunSource, StatsRow

POLL = 500  # milliseconds between looks at the run's folder

Launch = Callable[[Sequence[str], Path], None]


@dataclass(frozen=True)
class Watched:
    """A run as it stands."""

    name: str
    status: RunProgress
    running: bool
    stats: tuple[StatsRow, ...] = ()
    grids: dict[int, Path] = field(default_factory=dict)  # pictures of samples by step
    own: Path | None = None  # the picture of sprites that it learns from, laid out as those are
    model: ModelEntry | None = None  # in the library, once the run is over
    source: RunSource | None = None  # what that learnt from
    measuring: bool = False  # whether that model is being measured
    note: str = ""  # why the run ended, or what came of it so far
    trouble: str = ""  # why the last look could not tell whether it is running

    @property
    def can_be_made_fast(self) -> bool:
        """Whether the model of the run can be given a student."""
        if self.model is None or self.source is None or self.running or self.measuring:
            return False
        return training_runs.can_be_made_fast(self.model)


class TrainingModel(QObject):
    """Begins, steers and watches one run at a time. launch: begins a command that outlives the window."""

    changed = Signal()

    def __init__(
        self,
        library: Library,
        messages: Messages,
        launch: Launch = start_detached,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._messages = messages
        self._launch = launch
        self._files: RunFolder | None = None
        self._watched: Watched | None = None
        self._taken = False  # whether the process has been seen to have the run
        self._launched_at = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(POLL)
        self._timer.timeout.connect(self.look)

    @property
    def watched(self) -> Watched | None:
        """The run that is watched, or was last."""
        return self._watched

    @property
    def running(self) -> bool:
        """Whether a run is going on, or paused."""
        return self._watched is not None and self._watched.running

    def begin(self, new: NewRun) -> None:
        """Begin a run. Raises a PixelForgeError."""
        files, arguments = training_runs.begin_command(new)
        training_runs.prepare(files, new.leave_out)
        self._start(files, arguments)

    def make_fast(self) -> None:
        """Begin a run that gives the model of the one that is over a student, under another name."""
        if self._watched is None or self._watched.model is None or self._watched.source is None:
            return
        try:
            files, arguments = training_runs.fast_command(self._watched.model, self._watched.source)
            training_runs.prepare(files, ())
            self._start(files, arguments)
        except PixelForgeError as error:
            self._messages.complain(worded(error))

    def resume(self, files: RunFolder) -> None:
        """Resume a run. Raises a PixelForgeError."""
        if files.is_alive():
            self._watch(files)
        else:
            self._start(files, training_runs.resume_command(files))

    def find(self) -> None:
        """Look for runs of before: watch one that is going on, take in those that came to their end, tell of others."""
        trained = [(files, training_runs.is_trained(files)) for files in training_runs.unfinished_runs()]
        alive = next((files for files, now in trained if now), None)
        waiting = [files for files, now in trained if now is False]
        if alive is not None:
            self._watch(alive)
            self._messages.inform(f"The training of {alive.root.name} goes on: Train > New training… shows it.")
        elif waiting:
            self._messages.inform(
                f"The training of {waiting[0].root.name} is not finished: Train > New training… resumes it."
            )
        for files in training_runs.finished_runs():
            self._take_in(files)

    def pause(self) -> None:
        """Have the run pause after its step; nothing is lost."""
        self._send("pause")

    def unpause(self) -> None:
        """Continue after a pause."""
        self._send(None)

    def end(self) -> None:
        """Have the run end for good; its best model is kept."""
        self._send("end")

    def halt(self) -> None:
        """Have the run stop, to be resumed another time."""
        self._send("halt")

    def use_now(self) -> None:
        """Put the best model so far into the library and choose it, while the run goes on."""
        if self._watched is None or self._files is None:
            return
        try:
            entry = self._watched.model or training_runs.put_best_into_library(self._files)
        except PixelForgeError as error:
            self._messages.complain(str(error))
            return
        self._library.add(entry)
        self._library.choose(entry)
        self._messages.inform(f"{entry.name} makes the sprites now.")
        self._watched = replace(self._watched, note=f"{entry.name} makes the sprites in the main window now.")
        self.changed.emit()

    def close(self) -> None:
        """Watch no longer; the run is not touched, nor is the measuring of a model."""
        self._timer.stop()

    def look(self) -> None:
        """Look at the run's folder."""
        files, watched = self._files, self._watched
        if files is None or watched is None:
            return
        if watched.measuring:
            self._look_at_figures(files)
            return
        seen, status = self._see(files, watched)
        self._taken = seen.taken or seen.alive is True
        verdict = judge(seen)
        if verdict.standing is Standing.UNSURE:
            self._watched = replace(watched, trouble=verdict.note)
        else:
            self._watched = replace(
                watched,
                status=status,
                running=verdict.running,
                stats=_stats(files, watched),
                grids=files.sample_grids(),
                own=files.own_path if files.own_path.exists() else None,
                trouble="",
                note=verdict.note or watched.note,
            )
        if not verdict.running:
            self._on_end(files, verdict)
        self.changed.emit()

    def _see(self, files: RunFolder, watched: Watched) -> tuple[Seen, RunProgress]:
        """The lock first: what a process wrote before it let go of that is its last word."""
        alive: bool | None = None
        trouble = ""
        try:
            alive = files.is_alive()
        except PixelForgeError as error:
            trouble = str(error)
        status = files.read_status() or watched.status
        seen = Seen(
            alive=alive,
            taken=self._taken,
            phase=status.phase,
            waited=time.monotonic() - self._launched_at,
            complaint=_complaint(files),
            trouble=trouble,
            resumable=training_runs.is_unfinished(files),
        )
        return seen, status

    def _start(self, files: RunFolder, arguments: Sequence[str]) -> None:
        try:
            files.root.mkdir(parents=True, exist_ok=True)
            files.log_path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"The folder {files.root} cannot be written: {reason(error)}.") from error
        self._messages.dismiss()
        files.send(None)
        files.write_status(replace(files.read_status() or RunProgress(phase="preparing"), phase="preparing"))
        self._launch(arguments, files.log_path)
        self._watch(files)

    def _watch(self, files: RunFolder) -> None:
        self._files, self._taken, self._launched_at = files, False, time.monotonic()
        status = files.read_status() or RunProgress(phase="preparing")
        self._watched = Watched(files.root.name, status, running=True)
        self._timer.start()
        self.look()

    def _send(self, command: Command | None) -> None:
        if self._files is not None and self.running:
            try:
                self._files.send(command)
            except PixelForgeError as error:
                self._messages.complain(str(error))

    def _on_end(self, files: RunFolder, verdict: Verdict) -> None:
        self._timer.stop()
        if verdict.standing is Standing.OVER:
            self._take_in(files)
        elif verdict.standing is Standing.FAILED:
            self._messages.complain(f"The training of {files.root.name} has ended early: {verdict.note}")

    def _take_in(self, files: RunFolder) -> None:
        """Put the model of a run that is over into the library, and have it measured."""
        if not files.config_path.exists():
            return  # another window of the app watched as well, and was faster
        try:
            entry = training_runs.put_into_library(files, training_runs.free_name(files.root.name))
            measure = training_runs.evaluate_command(files, entry.path, figures_of(entry))
            source = files.read_source()
        except PixelForgeError as error:
            self._messages.complain(str(error))
            return
        training_runs.tidy_up(files)
        self._library.add(entry)
        self._messages.inform(
            f"The model {entry.name} is ready.",
            MessageAction("Use it", lambda: self._library.choose(entry)),
            stays=True,
        )
        if self._watched is not None and files is self._files:
            self._watched = replace(self._watched, model=entry, source=source, measuring=True)
            self._timer.start()
        try:
            self._launch(measure, files.log_path)
        except PixelForgeError as error:
            self._messages.warn(str(error))

    def _look_at_figures(self, files: RunFolder) -> None:
        """Whether the model of the run that is watched has been measured by now."""
        assert self._watched is not None
        assert self._watched.model is not None
        problem = _complaint(files)
        if problem or figures_of(self._watched.model).exists():
            note = f"The model could not be measured: {problem}" if problem else ""
            self._watched = replace(self._watched, measuring=False, note=note)
            self._timer.stop()
            self.changed.emit()


def _stats(files: RunFolder, watched: Watched) -> tuple[StatsRow, ...]:
    """The figures so far; those of the last look while they are being written anew."""
    try:
        return tuple(files.read_stats())
    except PixelForgeError:
        return watched.stats


def _complaint(files: RunFolder) -> str:
    """What the process of a run says went wrong, in the window's words; empty where it says nothing."""
    error = training_runs.complaint(files)
    return "" if error is None else worded(error)
