"""How carefully sprites are made: a few names, or sampler and steps for those who know them."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QSpinBox, QVBoxLayout, QWidget

from pixelforge.core.header import ModelHeader
from pixelforge.core.sampler import SAMPLERS
from pixelforge.core.sampling import Sampling
from pixelforge.fields import setting_of
from pixelforge.gui.generating.states import Quality, qualities
from pixelforge.words import counted

TOOLTIP = "Fast is for looking around, Balanced is what the model recommends, Classic takes every step."


class QualityField(QWidget):
    """Shows sampler and steps, by a name where they have one; says what the user chooses."""

    changed = Signal(object)  # fields of Sampling by name, dict[str, Any]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._custom = False  # whether the user asked for sampler and steps, whatever they stand at
        self.box = QComboBox()
        self.box.setAccessibleName("Quality")
        self.box.setToolTip(TOOLTIP)
        self.sampler_box = QComboBox()
        for name, sampler in SAMPLERS.items():
            self.sampler_box.addItem(sampler.label, name)
        self.steps = QSpinBox()
        for field, name in ((self.sampler_box, "sampler"), (self.steps, "steps")):
            field.setAccessibleName(setting_of(Sampling, name).label)
            field.setToolTip(f"{setting_of(Sampling, name).help}.")
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
        self.sampler_box.activated.connect(lambda row: self.changed.emit({"sampler": self.sampler_box.itemData(row)}))
        self.steps.valueChanged.connect(lambda steps: self.changed.emit({"steps": steps}))

    def set_header(self, header: ModelHeader) -> None:
        """The qualities and the range of steps of a model."""
        self._custom = False
        self.box.clear()
        for quality in qualities(header):
            steps = counted(quality.steps, "step")
            self.box.addItem(f"{quality.name} ({steps})", quality)
        self.box.addItem("Custom", None)
        with QSignalBlocker(self.steps):
            self.steps.setRange(1, header.diffusion.num_timesteps)

    def set_sampling(self, sampler: str, steps: int) -> None:
        """Show these."""
        self.sampler_box.setCurrentIndex(self.sampler_box.findData(sampler))
        if steps != self.steps.value():  # else the text that is being typed would be tidied up
            with QSignalBlocker(self.steps):
                self.steps.setValue(steps)
        custom = self.box.count() - 1
        match = next((row for row in range(custom) if self._matches(row, sampler, steps)), custom)
        self.box.setCurrentIndex(custom if self._custom else match)
        self._details.setVisible(self.box.currentIndex() == custom)

    def _matches(self, row: int, sampler: str, steps: int) -> bool:
        quality: Quality = self.box.itemData(row)
        return (quality.sampler, quality.steps) == (sampler, steps)

    def _on_activated(self, row: int) -> None:
        quality = self.box.itemData(row)
        self._custom = quality is None
        self._details.setVisible(self._custom)
        if quality is not None:
            self.changed.emit({"sampler": quality.sampler, "steps": quality.steps})
