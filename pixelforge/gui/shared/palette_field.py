"""The colours of the sprites: as the model makes them, fewer, or those of a palette."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QSpinBox, QWidget

from pixelforge.imaging.palette import MAX_REDUCED, MIN_REDUCED, Palette, PaletteRule, rule_of

RECOLOURED = "Recolours the finished sprites: every pixel takes the nearest colour of a palette."
DRAWN = "The model draws in the palette that is chosen. Reduced sprites are recoloured once they are finished."
STRIP = QSize(48, 12)  # logical pixels of the picture beside a palette's name
REDUCE = "reduce"
DEFAULT_COUNT = 8
FIRST = 2  # row of the first palette


class PaletteField(QWidget):
    """Shows a palette rule; says which one the user chooses."""

    palette_chosen = Signal(object)  # PaletteRule | None
    palette_tried = Signal(object)  # likewise: what the pointer is over in the list; the chosen one once that is left

    def __init__(self, palettes: Sequence[Palette], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rules = [rule_of(palette) for palette in palettes]
        self._of_model: PaletteRule | None = None
        self.box = _PaletteBox()
        self.box.setAccessibleName("Palette")
        self.box.setToolTip(RECOLOURED)
        self.box.setIconSize(STRIP)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.addItem("As generated", None)
        self.box.addItem("Reduce to", REDUCE)
        for rule in self._rules:
            self.box.addItem(_strip(rule), rule.name, rule)
        self.count = QSpinBox()
        self.count.setRange(MIN_REDUCED, MAX_REDUCED)
        self.count.setValue(DEFAULT_COUNT)
        self.count.setSuffix(" colours")
        self.count.setAccessibleName("Colours a sprite")
        self.count.setToolTip("At most so many colours in each sprite.")
        self.count.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.box, 1)
        row.addWidget(self.count)
        self.setFocusProxy(self.box)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.box.activated.connect(lambda _: self._emit())
        self.box.highlighted.connect(lambda row: self.palette_tried.emit(self._rule_of(self.box.itemData(row))))
        self.box.closed.connect(lambda: self.palette_tried.emit(self._rule_of(self.box.currentData())))
        self.count.valueChanged.connect(lambda _: self._emit())

    def set_model_palette(self, palette: Palette | None) -> None:
        """Offer the palette that the model was trained on before the others."""
        if self._of_model is not None:
            self.box.removeItem(FIRST + self._rules.index(self._of_model))
            self._rules.remove(self._of_model)
        self._of_model = None if palette is None else rule_of(palette)
        if self._of_model is not None:
            self._rules.insert(0, self._of_model)
            self.box.insertItem(FIRST, _strip(self._of_model), self._of_model.name, self._of_model)

    def set_drawn(self, drawn: bool) -> None:
        """Whether the model draws in the palette itself; else finished sprites are recoloured."""
        self.box.setToolTip(DRAWN if drawn else RECOLOURED)

    def set_rule(self, rule: PaletteRule | None) -> None:
        """Show this rule; a palette that is not listed, as one of a recipe may be, joins the list."""
        if rule is not None and not rule.dither:  # a recipe of sprites that are drawn in a palette has no name of it
            rule = next((listed for listed in self._rules if listed.colours == rule.colours), rule)
        if rule is not None and rule.colours and rule not in self._rules:
            self._rules.append(rule)
            self.box.addItem(_strip(rule), rule.name or f"{len(rule.colours)} colours", rule)
        if rule is None:
            self.box.setCurrentIndex(0)
        elif rule.reduce_to is not None:
            self.box.setCurrentIndex(1)
            with QSignalBlocker(self.count):
                self.count.setValue(rule.reduce_to)
        else:
            self.box.setCurrentIndex(FIRST + self._rules.index(rule))
        self.count.setVisible(rule is not None and rule.reduce_to is not None)

    def _emit(self) -> None:
        self.palette_chosen.emit(self._rule_of(self.box.currentData()))

    def _rule_of(self, data: PaletteRule | str | None) -> PaletteRule | None:
        return data if isinstance(data, PaletteRule | None) else PaletteRule(reduce_to=self.count.value())


class _PaletteBox(QComboBox):
    """Says when its list is left."""

    closed = Signal()

    def showPopup(self) -> None:
        super().showPopup()
        self.view().window().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc and a press beside the list hide it without hidePopup."""
        if event.type() == QEvent.Type.Hide and watched is self.view().window():
            self.closed.emit()
        return super().eventFilter(watched, event)


def _strip(rule: PaletteRule) -> QIcon:
    """The colours side by side, each of whole pixels."""
    pixmap = QPixmap(STRIP)
    painter = QPainter(pixmap)
    for x in range(STRIP.width()):
        colour = QColor(rule.colours[x * len(rule.colours) // STRIP.width()])
        painter.fillRect(x, 0, 1, STRIP.height(), colour)
    painter.end()
    return QIcon(pixmap)
