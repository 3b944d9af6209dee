"""The thread that makes sprites. Beside it only shared/background.py knows of threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from pixelforge.errors import PixelForgeError
from pixelforge.files import reason
from pixelforge.gui.generating.jobs import Completed, Failed, Imported, Job, Loaded, Measured, Report
from pixelforge.gui.shared.throttle import Throttle
from pixelforge.services.model_library import import_model
from pixelforge.services.requests import Finished, GenerationEvent, GenerationRequest, Progress

if TYPE_CHECKING:
    from pixelforge.core.pipeline import Model

REPORT_INTERVAL = 1 / 30  # seconds between previews: more than the eye sees only costs the sampler time
MOST_MEASURED = 0.5  # seconds; what takes longer is slow, however long
CLOSE_TIMEOUT = 0.9  # seconds; closing the window takes less than one


@dataclass(frozen=True)
class _Task:
    """A job and its own way to be stopped, so that stopping one can never hit the next."""

    job: Job
    stopped: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class _Cached:
    """The model in memory and the state of the file that it came from."""

    path: Path
    stamp: tuple[int, int]
    model: Model
    loaded: Loaded


class Worker(QThread):
    """Runs one job at a time, the latest that was submitted, and reports by signal.

    Every method may be called from any thread. describe_bug: turns an error that nobody expected into the line for the
    user. Between two reports of the same kind lie `interval` seconds; what is finished is always reported.
    """

    reported = Signal(object)  # Report

    def __init__(
        self,
        describe_bug: Callable[[BaseException], str],
        interval: float = REPORT_INTERVAL,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._describe_bug = describe_bug
        self._interval = interval
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: _Task | None = None
        self._current: _Task | None = None
        self._closing = False
        self._cached: _Cached | None = None  # touched by the thread alone

    def submit(self, job: Job) -> None:
        """Do this job now; what is running or waiting is given up."""
        with self._changed:
            self._give_up()
            self._waiting = _Task(job)
            self._changed.notify()

    def stop(self) -> None:
        """Give up what is running or waiting; the sampler ends after the step that it is in."""
        with self._changed:
            self._give_up()

    def close(self, timeout: float = CLOSE_TIMEOUT) -> bool:
        """Give everything up and wait for the thread. False if it has not ended after `timeout` seconds."""
        with self._changed:
            self._closing = True
            self._give_up()
            self._changed.notify()
        return self.wait(int(timeout * 1000))

    def run(self) -> None:
        """The thread itself; `start()` begins it."""
        while (task := self._next()) is not None:
            try:
                self._work(task)
            except PixelForgeError as error:
                self._report(task, Failed(str(error)))
            except Exception as error:  # noqa: BLE001 - whatever it was, the thread lives on and the user is told
                self._report(task, Failed(self._describe_bug(error)))

    def _give_up(self) -> None:
        self._waiting = None
        if self._current is not None:
            self._current.stopped.set()

    def _next(self) -> _Task | None:
        """The next task, waited for; None when it is time to end."""
        with self._changed:
            self._current = None
            while self._waiting is None and not self._closing:
                self._changed.wait()
            if self._closing:
                return None
            self._current, self._waiting = self._waiting, None
            return self._current

    def _work(self, task: _Task) -> None:
        if task.job.imports:
            self._report(task, Imported(import_model(task.job.model_path)))
            return
        cached = self._load(task.job.model_path)
        self._report(task, cached.loaded)
        if task.job.request is not None and task.job.measures:
            self._measure(task, cached.model, task.job.request)
        elif task.job.request is not None and not task.stopped.is_set():
            self._generate(task, cached.model, task.job.request)

    def _generate(self, task: _Task, model: Model, request: GenerationRequest) -> None:
        previews, steps = (Throttle(self._interval, self._clock) for _ in range(2))
        for event in _events(task.job, model, request):
            if task.stopped.is_set():
                return
            if (thinned := _thin(event, previews, steps)) is not None:
                self._report(task, thinned)
        self._report(task, Completed())

    def _measure(self, task: _Task, model: Model, request: GenerationRequest) -> None:
        """Twice: the first warms up."""
        seconds = 0.0
        for _ in range(2):
            began = self._clock()
            for _ in _events(task.job, model, request):
                seconds = self._clock() - began
                if task.stopped.is_set():
                    return
                if seconds > MOST_MEASURED:
                    break
        self._report(task, Measured(seconds))

    def _load(self, path: Path) -> _Cached:
        # Imported here, and so in this thread: it brings the engine, and the window does not wait for that.
        from pixelforge.core.header import file_sha256
        from pixelforge.errors import CheckpointError
        from pixelforge.services.generation import load_model

        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            if self._cached is None or (self._cached.path, self._cached.stamp) != (path, stamp):
                self._cached = None  # the old model makes room before the new one comes
                model = load_model(path)
                backend = model.quickest
                loaded = Loaded(device=backend.device, engine=backend.name, sha256=file_sha256(path))
                self._cached = _Cached(path, stamp, model, loaded)
        except OSError as error:
            raise CheckpointError(f"{path} cannot be read: {reason(error)}.") from error
        return self._cached

    def _report(self, task: _Task, event: Loaded | Imported | Measured | GenerationEvent | Completed | Failed) -> None:
        if isinstance(event, Finished):
            event.sprites.setflags(write=False)
        elif isinstance(event, Progress):
            for shown in (event.preview, event.noisy):
                if shown is not None:
                    shown.setflags(write=False)
        self.reported.emit(Report(task.job.run, event))


def _events(job: Job, model: Model, request: GenerationRequest) -> Iterator[GenerationEvent]:
    from pixelforge.services.generation import MICRO_BATCH, generate

    return generate(model, request, job.at_once or MICRO_BATCH)


def _thin(event: GenerationEvent, previews: Throttle, steps: Throttle) -> GenerationEvent | None:
    """What of an event is due for the window; None for a step that comes too soon after the last."""
    if not isinstance(event, Progress):
        return event
    if event.preview is not None and previews.ready():
        return event
    return replace(event, preview=None, noisy=None) if steps.ready() else None
