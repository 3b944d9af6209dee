"""How carefully sprites are made: a few names, or sampler and steps for those who know them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QSpinBox, QWidget

from pixelforge.core.header import ModelHeader
from pixelforge.core.sampler import INSTANT, SAMPLERS
from pixelforge.core.sampling import Sampling
from pixelforge.fields import setting_of
from pixelforge.gui.shared.combo import name_box
from pixelforge.services.quality import Quality, qualities
from pixelforge.words import counted

USUAL = "Fast is for looking around, Fine is what the model recommends, Classic takes every step."
WITH_INSTANT = (
    "Instant makes much the same sprites at once, Fine is what the model recommends, Classic takes all steps."
)
WITHOUT_INSTANT = f"{USUAL} A model that has learnt it (pixelforge distill) can do it in an instant as well."


class QualityField(QComboBox):
    """Shows sampler and steps by a name where they have one, and in `details`; says what the user chooses.

    details: the fields for sampler and steps, to be laid out elsewhere.
    """

    value_changed = Signal(object)  # fields of Sampling by name, dict[str, Any]
    custom_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._header: ModelHeader | None = None
        self._custom = False  # whether the user asked for sampler and steps, whatever they stand at
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.sampler_box = QComboBox()
        self.steps = QSpinBox()
        self.steps.setSuffix(" steps")
        for field, name in ((self.sampler_box, "sampler"), (self.steps, "steps")):
            field.setAccessibleName(setting_of(Sampling, name).label)
            field.setToolTip(f"{setting_of(Sampling, name).help}.")
        self.details = QWidget()
        row = QHBoxLayout(self.details)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.sampler_box, 1)
        row.addWidget(self.steps)
        self.details.setFocusProxy(self.sampler_box)
        self.activated.connect(self._on_activated)
        self.sampler_box.activated.connect(self._on_sampler_activated)
        self.steps.valueChanged.connect(lambda steps: self.value_changed.emit({"steps": steps}))

    def set_header(self, header: ModelHeader) -> None:
        """The qualities and the range of steps of a model."""
        self._custom = False
        self._header = header
        instant = header.student is not None
        name_box(self, "Quality", WITH_INSTANT if instant else WITHOUT_INSTANT)
        self._offer_samplers(instant)
        self.clear()
        for quality in qualities(header):
            steps = counted(quality.steps, "step")
            self.addItem(f"{quality.label} ({steps})", quality)
        self.addItem("Custom", None)
        with QSignalBlocker(self.steps):
            self.steps.setRange(1, header.diffusion.num_timesteps)

    def _offer_samplers(self, instant: bool) -> None:
        self.sampler_box.clear()
        for name, sampler in SAMPLERS.items():
            if instant or name != INSTANT:
                self.sampler_box.addItem(sampler.label, name)

    def set_value(self, sampling: Sampling) -> None:
        """Show these."""
        self.sampler_box.setCurrentIndex(self.sampler_box.findData(sampling.sampler))
        if sampling.steps != self.steps.value():  # else the text that is being typed would be tidied up
            with QSignalBlocker(self.steps):
                self.steps.setValue(sampling.steps)
        self.steps.setEnabled(sampling.sampler != INSTANT)
        custom = self.count() - 1
        match = next((row for row in range(custom) if self._matches(row, sampling)), custom)
        self.setCurrentIndex(custom if self._custom else match)

    def _matches(self, row: int, sampling: Sampling) -> bool:
        quality: Quality = self.itemData(row)
        return (quality.sampler, quality.steps) == (sampling.sampler, sampling.steps)

    def _on_sampler_activated(self, row: int) -> None:
        """The student has steps of its own, which are too few for any other sampler."""
        chosen: dict[str, Any] = {"sampler": self.sampler_box.itemData(row)}
        if self._header is not None and self._header.student is not None:
            if chosen["sampler"] == INSTANT:
                chosen["steps"] = self._header.student.steps
            elif self.steps.value() == self._header.student.steps:
                chosen["steps"] = self._header.recommended.steps
        self.value_changed.emit(chosen)

    def _on_activated(self, row: int) -> None:
        quality = self.itemData(row)
        self._custom = quality is None
        if quality is None:
            self.custom_chosen.emit()
        else:
            self.value_changed.emit({"sampler": quality.sampler, "steps": quality.steps})
