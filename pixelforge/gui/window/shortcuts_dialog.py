"""The list of keys, made from the actions themselves."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

MOUSE = (
    ("Select one, more, up to here", "Click, Ctrl+click, Shift+click"),
    ("Move, and select on the way", "Arrows, Shift+arrows"),
    ("Enlarge a sprite, and back", "Double click, Enter"),
    ("Zoom", "Wheel"),
    ("Move the picture", "Drag beside the sprites, or with the middle button"),
    ("Back to the batch from a look at the history", "Esc"),
    ("Go to a pixel of the desk, draw there, draw on the way", "Ctrl+arrows, Space, Ctrl+Shift+arrows"),
    ("Put copied sprites or pictures into the set", "Ctrl+V, where the set has the keyboard"),
    ("Reorder the set", "Drag, Alt+Up, Alt+Down"),
)


class ShortcutsDialog(QDialog):
    """A table of what can be done and by which keys."""

    def __init__(
        self, actions: Sequence[QAction], desk: Sequence[tuple[str, str]] = (), parent: QWidget | None = None
    ) -> None:
        """desk: what can be done there, and by which keys."""
        super().__init__(parent)
        self.setWindowTitle("Keys")
        rows = [(plain_text(action), keys_of(action)) for action in actions if action.shortcuts()]
        rows += [*MOUSE, *((f"Desk: {what}", keys) for what, keys in desk)]
        self.table = QTableWidget(len(rows), 2)
        self.table.setHorizontalHeaderLabels(["What", "Keys"])
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setAccessibleName("Keys")
        self.table.setTabKeyNavigation(False)  # Tab goes on to the button; arrows walk over the cells
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                self.table.setItem(row, column, QTableWidgetItem(text))
        self.table.resizeColumnToContents(0)
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.resizeRowsToContents()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table)
        layout.addWidget(buttons)
        self.resize(560, 620)


def plain_text(action: QAction) -> str:
    """What an action says, without its mnemonic and its dots; its data where that is a name."""
    if isinstance(action.data(), str):
        return str(action.data())
    return action.text().replace("&", "").rstrip("…")


def keys_of(action: QAction) -> str:
    """Its keys, as the system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(dict.fromkeys(keys.toString(native).replace("Return", "Enter") for keys in action.shortcuts()))
