"""How soon the command line answers and the window stands: `python -m tests.benchmarks.startup`."""

from __future__ import annotations

import subprocess
import sys

from tests.benchmarks.machine import best_seconds

WINDOW = """
import os, tempfile
from pathlib import Path
from PySide6.QtWidgets import QApplication
from pixelforge.gui.app import AppFolders, build
from pixelforge.services.model_library import list_models
from pixelforge.services.paths import samples_file
from pixelforge.services.sprites import decode_sheet
app, folder = QApplication([]), Path(tempfile.mkdtemp())
desktop = build(list_models(), AppFolders(folder / "settings", folder / "history", folder / "drags"))
desktop.studio.welcome(decode_sheet(samples_file().read_bytes()))
desktop.window.painted.connect(lambda: os._exit(0))
desktop.window.show()
app.exec()
"""
COMMANDS = {
    "window painted": [sys.executable, "-c", WINDOW],
    "pixelforge --help": [sys.executable, "-m", "pixelforge", "--help"],
    "python -c pass": [sys.executable, "-c", "pass"],
}


def main() -> None:
    for name, command in COMMANDS.items():
        seconds = best_seconds(lambda command=command: subprocess.run(command, capture_output=True, check=True))
        print(f"{name}: {seconds:.2f} s")


if __name__ == "__main__":
    main()
