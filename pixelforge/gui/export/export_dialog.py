"""The dialog that writes a set's sheet, and the files that engines read beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
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
from pixelforge.gui.export.export_fields import ExportFields
from pixelforge.gui.shared.sheet_picture import SheetPicture
from pixelforge.imaging.palette import Palette
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.export import (
    SHEET_SUFFIX,
    export_files,
    export_sprites,
    recoloured,
    sheet_picture,
    sheet_size,
    targets,
)
from pixelforge.services.sprites import Sprite
from pixelforge.words import counted

MAX_SHOWN = 4_000_000  # pixels of the preview: larger sheets are shown unscaled

Browse = Callable[[QWidget, Path], Path | None]


def browse(parent: QWidget, current: Path) -> Path | None:
    """The system's dialog for a file to write; None if the user cancels."""
    option = QFileDialog.Option.DontConfirmOverwrite  # the export dialog says it, before it is too late
    name, _ = QFileDialog.getSaveFileName(
        parent, "Export", str(current), f"PNG sheet (*{SHEET_SUFFIX})", options=option
    )
    return Path(name) if name else None


class ExportDialog(QDialog):
    """Layout, engine files and target. Whatever goes wrong is said here, and the dialog stays."""

    exported = Signal(object)  # tuple[Path, …]

    def __init__(
        self,
        sprites: Sequence[Sprite],
        options: SheetOptions,
        suggestion: Path,
        palettes: Sequence[Palette] = (),
        parent: QWidget | None = None,
        ask: Browse = browse,
    ) -> None:
        super().__init__(parent)
        self._sprites = tuple(sprites)
        self._ask = ask
        self.setWindowTitle("Export the sheet")
        self.fields = ExportFields(options, palettes)
        self.picture = SheetPicture()
        self.picture.setMinimumSize(260, 260)
        self.picture.setAccessibleName("The sheet as it will be exported")
        self.path = QLineEdit(str(suggestion))
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
        self.problem.setAccessibleName("What went wrong")
        self.problem.hide()
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self.fields)
        middle.addWidget(self.picture, 1)
        column = QVBoxLayout(self)
        column.addLayout(middle, 1)
        column.addLayout(target)
        column.addWidget(self.note)
        column.addWidget(self.problem)
        column.addWidget(self.buttons)
        self.resize(860, 560)

    def _target(self) -> Path:
        path = Path(self.path.text().strip()).expanduser()
        return path if path.suffix.lower() == SHEET_SUFFIX else path.with_name(path.name + SHEET_SUFFIX)

    def _folder(self) -> Path:
        return self._target().with_suffix("")

    def _show(self) -> None:
        """Show what would be written, or why nothing can be."""
        self.problem.hide()
        named = bool(self.path.text().strip())
        try:
            options = self.fields.options()
            width, height = sheet_size(self._sprites, options.sheet)
        except PixelForgeError as error:
            self._complain(str(error))
            self.export_button.setEnabled(False)
            return
        self.export_button.setEnabled(named)
        single = self.fields.single.isChecked()
        count = len(self._sprites)
        lines = [f"{width} x {height} px, {counted(count, 'sprite')}."]
        if single:
            lines = [f"{counted(count, 'file')} in {self._folder()}."]
        elif named:
            there = [path.name for path in targets(self._target(), options) if path.exists()]
            kept = [name for name in there if name.endswith(".meta")]
            replaced = [name for name in there if name not in kept]
            lines += [f"{', '.join(replaced)} is there already and will be replaced."] * bool(replaced)
            lines += [f"{', '.join(kept)} is there already and will be kept."] * bool(kept)
        self.note.setText(" ".join(lines))
        if width * height <= MAX_SHOWN:
            self.picture.set_sheet(sheet_picture(recoloured(self._sprites, options.palette), options.sheet))

    def _browse(self) -> None:
        path = self._ask(self, self._target())
        if path is not None:
            self.path.setText(str(path))

    def _export(self) -> None:
        try:
            options = self.fields.options()
            if self.fields.single.isChecked():
                written = export_files(self._folder(), self._sprites, options)
            else:
                written = export_sprites(self._target(), self._sprites, options)
        except PixelForgeError as error:
            self._complain(f"{error} Nothing was written.")
        else:
            self.exported.emit(written)
            self.accept()

    def _complain(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()
