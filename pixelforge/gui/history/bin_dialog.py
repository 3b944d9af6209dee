"""The bin: what was deleted, until it empties itself."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from pixelforge.gui.history.history_model import HistoryModel
from pixelforge.gui.history.sprite_list import SpriteListView
from pixelforge.services.history import BIN_DAYS
from pixelforge.words import counted

HINT = "Nothing was deleted."


class BinDialog(QDialog):
    """Shows a HistoryModel of the bin; emits what the user wants of it."""

    restore_requested = Signal(object)  # the ids, list[int]
    empty_requested = Signal()

    def __init__(self, model: HistoryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Bin")
        self._model = model
        self.view = SpriteListView("Bin", HINT)
        self.view.setModel(model)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.restore_button = QPushButton("&Restore")
        self.restore_button.setToolTip("Bring the selected sprites back into the history; without any, all of them.")
        self.empty_button = QPushButton("&Empty…")
        self.empty_button.setToolTip("Remove all of them for good.")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.addButton(self.restore_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.addButton(self.empty_button, QDialogButtonBox.ButtonRole.ResetRole)
        column = QVBoxLayout(self)
        column.addWidget(self.note)
        column.addWidget(self.view, 1)
        column.addWidget(self.buttons)
        self.resize(560, 420)
        self.restore_button.clicked.connect(lambda: self.restore_requested.emit(self.chosen()))
        self.empty_button.clicked.connect(self.empty_requested)
        self.buttons.rejected.connect(self.reject)
        self.view.activated.connect(lambda index: self.restore_requested.emit(model.ids_of([index.row()])))
        self.view.selected.connect(self._show)
        model.counted.connect(self._show)
        model.modelReset.connect(self._show)
        self._show()

    def chosen(self) -> list[int]:
        """The ids of the selected sprites, or of all if there are none."""
        rows = sorted(index.row() for index in self.view.selectedIndexes())
        return self._model.ids_of(rows or range(self._model.rowCount()))

    def _show(self) -> None:
        count, selected = self._model.rowCount(), len(self.view.selectedIndexes())
        self.note.setText(
            f"{counted(count, 'deleted sprite')}. Each stays here for {BIN_DAYS} days. A double click brings one back."
        )
        self.restore_button.setText(f"&Restore {selected:,}" if selected else "&Restore all")
        for button in (self.restore_button, self.empty_button):
            button.setEnabled(count > 0)
