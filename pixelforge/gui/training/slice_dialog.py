"""A sprite sheet cut into sprites of a class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from pixelforge.errors import PixelForgeError
from pixelforge.gui.shared.background import Background, Task
from pixelforge.gui.shared.check_box import CheckBox
from pixelforge.gui.shared.system_dialogs import PICTURES, SystemDialogs
from pixelforge.gui.shared.tile_grid import TileGrid
from pixelforge.imaging.pixels import Pixels, read_sprite
from pixelforge.services.naming import safe_name
from pixelforge.words import counted
from training.data.cleaning import clear_background
from training.data.slicing import MAX_TILE, Grid, find_slices, write_slices

FIELD_WIDTH = 220  # logical pixels
MAX_SPACE = 256  # pixels of margin and spacing


class SliceDialog(QDialog):
    """Sheet, grid and class. What goes wrong is said here, and the dialog stays, ready for the next sheet."""

    sliced = Signal(object)  # Path: the folder of the data set that the sprites are in

    def __init__(self, system: SystemDialogs, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._system = system
        self._background = background
        self._task: Task | None = None  # the last that was begun
        self._target: Path | None = None  # the class folder that is being written
        self._path: Path | None = None
        self._sheet: Pixels | None = None
        self.setWindowTitle("Cut up a sprite sheet")
        self.setAcceptDrops(True)
        self.open_button = QPushButton("&Open a sheet…")
        self.file_label = QLabel("or drop one here")
        self.file_label.setTextFormat(Qt.TextFormat.PlainText)
        self.grid = TileGrid()
        self.tile, self.margin, self.spacing = QSpinBox(), QSpinBox(), QSpinBox()
        self.keep_background = CheckBox("&Keep flat backgrounds")
        self.class_name = QLineEdit()
        self.folder = QLineEdit()
        self.note = QLabel()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.cut_button = self.buttons.addButton("C&ut", QDialogButtonBox.ButtonRole.ActionRole)
        self._lay_out()
        self._connect()
        self._show()

    def open_sheet(self, path: Path) -> None:
        """Show a sheet; where it cannot be read, that is said."""
        try:
            self._sheet = read_sprite(path)
        except PixelForgeError as error:
            self._say(str(error))
            return
        self._path = path
        self.file_label.setText(path.name)
        self.class_name.setText(safe_name(path.stem))
        if not self.folder.text():
            self.folder.setText(str(path.with_name("sprites")))
        self._show()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the sheet that was dropped."""
        self.open_sheet(Path(next(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile())))
        event.acceptProposedAction()

    def _lay_out(self) -> None:
        for box, least, most, value in (
            (self.tile, 4, MAX_TILE, 16),
            (self.margin, 0, MAX_SPACE, 0),
            (self.spacing, 0, MAX_SPACE, 0),
        ):
            box.setRange(least, most)
            box.setValue(value)
            box.setSuffix(" px")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        top = QHBoxLayout()
        top.addWidget(self.open_button)
        top.addWidget(self.file_label, 1)
        self.folder.setMinimumWidth(FIELD_WIDTH)
        form = QFormLayout()
        form.addRow("&Tile", self.tile)
        form.addRow("&Margin", self.margin)
        form.addRow("&Spacing", self.spacing)
        form.addRow(self.keep_background)
        form.addRow("C&lass", self.class_name)
        form.addRow("Data set &folder", self.folder)
        scroll = QScrollArea()
        scroll.setWidget(self.grid)
        scroll.setAlignment(Qt.AlignmentFlag.AlignCenter)
        middle = QHBoxLayout()
        middle.addWidget(scroll, 1)
        middle.addLayout(form)
        page = QVBoxLayout(self)
        page.addLayout(top)
        page.addLayout(middle, 1)
        page.addWidget(self.note)
        page.addWidget(self.buttons)
        self.resize(900, 600)

    def _connect(self) -> None:
        self.open_button.clicked.connect(self._ask)
        for box in (self.tile, self.margin, self.spacing):
            box.valueChanged.connect(lambda _: self._show())
        self.keep_background.toggled.connect(lambda _: self._show())
        self.grid.changed.connect(self._show_note)
        self.class_name.textChanged.connect(lambda _: self._show_note())
        self.folder.textChanged.connect(lambda _: self._show_note())
        self.cut_button.clicked.connect(self._cut)
        self.buttons.rejected.connect(self.reject)

    def _ask(self) -> None:
        path = self._system.ask_open_path(self, "Open a sprite sheet", PICTURES)
        if path is not None:
            self.open_sheet(path)

    def _show(self) -> None:
        sheet = self._sheet
        if sheet is not None and not self.keep_background.isChecked():
            sheet = clear_background(sheet)
        self.grid.set_sheet(sheet, self._grid())

    def _show_note(self) -> None:
        named = bool(self.class_name.text().strip() and self.folder.text())
        self.cut_button.setEnabled(self.grid.wanted > 0 and named and self._target is None)
        if self._sheet is None:
            self._say("")
            return
        right, bottom = self._grid().left_over(self._sheet.shape[1], self._sheet.shape[0])
        rest = f" {right} px at the right and {bottom} px at the bottom belong to no tile." if right or bottom else ""
        self._say(f"{counted(self.grid.wanted, 'sprite')}. Click on a tile to leave it out.{rest}")

    def _cut(self) -> None:
        name = self.class_name.text().strip()
        if self._path is None:
            return
        if safe_name(name) != name:
            self._say("A class is the name of a folder: letters, digits, spaces, dots, - and _.")
            return
        try:
            self._target = Path(self.folder.text().strip()).expanduser() / name
        except RuntimeError:  # ~nobody
            self._say(f"{self.folder.text()} begins with the home of somebody who has none here.")
            return
        arguments = (self._path, self._grid(), self._target, self.keep_background.isChecked(), self.grid.left_out)
        task = self._task = self._background.run("Cutting up a sheet", partial(_cut, *arguments), self.grid.wanted)
        task.progressed.connect(self._on_progress)
        task.done.connect(self._on_done)
        task.failed.connect(self._on_failed)
        self.cut_button.setEnabled(False)

    def _on_progress(self, count: int) -> None:
        self._say(f"{counted(count, 'sprite')} written…")

    def _on_done(self, files: Sequence[Path]) -> None:
        assert self._target is not None
        self._say(f"{counted(len(files), 'sprite')} written to {self._target}. Open the next sheet, or close this.")
        root, self._target = self._target.parent, None
        self.sliced.emit(root)

    def _on_failed(self, error: str, files: Sequence[Path]) -> None:
        self._target = None
        self._show_note()
        if self._task is not None:
            self._task.shown = self.isVisible()
        done = f" {counted(len(files), 'sprite')} were written before." if files else ""
        self._say(error + done)

    def _grid(self) -> Grid:
        return Grid(self.tile.value(), self.margin.value(), self.spacing.value())

    def _say(self, text: str) -> None:
        self.note.setText(text)


def _cut(
    path: Path, grid: Grid, folder: Path, keep_background: bool, leave_out: frozenset[tuple[int, int]]
) -> Iterator[Path]:
    return write_slices(find_slices(path, grid, folder, keep_background, leave_out).tiles)
