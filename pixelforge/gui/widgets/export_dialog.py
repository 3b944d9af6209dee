"""The dialog that writes the tray's sheet as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from pixelforge.errors import PixelForgeError
from pixelforge.gui.widgets.tray import MAX_COLUMNS, MAX_PADDING
from pixelforge.imaging.sheet import grid_columns
from pixelforge.services.export import FORMATS, ExportFormat
from pixelforge.services.saving import SheetOptions
from pixelforge.services.sprites import Sprite

MAX_SCALE = 16

Browse = Callable[[QWidget, Path, ExportFormat], Path | None]


def browse(parent: QWidget, current: Path, chosen: ExportFormat) -> Path | None:
    """The system's dialog for a file to write; None if the user thinks better of it."""
    kinds = f"{chosen.name} (*{chosen.suffix})"
    option = QFileDialog.Option.DontConfirmOverwrite  # the export dialog says it, before it is too late
    name, _ = QFileDialog.getSaveFileName(parent, "Export", str(current), kinds, options=option)
    return Path(name) if name else None


class ExportDialog(QDialog):
    """Format, layout and target. Whatever goes wrong is said here, and the dialog stays."""

    exported = Signal(object)  # Path

    def __init__(
        self,
        sprites: Sequence[Sprite],
        options: SheetOptions,
        suggestion: Path,
        parent: QWidget | None = None,
        ask: Browse = browse,
    ) -> None:
        super().__init__(parent)
        self._sprites = tuple(sprites)
        self._ask = ask
        self.setWindowTitle("Export the sheet")
        self.format_box = QComboBox()
        for known in FORMATS:
            self.format_box.addItem(known.name, known)
        self.columns = _spin(0, MAX_COLUMNS, options.columns or 0)
        self.columns.setSpecialValueText("auto")
        self.padding = _spin(0, MAX_PADDING, options.padding)
        self.padding.setSuffix(" px")
        self.scale = _spin(1, MAX_SCALE, options.scale)
        self.scale.setSuffix(" x")
        self.path = QLineEdit(str(suggestion))
        self.browse_button = QPushButton("Browse…")
        self.note = QLabel()
        self.problem = QLabel()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button = self.buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self._lay_out()
        self._connect()
        self._show()

    @property
    def options(self) -> SheetOptions:
        """As they are set in the dialog."""
        return SheetOptions(self.columns.value() or None, self.padding.value(), self.scale.value())

    def _lay_out(self) -> None:
        target = QHBoxLayout()
        target.addWidget(self.path, 1)
        target.addWidget(self.browse_button)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for text, field in (
            ("&Format", self.format_box),
            ("&Columns", self.columns),
            ("&Padding", self.padding),
            ("&Scale", self.scale),
        ):
            form.addRow(text, field)
            field.setAccessibleName(text.replace("&", ""))
        self.path.setAccessibleName("File")
        label = QLabel("F&ile")
        label.setBuddy(self.path)
        form.addRow(label, target)
        for line in (self.note, self.problem):
            line.setTextFormat(Qt.TextFormat.PlainText)
            line.setWordWrap(True)
        self.problem.setAccessibleName("What went wrong")
        self.problem.hide()
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.note)
        column.addWidget(self.problem)
        column.addStretch(1)
        column.addWidget(self.buttons)
        self.setMinimumWidth(480)

    def _connect(self) -> None:
        for spin in (self.columns, self.padding, self.scale):
            spin.valueChanged.connect(lambda _: self._show())
        self.path.textChanged.connect(lambda _: self._show())
        self.browse_button.clicked.connect(self._browse)
        self.buttons.accepted.connect(self._export)
        self.buttons.rejected.connect(self.reject)

    def _target(self) -> Path:
        chosen: ExportFormat = self.format_box.currentData()
        path = Path(self.path.text().strip()).expanduser()
        return path if path.suffix.lower() == chosen.suffix else path.with_name(path.name + chosen.suffix)

    def _show(self) -> None:
        self.problem.hide()
        self.export_button.setEnabled(bool(self.path.text().strip()))
        side = max(max(sprite.pixels.shape[:2]) for sprite in self._sprites)
        options = self.options
        columns = options.columns or grid_columns(len(self._sprites))
        rows = -(-len(self._sprites) // columns)
        width, height = (n * (side + options.padding) - options.padding for n in (columns, rows))
        note = f"{width * options.scale} x {height * options.scale} px, {len(self._sprites)} sprites."
        if self.path.text().strip() and self._target().exists():
            note += f" {self._target().name} is there already and will be replaced."
        self.note.setText(note)

    def _browse(self) -> None:
        path = self._ask(self, self._target(), self.format_box.currentData())
        if path is not None:
            self.path.setText(str(path))

    def _export(self) -> None:
        chosen: ExportFormat = self.format_box.currentData()
        target = self._target()
        try:
            chosen.write(target, self._sprites, self.options)
        except PixelForgeError as error:
            self.problem.setText(f"{error} Choose another file.")
            self.problem.show()
        else:
            self.exported.emit(target)
            self.accept()


def _spin(least: int, most: int, value: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(least, most)
    spin.setValue(value)
    return spin
