"""The README's pictures of the window: `python -m tests.screenshots FOLDER [--data SPRITES]`, on any screen or none.

All of them are of the real window with the bundled model. data: sprites to train on for some minutes; without
them there is no picture of that.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from pixelforge.core.header import read_header
from pixelforge.gui.app import AppFolders, Desktop, build
from pixelforge.gui.desk.desk_canvas import DeskCanvas
from pixelforge.gui.shared.theme import apply_theme
from pixelforge.gui.training.training_window import TrainingWindow
from pixelforge.services.asking import Ask
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.paths import bundled_models_folder
from tests.benchmarks.window import wait_for

MODEL = "pixelforge16"
SIZE = 1180, 760  # logical pixels
MIXED = ("characters", "equipment", "food", "items", "monsters", "plants")
PATIENCE = 900  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    app = QApplication(sys.argv[:1])
    path = bundled_models_folder() / f"{MODEL}.safetensors"
    with tempfile.TemporaryDirectory() as kept:
        places = AppFolders(*(Path(kept) / name for name in ("settings.json", "history.sqlite", "drags")))
        desktop = build([ModelEntry(MODEL, path, True, read_header(path))], places)
        desktop.window.resize(*SIZE)
        desktop.window.show()
        wait_for(lambda: desktop.studio.generation.device != "")
        apply_theme(app, "dark")
        batch(desktop, options.folder / "window-dark.png")
        apply_theme(app, "light")
        forming(desktop, options.folder / "forming.png")
        desk(desktop, options.folder / "desk.png")
        if options.data is not None:
            apply_theme(app, "dark")
            training(desktop, options.data, options.folder / "training.png")
        desktop.window.close()


def batch(desktop: Desktop, target: Path) -> None:
    """Sprites of several classes, some of them starred, some in a set."""
    studio = desktop.studio
    make(desktop, looks(*MIXED), seed=7, count=36)
    for index in (2, 13, 28):
        studio.star([studio.stage.cells[index]])
    studio.add_to_tray([studio.stage.cells[index] for index in (0, 2, 7, 13, 16, 20, 25, 28, 33)])
    studio.messages.dismiss()
    studio.stage.click(None)
    grab(desktop.window, target)


def forming(desktop: Desktop, target: Path) -> None:
    """A batch a third of the way."""
    generation = desktop.studio.generation
    ask(desktop, looks("monsters"), seed=3, count=36)
    generation.generate()
    wait(lambda: generation.run.step >= generation.run.steps * 0.35 > 0)
    grab(desktop.window, target)
    wait(lambda: not generation.run.running)


def desk(desktop: Desktop, target: Path) -> None:
    """A sprite on the desk, of which a part was made anew."""
    window, studio = desktop.window, desktop.studio
    make(desktop, looks("fighters"), seed=5, count=16)
    studio.stage.click(2)
    window.sprite_actions.edit.trigger()
    canvas = window.desk.canvas
    QTest.keyClick(canvas, Qt.Key.Key_M)
    corners = [point_of(canvas, corner) for corner in ((2, 1), (13, 6))]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, corners[0])
    QTest.mouseMove(canvas, corners[1])
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, corners[1])
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    wait(lambda: not studio.generation.run.running)
    grab(window, target)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)


def training(desktop: Desktop, data: Path, target: Path) -> None:
    """A training of the shortest time that is offered, well under way."""
    desktop.window.actions_.train.trigger()
    (window,) = desktop.window.findChildren(TrainingWindow)
    window.resize(900, 560)
    setup = window.setup
    setup.set_data(data)
    wait(lambda: window.check.report is not None)
    setup.begin_button.click()
    wait(lambda: (seen := desktop.training.watched) is not None and seen.status.share > 0.6 and len(seen.grids) > 1)
    grab(window, target)
    desktop.training.halt()
    window.close()


def point_of(canvas: DeskCanvas, pixel: tuple[int, int]) -> QPoint:
    """Where a pixel of the sprite is."""
    points = (QPoint(x, y) for y in range(0, canvas.height(), 4) for x in range(0, canvas.width(), 4))
    return next(point for point in points if canvas.pixel_at(QPointF(point)) == pixel)


def looks(*classes: str) -> Ask:
    """Classes in the style that new users begin with."""
    return Ask(classes=classes, style="tiny", facing="down")


def ask(desktop: Desktop, what: Ask, seed: int, count: int) -> None:
    """As the controls would stand."""
    generation = desktop.studio.generation
    generation.set_ask(what)
    generation.set_seed(seed)
    generation.set_count(count)


def make(desktop: Desktop, what: Ask, seed: int, count: int) -> None:
    """A finished batch."""
    ask(desktop, what, seed, count)
    desktop.studio.generation.generate()
    wait(lambda: not desktop.studio.generation.run.running)


def wait(done: Callable[[], bool]) -> None:
    """With patience: a training begins slowly."""
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, "It takes too long."
        QTest.qWait(20)


def grab(window: QWidget, target: Path) -> None:
    """The window as it stands, once it is laid out and painted."""
    QTest.qWait(300)
    window.grab().save(str(target))
    print(target, flush=True)


if __name__ == "__main__":
    main()
