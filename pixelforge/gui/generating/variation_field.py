"""The sprite that variations start from, how far they may go, and what of it stays."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QSpinBox, QVBoxLayout, QWidget

from pixelforge.core.start import Keep, Start
from pixelforge.fields import setting_of
from pixelforge.gui.shared.keep_field import KeepField
from pixelforge.gui.shared.pixel_button import CROSS, PixelButton
from pixelforge.gui.shared.sheet_picture import SheetPicture
from pixelforge.imaging.sheet import lay_out_any
from pixelforge.words import counted

STRENGTH = setting_of(Start, "strength")
TOOLTIP = f"{STRENGTH.help}."
REST = 400  # milliseconds after which a slider that was moved rests
MOST_SHOWN = 9  # pictures of a start
THUMBNAIL = 48  # logical pixels a side


class VariationField(QWidget):
    """Shows the start, the strength and what stays; hidden while sprites are made from noise alone."""

    value_changed = Signal(object)  # Start | None
    tried = Signal()  # the slider was moved, or the start is gone: show what comes of it
    confirmed = Signal()  # Enter, or a slider that was moved and rests, or was let go, or a switch: go

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._start: Start | None = None
        self._moved = False  # since variations were made last
        self.picture = SheetPicture()
        self.picture.setFixedSize(THUMBNAIL, THUMBNAIL)
        self.picture.setAccessibleName("Start of the variations")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Strength slider")
        self.number = QSpinBox()
        self.number.setSuffix(" %")
        self.number.setAccessibleName("Strength of the variations")
        for field in (self.slider, self.number):
            field.setRange(round(100 * (STRENGTH.least or 0)), round(100 * (STRENGTH.most or 1)))
            field.setSingleStep(round(100 * STRENGTH.step))
            field.setToolTip(TOOLTIP)
        self.slider.setToolTip(f"{TOOLTIP} To the left closer, to the right wilder; Enter makes them.")
        self.remove = PixelButton("Make sprites from noise again", CROSS)
        self.remove.setToolTip("Make sprites from noise again, without this start.")
        self.keep = KeepField(across=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        column.addLayout(row)
        row.addWidget(self.picture)
        row.addWidget(QLabel("closer"))
        row.addWidget(self.slider, 1)
        row.addWidget(QLabel("wilder"))
        row.addWidget(self.number)
        row.addWidget(self.remove)
        column.addWidget(self.keep)  # after the row: Tab goes as the parts were put in
        self.setFocusProxy(self.slider)
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(REST)
        self._resting.timeout.connect(self._on_rest)
        self.slider.sliderReleased.connect(self._on_rest)
        self.slider.valueChanged.connect(self.number.setValue)
        self.number.valueChanged.connect(self._on_number)
        self.keep.value_changed.connect(self._on_keep)
        self.remove.clicked.connect(self._on_removed)
        self.hide()

    def set_value(self, start: Start | None) -> None:
        """Show a start; None hides the field."""
        self._start = start
        self.setVisible(start is not None)
        if start is None:
            return
        self.keep.set_value(start.keep)
        self.picture.set_sheet(lay_out_any(start.pictures[:MOST_SHOWN]))
        self.picture.setToolTip(f"Variations of {counted(len(start.pictures), 'sprite')}.")
        percent = round(100 * start.strength)
        for field in (self.slider, self.number):
            with QSignalBlocker(field):
                field.setValue(percent)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._resting.stop()
            self._moved = False
            self.confirmed.emit()
        else:
            super().keyPressEvent(event)

    def _on_number(self, percent: int) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(percent)
        self._moved = True
        self._resting.start()
        if self._start is not None:
            self.value_changed.emit(replace(self._start, strength=percent / 100))
            self.tried.emit()

    def _on_keep(self, keep: Keep) -> None:
        self._moved = True
        self._resting.start()
        if self._start is not None:
            self.value_changed.emit(replace(self._start, keep=keep))
            self.tried.emit()

    def _on_removed(self) -> None:
        self._moved = False
        self._resting.stop()
        self.value_changed.emit(None)
        self.tried.emit()

    def _on_rest(self) -> None:
        """Where the mouse holds the slider, it goes on when that lets go."""
        if not self.slider.isSliderDown() and self._moved:
            self._moved = False
            self._resting.stop()
            self.confirmed.emit()
