"""The set on the right: its sprites in order and by name, and the sheet as it will be."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from pixelforge.gui.shared.check_box import CheckBox
from pixelforge.gui.shared.plain import plain
from pixelforge.gui.shared.sheet_picture import SheetPicture
from pixelforge.gui.tray.set_box import SetBox
from pixelforge.gui.tray.set_list import SetList
from pixelforge.gui.tray.tray_model import TrayModel
from pixelforge.words import counted

MAX_COLUMNS = 256
MAX_PADDING = 64


class Tray(QWidget):
    """Shows a TrayModel and the sets that it is of, and passes on to them what the user changes."""

    export_requested = Signal()
    export_again_requested = Signal()
    in_step_requested = Signal(bool)

    def __init__(self, model: TrayModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.sets = SetBox(model.sets)
        self.view = SetList(model)
        self.columns = _spin("Columns", "Sprites in a row of the sheet.", MAX_COLUMNS)
        self.columns.setSpecialValueText("auto")
        self.padding = _spin("Padding", "Transparent pixels between the sprites of the sheet.", MAX_PADDING)
        self.padding.setSuffix(" px")
        self.picture = SheetPicture()
        self.picture.setMinimumHeight(80)
        self.picture.setAccessibleName("The sheet as it will be exported")
        self.size_label = QLabel()
        self.size_label.setAccessibleDescription("Size of the sheet")
        self.export_button = QPushButton("E&xport…")
        self.export_button.setToolTip("Write the sheet as a file (Ctrl+Shift+E).")
        self.again_button = QPushButton("Export again")
        self.again_button.setToolTip("Write the same files as the last time, over those that are there (Ctrl+E).")
        self.in_step = CheckBox("Keep in step")
        self.clear_button = QPushButton("Clear")
        self.clear_button.setToolTip("Take all sprites out of the set; Ctrl+Z brings them back.")
        self._lay_out()
        self.columns.valueChanged.connect(lambda columns: model.set_columns(columns or None))
        self.padding.valueChanged.connect(model.set_padding)
        self.export_button.clicked.connect(self.export_requested)
        self.again_button.clicked.connect(self.export_again_requested)
        self.in_step.clicked.connect(self.in_step_requested)
        self.clear_button.clicked.connect(model.clear)
        self.sets.refused.connect(model.refused)
        model.sheet_changed.connect(self._show)
        self.set_in_step(None)
        self._show()

    def set_in_step(self, file: str | None) -> None:
        """The file that is kept in step with the shown set; None: none is."""
        self.in_step.setChecked(file is not None)
        now = f"Now: {file}." if file is not None else "So that your engine reloads it."
        self.in_step.setToolTip(plain(f"Write the exported files again at every change of the set. {now}"))

    def sizeHint(self) -> QSize:
        """Wide enough for a sprite and its name."""
        return QSize(230, 500)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Columns", self.columns)
        form.addRow("Padding", self.padding)
        buttons = QHBoxLayout()
        buttons.addWidget(self.export_button, 1)
        buttons.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 6)
        column.addWidget(self.sets)
        column.addWidget(self.view, 3)
        column.addLayout(form)
        column.addWidget(self.picture, 2)
        column.addWidget(self.size_label)
        column.addLayout(buttons)
        column.addWidget(self.again_button)
        column.addWidget(self.in_step)
        self.setMinimumWidth(200)

    def _show(self) -> None:
        options, sheet = self._model.options, self._model.sheet()
        self.columns.setValue(options.columns or 0)
        self.padding.setValue(options.padding)
        self.picture.set_sheet(sheet)
        count = len(self._model.sprites)
        if sheet is None:
            self.size_label.setText("The set is empty.")
        else:
            height, width = sheet.shape[:2]
            self.size_label.setText(f"{width} x {height} px, {counted(count, 'sprite')}")
        self.export_button.setEnabled(sheet is not None)
        self.again_button.setEnabled(sheet is not None)
        self.in_step.setEnabled(sheet is not None or self.in_step.isChecked())
        self.clear_button.setEnabled(sheet is not None)


def _spin(name: str, tooltip: str, largest: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(0, largest)
    spin.setAccessibleName(name)
    spin.setToolTip(tooltip)
    return spin
