"""The settings of the app."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from pixelforge.gui.shared.check_box import CheckBox
from pixelforge.gui.shared.system_dialogs import AskColour, ask_colour
from pixelforge.services.settings import MAX_HISTORY, MIN_HISTORY, THUMBNAILS, AppSettings

THEMES = (("As the system", "system"), ("Light", "light"), ("Dark", "dark"))
FIRST_COLOUR = "#5a7d5a"


class PreferencesDialog(QDialog):
    """Shows the settings; emits others when the user is content with them."""

    changed = Signal(object)  # AppSettings

    def __init__(self, settings: AppSettings, parent: QWidget | None = None, ask: AskColour = ask_colour) -> None:
        super().__init__(parent)
        self._settings = settings
        self._ask = ask
        self._colour = QColor(settings.background or FIRST_COLOUR)
        self.setWindowTitle("Preferences")
        self.theme = QComboBox()
        for text, theme in THEMES:
            self.theme.addItem(text, theme)
        self.theme.setCurrentIndex(self.theme.findData(settings.theme))
        self.background = QComboBox()
        self.background.addItem("Checkerboard", False)
        self.background.addItem("One colour", True)
        self.background.setCurrentIndex(int(settings.background is not None))
        self.colour_button = QPushButton()
        self.pixel_grid = CheckBox("Lines between pixels, where they are large enough", settings.pixel_grid)
        self.thumbnail = QComboBox()
        for side in THUMBNAILS:
            self.thumbnail.addItem(f"{side} px", side)
        self.thumbnail.setCurrentIndex(self.thumbnail.findData(settings.thumbnail))
        self.thumbnail.setToolTip("How large the sprites in the history are.")
        self.history_cap = QSpinBox()
        self.history_cap.setRange(MIN_HISTORY, MAX_HISTORY)
        self.history_cap.setSingleStep(1000)
        self.history_cap.setGroupSeparatorShown(True)
        self.history_cap.setValue(settings.history_cap)
        self.history_cap.setSuffix(" sprites")
        self.history_cap.setToolTip("Beyond it the oldest sprites without a star are dropped.")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._lay_out()
        self.background.currentIndexChanged.connect(lambda _: self._show_colour())
        self.colour_button.clicked.connect(self._choose_colour)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self._show_colour()

    def _lay_out(self) -> None:
        background = QHBoxLayout()
        background.addWidget(self.background, 1)
        background.addWidget(self.colour_button)
        form = QFormLayout()
        form.addRow("&Theme", self.theme)
        label = QLabel("&Background")
        label.setBuddy(self.background)  # a form gives a row of several fields none by itself
        form.addRow(label, background)
        form.addRow("Pixel &grid", self.pixel_grid)
        form.addRow("Sprites in &history", self.thumbnail)
        form.addRow("&Keep at most", self.history_cap)
        for field, name in (
            (self.theme, "Theme"),
            (self.background, "Background behind the sprites"),
            (self.colour_button, "Background colour"),
            (self.pixel_grid, "Pixel grid"),
            (self.thumbnail, "Size of the sprites in the history"),
            (self.history_cap, "Sprites to keep in the history"),
        ):
            field.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addStretch(1)
        column.addWidget(self.buttons)

    def _show_colour(self) -> None:
        pixmap = QPixmap(16, 16)
        pixmap.fill(self._colour)
        self.colour_button.setIcon(QIcon(pixmap))
        self.colour_button.setText(f"{self._colour.name()}…")
        self.colour_button.setEnabled(bool(self.background.currentData()))

    def _choose_colour(self) -> None:
        colour = self._ask(self, self._colour)
        if colour is not None:
            self._colour = colour
            self._show_colour()

    def _accept(self) -> None:
        self.changed.emit(
            replace(
                self._settings,
                theme=self.theme.currentData(),
                background=self._colour.name() if self.background.currentData() else None,
                pixel_grid=self.pixel_grid.isChecked(),
                thumbnail=self.thumbnail.currentData() or self._settings.thumbnail,
                history_cap=self.history_cap.value(),
            )
        )
        self.accept()
