"""Commands of this program in processes of their own, so that nothing they do can take the window down."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QIODevice, QObject, QProcess, QProcessEnvironment, Signal

from pixelforge.errors import OutputError, PixelForgeError
from pixelforge.executable import FOR_WINDOW, command_line, lasting_command_line, lasting_environment
from pixelforge.gui.shared.remedies import worded

PATIENCE = 3000  # milliseconds for a process that is killed to be gone


class ChildCommand(QObject):
    """One short command at a time; its output is waited for without blocking."""

    finished = Signal(str, str)  # what it printed, and what went wrong: empty if nothing did

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    @property
    def running(self) -> bool:
        """Whether it is at work."""
        return self._process is not None

    def run(self, arguments: Sequence[str]) -> None:
        """Begin a command; one that is at work is given up."""
        self.stop()
        program, *first = command_line()
        process = QProcess(self)
        process.setProcessEnvironment(_environment())
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        self._process = process
        process.start(program, [*first, *arguments])
        process.closeWriteChannel()

    def stop(self) -> None:
        """Give the command up, without a word of it."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect()
            process.errorOccurred.disconnect()
            process.kill()
            process.waitForFinished(PATIENCE)
            process.deleteLater()

    def _on_finished(self, code: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        printed = bytes(process.readAllStandardOutput().data()).decode(errors="replace")
        said = bytes(process.readAllStandardError().data()).decode(errors="replace").strip()
        process.deleteLater()
        last = said.splitlines()[-1].removeprefix("pixelforge: ") if said else f"It ended with code {code}."
        self.finished.emit(printed, worded(PixelForgeError.from_line(last)) if code else "")

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            process, self._process = self._process, None
            text = process.errorString()
            process.deleteLater()
            self.finished.emit("", f"{command_line()[0]} cannot be started: {text}.")


def start_detached(arguments: Sequence[str], log: Path) -> None:
    """Begin a command that outlives this program; what it says goes to the end of `log`. Raises OutputError."""
    if log.is_symlink():
        raise OutputError(f"{log} is a link: what a training says stays in its folder.")
    program, *first = lasting_command_line()
    environment = _environment()
    for name, value in lasting_environment().items():
        environment.insert(name, value)
    process = QProcess()
    process.setProcessEnvironment(environment)
    process.setProgram(program)
    process.setArguments([*first, *arguments])
    process.setStandardOutputFile(str(log), QIODevice.OpenModeFlag.Append)
    process.setStandardErrorFile(str(log), QIODevice.OpenModeFlag.Append)
    started = process.startDetached()
    if not (started[0] if isinstance(started, tuple) else started):
        raise OutputError(f"{program} cannot be started: {process.errorString()}.")


def _environment() -> QProcessEnvironment:
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert(FOR_WINDOW, "1")
    return environment
