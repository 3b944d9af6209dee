"""What takes a while without torch: files are written on a thread of their own, one piece of work after another."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal

from pixelforge.errors import PixelForgeError
from pixelforge.gui.shared.remedies import worded
from pixelforge.gui.shared.throttle import Throttle

REPORT_INTERVAL = 1 / 10  # seconds between two counts: more can nobody read
PATIENCE = 300  # milliseconds; what is done sooner needs no line about it

Parts = tuple[Any, ...]
Work = Callable[[], Iterable[Any]]
"""A call of a service, and what it yields as it goes on: frozen parts, such as files that are written."""


class Task(QObject):
    """A piece of work that was begun. Its signals come in the thread of the window."""

    progressed = Signal(int)  # parts that are done
    done = Signal(object)  # Parts
    failed = Signal(str, object)  # the line for the user, and the Parts that were done before

    def __init__(self, text: str, total: int, parent: QObject) -> None:
        super().__init__(parent)
        self.text = text
        self.total = total  # parts; 1 where the work cannot be counted
        self.count = 0  # parts that are done
        self.shown = False  # whether whoever is told of a failure has shown it

    def words(self) -> str:
        """What is being done, and how far it is."""
        return f"{self.text}: {self.count:,} of {self.total:,}" if self.total > 1 else f"{self.text}…"


@dataclass(frozen=True)
class _Report:
    number: int  # of the task, which itself stays in the window's thread
    parts: Parts | int  # how many, while it goes on
    error: str = ""


class Background(QObject):
    """Does one piece of work after another, and tells what is being done.

    describe_bug: turns an error that nobody expected into the line for the user.
    """

    changed = Signal()  # what is being done, and how far it is
    failed = Signal(str)  # the line for the user about a failure that nobody else has shown
    idle = Signal(bool)  # everything is done that was asked for; whether all of it went well

    def __init__(self, describe_bug: Callable[[BaseException], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: dict[int, Task] = {}  # in their order; the first is being done
        self._submitted = 0
        self._shown = False
        self._well = True  # whether nothing failed since it was idle
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE)
        self._patience.timeout.connect(self._show)
        self._thread = _Thread(describe_bug, self)
        self._thread.reported.connect(self._take_reports, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether something is being done, or waits."""
        return bool(self._tasks)

    @property
    def words(self) -> str:
        """What is being done; empty where that is nothing, or not for long yet."""
        return next(iter(self._tasks.values())).words() if self._shown and self._tasks else ""

    def run(self, text: str, work: Work, total: int = 1) -> Task:
        """Have work done, after what was asked for before. text: what it is; total: how many parts it yields."""
        self._submitted += 1
        task = self._tasks[self._submitted] = Task(text, total, self)
        if not self._shown:
            self._patience.start()
        self._thread.submit(self._submitted, work)
        return task

    def finish(self, timeout: float) -> bool:
        """Wait until everything is done, at most `timeout` seconds; whether it is."""
        self._thread.wait_until_idle(timeout)
        self._take_reports()
        return not self.busy

    def close(self) -> None:
        """End. The part that is being done is waited for, however long it takes; what comes after it is given up."""
        self._thread.close()
        self._take_reports()
        self._patience.stop()

    def _show(self) -> None:
        self._shown = True
        self.changed.emit()

    def _take_reports(self) -> None:
        for report in self._thread.reports():
            task = self._tasks[report.number]
            if isinstance(report.parts, int):
                task.count = report.parts
                task.progressed.emit(report.parts)
                self.changed.emit()
            else:
                self._end(report.number, report.parts, report.error)

    def _end(self, number: int, parts: Parts, error: str) -> None:
        task = self._tasks.pop(number)
        if not self._tasks:
            self._patience.stop()
            self._shown = False
        self._well = self._well and not error
        if error:
            task.failed.emit(error, parts)
            if not task.shown:  # the dialog that asked for it may be closed by now
                self.failed.emit(error)
        else:
            task.done.emit(parts)
        task.deleteLater()
        self.changed.emit()
        if not self._tasks:
            well, self._well = self._well, True
            self.idle.emit(well)


class _Thread(QThread):
    """Runs the work. Every method may be called from any thread; it starts with the first work that there is."""

    reported = Signal()  # there are reports to be taken

    def __init__(self, describe_bug: Callable[[BaseException], str], parent: QObject) -> None:
        super().__init__(parent)
        self._describe_bug = describe_bug
        self._changed = threading.Condition()
        self._waiting: deque[tuple[int, Work]] = deque()
        self._working = False
        self._closing = False
        self._reports: deque[_Report] = deque()

    def submit(self, number: int, work: Work) -> None:
        """Do this after what was submitted before."""
        with self._changed:
            self._waiting.append((number, work))
            self._changed.notify_all()
        if not self.isRunning():
            self.start()

    def reports(self) -> Iterable[_Report]:
        """Each report once, in their order."""
        while self._reports:
            yield self._reports.popleft()

    def wait_until_idle(self, timeout: float) -> None:
        """Return when nothing waits or is being done, or after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._working, timeout)

    def close(self) -> None:
        """Give up what waits, and return when the part that is being done is done."""
        with self._changed:
            self._closing = True
            self._waiting.clear()
            self._changed.notify_all()
        self.wait()

    def run(self) -> None:
        """The thread itself; `start()` begins it."""
        while (next_ := self._next()) is not None:
            self._work(*next_)

    def _next(self) -> tuple[int, Work] | None:
        with self._changed:
            self._working = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._waiting or self._closing)
            if self._closing:
                return None
            self._working = True
            return self._waiting.popleft()

    def _work(self, number: int, work: Work) -> None:
        parts: list[Any] = []
        throttle = Throttle(REPORT_INTERVAL, time.monotonic)
        try:
            for part in work():
                parts.append(part)
                if self._closing:
                    return
                if throttle.ready():
                    self._report(_Report(number, len(parts)))
        except PixelForgeError as error:
            self._report(_Report(number, tuple(parts), worded(error)))
        except Exception as error:  # noqa: BLE001 - whatever it was, the thread lives on and the user reads of it
            self._report(_Report(number, tuple(parts), self._describe_bug(error)))
        else:
            self._report(_Report(number, tuple(parts)))

    def _report(self, report: _Report) -> None:
        self._reports.append(report)
        self.reported.emit()
