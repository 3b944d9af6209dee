"""What to make: classes and kinds by their pictures, a search over all kinds, and what else a model knows of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from pixelforge.gui.generating.picture_list import ANY, PictureList
from pixelforge.gui.shared.combo import combo
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.asking import Ask, Offer
from pixelforge.services.icons import Icons

CLASS_ROWS, KIND_ROWS = 3, 2  # at the most without scrolling, and at the least
SWATCH = 12  # logical pixels a side
CLASSES_TOOLTIP = "What the sprites show. Ctrl and Shift choose several classes, which share the count."
KINDS_TOOLTIP = "What they show more finely; a click adds a kind or takes it away. Several share the count."
SEARCH_TOOLTIP = "Finds kinds of all classes (/). Enter takes the first one, a click adds one, Esc ends the search."
PARTS = {
    "style": ("St&yle", "In which way the sprites are drawn."),
    "colour": ("Colou&r", "The colour that most of a sprite has."),
    "size": ("Si&ze", "How much of its picture a sprite covers."),
    "facing": ("Fac&ing", "Which way figures look: down is towards you. Things that look no way are as they are."),
    "symmetry": (
        "Sy&mmetry",
        "Whether the halves of a sprite mirror each other. Any: as often as those of its kind do that were learnt.",
    ),
}


class WhatField(QWidget):
    """Shows what is asked for; says when the user asks for something else."""

    value_changed = Signal(object)  # Ask
    confirmed = Signal()  # Enter in an empty search: go

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offer, self._ask = Offer(()), Ask()
        self._icons: Icons = {}
        self.search = SearchField()
        self.classes = PictureList("Classes", CLASSES_TOOLTIP, most_rows=CLASS_ROWS)
        self.kinds = PictureList("Kinds", KINDS_TOOLTIP, toggling=True)
        self.boxes = {part: combo(part.capitalize(), told[1]) for part, told in PARTS.items()}
        self._labels = {part: QLabel(told[0]) for part, told in PARTS.items()}
        self._lay_out()
        self.search.textChanged.connect(self._show_kinds)
        self.search.returnPressed.connect(self._take_first)
        self.search.escaped.connect(self.search.clear)
        self.search.went_down.connect(self.kinds.setFocus)
        self.classes.value_changed.connect(self._on_classes)
        self.kinds.value_changed.connect(self._on_kinds)
        for part, box in self.boxes.items():
            box.activated.connect(lambda _, part=part, box=box: self._emit(**{part: box.currentData()}))

    def set_offer(self, offer: Offer, icons: Icons) -> None:
        """What a model can be asked for, and the pictures that it has of that."""
        self._offer, self._icons = offer, icons
        self.classes.set_words(offer.classes, self._pictures("class"), optional=not offer.needs_class)
        for widget in (self.search, self.kinds):
            widget.setVisible(bool(offer.every_kind))
        for part, names in offer.single.items():
            _fill(self.boxes[part], names, swatches=part == "colour")
            self._labels[part].setVisible(bool(names))
            self.boxes[part].setVisible(bool(names))
        self.search.clear()
        self.search.suggest([kinds[0] for kinds in offer.kinds.values() if kinds])
        self._show_kinds()

    def set_value(self, ask: Ask) -> None:
        """Show what is asked for."""
        same_classes = ask.classes == self._ask.classes
        self._ask = ask
        self.classes.set_value(ask.classes)
        if same_classes or self.search.text():
            self.kinds.set_value(tuple(kind for kind in self._listed() if kind in ask.kinds))
        else:
            self._show_kinds()
        for part, box in self.boxes.items():
            box.setCurrentIndex(max(0, box.findData(getattr(ask, part))))

    def _lay_out(self) -> None:
        parts = QGridLayout()
        parts.setSpacing(6)
        for place, (part, box) in enumerate(self.boxes.items()):
            self._labels[part].setBuddy(box)
            row, column = divmod(place, 2)
            parts.addWidget(self._labels[part], row, 2 * column)
            parts.addWidget(box, row, 2 * column + 1)
        for column in (1, 3):
            parts.setColumnStretch(column, 1)
        column_of_all = QVBoxLayout(self)
        column_of_all.setContentsMargins(0, 0, 0, 0)
        column_of_all.setSpacing(6)
        for widget in (self.search, self.classes):
            column_of_all.addWidget(widget)
        column_of_all.addWidget(self.kinds, 1)
        column_of_all.addLayout(parts)

    def _pictures(self, part: str) -> Mapping[str, Pixels]:
        return {name: picture for (kind_of, name), picture in self._icons.items() if kind_of == part}

    def _listed(self) -> tuple[str, ...]:
        """The kinds that are to choose from now."""
        if text := self.search.text().strip():
            return self._offer.search(text)
        among = self._ask.classes or self._offer.classes
        return tuple(dict.fromkeys(kind for name in among for kind in self._offer.kinds.get(name, ())))

    def _show_kinds(self) -> None:
        listed = self._listed()
        pictures = {name: picture for name, picture in self._pictures("kind").items() if name in listed}
        self.kinds.set_words(listed, pictures, optional=not self.search.text())
        self.kinds.setMinimumHeight(self.kinds.height_of(KIND_ROWS))  # of words, or of words with pictures
        self.kinds.set_value(tuple(kind for kind in listed if kind in self._ask.kinds))

    def _on_classes(self, classes: tuple[str, ...]) -> None:
        """Kinds of the classes that are no longer chosen go with them."""
        kept = {kind for name in classes or self._offer.classes for kind in self._offer.kinds.get(name, ())}
        self._emit(classes=classes, kinds=tuple(kind for kind in self._ask.kinds if kind in kept))

    def _on_kinds(self, chosen: tuple[str, ...]) -> None:
        others = tuple(kind for kind in self._ask.kinds if kind not in self._listed())
        kinds = (*others, *chosen)
        homes = (self._offer.class_of(kind, self._ask.classes) for kind in chosen)
        classes = dict.fromkeys((*self._ask.classes, *filter(None, homes))) if self._ask.classes else ()
        self._emit(kinds=kinds, classes=tuple(name for name in self._offer.classes if name in classes))

    def _take_first(self) -> None:
        """Ask for the first kind that was found, or those of a group, and nothing else; with nothing typed, go."""
        text = self.search.text().strip()
        if not text:
            self.confirmed.emit()
            return
        kinds = self._offer.meant(text)
        self.search.clear()
        if kinds:
            homes = {self._offer.class_of(kind) for kind in kinds}
            self._emit(kinds=kinds, classes=tuple(name for name in self._offer.classes if name in homes))

    def _emit(self, **parts: object) -> None:
        self.value_changed.emit(replace(self._ask, **parts))  # type: ignore[arg-type]


class SearchField(QLineEdit):
    """A line to search by, which says when its user wants out of it."""

    escaped = Signal()
    went_down = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setClearButtonEnabled(True)
        self.setAccessibleName("Search kinds")
        self.setToolTip(SEARCH_TOOLTIP)

    def suggest(self, words: Sequence[str]) -> None:
        """Show some of these as examples while nothing is typed."""
        self.setPlaceholderText(f"Search: {', '.join(words[-2:])}…")

    def event(self, event: QEvent) -> bool:
        """Have Esc end a search before it stops a run."""
        before_shortcuts = event.type() == QEvent.Type.ShortcutOverride and bool(self.text())
        if before_shortcuts and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc ends a search, Down goes to what was found."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.escaped.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.went_down.emit()
        else:
            super().keyPressEvent(event)


def _fill(box: QComboBox, names: tuple[str, ...], *, swatches: bool) -> None:
    with QSignalBlocker(box):
        box.clear()
        box.addItem(ANY, None)
        for name in names:
            box.addItem(_swatch(name) if swatches else QIcon(), name, name)


def _swatch(name: str) -> QIcon:
    """A square of a colour that has a name; nothing for what is none."""
    colour = QColor(name)
    if not colour.isValid():
        return QIcon()
    pixmap = QPixmap(SWATCH, SWATCH)
    pixmap.fill(colour)
    return QIcon(pixmap)
