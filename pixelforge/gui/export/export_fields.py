"""How a sheet is exported: the fields of the export dialog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from pixelforge.gui.shared.check_box import CheckBox
from pixelforge.gui.shared.palette_field import PaletteField
from pixelforge.gui.shared.system_dialogs import AskColour, ask_colour
from pixelforge.imaging.atlas import ATLAS_FORMATS
from pixelforge.imaging.palette import Palette, PaletteRule, parse_colours
from pixelforge.imaging.sheet_plan import MAX_EXTRUDE, MAX_SCALE, MAX_SPACE, SheetOptions
from pixelforge.services.export import ExportOptions
from pixelforge.services.exporting import Export

MAX_COLUMNS = 256
FIRST_COLOUR = "#5a7d5a"


class ExportFields(QWidget):
    """Shows export options; says when they change."""

    changed = Signal()

    def __init__(
        self,
        export: Export,
        palettes: Sequence[Palette] = (),
        parent: QWidget | None = None,
        ask: AskColour = ask_colour,
    ) -> None:
        super().__init__(parent)
        self._ask = ask
        self._rule: PaletteRule | None = None
        options = export.options.sheet
        self.formats = {
            known.name: CheckBox(f"{known.serves} ({known.suffix})", known.name in export.options.formats)
            for known in ATLAS_FORMATS
        }
        self.single = CheckBox("One file a sprite, in a folder of the file's name", export.single)
        self.columns = _spin(0, MAX_COLUMNS, options.columns or 0)
        self.columns.setSpecialValueText("auto")
        self.class_rows = CheckBox("Every class begins a row", options.class_rows)
        self.padding = _spin(0, MAX_SPACE, options.padding, " px")
        self.margin = _spin(0, MAX_SPACE, options.margin, " px")
        self.extrude = _spin(0, MAX_EXTRUDE, options.extrude, " px")
        self.scale = _spin(1, MAX_SCALE, options.scale, " x")
        self.power_of_two = CheckBox("Sides are powers of two", options.power_of_two)
        self.background = QPushButton(QColor(*options.background).name() if options.background else "Transparent")
        self.background.setCheckable(True)
        self.background.setChecked(options.background is not None)
        self.palette_field = PaletteField(palettes)
        self.dither = QComboBox()
        for text, side in (("No dithering", 0), ("Pattern of 2 x 2", 2), ("Pattern of 4 x 4", 4)):
            self.dither.addItem(text, side)
        self.indexed = CheckBox("PNG of a palette, index 0 transparent", export.options.indexed)
        self.names = QLineEdit(export.options.names)
        self.recipes = CheckBox("Keep how the sprites were made in the PNG", export.options.recipes)
        self.disclosure = CheckBox("A text on models, licences and credits beside it", export.options.disclosure)
        self._lay_out()
        self._show_palette(export.options.palette)
        self._connect()
        self._on_single(export.single)

    def options(self) -> ExportOptions:
        """As they are set. Raises RequestError for what cannot be written."""
        rule = self._rule and replace(self._rule, dither=self.dither.currentData())
        return ExportOptions(
            sheet=SheetOptions(
                columns=self.columns.value() or None,
                padding=self.padding.value(),
                scale=self.scale.value(),
                margin=self.margin.value(),
                extrude=self.extrude.value(),
                class_rows=self.class_rows.isChecked(),
                power_of_two=self.power_of_two.isChecked(),
                background=parse_colours([self.background.text()])[0] if self.background.isChecked() else None,
            ),
            formats=tuple(name for name, box in self.formats.items() if box.isChecked()),
            names=self.names.text(),
            palette=rule,
            indexed=self.indexed.isChecked(),
            recipes=self.recipes.isChecked(),
            disclosure=self.disclosure.isChecked(),
        )

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows: tuple[tuple[str, str, str, tuple[QWidget, ...]], ...] = (
            ("Fi&les", "Files", "Instead of one sheet.", (self.single,)),
            ("&Columns", "Columns", "Sprites in a row.", (self.columns, self.class_rows)),
            ("&Padding", "Padding", "Empty pixels between the sprites.", (self.padding,)),
            ("&Margin", "Margin", "Empty pixels around the sheet.", (self.margin,)),
            ("E&xtrude", "Extrude", "Repeats every sprite's border outwards, against bleeding.", (self.extrude,)),
            ("&Scale", "Scale", "Every pixel becomes a square of so many.", (self.scale, self.power_of_two)),
            ("&Background", "Background", "A colour where the sprites are transparent.", (self.background,)),
            ("P&alette", "Palette", "Recolours the sprites of the sheet.", (self.palette_field,)),
            ("&Dither", "Dithering", "Stands in for colours between two of the palette.", (self.dither,)),
            ("&Indexed", "Indexed", "A PNG of a palette in the palette's order.", (self.indexed,)),
            (
                "&Names",
                "Names",
                "Of the sprites in engine files: {class}, {kind}, {index}, {number}, {seed}.",
                (self.names,),
            ),
            ("&Recipes", "Recipes", "Drop the PNG on the window to have them back.", (self.recipes,)),
            ("Disclos&ure", "Disclosure", "What shops ask of pictures that a model made.", (self.disclosure,)),
        )
        engines = QGridLayout()
        engines.setHorizontalSpacing(16)
        for index, box in enumerate(sorted(self.formats.values(), key=CheckBox.text)):
            box.setToolTip("Written beside the PNG, for the engine to read.")
            box.setAccessibleName(f"File for {box.text()}")
            engines.addWidget(box, index // 2, index % 2)
        form.addRow("Engine files", engines)
        for label, name, tooltip, fields in rows:
            row = QHBoxLayout()
            for field in fields:
                row.addWidget(field, 1 if field is fields[0] else 0)
                field.setToolTip(tooltip)
                if not field.accessibleName():
                    field.setAccessibleName(field.text() if isinstance(field, CheckBox) else name)
            form.addRow(label, row)
            text = form.labelForField(row)
            text.setBuddy(fields[0])  # type: ignore[attr-defined]  # a QLabel
            text.setToolTip(tooltip)

    def _connect(self) -> None:
        for spin in (self.columns, self.padding, self.margin, self.extrude, self.scale):
            spin.valueChanged.connect(lambda _: self.changed.emit())
        self.single.toggled.connect(self._on_single)
        boxes = (self.single, self.class_rows, self.power_of_two, self.indexed, self.recipes, self.disclosure)
        for box in (*boxes, *self.formats.values()):
            box.toggled.connect(lambda _: self.changed.emit())
        self.background.clicked.connect(self._on_background)
        self.palette_field.palette_chosen.connect(self._on_palette)
        self.dither.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.names.textChanged.connect(lambda _: self.changed.emit())

    def _on_single(self, single: bool) -> None:
        of_sheets = (
            self.columns,
            self.class_rows,
            self.padding,
            self.margin,
            self.extrude,
            self.power_of_two,
            self.disclosure,
        )
        for field in (*of_sheets, *self.formats.values()):
            field.setEnabled(not single)

    def _on_background(self, wanted: bool) -> None:
        colour = self._ask(self, QColor(FIRST_COLOUR)) if wanted else None
        self.background.setChecked(colour is not None)
        self.background.setText("Transparent" if colour is None else colour.name())
        self.changed.emit()

    def _on_palette(self, rule: PaletteRule | None) -> None:
        self._rule = rule
        self.palette_field.set_rule(rule)
        self.changed.emit()

    def _show_palette(self, rule: PaletteRule | None) -> None:
        self._rule = rule and replace(rule, dither=0)  # which is a field of its own
        self.palette_field.set_rule(self._rule)
        self.dither.setCurrentIndex(self.dither.findData(rule.dither if rule is not None else 0))


def _spin(least: int, most: int, value: int, suffix: str = "") -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(least, most)
    spin.setValue(value)
    spin.setSuffix(suffix)
    return spin
