"""A number that a record tells the range of: a slider and its value."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSlider, QWidget

from pixelforge.fields import Setting

DECIMALS = 2


class ScalarField(QWidget):
    """The slider moves by the setting's steps; the number takes anything in between as well."""

    value_changed = Signal(float)

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        assert setting.least is not None
        assert setting.most is not None
        self._step = setting.step
        tooltip = f"{setting.help}."
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(setting.least / self._step), round(setting.most / self._step))
        self.slider.setPageStep(2)
        self.slider.setAccessibleName(f"{setting.label} slider")
        self.number = _Number()
        self.number.setDecimals(DECIMALS)
        self.number.setRange(setting.least, setting.most)
        self.number.setMinimumWidth(self._width_of(setting.most + 0.25))
        self.number.setSingleStep(self._step)
        self.number.setAccessibleName(setting.label)
        for field in (self, self.slider, self.number):
            field.setToolTip(tooltip)
        self.slider.valueChanged.connect(self._on_slider)
        self.number.valueChanged.connect(self._on_number)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self.setFocusProxy(self.slider)  # the first of the two: Tab would leave out what stands before it

    def set_value(self, value: float) -> None:
        """Show this value; the slider stands at the step that is nearest."""
        self._move_slider(value)
        if round(value, DECIMALS) != self.number.value():  # else the text that is being typed would be tidied up
            with QSignalBlocker(self.number):  # showing it rounded must not change the value itself
                self.number.setValue(value)

    def _width_of(self, value: float) -> int:
        """Room for every number of two decimals up to `value`; a spin box itself makes room for its ends alone."""
        roomy = _Number()
        roomy.setDecimals(DECIMALS)
        roomy.setMaximum(value)
        return roomy.sizeHint().width()

    def _on_slider(self, steps: int) -> None:
        self.number.setValue(steps * self._step)

    def _on_number(self, value: float) -> None:
        self._move_slider(value)
        self.value_changed.emit(value)

    def _move_slider(self, value: float) -> None:
        with QSignalBlocker(self.slider):  # rounding to steps must not change the value itself
            self.slider.setValue(round(value / self._step))


class _Number(QDoubleSpinBox):
    """Shows 2 and 2.5, not 2.00 and 2.50."""

    def textFromValue(self, value: float) -> str:
        return self.locale().toString(value, "g", 4)
