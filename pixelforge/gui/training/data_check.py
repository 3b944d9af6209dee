"""The look at a data set before it is trained on."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec
import numpy as np
from PySide6.QtCore import QObject, Signal

from pixelforge.files import parse_json
from pixelforge.gui.shared.child import ChildCommand
from pixelforge.imaging.pixels import Pixels
from training.data.report import ARRAY_SUFFIX, DataReport


class DataCheck(QObject):
    """A data set, its report and its contact sheet, observable; `dataset check` reads it in a process of its own."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.data: Path | None = None
        self.size = 16  # pixels a side that it is to be trained at
        self.keep_background = False
        self.report: DataReport | None = None
        self.contact: Pixels | None = None  # (H, W, 4), of all sprites
        self.problem = ""
        self._left_out: set[str] = set()
        self._folder = tempfile.TemporaryDirectory(prefix="pixelforge-")
        self._picture = Path(self._folder.name) / f"contact{ARRAY_SUFFIX}"
        self._command = ChildCommand(self)
        self._command.finished.connect(self._on_finished)

    @property
    def running(self) -> bool:
        """Whether the data are being read."""
        return self._command.running

    def check(self, data: Path | None, size: int, keep_background: bool) -> None:
        """Look at other data, or at the same once more."""
        if data != self.data:
            self._left_out.clear()
        self.data, self.size, self.keep_background = data, size, keep_background
        self.report, self.contact, self.problem = None, None, ""
        self._command.stop()
        if data is not None:
            options = ["--size", str(size), "--json", "--force", "--contact-sheet", str(self._picture)]
            self._command.run(["dataset", "check", str(data), *options, *["--keep-background"] * keep_background])
        self.changed.emit()

    @property
    def left_out(self) -> tuple[str, ...]:
        """Names of the sprites that are not to be learnt from, in the order of the contact sheet."""
        shown = self.report.contact if self.report is not None else ()
        return tuple(name for row in shown for name in row if name in self._left_out)

    @property
    def left(self) -> int:
        """How many sprites there are to learn from."""
        return 0 if self.report is None else self.report.sprites - len(self.left_out)

    def toggle(self, name: str) -> None:
        """Leave a sprite out, or take it in again."""
        self._left_out ^= {name}
        self.changed.emit()

    def close(self) -> None:
        """Give up, and leave nothing on the disk."""
        self._command.stop()
        self._folder.cleanup()

    def _on_finished(self, printed: str, problem: str) -> None:
        self.problem = problem
        if not problem:
            try:
                self.report = parse_json(printed, DataReport)
                self.contact = np.load(self._picture, allow_pickle=False)
            except (msgspec.DecodeError, OSError, ValueError) as error:
                self.problem = f"The report cannot be read: {error}"
        self.changed.emit()
