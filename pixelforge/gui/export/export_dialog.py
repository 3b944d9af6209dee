"""The dialog that writes a set's sheet, and the files that engines read beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pixelforge.errors import PixelForgeError
from pixelforge.files import is_there
from pixelforge.gui.export.export_fields import ExportFields
from pixelforge.gui.shared.background import Task
from pixelforge.gui.shared.fitting import fit_in
from pixelforge.gui.shared.sheet_picture import SheetPicture
from pixelforge.gui.shared.tall import Tall
from pixelforge.imaging.palette import Palette
from pixelforge.services.engine_files import KEPT_SUFFIX, SHEET_SUFFIX
from pixelforge.services.export import (
    recoloured,
    sheet_picture,
    sheet_size,
    targets,
)
from pixelforge.services.exporting import Export, WrittenFile, describe_failure, sheet_path
from pixelforge.services.sprites import Sprite
from pixelforge.words import counted

MAX_SHOWN = 4_000_000  # pixels of the preview: larger sheets are shown unscaled

USUAL = 940, 560  # logical pixels at the least, where the screen has them

Browse = Callable[[QWidget, Path], Path | None]
Begin = Callable[[Export], Task]
"""Begins to write, in the background."""


def browse(parent: QWidget, current: Path) -> Path | None:
    """The system's dialog for a file to write; None if the user cancels."""
    option = QFileDialog.Option.DontConfirmOverwrite  # the export dialog says it, before it is too late
    name, _ = QFileDialog.getSaveFileName(
        parent, "Export", str(current), f"PNG sheet (*{SHEET_SUFFIX})", options=option
    )
    return Path(name) if name else None


class ExportDialog(QDialog):
    """Layout, engine files and target. Whatever goes wrong is said here, and the dialog stays.

    export: how the fields stand at first. While files are written the dialog may be closed; the writing goes on.
    """

    def __init__(
        self,
        sprites: Sequence[Sprite],
        export: Export,
        begin: Begin,
        palettes: Sequence[Palette] = (),
        parent: QWidget | None = None,
        ask: Browse = browse,
    ) -> None:
        super().__init__(parent)
        self._sprites = tuple(sprites)
        self._suggestion = export.sheet
        self._chosen: Export | None = None  # what would be written now; None where nothing can be
        self._begin = begin
        self._ask = ask
        self.task: Task | None = None  # while files are written
        self.setWindowTitle("Export the sheet")
        self.fields = ExportFields(export, palettes)
        self.picture = SheetPicture()
        self.picture.setMinimumSize(180, 80)
        self.picture.setAccessibleName("The sheet as it will be exported")
        self.path = QLineEdit(export.target)
        self.path.setAccessibleName("File")
        self.browse_button = QPushButton("Bro&wse…")
        self.note = QLabel()
        self.problem = QLabel()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button = self.buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self._lay_out()
        self.fields.changed.connect(self._show)
        self.path.textChanged.connect(lambda _: self._show())
        self.browse_button.clicked.connect(self._browse)
        self.buttons.accepted.connect(self._export)
        self.buttons.rejected.connect(self.reject)
        self._show()

    def _lay_out(self) -> None:
        label = QLabel("&To")
        label.setBuddy(self.path)
        target = QHBoxLayout()
        target.addWidget(label)
        target.addWidget(self.path, 1)
        target.addWidget(self.browse_button)
        for line in (self.note, self.problem):
            line.setTextFormat(Qt.TextFormat.PlainText)
            line.setWordWrap(True)
        self.problem.setAccessibleDescription("What went wrong")
        self.problem.hide()
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(Tall(self.fields))
        middle.addWidget(self.picture, 1)
        column = QVBoxLayout(self)
        column.addLayout(middle, 1)
        column.addLayout(target)
        column.addWidget(self.note)
        column.addWidget(self.problem)
        column.addWidget(self.buttons)
        self.resize(self.sizeHint().expandedTo(QSize(*USUAL)))
        fit_in(self, self.screen().availableSize())

    def _show(self) -> None:
        """Show what would be written, or why nothing can be."""
        self.problem.hide()
        self.note.clear()
        self._chosen = None
        try:
            options = self.fields.options()
            width, height = sheet_size(self._sprites, options.sheet)
            if width * height <= MAX_SHOWN:
                self.picture.set_sheet(sheet_picture(recoloured(self._sprites, options.palette), options.sheet))
            target = sheet_path(self.path.text(), self._suggestion.parent)
            self._chosen = Export(target=str(target), single=self.fields.single.isChecked(), options=options)
            self.note.setText(" ".join([self._outcome(self._chosen, width, height), *_notes(self._chosen)]))
        except PixelForgeError as error:
            self._complain(str(error))
        self.export_button.setEnabled(self._chosen is not None)

    def _outcome(self, export: Export, width: int, height: int) -> str:
        count = len(self._sprites)
        if export.single:
            return f"{counted(count, 'file')} in {export.folder}."
        return f"{width} x {height} px, {counted(count, 'sprite')}."

    def _browse(self) -> None:
        path = self._ask(self, self._chosen.sheet if self._chosen is not None else self._suggestion)
        if path is not None:
            self.path.setText(str(path))

    def _export(self) -> None:
        if self._chosen is None or self.task is not None:
            return
        self.problem.hide()
        self._set_task(self._begin(self._chosen))

    def _set_task(self, task: Task | None) -> None:
        self.task = task
        for widget in (self.fields, self.path, self.browse_button, self.export_button):
            widget.setEnabled(task is None)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText("Cancel" if task is None else "Close")
        if task is not None:
            task.progressed.connect(self._show_progress)
            task.done.connect(self._on_done)
            task.failed.connect(self._on_failed)
            self._show_progress()

    def _show_progress(self) -> None:
        if self.task is not None:
            self.note.setText(f"{self.task.words()}. You can close this: it goes on.")

    def _on_done(self) -> None:
        self._set_task(None)
        self.accept()

    def _on_failed(self, error: str, written: Sequence[WrittenFile]) -> None:
        assert self.task is not None
        text = describe_failure(error, written, self.task.total)
        self._set_task(None)
        self._show()
        self._complain(text)

    def _complain(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()


def _notes(export: Export) -> list[str]:
    """What an export changes beside writing files. Raises RequestError."""
    folder = export.sheet.parent
    made = [f"The folder {folder} will be made."] * (not is_there(folder))
    if export.single:
        return made
    there = [path.name for path in targets(export.sheet, export.options) if is_there(path)]
    kept = [name for name in there if name.endswith(KEPT_SUFFIX)]
    replaced = [name for name in there if name not in kept]
    replaced_line = [f"{', '.join(replaced)} is there already and will be replaced."] * bool(replaced)
    kept_line = [f"{', '.join(kept)} is there already and will be kept."] * bool(kept)
    return made + replaced_line + kept_line
