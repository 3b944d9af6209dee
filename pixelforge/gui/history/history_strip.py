"""The strip below the stage: everything that was made, newest first."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pixelforge.gui.history.batch_list import BatchList
from pixelforge.gui.history.history_model import HistoryModel
from pixelforge.gui.history.sprite_list import SpriteListView
from pixelforge.gui.shared.combo import combo
from pixelforge.gui.shared.pixel_button import BATCHES, STAR, TO_SET, PixelButton
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.history import Entry, HistoryFilter
from pixelforge.services.likeness import encoded, features_of
from pixelforge.words import counted

HINT = "Everything you make is kept here."
LEAST_FIND, MOST_FIND = 76, 240  # logical pixels of the field
GAP = 6  # logical pixels between what stands in a row, and around all
SMALLER = 16  # logical pixels a side that a sprite in a line of a batch is: a factor of the usual 16
CROSSED = "\N{MULTIPLICATION SIGN}"


class HistoryStrip(QWidget):
    """A filter bar over a list of sprites. Shows a HistoryModel; emits what the user wants of it."""

    filter_changed = Signal(object)  # HistoryFilter
    purge_requested = Signal()
    bin_requested = Signal()
    activated = Signal(object)  # Entry, by double click or Enter
    context_menu_requested = Signal(QPoint)  # on the screen
    batch_activated = Signal(object)  # list[Entry], by a click or Enter
    selection_changed = Signal()

    def __init__(self, model: HistoryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.class_box = combo("History: class", "Show the sprites of one class only.", as_wide_as_its_items=True)
        self.model_box = combo("History: model", "Show the sprites of one model only.", as_wide_as_its_items=True)
        self.find_field = QLineEdit()
        self.find_field.setPlaceholderText("Find: red dragon, a name…")
        self.find_field.setClearButtonEnabled(True)
        self.find_field.setAccessibleName("History: find")
        self.find_field.setToolTip(
            "Each word begins a class, kind, style, colour or size, or is in a name that a set gives."
        )
        self.starred = PixelButton("Starred", STAR, STAR)
        self.starred.setToolTip("Show starred sprites only.")
        self.in_set = PixelButton("In the set", TO_SET, TO_SET)
        self.in_set.setToolTip("Show only what is in the set on the right, as it came out of the model.")
        self.like = QToolButton()
        self.like.setText(f"Alike {CROSSED}")
        self.like.setToolTip("What looks most like the chosen sprite comes first. Press for the newest first again.")
        self.like.hide()
        self._features = b""
        self.by_batch = PixelButton("Batches", BATCHES, BATCHES)
        self.by_batch.setToolTip("A line a batch, with its date and what was asked for. A click shows it on the stage.")
        self.count = QLabel()
        self.count.setAccessibleDescription("Sprites in the history")
        self.purge = QToolButton()  # narrower than push buttons, as they stand beside much else
        self.purge.setText("Purge…")
        self.purge.setToolTip("Delete those shown that have no star. It asks first, and they go to the bin.")
        self.bin = QToolButton()
        self.bin.setText("Bin…")
        self.bin.setToolTip("What was deleted in the last 30 days, to have it back.")
        self.view = SpriteListView("History", HINT)
        self.view.setModel(model)
        self.batches = BatchList(model)
        self._views = QStackedWidget()
        self._lay_out()
        self._connect()
        self._show_choices()
        self._show_count(model.rowCount())

    @property
    def shown_list(self) -> QWidget:
        """The list of sprites, or that of batches."""
        return self.batches if self.by_batch.isChecked() else self.view

    def set_thumbnails(self, side: int) -> None:
        """How large sprites are, in logical pixels a side; in a line of a batch they are smaller."""
        self.view.set_room(side)
        self.batches.set_room(side - SMALLER)

    def selected_entries(self) -> list[Entry]:
        """The selected sprites, from left to right and top to bottom; of batches that are selected all."""
        if self.by_batch.isChecked():
            return self.batches.selected_entries()
        rows = sorted(index.row() for index in self.view.selectedIndexes())
        return [entry for row in rows if (entry := self._model.entry(row)) is not None]

    def reveal(self, id_: int) -> None:
        """Select a sprite and scroll to it; a filter that hides it is taken away."""
        self.by_batch.setChecked(False)
        self._forget_like()
        if self._model.row_of(id_) < 0:
            for box in (self.class_box, self.model_box):
                box.setCurrentIndex(0)
            for button in (self.starred, self.in_set):
                button.setChecked(False)
            self.find_field.clear()
        index = self._model.index(self._model.row_of(id_))
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index)
        self.view.setFocus()

    def show_like(self, pixels: Pixels) -> None:
        """List first what looks most like this sprite."""
        self.by_batch.setChecked(False)
        self._features = encoded(features_of(pixels))
        self.like.show()
        self._emit_filter()
        self.view.scrollToTop()

    def _forget_like(self) -> None:
        if self._features:
            self._features = b""
            self.like.hide()
            self._emit_filter()

    def _lay_out(self) -> None:
        self.find_field.setMinimumWidth(LEAST_FIND)  # where the window is narrow, it gives way
        self.find_field.setMaximumWidth(MOST_FIND)
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._filters = _row(self.class_box, self.model_box, self.find_field, self.starred, self.in_set, self.like)
        self._rest = _row(self.count, self.by_batch, self.purge, self.bin)
        self._bar = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._bar.setSpacing(GAP)
        self._bar.addWidget(self._filters)
        self._bar.addWidget(self._rest, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 6)
        column.setSpacing(4)
        column.addLayout(self._bar)
        for view in (self.view, self.batches):
            self._views.addWidget(view)
        column.addWidget(self._views, 1)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the wider of the two rows."""
        widest = max(row.minimumSizeHint().width() for row in (self._filters, self._rest))
        return QSize(widest + 2 * GAP, super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        """One row above the list, or two, where the window is narrow: no word is cut off."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            wanted = self._filters.minimumSizeHint().width() + self._rest.minimumSizeHint().width() + GAP
            fits = wanted <= self.contentsRect().width() - 2 * GAP
            self._bar.setDirection(QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom)
        return super().event(event)

    def _connect(self) -> None:
        for box in (self.class_box, self.model_box):
            box.currentIndexChanged.connect(lambda _: self._emit_filter())
        for button in (self.starred, self.in_set):
            button.toggled.connect(lambda _: self._emit_filter())
        self.find_field.textChanged.connect(lambda _: self._emit_filter())
        self.like.clicked.connect(self._forget_like)
        self.by_batch.toggled.connect(self._show_batches)
        self.batches.chosen.connect(self.batch_activated)
        self.batches.selected.connect(self.selection_changed)
        self.purge.clicked.connect(self.purge_requested)
        self.bin.clicked.connect(self.bin_requested)
        self.view.activated.connect(self._on_activated)
        self.view.customContextMenuRequested.connect(self._on_context_menu)
        self.view.selected.connect(self.selection_changed)
        self._model.counted.connect(self._show_count)
        self._model.filters_changed.connect(self._show_choices)
        self._model.modelReset.connect(self.selection_changed)

    def _emit_filter(self) -> None:
        self.filter_changed.emit(
            HistoryFilter(
                self.class_box.currentData(),
                self.model_box.currentData(),
                self.starred.isChecked(),
                words=self.find_field.text().strip(),
                in_set=self.in_set.isChecked(),
                like=self._features,
            )
        )

    def _show_batches(self, shown: bool) -> None:
        self._views.setCurrentWidget(self.batches if shown else self.view)
        self.batches.set_live(shown)
        self.selection_changed.emit()

    def _on_activated(self, index: QModelIndex) -> None:
        if (entry := self._model.entry(index.row())) is not None:
            self.activated.emit(entry)

    def _on_context_menu(self, at: QPoint) -> None:
        if self.view.selectedIndexes():
            self.context_menu_requested.emit(self.view.viewport().mapToGlobal(at))

    def _show_count(self, rows: int) -> None:
        self.count.setText(counted(rows, "sprite"))
        self.purge.setEnabled(rows > 0 and not self._model.filter.starred)

    def _show_choices(self) -> None:
        classes, models = self._model.choices()
        _fill(self.class_box, "All classes", classes)
        _fill(self.model_box, "All models", models)
        self.model_box.setVisible(len(models) > 1 or self.model_box.currentIndex() > 0)


def _row(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(GAP)
    for widget in widgets:
        row.addWidget(widget)
    return holder


def _fill(box: QComboBox, everything: str, names: list[str]) -> None:
    chosen = box.currentData()
    if [box.itemData(row) for row in range(1, box.count())] == names and box.count():
        return
    with QSignalBlocker(box):
        box.clear()
        box.addItem(everything, None)
        box.setMinimumWidth(box.sizeHint().width())  # longer names are cut short where there is too little room
        for name in names if chosen is None or chosen in names else [*names, chosen]:
            box.addItem(name, name)
        box.setCurrentIndex(max(0, box.findData(chosen)) if chosen is not None else 0)
