"""The panel on the left: what to make, how, and the button that makes it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pixelforge.core.header import ModelHeader
from pixelforge.core.sampling import Sampling
from pixelforge.fields import settings_of
from pixelforge.gui.generating.count_box import BestOfBox, CountBox
from pixelforge.gui.generating.quality_field import QualityField
from pixelforge.gui.generating.queue_list import QueueList
from pixelforge.gui.generating.scheme_field import SchemeField
from pixelforge.gui.generating.seed_field import SeedField
from pixelforge.gui.generating.used_field import UsedField
from pixelforge.gui.generating.variation_field import VariationField
from pixelforge.gui.generating.what_field import WhatField
from pixelforge.gui.generating.words_field import WordsField
from pixelforge.gui.shared.check_box import CheckBox
from pixelforge.gui.shared.combo import combo
from pixelforge.gui.shared.palette_field import PaletteField
from pixelforge.gui.shared.plain import plain
from pixelforge.gui.shared.scalar_field import ScalarField
from pixelforge.imaging.palette import Palette
from pixelforge.services.asking import Offer
from pixelforge.services.icons import Icons
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.palettes import palette_of

WIDTH = 320
LIVE = (
    "The stage follows: every change of what to make, palette or guidance shows the same seeds anew, made fast; what "
    "is shown when you rest is kept."
)
MNEMONICS = {"guidance_scale": "G&uidance"}


class Controls(QWidget):
    """Shows the settings and emits what the user changes; keeps nothing itself.

    What is asked for stands above and scrolls where there is too little room; the button stands below and never moves.
    `variation` stands wherever the window lays it: beside what it changes.
    """

    model_chosen = Signal(object)  # ModelEntry
    import_requested = Signal()
    sampling_changed = Signal(object)  # fields of Sampling by name, dict[str, Any]

    def __init__(self, palettes: Sequence[Palette], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model_box = combo("Model", "The model that makes the sprites.")
        self.model_box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.import_button = QPushButton("Import…")
        self.import_button.setToolTip("Put a model file among yours (Ctrl+I), or drop it on the window.")
        self.what = WhatField()
        self.words = WordsField()
        self.palette_field = PaletteField(palettes)
        self.used = UsedField()
        self.scheme = SchemeField()
        self.variation = VariationField()
        # A number of Sampling that has a range gets a slider: to declare one there is all it takes.
        ranged = {name: told for name, told in settings_of(Sampling).items() if told.most is not None}
        self.scalars = {name: ScalarField(told) for name, told in ranged.items()}
        self.seed = SeedField()
        self.count_box = CountBox()
        self.best_of = BestOfBox()
        self.quality = QualityField()
        self.live = CheckBox("Live")
        self.live.setToolTip(LIVE)
        self.live.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.queue = QueueList()
        self.more = QToolButton()
        self.generate_button = QPushButton("&Generate")
        self.stop_button = QPushButton("St&op")
        self.save_button = QPushButton("Sa&ve…")
        self._lay_out()
        for name, field in self.scalars.items():
            field.value_changed.connect(lambda value, name=name: self.sampling_changed.emit({name: value}))
        self.quality.value_changed.connect(self.sampling_changed)
        self.import_button.clicked.connect(self.import_requested)
        self.model_box.activated.connect(lambda row: self.model_chosen.emit(self.model_box.itemData(row)))
        self.setFixedWidth(WIDTH)

    def set_models(self, entries: tuple[ModelEntry, ...], chosen: ModelEntry | None) -> None:
        """The models to choose from; one that cannot be read is listed, greyed, with the reason."""
        box = self.model_box
        with QSignalBlocker(box):
            box.clear()
            for row, entry in enumerate(entries):
                box.addItem(entry.name, entry)
                if entry.header is None:
                    box.setItemData(row, plain(entry.problem), Qt.ItemDataRole.ToolTipRole)
                    items = box.model()
                    assert isinstance(items, QStandardItemModel)
                    items.item(row).setEnabled(False)
            box.setCurrentIndex(entries.index(chosen) if chosen in entries else -1)

    def set_header(self, header: ModelHeader | None, offer: Offer, icons: Icons) -> None:
        """What can be asked of a model; without one there is nothing to set."""
        for widget in (
            self.what,
            *self.scalars.values(),
            self.quality,
            self.seed,
            self.count_box,
            self.best_of,
            self.palette_field,
        ):
            widget.setEnabled(header is not None)
        if header is not None:
            self.what.set_offer(offer, icons)
            self.quality.set_header(header)
            self.palette_field.set_model_palette(palette_of(header))
            self.palette_field.set_drawn(header.model.prediction == "pointer")
        self.best_of.setVisible(header is not None and header.critic is not None)
        self.scheme_row.setVisible(header is not None and header.model.prediction == "pointer")

    def set_sampling(self, sampling: Sampling) -> None:
        """Show how sprites are sampled."""
        for name, field in self.scalars.items():
            field.set_value(getattr(sampling, name))
        self.quality.set_value(sampling)

    def set_available(self, *, generate: bool, stop: bool, save: bool) -> None:
        """Which of the three buttons can be pressed; while a run can be stopped, Generate adds to the queue."""
        self.generate_button.setEnabled(generate)
        self.generate_button.setText("Add to the &queue" if stop else "&Generate")
        self.stop_button.setEnabled(stop)
        self.save_button.setEnabled(save)

    def _lay_out(self) -> None:
        asked = QWidget()
        column = QVBoxLayout(asked)
        column.setContentsMargins(10, 8, 10, 8)
        column.addLayout(_side_by_side(self.model_box, self.import_button))
        column.addWidget(self.what, 1)
        column.addWidget(self.words)
        column.addLayout(_form(("&Palette", self.palette_field)))
        column.addWidget(self.used)
        self.scheme_row = QWidget()
        form = _form(("S&cheme", self.scheme))
        form.setContentsMargins(0, 0, 0, 0)
        self.scheme_row.setLayout(form)
        column.addWidget(self.scheme_row)
        column.addWidget(self._more())
        area = QScrollArea()
        area.setWidget(asked)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows what has the keyboard
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Sunken)
        outer.addWidget(line)
        outer.addWidget(self._footer())

    def _more(self) -> QWidget:
        """What few change, folded away until it is asked for."""
        details = QWidget()
        column = QVBoxLayout(details)
        column.setContentsMargins(0, 0, 0, 0)
        scalars = [
            (MNEMONICS.get(name, settings_of(Sampling)[name].label), field) for name, field in self.scalars.items()
        ]
        column.addLayout(_form(("See&d", self.seed), *scalars, ("S&ampler", self.quality.details)))
        self.more.setText("More")
        self.more.setToolTip("Seed, guidance, sampler and steps.")
        self.more.setCheckable(True)
        self.more.setAutoRaise(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.more.toggled.connect(details.setVisible)
        self.more.toggled.connect(self._turn_arrow)
        self.quality.custom_chosen.connect(lambda: self.more.setChecked(True))
        self._turn_arrow(False)
        details.hide()
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.more)
        column.addWidget(details)
        return both

    def _footer(self) -> QWidget:
        footer = QWidget()
        column = QVBoxLayout(footer)
        column.setContentsMargins(10, 8, 10, 8)
        column.addWidget(self.queue)
        column.addLayout(_side_by_side(self.count_box, self.best_of, self.quality))
        for button in (self.generate_button, self.stop_button, self.save_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard where it is
        self.generate_button.setMinimumHeight(40)
        font = self.generate_button.font()
        font.setBold(True)
        self.generate_button.setFont(font)
        column.addWidget(self.generate_button)
        for button in (self.stop_button, self.save_button):
            button.setMinimumHeight(30)
        column.addLayout(_side_by_side(self.stop_button, self.save_button, self.live))
        return footer

    def _turn_arrow(self, opened: bool) -> None:
        self.more.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)


def _form(*rows: tuple[str, QWidget]) -> QFormLayout:
    """Fields with their labels; a row is seen while its field is."""
    form = QFormLayout()
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    form.setVerticalSpacing(8)
    for text, field in rows:
        label = QLabel(text)
        label.setBuddy(field.focusProxy() or field)
        label.setToolTip(field.toolTip())
        form.addRow(label, field)
    return form


def _side_by_side(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget, 1 if widget.sizePolicy().horizontalPolicy() != QSizePolicy.Policy.Fixed else 0)
    return row
