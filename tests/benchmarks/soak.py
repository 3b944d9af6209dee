"""A long day at the window: `python -m tests.benchmarks.soak [--batches 500] [--actions 2000]`.

Batches first, then actions at random as in `tests/gui/test_random_walk.py`; threads, memory and open files before and
after. Linux.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from pixelforge.core.header import read_header
from pixelforge.gui.app import AppFolders, Desktop, build, error_hook
from pixelforge.gui.shared.system_dialogs import SystemDialogs
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.sprites import encode_sprite
from tests.benchmarks.machine import MODEL
from tests.benchmarks.window import wait_for
from tests.gui.test_random_walk import Walker
from tests.made import made
from tests.pulse import resident_megabytes

WARM_UP = 20  # batches before the first look: what is loaded once is no leak
PARTS = 5  # looks during the batches, and during the actions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=500)
    parser.add_argument("--actions", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(dict.fromkeys(("HOME", "XDG_STATE_HOME"), folder))
        app = QApplication(sys.argv[:1])
        desktop = _open(Path(folder))
        sys.excepthook = error_hook(desktop.studio.messages)
        _make(desktop, WARM_UP)
        _look("at the start")
        for part in range(PARTS):
            _make(desktop, options.batches // PARTS)
            _look(f"after {(part + 1) * options.batches // PARTS} batches")
        picture = Path(folder, "sprite.png")
        picture.write_bytes(encode_sprite(made(1)))
        walker = Walker(desktop, picture, options.seed)
        for part in range(PARTS):
            slowest = max(_acted(app, walker) for _ in range(options.actions // PARTS))
            _settle(desktop)
            _look(f"after {(part + 1) * options.actions // PARTS} actions")
            print(f"  the slowest of these, {slowest[1]}: {1000 * slowest[0]:.0f} ms")
        reports = [path.read_text(encoding="utf-8") for path in Path(folder).rglob("report-*.txt")]
        print("unexpected errors:", "\n\n".join(reports) or "none")
        desktop.window.close()


def _open(folder: Path) -> Desktop:
    """The application as `app.run` builds it, but for the system's own dialogs, which nobody could answer."""
    places = AppFolders(*(folder / name for name in ("settings.json", "history.sqlite", "drags")))
    system = SystemDialogs(
        ask_save_path=lambda parent, suggestion: folder / "saved.png",
        ask_animation_path=lambda parent, suggestion: folder / "saved.gif",
        start_drag=lambda source, mime: None,
        open_folder=lambda path: None,
    )
    desktop = build([ModelEntry(MODEL.stem, MODEL, True, read_header(MODEL))], places, system)
    desktop.session.remember_folder(folder)
    desktop.window.show()
    wait_for(lambda: desktop.studio.generation.device != "")
    return desktop


def _acted(app: QApplication, walker: Walker) -> tuple[float, str]:
    """Seconds that the window was deaf for an action, and the action's name."""
    began = time.perf_counter()
    name = walker.step()
    app.processEvents()
    return time.perf_counter() - began, name


def _make(desktop: Desktop, batches: int) -> None:
    generation = desktop.studio.generation
    generation.set_count(4)
    generation.set_sampling(steps=2)
    for _ in range(batches):
        generation.generate()
        wait_for(lambda: not generation.run.running)


def _settle(desktop: Desktop) -> None:
    """Stop what runs and close what is open, so that two looks see the same."""
    generation = desktop.studio.generation
    generation.stop()
    wait_for(lambda: not generation.run.running)
    time.sleep(0.5)
    for widget in QApplication.topLevelWidgets():
        if widget is not desktop.window and widget.isVisible():
            widget.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _look(when: str) -> None:
    gc.collect()
    threads, files = (len(list(Path("/proc/self", kind).iterdir())) for kind in ("task", "fd"))
    widgets = len(QApplication.allWidgets())
    print(
        f"{when}: {threads} threads, {resident_megabytes():.0f} MB, {files} open files, {widgets} widgets", flush=True
    )


if __name__ == "__main__":
    main()
