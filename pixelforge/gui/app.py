"""Builds the application and runs it: the one place that knows how the parts are put together."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon, QUndoStack
from PySide6.QtWidgets import QApplication

from pixelforge import __version__
from pixelforge.executable import restore_environment
from pixelforge.gui.generating.generation_model import GenerationModel
from pixelforge.gui.generating.worker import Worker
from pixelforge.gui.history.history_model import HistoryModel
from pixelforge.gui.shared.background import Background
from pixelforge.gui.shared.fitting import fit_in
from pixelforge.gui.shared.library import Library
from pixelforge.gui.shared.messages import Messages
from pixelforge.gui.shared.mime import remove_old_files
from pixelforge.gui.shared.system_dialogs import SystemDialogs
from pixelforge.gui.shared.theme import apply_theme
from pixelforge.gui.stage.stage_model import StageModel
from pixelforge.gui.training.training_model import TrainingModel
from pixelforge.gui.tray.sets_model import SetsModel
from pixelforge.gui.tray.tray_model import TrayModel
from pixelforge.gui.window.error_log import end_watch, record, report_crashes, watch_for_crashes
from pixelforge.gui.window.exports import Exports
from pixelforge.gui.window.keeping import Keeping
from pixelforge.gui.window.main_window import MainWindow
from pixelforge.gui.window.pending_batches import PendingBatches
from pixelforge.gui.window.session import Session
from pixelforge.gui.window.studio import Studio
from pixelforge.logs import log_to_file
from pixelforge.services.history import open_history
from pixelforge.services.model_library import ModelEntry, list_models
from pixelforge.services.palettes import bundled_palettes
from pixelforge.services.paths import drag_folder, history_file, icons_folder, log_folder, samples_file, settings_file
from pixelforge.services.pending import PendingStore
from pixelforge.services.sets import SetStore
from pixelforge.services.sprites import decode_sheet

WITHOUT_WINDOW = "Sprites can be made without one, by the command `pixelforge generate`."
UNDO_LIMIT = 100  # steps; each holds what it deleted, up to a whole history of pictures
REFRESH = 2000  # milliseconds between looks at what another window of the app put into the history

# Seconds after which a busy thread lets the window have Python, which asks for it at every paint of a widget. Beside a
# thread that counts, the export dialog was painted in 28 to 71 ms, with Python's own 0.005 in 77 to 111.
SWITCH_INTERVAL = 0.001

logger = logging.getLogger(__name__)

ErrorHook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


@dataclass(frozen=True)
class AppFolders:
    """Where the app keeps what it remembers; made when first written."""

    settings: Path  # file
    history: Path  # file
    drags: Path  # folder of the files that are dragged out of the window


@dataclass(frozen=True)
class Desktop:
    """The parts of the running application, wired."""

    studio: Studio
    training: TrainingModel
    session: Session
    window: MainWindow
    worker: Worker
    background: Background


def build(entries: Sequence[ModelEntry], places: AppFolders, system: SystemDialogs | None = None) -> Desktop:
    """Window, models and worker. The worker begins when the window stands on the screen."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    messages = Messages()
    session = Session(places.settings, messages)
    history, notice = open_history(places.history, session.settings.history_cap)
    if notice:
        messages.warn(f"{messages.current.text} {notice}" if messages.current else notice)
    undo = QUndoStack()
    undo.setUndoLimit(UNDO_LIMIT)
    library = Library(entries, messages)
    generation = GenerationModel(library, messages)
    store = SetStore(history.database)
    tray = TrayModel(SetsModel(store, undo), places.drags)
    history_model = HistoryModel(history, places.drags)
    background = Background(describe_bug)
    studio = Studio(generation, StageModel(), history_model, tray, messages, undo, background)
    session.restore(generation, tray)
    Keeping(studio, store, studio).restore()
    pending = PendingStore(history.database, places.history.with_suffix(".queue.lock"))
    PendingBatches(generation, pending, messages, studio).restore()
    remove_old_files(places.drags, time.time())
    worker = Worker(describe_bug)
    training = TrainingModel(library, messages)
    exports = Exports(tray, background, session, messages)
    window = MainWindow(studio, training, session, exports, bundled_palettes(), places.drags, system or SystemDialogs())
    session.follow(generation, tray)
    generation.job_submitted.connect(worker.submit, Qt.ConnectionType.DirectConnection)
    generation.stop_requested.connect(worker.stop, Qt.ConnectionType.DirectConnection)
    worker.reported.connect(generation.receive, Qt.ConnectionType.QueuedConnection)
    session.changed.connect(lambda: history.set_cap(session.settings.history_cap))
    refresh = QTimer(window)
    refresh.timeout.connect(history_model.refresh_if_changed)
    refresh.timeout.connect(session.refresh_if_changed)
    refresh.start(REFRESH)
    window.painted.connect(worker.start)
    window.painted.connect(generation.load)
    window.painted.connect(training.find)
    window.closed.connect(training.close)
    window.closed.connect(background.close)
    window.closed.connect(worker.close)
    window.closed.connect(pending.close)
    window.closed.connect(history.close)
    return Desktop(studio, training, session, window, worker, background)


def describe_bug(error: BaseException) -> str:
    """Log an error that nobody expected; the line that tells the user."""
    return record(error, log_folder())


def error_hook(messages: Messages) -> ErrorHook:
    """A `sys.excepthook` that logs, tells the user where, and lets the window live on."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        messages.complain(describe_bug(error.with_traceback(trace)))

    return hook


def app_icon() -> QIcon:
    """The app's icon in all of its sizes."""
    icon = QIcon()
    for path in icons_folder().glob("*.png"):
        icon.addFile(str(path))
    return icon


def follow_theme(app: QApplication, session: Session) -> None:
    """Light or dark as the settings say, now and whenever they change."""
    apply_theme(app, session.settings.theme)
    session.changed.connect(lambda: apply_theme(app, session.settings.theme))


def open_display(arguments: list[str]) -> QApplication:
    """Qt's application. Where there is no screen for it, which Qt aborts over, the process ends with a sentence."""
    said: list[str] = []

    def take(kind: QtMsgType, _: QMessageLogContext, text: str) -> None:
        said.append(text)
        if kind == QtMsgType.QtFatalMsg and sys.stderr is not None:
            why = next((line for line in said if "could not connect" in line or "needed to load" in line), said[0])
            sys.stderr.write(f"pixelforge: The window cannot be opened ({why.strip().rstrip('.')}). {WITHOUT_WINDOW}\n")
        if kind == QtMsgType.QtFatalMsg:
            os._exit(1)  # from Qt's own call there is no other way out that does not abort

    before = qInstallMessageHandler(take)
    app = QApplication(arguments)
    qInstallMessageHandler(before)
    return app


def run(path: Path | None = None) -> int:
    """Open the window, with a file or folder in it; the exit code, once it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python's own handler waits while Qt's loop sleeps
    app = open_display(sys.argv[:1])
    with suppress(OSError):  # where nothing can be written, the window works without a log
        log_to_file(log_folder())
    crash = report_crashes(log_folder())
    watched = watch_for_crashes(log_folder())
    desktop = open_window(app, list_models(), AppFolders(settings_file(), history_file(), drag_folder()))
    if path is not None:
        desktop.window.painted.connect(partial(desktop.window.open, path))
    restore_environment()
    spare_what_stays(desktop)
    if crash is not None:
        desktop.studio.messages.warn(crash)
    desktop.window.painted.connect(partial(logger.info, "The window stands"))
    code = run_to_end(app, desktop)
    end_watch(watched)
    return code


def open_window(app: QApplication, entries: Sequence[ModelEntry], places: AppFolders) -> Desktop:
    """The application, its window on the screen."""
    app.setApplicationName("PixelForge")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("PixelForge")  # by which Wayland finds the icon
    app.setWindowIcon(app_icon())
    desktop = build(entries, places)
    sys.excepthook = error_hook(desktop.studio.messages)
    follow_theme(app, desktop.session)
    desktop.window.painted.connect(desktop.window.following.measure_soon)
    desktop.studio.welcome(decode_sheet(samples_file().read_bytes()))
    fit_in(desktop.window, desktop.window.screen().availableSize())
    desktop.window.show()
    return desktop


def spare_what_stays(desktop: Desktop) -> None:
    """Keep the collector of garbage, which begins here, from what lives as long as the window and the engine.

    Whole collections happen while one scrolls, and looking at all of that took them a tenth of a second.
    """
    desktop.window.painted.connect(gc.freeze)
    desktop.window.painted.connect(gc.enable)
    desktop.studio.generation.device_changed.connect(gc.freeze)


def run_to_end(app: QApplication, desktop: Desktop) -> int:
    """Qt's loop, until the window is closed; the exit code."""
    code = app.exec()
    desktop.background.close()  # the window has done so, unless the system ended the loop
    if not desktop.worker.close(timeout=0):
        # It is within torch's import or one long step, which nothing can interrupt. Nothing of the user's is in it.
        os._exit(code)
    return code
