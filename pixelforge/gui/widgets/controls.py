"""The panel on the left: what to make, and how."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from pixelforge.core.config import SAMPLERS, SamplerName
from pixelforge.core.header import ModelHeader
from pixelforge.gui.states import COUNTS, Settings
from pixelforge.gui.widgets.guidance_field import TOOLTIP as GUIDANCE_TOOLTIP
from pixelforge.gui.widgets.guidance_field import GuidanceField
from pixelforge.gui.widgets.seed_field import TOOLTIP as SEED_TOOLTIP
from pixelforge.gui.widgets.seed_field import SeedField
from pixelforge.services.model_library import ModelEntry

SAMPLER_LABELS: dict[SamplerName, str] = {"ddpm": "DDPM (classic)", "ddim": "DDIM", "dpm++2m": "DPM++ 2M"}
SAMPLER_TOOLTIP = "The method that turns noise into sprites: DPM++ 2M needs the fewest steps, DDPM the most."
STEPS_TOOLTIP = "In how many steps noise becomes a sprite: more take longer and can come out cleaner."
WIDTH = 300


class Controls(QWidget):
    """Shows the settings and emits what the user changes; keeps nothing itself."""

    model_chosen = Signal(object)  # ModelEntry
    class_names_chosen = Signal(object)  # tuple[str, ...]
    guidance_changed = Signal(float)
    sampler_chosen = Signal(str)
    steps_changed = Signal(int)
    count_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model_box = _combo("Model", "The model that makes the sprites.")
        self.class_box = _combo("Class", "What the sprites show.")
        self.guidance = GuidanceField()
        self.sampler_box = _combo("Sampler", SAMPLER_TOOLTIP)
        self.steps = QSpinBox()
        self.steps.setAccessibleName("Steps")
        self.steps.setToolTip(STEPS_TOOLTIP)
        self.seed = SeedField()
        self.count_box = _combo("Count", "How many sprites to make at once.")
        self.generate_button = QPushButton("&Generate")
        self.stop_button = QPushButton("Sto&p")
        self.save_button = QPushButton("&Save…")
        self._lay_out()
        self._fill()
        self._connect()
        self.setFixedWidth(WIDTH)

    def set_models(self, entries: tuple[ModelEntry, ...], chosen: ModelEntry | None) -> None:
        """The models to choose from; one that cannot be read is listed, greyed, with the reason."""
        box = self.model_box
        blocked = box.blockSignals(True)
        box.clear()
        for row, entry in enumerate(entries):
            box.addItem(entry.name, entry)
            if entry.header is None:
                box.setItemData(row, entry.problem, Qt.ItemDataRole.ToolTipRole)
                items = box.model()
                assert isinstance(items, QStandardItemModel)
                items.item(row).setEnabled(False)
        box.setCurrentIndex(entries.index(chosen) if chosen in entries else -1)
        box.blockSignals(blocked)
        self._form.setRowVisible(box, len(entries) > 1)

    def set_header(self, header: ModelHeader | None) -> None:
        """The classes and the range of steps of a model; without one there is nothing to set."""
        for widget in (self.class_box, self.guidance, self.sampler_box, self.steps, self.seed, self.count_box):
            widget.setEnabled(header is not None)
        if header is None:
            return
        blocked = (self.class_box.blockSignals(True), self.steps.blockSignals(True))
        self.class_box.clear()
        for name in header.class_names:
            self.class_box.addItem(name, (name,))
        self.steps.setRange(1, header.diffusion.num_timesteps)
        self.class_box.blockSignals(blocked[0])
        self.steps.blockSignals(blocked[1])

    def set_settings(self, settings: Settings) -> None:
        """Show the settings."""
        _select(self.class_box, settings.class_names)
        self.guidance.set_value(settings.guidance_scale)
        _select(self.sampler_box, settings.sampler)
        if settings.steps != self.steps.value():  # else the text that is being typed would be tidied up
            self.steps.setValue(settings.steps)
        self.seed.set_seed(settings.seed)
        self.seed.set_locked(settings.seed_locked)
        _select(self.count_box, settings.count)

    def set_available(self, *, generate: bool, stop: bool, save: bool) -> None:
        """Which of the three buttons can be pressed."""
        self.generate_button.setEnabled(generate)
        self.stop_button.setEnabled(stop)
        self.save_button.setEnabled(save)

    def _lay_out(self) -> None:
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.setVerticalSpacing(10)
        rows: tuple[tuple[str, QWidget, str], ...] = (
            ("&Model", self.model_box, self.model_box.toolTip()),
            ("&Class", self.class_box, self.class_box.toolTip()),
            ("G&uidance", self.guidance, GUIDANCE_TOOLTIP),
            ("S&ampler", self.sampler_box, SAMPLER_TOOLTIP),
            ("S&teps", self.steps, STEPS_TOOLTIP),
            ("S&eed", self.seed, SEED_TOOLTIP),
            ("Cou&nt", self.count_box, self.count_box.toolTip()),
        )
        for text, field, tooltip in rows:
            label = QLabel(text)
            label.setBuddy(field.focusProxy() or field)
            label.setToolTip(tooltip)
            self._form.addRow(label, field)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addLayout(self._form)
        column.addSpacing(14)
        for button, height in ((self.generate_button, 40), (self.stop_button, 30), (self.save_button, 30)):
            button.setMinimumHeight(height)
            column.addWidget(button)
        column.addStretch(1)

    def _fill(self) -> None:
        for sampler in SAMPLERS:
            self.sampler_box.addItem(SAMPLER_LABELS[sampler], sampler)
        for count in COUNTS:
            self.count_box.addItem(str(count), count)
        font = self.generate_button.font()
        font.setBold(True)
        self.generate_button.setFont(font)

    def _connect(self) -> None:
        for box, signal in (
            (self.model_box, self.model_chosen),
            (self.class_box, self.class_names_chosen),
            (self.sampler_box, self.sampler_chosen),
            (self.count_box, self.count_chosen),
        ):
            box.currentIndexChanged.connect(lambda row, box=box, signal=signal: signal.emit(box.itemData(row)))
        self.guidance.value_changed.connect(self.guidance_changed)
        self.steps.valueChanged.connect(self.steps_changed)


def _combo(name: str, tooltip: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(tooltip)
    # Long names are cut short in the box and whole in its list: they must not widen the panel.
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def _select(box: QComboBox, data: object) -> None:
    row = next((row for row in range(box.count()) if box.itemData(row) == data), -1)
    if row != box.currentIndex():
        box.setCurrentIndex(row)
