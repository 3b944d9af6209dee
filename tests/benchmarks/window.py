"""How the window keeps up while sprites are made: `python -m tests.benchmarks.window` (with a screen, or offscreen)."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from pixelforge.core.header import read_header
from pixelforge.gui.app import AppFolders, Desktop, build
from pixelforge.services.history import open_history
from pixelforge.services.model_library import ModelEntry
from tests.benchmarks.machine import MODEL
from tests.made import made
from tests.pulse import Pulse, resident_megabytes

BATCHES = 50
LARGE = 10_000  # sprites in the history
TINY_STEPS = 2  # of the batches whose memory is watched


def main() -> None:
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        places = AppFolders(*(Path(folder) / name for name in ("settings.json", "history.sqlite", "drags")))
        fill(places.history)
        began = time.perf_counter()
        desktop = build([ModelEntry(MODEL.stem, MODEL, True, read_header(MODEL))], places)
        print(f"window built over a history of {LARGE:,} in {1000 * (time.perf_counter() - began):.0f} ms")
        desktop.window.show()
        wait_for(lambda: desktop.studio.generation.device != "")
        pulse = Pulse()
        run(desktop, pulse, 64)
        run(desktop, pulse, 64)
        scroll(app, desktop, pulse)
        watch_memory(desktop)
        desktop.window.close()


def fill(path: Path) -> None:
    """A history of many sprites."""
    history, _ = open_history(path, 2 * LARGE)
    for first in range(0, LARGE, 500):
        history.add([made(seed) for seed in range(first, first + 500)])
    history.close()


def run(desktop: Desktop, pulse: Pulse, count: int) -> None:
    """A batch at the default settings."""
    desktop.studio.generation.set_count(count)
    pulse.start()
    desktop.studio.generation.generate()
    wait_for(lambda: not desktop.studio.generation.run.running)
    print(f"batch of {count}, {desktop.studio.generation.run.seconds:.1f} s: {pulse.stop()}")


def scroll(app: QApplication, desktop: Desktop, pulse: Pulse) -> None:
    """From the newest sprite of the history to the oldest, painting on the way."""
    view = desktop.window.history.view
    assert isinstance(view.model(), QAbstractListModel)
    bar = view.verticalScrollBar()
    pulse.start()
    for value in range(0, bar.maximum(), max(1, bar.maximum() // 500)):
        bar.setValue(value)
        app.processEvents()
    print(f"scrolling over {view.model().rowCount():,} sprites: {pulse.stop()}")


def watch_memory(desktop: Desktop) -> None:
    """Resident memory over many batches."""
    generation = desktop.studio.generation
    generation.set_sampling(steps=TINY_STEPS)
    sizes = []
    for _ in range(BATCHES):
        generation.generate()
        wait_for(lambda: not generation.run.running)
        sizes.append(resident_megabytes())
    fifth = BATCHES // 5
    print(
        f"{BATCHES} batches of 64: {sizes[0]:.0f} MB after the first, "
        + ", ".join(f"{s:.0f}" for s in sizes[fifth - 1 :: fifth])
    )


def wait_for(done) -> None:
    """Let the window live until something is true."""
    loop, timer = QEventLoop(), QTimer()
    timer.timeout.connect(lambda: loop.quit() if done() else None)
    timer.start(5)
    loop.exec()
    timer.stop()


if __name__ == "__main__":
    main()
