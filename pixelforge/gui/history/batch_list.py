"""The history by batches: a line a batch, with its date, what was asked for, and its sprites."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pixelforge.gui.history.history_model import HistoryModel
from pixelforge.gui.shared.focus_frame import draw_focus
from pixelforge.gui.shared.sprite_delegate import SpriteDelegate, draw_sharp
from pixelforge.services.batches import MadeBatch, line_of
from pixelforge.services.history import Entry

ENTRIES_ROLE = Qt.ItemDataRole.UserRole + 1  # list[Entry]: the first of the batch
ROOM, GAP = 32, 4  # logical pixels a side of a sprite, unless others are asked for, and between them
MOST_SHOWN = 100  # sprites of a batch that its line is made of
CACHED = 64  # batches that are kept decoded

AnyIndex = QModelIndex | QPersistentModelIndex


class BatchModel(QAbstractListModel):
    """The batches of a HistoryModel. Only what is looked at is read; while it is not live, nothing is."""

    def __init__(self, history: HistoryModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._batches: list[MadeBatch] = []
        self._cache: OrderedDict[float, list[Entry]] = OrderedDict()
        self._live = False
        for signal in (history.counted, history.dataChanged):
            signal.connect(lambda *_: self._reload())

    def set_live(self, live: bool) -> None:
        """Follow the history, or rest."""
        self._live = live
        self._reload()

    def entries(self, row: int) -> list[Entry]:
        """All sprites of a batch."""
        return self._history.entries_of(self._batches[row].ids)

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """How many batches there are."""
        return 0 if parent is not None and parent.isValid() else len(self._batches)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A batch in a line, or its first sprites."""
        if not index.isValid() or index.row() >= len(self._batches):
            return None
        batch = self._batches[index.row()]
        if role == ENTRIES_ROLE:
            return self._first(batch)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            sprites = [entry.sprite for entry in self._first(batch)]
            return line_of(batch, sprites, datetime.now().astimezone().date())
        return None

    def _first(self, batch: MadeBatch) -> list[Entry]:
        if batch.made_at not in self._cache:
            self._cache[batch.made_at] = self._history.entries_of(batch.ids[:MOST_SHOWN])
        self._cache.move_to_end(batch.made_at)
        while len(self._cache) > CACHED:
            self._cache.popitem(last=False)
        return self._cache[batch.made_at]

    def _reload(self) -> None:
        now = self._history.batches() if self._live else []
        self._cache.clear()
        if now != self._batches:
            self.beginResetModel()
            self._batches = now
            self.endResetModel()
        elif now:
            self.dataChanged.emit(self.index(0), self.index(len(now) - 1))


class BatchList(QListView):
    """Shows batches, and says which one the user wants to see."""

    chosen = Signal(object)  # list[Entry]
    selected = Signal()

    def __init__(self, history: HistoryModel) -> None:
        super().__init__()
        self._model = BatchModel(history, self)
        self.setModel(self._model)
        self._delegate = BatchDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Batches")
        self.clicked.connect(lambda index: self._choose(index.row()))
        self.selectionModel().selectionChanged.connect(lambda *_: self.selected.emit())

    def set_room(self, room: int) -> None:
        """How large sprites are, in logical pixels a side."""
        self._delegate.set_room(room)
        self.doItemsLayout()

    def set_live(self, live: bool) -> None:
        """Follow the history, or rest while nobody looks."""
        self._model.set_live(live)

    def selected_entries(self) -> list[Entry]:
        """The sprites of the batches that are selected."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return [entry for row in rows for entry in self._model.entries(row)]

    def keyboardSearch(self, search: str) -> None:
        """Batches have no names to type; the letters are keys of the window."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows a batch on every system."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if self.currentIndex().isValid():
                self._choose(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def _choose(self, row: int) -> None:
        if entries := self._model.entries(row):
            self.chosen.emit(entries)


class BatchDelegate(QStyledItemDelegate):
    """Paints the line, and below it as many sprites as there is room for."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._room = ROOM
        self._sprites = SpriteDelegate(ROOM, view)

    def set_room(self, room: int) -> None:
        """Paint sprites so large from now on; the view must lay its rows out anew."""
        self._room = room
        self._sprites.set_room(room)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """A line of text and a row of sprites."""
        return QSize(self._room, option.fontMetrics.height() + self._room + 3 * GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint a batch."""
        palette: QPalette = option.palette
        area, state = option.rect, option.state
        painter.save()
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(area, palette.color(QPalette.ColorRole.Highlight))
        painter.setPen(palette.color(QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text))
        height = option.fontMetrics.height()
        line = area.adjusted(GAP, GAP, -GAP, 0)
        line.setHeight(height)
        text = option.fontMetrics.elidedText(str(index.data()), Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        ratio = painter.device().devicePixelRatioF()
        room = max(1, (area.width() - GAP) // (self._room + GAP))
        for place, entry in enumerate(index.data(ENTRIES_ROLE)[:room]):
            corner = QPointF(area.left() + GAP + place * (self._room + GAP), area.top() + height + 2 * GAP)
            draw_sharp(painter, corner, self._sprites.picture(entry.sprite, ratio, palette))
        if state & QStyle.StateFlag.State_HasFocus:
            draw_focus(painter, area)
        painter.restore()
