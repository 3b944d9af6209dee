"""How carefully sprites are made: a few names, or sampler and steps for those who know them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QSpinBox, QVBoxLayout, QWidget

from pixelforge.core.config import SAMPLERS, SamplerName
from pixelforge.core.header import ModelHeader
from pixelforge.gui.states import Quality, qualities
from pixelforge.words import counted

SAMPLER_LABELS: dict[SamplerName, str] = {"ddpm": "DDPM (classic)", "ddim": "DDIM", "dpm++2m": "DPM++ 2M"}
TOOLTIP = "Fast is for looking around, Balanced is what the model recommends, Classic takes every step."
SAMPLER_TOOLTIP = "The method that turns noise into sprites: DPM++ 2M needs the fewest steps, DDPM the most."
STEPS_TOOLTIP = "In how many steps noise becomes a sprite: more take longer and can come out cleaner."


class QualityField(QWidget):
    """Shows sampler and steps, by a name where they have one; says what the user chooses."""

    quality_chosen = Signal(object)  # Quality
    sampler_chosen = Signal(str)
    steps_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._custom = False  # whether the user asked for sampler and steps, whatever they stand at
        self.box = QComboBox()
        self.box.setAccessibleName("Quality")
        self.box.setToolTip(TOOLTIP)
        self.sampler_box = QComboBox()
        self.sampler_box.setAccessibleName("Sampler")
        self.sampler_box.setToolTip(SAMPLER_TOOLTIP)
        for sampler in SAMPLERS:
            self.sampler_box.addItem(SAMPLER_LABELS[sampler], sampler)
        self.steps = QSpinBox()
        self.steps.setAccessibleName("Steps")
        self.steps.setToolTip(STEPS_TOOLTIP)
        self._details = QWidget()
        form = QFormLayout(self._details)
        form.setContentsMargins(0, 4, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("S&ampler", self.sampler_box)
        form.addRow("Ste&ps", self.steps)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.box)
        column.addWidget(self._details)
        self._details.hide()
        self.setFocusProxy(self.box)
        self.box.activated.connect(self._on_activated)
        self.sampler_box.activated.connect(lambda row: self.sampler_chosen.emit(self.sampler_box.itemData(row)))
        self.steps.valueChanged.connect(self.steps_changed)

    def set_header(self, header: ModelHeader) -> None:
        """The qualities and the range of steps of a model."""
        self._custom = False
        self.box.clear()
        for quality in qualities(header):
            steps = counted(quality.steps, "step")
            self.box.addItem(f"{quality.name} ({steps})", quality)
        self.box.addItem("Custom", None)
        blocked = self.steps.blockSignals(True)
        self.steps.setRange(1, header.diffusion.num_timesteps)
        self.steps.blockSignals(blocked)

    def set_sampling(self, sampler: SamplerName, steps: int) -> None:
        """Show these."""
        self.sampler_box.setCurrentIndex(self.sampler_box.findData(sampler))
        if steps != self.steps.value():  # else the text that is being typed would be tidied up
            blocked = self.steps.blockSignals(True)
            self.steps.setValue(steps)
            self.steps.blockSignals(blocked)
        custom = self.box.count() - 1
        match = next((row for row in range(custom) if self._matches(row, sampler, steps)), custom)
        self.box.setCurrentIndex(custom if self._custom else match)
        self._details.setVisible(self.box.currentIndex() == custom)

    def _matches(self, row: int, sampler: SamplerName, steps: int) -> bool:
        quality: Quality = self.box.itemData(row)
        return (quality.sampler, quality.steps) == (sampler, steps)

    def _on_activated(self, row: int) -> None:
        quality = self.box.itemData(row)
        self._custom = quality is None
        self._details.setVisible(self._custom)
        if quality is not None:
            self.quality_chosen.emit(quality)
