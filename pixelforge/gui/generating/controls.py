"""The panel on the left: what to make, and how."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from pixelforge.core.header import ModelHeader
from pixelforge.core.sampling import Sampling
from pixelforge.fields import settings_of
from pixelforge.gui.generating.class_list import TOOLTIP as CLASS_TOOLTIP
from pixelforge.gui.generating.class_list import ClassList
from pixelforge.gui.generating.quality_field import TOOLTIP as QUALITY_TOOLTIP
from pixelforge.gui.generating.quality_field import QualityField
from pixelforge.gui.generating.seed_field import TOOLTIP as SEED_TOOLTIP
from pixelforge.gui.generating.seed_field import SeedField
from pixelforge.gui.generating.variation_field import TOOLTIP as VARIATION_TOOLTIP
from pixelforge.gui.generating.variation_field import VariationField
from pixelforge.gui.generating.words_field import TOOLTIP as WORDS_TOOLTIP
from pixelforge.gui.generating.words_field import WordsField
from pixelforge.gui.shared.palette_field import TOOLTIP as PALETTE_TOOLTIP
from pixelforge.gui.shared.palette_field import PaletteField
from pixelforge.gui.shared.scalar_field import ScalarField
from pixelforge.imaging.palette import Palette
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.palettes import palette_of
from pixelforge.services.settings import COUNTS, GenerationSettings

WIDTH = 300
MNEMONICS = {"guidance_scale": "G&uidance"}


class Controls(QWidget):
    """Shows the settings and emits what the user changes; keeps nothing itself."""

    model_chosen = Signal(object)  # ModelEntry
    import_requested = Signal()
    count_chosen = Signal(int)
    sampling_changed = Signal(object)  # fields of Sampling by name, dict[str, Any]

    def __init__(self, palettes: Sequence[Palette], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model_box = _combo("Model", "The model that makes the sprites.")
        self.import_button = QPushButton("Import…")
        self.import_button.setToolTip("Put a model file among yours (Ctrl+I), or drop it on the window.")
        self.classes = ClassList()
        # A number of Sampling that has a range gets a slider: to declare one there is all it takes.
        ranged = {name: told for name, told in settings_of(Sampling).items() if told.most is not None}
        self.scalars = {name: ScalarField(told) for name, told in ranged.items()}
        self.quality = QualityField()
        self.seed = SeedField()
        self.count_box = _combo("Count", "How many sprites to make at once.")
        self.palette_field = PaletteField(palettes)
        self.words = WordsField()
        self.variation = VariationField()
        self.generate_button = QPushButton("&Generate")
        self.stop_button = QPushButton("St&op")
        self.save_button = QPushButton("Sa&ve…")
        self._lay_out()
        self._fill()
        self._connect()
        self.setFixedWidth(WIDTH)

    def set_models(self, entries: tuple[ModelEntry, ...], chosen: ModelEntry | None) -> None:
        """The models to choose from; one that cannot be read is listed, greyed, with the reason."""
        box = self.model_box
        with QSignalBlocker(box):
            box.clear()
            for row, entry in enumerate(entries):
                box.addItem(entry.name, entry)
                if entry.header is None:
                    box.setItemData(row, entry.problem, Qt.ItemDataRole.ToolTipRole)
                    items = box.model()
                    assert isinstance(items, QStandardItemModel)
                    items.item(row).setEnabled(False)
            box.setCurrentIndex(entries.index(chosen) if chosen in entries else -1)

    def set_header(self, header: ModelHeader | None) -> None:
        """The classes, qualities and range of steps of a model; without one there is nothing to set."""
        for widget in (
            self.classes,
            *self.scalars.values(),
            self.quality,
            self.seed,
            self.count_box,
            self.palette_field,
        ):
            widget.setEnabled(header is not None)
        if header is not None:
            self.classes.set_classes(header.class_names)
            self.quality.set_header(header)
            self.palette_field.set_model_palette(palette_of(header))

    def set_settings(self, settings: GenerationSettings) -> None:
        """Show the settings."""
        request = settings.request
        self.classes.set_names(tuple(dict.fromkeys(asked.class_name or "" for asked in request.conditions)))
        self._form.setRowVisible(self.words, self.words.set_conditions(request.conditions))
        for name, field in self.scalars.items():
            field.set_value(getattr(request.sampling, name))
        self.quality.set_sampling(request.sampling.sampler, request.sampling.steps)
        self.seed.set_seed(request.seed)
        self.seed.set_locked(settings.seed_locked)
        self.count_box.setCurrentIndex(self.count_box.findData(request.count))
        self.palette_field.set_rule(request.palette)
        self.variation.set_start(request.start)
        self._form.setRowVisible(self.variation, request.start is not None)

    def set_available(self, *, generate: bool, stop: bool, save: bool) -> None:
        """Which of the three buttons can be pressed."""
        self.generate_button.setEnabled(generate)
        self.stop_button.setEnabled(stop)
        self.save_button.setEnabled(save)

    def _lay_out(self) -> None:
        model = QWidget()
        row = QHBoxLayout(model)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.model_box, 1)
        row.addWidget(self.import_button)
        model.setFocusProxy(self.model_box)
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.setVerticalSpacing(8)
        scalars = [
            (MNEMONICS.get(name, settings_of(Sampling)[name].label), field, field.toolTip())
            for name, field in self.scalars.items()
        ]
        rows: tuple[tuple[str, QWidget, str], ...] = (
            ("Mode&l", model, self.model_box.toolTip()),
            ("&Class", self.classes, CLASS_TOOLTIP),
            ("Al&so", self.words, WORDS_TOOLTIP),
            *scalars,
            ("&Quality", self.quality, QUALITY_TOOLTIP),
            ("See&d", self.seed, SEED_TOOLTIP),
            ("Cou&nt", self.count_box, self.count_box.toolTip()),
            ("Pale&tte", self.palette_field, PALETTE_TOOLTIP),
            ("Var&iations", self.variation, VARIATION_TOOLTIP),
        )
        for text, field, tooltip in rows:
            label = QLabel(text)
            label.setBuddy(field.focusProxy() or field)
            label.setToolTip(tooltip)
            self._form.addRow(label, field)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.addLayout(self._form)
        column.addSpacing(10)
        for button in (self.generate_button, self.stop_button, self.save_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard where it is
        self.generate_button.setMinimumHeight(40)
        column.addWidget(self.generate_button)
        small = QHBoxLayout()
        for button in (self.stop_button, self.save_button):
            button.setMinimumHeight(30)
            small.addWidget(button)
        column.addLayout(small)
        column.addStretch(1)

    def _fill(self) -> None:
        for count in COUNTS:
            side = round(count**0.5)
            self.count_box.addItem("1" if count == 1 else f"{count}  ({side} x {side})", count)
        font = self.generate_button.font()
        font.setBold(True)
        self.generate_button.setFont(font)

    def _connect(self) -> None:
        for box, signal in ((self.model_box, self.model_chosen), (self.count_box, self.count_chosen)):
            box.activated.connect(lambda row, box=box, signal=signal: signal.emit(box.itemData(row)))
        for name, field in self.scalars.items():
            field.value_changed.connect(lambda value, name=name: self.sampling_changed.emit({name: value}))
        self.quality.changed.connect(self.sampling_changed)
        self.import_button.clicked.connect(self.import_requested)


def _combo(name: str, tooltip: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(tooltip)
    # Long names are cut short in the box and whole in its list: they must not widen the panel.
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def scrolled(controls: Controls) -> QScrollArea:
    """The controls where there is too little room for all of them."""
    area = QScrollArea()
    area.setWidget(controls)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area
