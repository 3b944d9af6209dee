"""Guidance: a slider and its number."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSlider, QWidget

from pixelforge.services.requests import MAX_GUIDANCE, MIN_GUIDANCE

STEP = 0.5
TOOLTIP = "How strictly the sprites follow their class: 1 leaves them free, high numbers make them bold and alike."


class GuidanceField(QWidget):
    """The slider moves by halves; the number takes anything in between as well."""

    value_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(MIN_GUIDANCE / STEP), round(MAX_GUIDANCE / STEP))
        self.slider.setPageStep(2)
        self.slider.setAccessibleName("Guidance slider")
        self.slider.setToolTip(TOOLTIP)
        self.number = _Number()
        self.number.setDecimals(2)
        self.number.setRange(MIN_GUIDANCE, MAX_GUIDANCE)
        self.number.setSingleStep(STEP)
        self.number.setAccessibleName("Guidance")
        self.number.setToolTip(TOOLTIP)
        self.slider.valueChanged.connect(self._on_slider)
        self.number.valueChanged.connect(self._on_number)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self.setFocusProxy(self.number)

    def set_value(self, value: float) -> None:
        """Show this value; the slider stands at the half that is nearest."""
        self._move_slider(value)
        if value != self.number.value():  # else the text that is being typed would be tidied up
            self.number.setValue(value)

    def _on_slider(self, halves: int) -> None:
        self.number.setValue(halves * STEP)

    def _on_number(self, value: float) -> None:
        self._move_slider(value)
        self.value_changed.emit(value)

    def _move_slider(self, value: float) -> None:
        blocked = self.slider.blockSignals(True)  # rounding to halves must not change the value itself
        self.slider.setValue(round(value / STEP))
        self.slider.blockSignals(blocked)


class _Number(QDoubleSpinBox):
    """Shows 2 and 2.5, not 2.00 and 2.50."""

    def textFromValue(self, value: float) -> str:  # noqa: N802
        return self.locale().toString(value, "g", 4)
