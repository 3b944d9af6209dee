"""Which set is shown, and its name, which can be changed where it stands."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QStackedLayout, QToolButton, QWidget

from pixelforge.gui.shared.name_edit import NameEdit
from pixelforge.gui.tray.sets_model import SetsModel
from pixelforge.services.naming import NAME_LENGTH


class SetBox(QWidget):
    """Shows a SetsModel: a box to choose from, and a menu that makes, renames and deletes sets."""

    refused = Signal(str)  # why a name cannot be

    def __init__(self, model: SetsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._renaming = False
        self.box = QComboBox()
        self.box.setAccessibleName("Set")
        self.box.setToolTip("Which set is shown.")
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.edit = NameEdit(model.check_name)
        self.edit.setMaxLength(NAME_LENGTH)
        self.button = QToolButton()
        self.button.setText("Sets ")  # room for the arrow
        self.button.setAccessibleName("Sets: new, rename, delete")
        self.button.setToolTip("Begin, rename or delete a set.")
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.new, self.rename, self.delete = (
            QAction(text, self) for text in ("&New set", "&Rename set", "&Delete set")
        )
        self._lay_out()
        self._connect()
        self._show()

    def begin_rename(self) -> None:
        """Put a line into the box's place."""
        self.edit.setText(self._model.current.name)
        self.edit.selectAll()
        self._renaming = True
        self._stack.setCurrentWidget(self.edit)
        self.edit.setFocus()

    def add_action(self, action: QAction) -> None:
        """Put another thing that can be done with the shown set into the menu."""
        menu = self.button.menu()
        menu.addSeparator()
        menu.addAction(action)

    def _lay_out(self) -> None:
        menu = QMenu(self.button)
        menu.addActions([self.new, self.rename, self.delete])
        self.button.setMenu(menu)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.box)
        self._stack.addWidget(self.edit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(self._stack, 1)
        row.addWidget(self.button)

    def _connect(self) -> None:
        self.box.activated.connect(lambda row: self._model.choose(self.box.itemData(row)))
        self.new.triggered.connect(self._on_new)
        self.rename.triggered.connect(self.begin_rename)
        self.delete.triggered.connect(self._model.delete)
        self.edit.editingFinished.connect(self._on_edited)
        self.edit.given_up.connect(self._end_rename)
        self.edit.left.connect(self._end_rename)
        self.edit.refused.connect(self.refused)
        self._model.changed.connect(self._show)

    def _show(self) -> None:
        sets = self._model.sets
        with QSignalBlocker(self.box):
            self.box.clear()
            for one in sets:
                self.box.addItem(one.name, one.id)
            self.box.setCurrentIndex([one.id for one in sets].index(self._model.current.id))
        self.delete.setEnabled(len(sets) > 1)

    def _on_new(self) -> None:
        self._model.new()
        self.begin_rename()

    def _on_edited(self) -> None:
        if self._renaming:
            self._end_rename()
            self._model.rename(self.edit.text())

    def _end_rename(self) -> None:
        """The box is back; so is the keyboard, if it was in the line."""
        focused = self.edit.hasFocus()
        self._renaming = False  # before the line is hidden, which Qt takes for an edit that is finished
        self._stack.setCurrentWidget(self.box)
        if focused:
            self.box.setFocus()
