"""Whether the window answers while it writes files: `python -m tests.benchmarks.responsiveness`."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from pixelforge.core.header import read_header
from pixelforge.gui.app import AppFolders, Desktop, build
from pixelforge.gui.export.export_dialog import ExportDialog
from pixelforge.services.model_library import ModelEntry
from tests.benchmarks.machine import MODEL
from tests.benchmarks.window import wait_for
from tests.made import made
from tests.pulse import Pulse

COUNT = 1024  # sprites
ROUNDS = 3
TICK = 5  # milliseconds


def main() -> None:
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        places = AppFolders(*(Path(folder) / name for name in ("settings.json", "history.sqlite", "drags")))
        desktop = build([ModelEntry(MODEL.stem, MODEL, True, read_header(MODEL))], places)
        desktop.window.show()
        wait_for(lambda: desktop.studio.generation.device != "")
        desktop.studio.tray.add([made(seed, f"class {seed % 6}") for seed in range(COUNT)])
        idle(app)
        for number in range(ROUNDS):
            export(desktop, Path(folder) / f"sprites {number}")
        desktop.window.close()


def idle(app: QApplication) -> None:
    """How the pulse goes while nothing is written, to compare with."""
    pulse = Pulse(TICK)
    pulse.start()
    began = time.perf_counter()
    wait_for(lambda: time.perf_counter() - began > 2)
    print(f"nothing is written: {pulse.stop()}")


def export(desktop: Desktop, folder: Path) -> None:
    """All sprites to files of their own, by the dialog."""
    desktop.window.actions_.export.trigger()
    dialog = next(found for found in desktop.window.findChildren(ExportDialog) if found.isVisible())
    dialog.fields.single.setChecked(True)
    dialog.path.setText(str(folder.with_suffix(".png")))
    wait_for(lambda: True)
    pulse = Pulse(TICK)
    pulse.start()
    wait_for(lambda: pulse.count > 2)
    began = time.perf_counter()
    dialog.export_button.click()
    wait_for(lambda: not desktop.background.busy)
    seconds = time.perf_counter() - began
    assert len(list(folder.glob("*.png"))) == COUNT
    print(f"{COUNT:,} files in {seconds:.1f} s: {pulse.stop()}")


if __name__ == "__main__":
    main()
