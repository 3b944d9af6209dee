"""The user's models: what they are, and their names, copies and end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pixelforge.errors import CheckpointError, PixelForgeError
from pixelforge.gui.shared.background import Background, Task
from pixelforge.gui.shared.library import Library
from pixelforge.gui.shared.sheet_picture import SheetPicture
from pixelforge.gui.shared.system_dialogs import SystemDialogs
from pixelforge.imaging.pixels import Pixels
from pixelforge.imaging.sheet import lay_out
from pixelforge.services.asking import offer_of
from pixelforge.services.icons import read_icons
from pixelforge.services.model_library import (
    ModelEntry,
    export_model,
    files_of,
    read_figures,
    read_grid,
    rename_model,
)

LIST_WIDTH = 220  # logical pixels
MOST_PICTURES, PICTURES_A_ROW = 40, 10


class ModelsDialog(QDialog):
    """The bundled models can be looked at and exported; the user's own can be renamed and put into the bin, too."""

    def __init__(
        self, library: Library, system: SystemDialogs, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._task: Task | None = None  # the last copy that was begun
        self._library = library
        self._system = system
        self.setWindowTitle("Models")
        self.list = QListWidget()
        self.list.setAccessibleName("Models")
        self.list.setFixedWidth(LIST_WIDTH)
        self.picture = SheetPicture()
        self.picture.setMinimumSize(300, 160)
        self.picture.setAccessibleName("Samples of the model")
        self.about = QLabel()
        self.name = QLineEdit()
        self.name.setAccessibleName("Name")
        self.rename_button = QPushButton("&Rename")
        self.use_button = QPushButton("&Use it")
        self.export_button = QPushButton("&Export…")
        self.delete_button = QPushButton("&Delete")
        self.note = QLabel()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._lay_out()
        self._connect()
        self._fill(library.entry)

    def _lay_out(self) -> None:
        for line in (self.about, self.note):
            line.setTextFormat(Qt.TextFormat.PlainText)
            line.setWordWrap(True)
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        names = QHBoxLayout()
        names.addWidget(self.name, 1)
        names.addWidget(self.rename_button)
        actions = QHBoxLayout()
        actions.addStretch(1)
        for button in (self.use_button, self.export_button, self.delete_button):
            actions.addWidget(button)
        right = QVBoxLayout()
        right.addLayout(names)
        right.addWidget(self.picture, 1)
        right.addWidget(self.about)
        right.addLayout(actions)
        middle = QHBoxLayout()
        middle.addWidget(self.list)
        middle.addLayout(right, 1)
        page = QVBoxLayout(self)
        page.addLayout(middle, 1)
        page.addWidget(self.note)
        page.addWidget(self.buttons)
        self.resize(760, 520)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(lambda _: self._show())
        self.name.textChanged.connect(lambda _: self._show_buttons())
        self.rename_button.clicked.connect(self._rename)
        self.use_button.clicked.connect(self._use)
        self.export_button.clicked.connect(self._export)
        self.delete_button.clicked.connect(self._delete)
        self.buttons.rejected.connect(self.reject)

    def _fill(self, chosen: ModelEntry | None) -> None:
        with QSignalBlocker(self.list):
            self.list.clear()
            for entry in self._library.entries:
                self.list.addItem(entry.name)
        paths = [entry.path for entry in self._library.entries]
        self.list.setCurrentRow(paths.index(chosen.path) if chosen is not None and chosen.path in paths else 0)
        self._show()

    def _entry(self) -> ModelEntry | None:
        row = self.list.currentRow()
        return self._library.entries[row] if 0 <= row < len(self._library.entries) else None

    def _show(self) -> None:
        entry = self._entry()
        self.name.setText(entry.name if entry else "")
        self.name.setReadOnly(entry is None or entry.bundled)
        self.about.setText(_about(entry) if entry else "")
        self.picture.set_sheet(_picture(entry) if entry else None)
        self.note.clear()
        self._show_buttons()

    def _show_buttons(self) -> None:
        entry = self._entry()
        own, readable = entry is not None and not entry.bundled, entry is not None and entry.header is not None
        self.rename_button.setEnabled(own and self.name.text().strip() not in ("", entry.name if entry else ""))
        self.use_button.setEnabled(readable)
        self.export_button.setEnabled(readable)
        self.delete_button.setEnabled(own)

    def _rename(self) -> None:
        entry = self._entry()
        if entry is None:
            return
        chosen = entry == self._library.entry
        try:
            renamed = rename_model(entry, self.name.text().strip())
        except PixelForgeError as error:
            self.note.setText(str(error))
            return
        self._library.add(renamed)
        if chosen:
            self._library.choose(renamed)
        self._library.remove(entry)
        self._fill(renamed)

    def _use(self) -> None:
        entry = self._entry()
        if entry is not None:
            self._library.choose(entry)
            self.accept()

    def _export(self) -> None:
        entry = self._entry()
        path = None if entry is None else self._system.ask_model_path(self, entry.path.name)
        if entry is None or path is None:
            return
        task = self._background.run(f"Exporting {entry.name}", lambda: (export_model(entry, path),))
        self.note.setText(task.words())
        task.done.connect(self._on_exported)
        task.failed.connect(self._on_failed)
        self._task = task

    def _on_failed(self, error: str) -> None:
        if self._task is not None and self.isVisible():
            self._task.shown = True
            self.note.setText(error)

    def _on_exported(self, paths: Sequence[Path]) -> None:
        self.note.setText(f"Exported {paths[0]}.")

    def _delete(self) -> None:
        entry = self._entry()
        if entry is None:
            return
        if entry.path.exists() and not self._system.move_to_bin(entry.path):
            self.note.setText(f"{entry.path} could not be put into the bin; nothing was changed.")
            return
        left = [path for path in files_of(entry) if not self._system.move_to_bin(path)]
        self._library.remove(entry)
        self._fill(self._library.entry)
        lines = [f"{entry.name} is in the bin.", *(f"{path} could not be put there and is left." for path in left)]
        self.note.setText("\n".join(lines))


def _about(entry: ModelEntry) -> str:
    if entry.header is None:
        return entry.problem
    provenance = entry.header.provenance
    lines = [f"Classes: {', '.join(entry.header.class_names)}", f"Learnt from: {provenance.data}"]
    if provenance.sprites:
        lines[-1] += f", {provenance.sprites:,} sprites, {provenance.steps:,} steps, {provenance.date}"
    lines += [f"Credits: {provenance.credits}"] * bool(provenance.credits)
    lines += [f"Licence: {provenance.licence}"] * bool(provenance.licence)
    lines += [f"{row.name}: KID {row.kid:.0f}, class accuracy {row.class_accuracy:.0%}" for row in read_figures(entry)]
    return "\n".join(lines)


def _picture(entry: ModelEntry) -> Pixels | None:
    """What it made while it was trained, or where that was elsewhere, the pictures of what it can be asked for."""
    grid = read_grid(entry)
    if grid is not None or entry.header is None:
        return grid
    try:
        icons = read_icons(entry.path, offer_of(entry.path, entry.header), entry.header.model.image_size)
    except CheckpointError:
        return None
    return lay_out(np.stack(list(icons.values())[:MOST_PICTURES]), PICTURES_A_ROW) if icons else None
