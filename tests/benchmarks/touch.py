"""How soon the window shows what the user does: `python -m tests.benchmarks.touch` (with a screen, or offscreen).

Each figure is told by the clock and by the processor time of the whole program: on a machine that has other work the
first says how busy that is, the second what the program costs.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from pixelforge.core.header import read_header
from pixelforge.gui.app import AppFolders, Desktop, build, spare_what_stays
from pixelforge.gui.stage.stage_model import StageCell
from pixelforge.services.history import open_history
from pixelforge.services.model_library import ModelEntry
from tests.benchmarks.machine import MODEL
from tests.benchmarks.window import wait_for
from tests.made import made

SPRITES = 20_000  # in the history
STAGE = 64
WHEEL = 60  # logical pixels a frame of scrolling
FRAMES = 300
TRIES = 8
STROKES = 200


def main() -> None:
    """Of those that are named (scroll, stage, desk), else of all."""
    wanted = set(sys.argv[1:]) or {"scroll", "stage", "desk"}
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        places = AppFolders(*(Path(folder) / name for name in ("settings.json", "history.sqlite", "drags")))
        history, _ = open_history(places.history, 2 * SPRITES)
        for first in range(0, SPRITES, 500):
            history.add([made(seed) for seed in range(first, first + 500)])
        history.close()
        desktop = build([ModelEntry(MODEL.stem, MODEL, True, read_header(MODEL))], places)
        spare_what_stays(desktop)
        desktop.window.resize(1280, 800)
        desktop.window.show()
        wait_for(lambda: desktop.studio.generation.device != "")
        if "scroll" in wanted:
            scroll(app, desktop)
        if "stage" in wanted:
            stage(app, desktop)
        if "desk" in wanted:
            desk(app, desktop)
        desktop.window.close()


def stage(app: QApplication, desktop: Desktop) -> None:
    """A full stage, and what is done to it."""
    desktop.studio.generation.set_count(STAGE)
    desktop.studio.generation.set_sampling(sampler="ddim")
    desktop.studio.generation.set_sampling(steps=4)
    desktop.studio.generation.generate()
    wait_for(lambda: not desktop.studio.generation.run.running)
    hover(app, desktop)
    vary(desktop)


def desk(app: QApplication, desktop: Desktop) -> None:
    """The pencil over a sprite on the desk: from where the mouse moved to the picture painted; from letting go to that.

    Letting go writes the sprite to the history; what the window puts off until it is idle is counted in.
    """
    desktop.window._mending.begin(StageCell(made(1), None))
    canvas, rng = desktop.window.desk.canvas, np.random.default_rng(0)
    app.processEvents()
    area, ratio = canvas.area(), canvas.devicePixelRatioF()
    moved, let_go = [], []
    for _ in range(STROKES):
        corners = (rng.random((3, 2)) * (area.width(), area.height()) + (area.left(), area.top())) / ratio
        for number, (x, y) in enumerate(corners):
            kind = QEvent.Type.MouseMove if number else QEvent.Type.MouseButtonPress
            moved.append(timed(lambda kind=kind, x=x, y=y: point(app, canvas, kind, QPointF(x, y))))
        let_go.append(timed(lambda x=x, y=y: point(app, canvas, QEvent.Type.MouseButtonRelease, QPointF(x, y))))
    say("a movement of the pencil to the screen", moved, 99)
    say("a stroke's end, its sprite in the history", let_go, 99)


def point(app: QApplication, canvas: QWidget, kind: QEvent.Type, place: QPointF) -> None:
    """An event of the left button, and what it leads to, painted."""
    buttons = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    app.sendEvent(canvas, QMouseEvent(kind, place, canvas.mapToGlobal(place), button, buttons, none))
    canvas.repaint()
    app.processEvents()


def scroll(app: QApplication, desktop: Desktop) -> None:
    """By the wheel's steps from the newest sprite on, and by the bar over all of them."""
    bar = desktop.window.history.view.verticalScrollBar()
    steps = {"wheel": [WHEEL] * FRAMES, "bar": [bar.maximum() // FRAMES + 1] * FRAMES}
    for name, distances in steps.items():
        bar.setValue(0)
        app.processEvents()
        told = [timed(lambda distance=distance: frame(app, bar, distance)) for distance in distances]
        say(f"a frame of scrolling over {SPRITES:,} sprites by the {name}", told, 99)


def frame(app: QApplication, bar, distance: int) -> None:
    """One, painted."""
    bar.setValue(bar.value() + distance)
    app.processEvents()


def hover(app: QApplication, desktop: Desktop) -> None:
    """Over each line of the list of palettes, until the stage is painted in it."""
    box = desktop.window.controls.palette_field.box
    box.showPopup()
    app.processEvents()
    rows = [row for row in range(box.count()) if row != 1]
    told = []
    for row in rows:
        told.append(timed(lambda row=row: (box.highlighted.emit(row), desktop.window.stage.canvas.repaint())))
        app.processEvents()
    box.hidePopup()
    say(f"hover over a palette to a recoloured stage of {STAGE}", told, 99)
    say("  of these, reducing colours", [timed(lambda: hovered(desktop, 1))], 99)


def hovered(desktop: Desktop, row: int) -> None:
    """One line of the list."""
    desktop.window.controls.palette_field.box.highlighted.emit(row)
    desktop.window.stage.canvas.repaint()


def vary(desktop: Desktop) -> None:
    """From the slider to the first picture of a variation, and to all of them finished, in the fast setting."""
    studio, slider = desktop.studio, desktop.window.controls.variation.slider
    studio.generation.set_count(16)
    studio.vary(studio.stage.cells[:1])
    wait_for(lambda: not studio.generation.run.running)
    first, all_ = [], []
    for number in range(TRIES):
        seen: list[tuple[float, float]] = []
        begun = time.perf_counter(), time.process_time()

        def look(begun=begun, seen=seen) -> None:
            if studio.generation.run.step > 0 and not seen:
                desktop.window.stage.canvas.repaint()
                seen.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))

        studio.generation.forming_changed.connect(look)
        slider.setValue(30 + number)
        wait_for(lambda: not studio.generation.run.running)
        all_.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
        studio.generation.forming_changed.disconnect(look)
        first += seen
    say("slider to the first picture of 16 variations", first[1:], 90)
    say("slider to all 16 finished", all_[1:], 90)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor."""
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - cpu


def say(what: str, told: Iterable[tuple[float, float]], percent: int) -> None:
    """The median, a percentile and the longest, in milliseconds."""
    clock, cpu = (1000 * np.array(column) for column in zip(*told, strict=True))
    for name, times in (("clock", clock), ("processor", cpu)):
        most = np.percentile(times, percent)
        print(f"{what}, {name}: median {np.median(times):.1f} ms, {percent} % within {most:.1f}", flush=True)


if __name__ == "__main__":
    main()
