"""The window as the self-test has it, without a hand on it: it makes a sprite, opens the window of training, closes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from pixelforge.gui.app import AppFolders, Desktop, open_display, open_window, run_to_end
from pixelforge.gui.shared.messages import Severity
from pixelforge.self_test import CLOSED, SHOWN, SPRITE, TRAINING
from pixelforge.services.model_library import list_models


def rehearse(folder: Path, say: Callable[[str], object]) -> int:
    """Open the window, with settings and history in `folder`, make a sprite in it, close it; the exit code.

    What it has reached is said as it is; what it complains of goes to stderr, and ends it.
    """
    app = open_display(sys.argv[:1])
    bundled = [entry for entry in list_models() if entry.bundled]
    desktop = open_window(
        app, bundled, AppFolders(folder / "settings.json", folder / "history.sqlite", folder / "drags")
    )
    problems: list[str] = []
    _script(desktop, problems, say)
    code = run_to_end(app, desktop)
    if problems:
        sys.stderr.write("\n".join(problems) + "\n")
        return 1
    say(CLOSED)
    return code


def _script(desktop: Desktop, problems: list[str], say: Callable[[str], object]) -> None:
    generation, messages = desktop.studio.generation, desktop.studio.messages

    def on_shown() -> None:
        say(SHOWN)
        on_message()  # there may be one already
        generation.generate()

    def on_message() -> None:
        if messages.current is not None and messages.current.severity is Severity.ERROR:
            problems.append(messages.current.text)
            desktop.window.close()

    def on_made() -> None:
        say(SPRITE)
        desktop.window.actions_.train.trigger()
        if any(type(window).__name__ == "TrainingWindow" for window in QApplication.topLevelWidgets()):  # loaded late
            say(TRAINING)
        desktop.window.close()

    generation.set_count(1)
    messages.changed.connect(on_message)
    generation.batch_finished.connect(on_made)
    desktop.window.painted.connect(on_shown)
