"""Builds the application and runs it: the one place that knows how the parts are put together."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from pixelforge import __version__
from pixelforge.gui.error_log import record
from pixelforge.gui.generation_model import GenerationModel
from pixelforge.gui.main_window import AskPath, MainWindow, ask_png_path
from pixelforge.gui.states import Severity
from pixelforge.gui.worker import Worker
from pixelforge.services.model_library import ModelEntry, list_models
from pixelforge.services.paths import log_folder

ErrorHook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


@dataclass(frozen=True)
class Desktop:
    """The parts of the running application, wired."""

    model: GenerationModel
    window: MainWindow
    worker: Worker


def build(entries: Sequence[ModelEntry], ask_path: AskPath = ask_png_path) -> Desktop:
    """Window, model and worker for these models. The worker begins when the window stands on the screen."""
    model = GenerationModel(entries)
    worker = Worker(describe_bug)
    window = MainWindow(model, ask_path)
    model.job_submitted.connect(worker.submit, Qt.ConnectionType.DirectConnection)
    model.stop_requested.connect(worker.stop, Qt.ConnectionType.DirectConnection)
    worker.reported.connect(model.receive, Qt.ConnectionType.QueuedConnection)
    window.painted.connect(worker.start)
    window.painted.connect(model.load)
    window.closed.connect(worker.close)
    return Desktop(model, window, worker)


def describe_bug(error: BaseException) -> str:
    """Log an error that nobody expected; the line that tells the user."""
    return record(error, log_folder())


def error_hook(model: GenerationModel) -> ErrorHook:
    """A `sys.excepthook` that logs, tells the user where, and lets the window live on."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        model.show_message(Severity.ERROR, describe_bug(error.with_traceback(trace)))

    return hook


def run() -> int:
    """Open the window; the exit code, once it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own handler waits while Qt's loop sleeps
    app = QApplication(sys.argv[:1])
    app.setApplicationName("PixelForge")
    app.setApplicationVersion(__version__)
    desktop = build(list_models())
    sys.excepthook = error_hook(desktop.model)
    desktop.window.show()
    code = app.exec()
    if not desktop.worker.close(timeout=0):
        # It is within torch's import or one long step, which nothing can interrupt. Nothing of the user's is in it.
        os._exit(code)
    return code
