"""What a user does with the window, in one line each."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from pixelforge.imaging.pixels import Pixels
from pixelforge.services.asking import Ask
from pixelforge.services.recipe import Recipe
from pixelforge.services.requests import Progress


def finish(qtbot, desktop) -> None:
    """Wait until what was asked for is worked out, and made."""
    qtbot.waitUntil(lambda: not desktop.background.busy and not desktop.studio.generation.run.running, timeout=60_000)


def click(qtbot, button) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def pick(box, text: str) -> None:
    """As the user does it: `activated` comes of a choice alone, not of what the program shows."""
    box.setCurrentText(text)
    assert box.currentText() == text
    box.activated.emit(box.currentIndex())


def click_class(qtbot, classes, row: int, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    at = classes.visualItemRect(classes.item(row)).center()
    qtbot.mouseClick(classes.viewport(), Qt.MouseButton.LeftButton, modifier, at)


def mnemonics(window: QWidget) -> list[str]:
    """The keys, as Alt+F, of all labels and buttons of a window."""
    words = [label.text() for label in window.findChildren(QLabel) if label.buddy() is not None]
    own = (button for button in window.findChildren(QAbstractButton) if button.window() is window)
    words += [button.text() for button in own]
    return [key for text in words if (key := QKeySequence.mnemonic(text).toString())]


def recipes(desktop) -> list[Recipe]:
    """Of the sprites on the stage."""
    return [cell.sprite.recipe for cell in desktop.studio.stage.cells]


def classic(desktop) -> None:
    """A run that is long enough to be interrupted."""
    desktop.studio.generation.set_sampling(sampler="ddpm")
    desktop.studio.generation.set_sampling(steps=1000)


@contextmanager
def held(desktop) -> Iterator[None]:
    """Whatever is made meanwhile goes no further than its first step that is shown, until it is stopped."""
    worker, go = desktop.worker, threading.Event()

    def hold(report) -> None:
        while isinstance(report.event, Progress) and not worker._current.stopped.is_set() and not go.wait(0.002):
            pass

    connection = worker.reported.connect(hold, Qt.ConnectionType.DirectConnection)  # so in the worker's own thread
    try:
        yield
    finally:
        go.set()
        worker.reported.disconnect(connection)


def make(qtbot, desktop, seed: int = 5, count: int = 4, class_names: tuple[str, ...] = ("cats",)) -> list[Pixels]:
    """Generate a batch; its pictures."""
    generation = desktop.studio.generation
    generation.set_ask(Ask(classes=class_names))
    generation.set_seed(seed)
    generation.set_count(count)
    click(qtbot, desktop.window.controls.generate_button)
    finish(qtbot, desktop)
    return pictures(desktop)


def pictures(desktop) -> list[Pixels]:
    """The sprites on the stage."""
    return [np.array(cell.sprite.pixels) for cell in desktop.studio.stage.cells]


def point_of(desktop, index: int) -> QPoint:
    """The middle of a cell of the stage, in the canvas."""
    layout = desktop.window.stage.canvas.layout_in_device_pixels()
    x, y = layout.position(index)
    return QPoint(layout.left + x + layout.cell // 2, layout.top + y + layout.cell // 2)


def click_cell(qtbot, desktop, index: int, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    """Click on a sprite of the stage."""
    canvas = desktop.window.stage.canvas
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, modifier, point_of(desktop, index))


def write(desktop) -> None:
    """Wait until all files are written, and the window has been told."""
    assert desktop.background.finish(60)
