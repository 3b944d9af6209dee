"""The licences of all that the app is made of."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from pixelforge.services.licences import Licence


class LicencesDialog(QDialog):
    """A list of parts, and the licence of the one that is chosen; the texts can be copied."""

    def __init__(self, licences: Sequence[Licence], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Licences")
        self._licences = tuple(licences)
        self.parts = QListWidget()
        self.parts.addItems([f"{licence.name} {licence.version}" for licence in licences])
        self.parts.setAccessibleName("Parts")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName("Licence")
        self.parts.currentRowChanged.connect(self._show)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.parts)
        split.addWidget(self.text)
        split.setSizes([220, 560])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(split)
        column.addWidget(buttons)
        self.resize(820, 520)
        self.parts.setCurrentRow(0)

    def _show(self, row: int) -> None:
        licence = self._licences[row]
        self.text.setPlainText("\n\n".join(part for part in (licence.kind, licence.text) if part))
