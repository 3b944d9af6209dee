"""The sheet tray on the right: the sprites of the sheet in order, and the sheet as it will be."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from pixelforge.gui.shared.mime import MIME_TYPE
from pixelforge.gui.shared.sheet_picture import SheetPicture
from pixelforge.gui.shared.sprite_delegate import SpriteDelegate
from pixelforge.gui.tray.tray_model import TrayModel
from pixelforge.words import counted

ROOM = 40  # logical pixels a side of a sprite
MAX_COLUMNS = 256
MAX_PADDING = 64
HINT = "Drag sprites here,\nor press Space on one."


class Tray(QWidget):
    """Shows a TrayModel and passes on to it what the user changes."""

    export_requested = Signal()
    export_again_requested = Signal()

    def __init__(self, model: TrayModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.view = _View(model)
        self.columns = _spin("Columns", "Sprites in a row of the sheet.", MAX_COLUMNS)
        self.columns.setSpecialValueText("auto")
        self.padding = _spin("Padding", "Transparent pixels between the sprites of the sheet.", MAX_PADDING)
        self.padding.setSuffix(" px")
        self.picture = SheetPicture()
        self.picture.setMinimumHeight(80)
        self.picture.setAccessibleName("The sheet as it will be exported")
        self.size_label = QLabel()
        self.size_label.setAccessibleName("Size of the sheet")
        self.export_button = QPushButton("E&xport…")
        self.export_button.setToolTip("Write the sheet as a file (Ctrl+Shift+E).")
        self.again_button = QPushButton("Export again")
        self.again_button.setToolTip("Write the same files as the last time, over those that are there (Ctrl+E).")
        self.clear_button = QPushButton("Clear")
        self.clear_button.setToolTip("Take all sprites out of the tray; Ctrl+Z brings them back.")
        self._lay_out()
        self.columns.valueChanged.connect(lambda columns: model.set_columns(columns or None))
        self.padding.valueChanged.connect(model.set_padding)
        self.export_button.clicked.connect(self.export_requested)
        self.again_button.clicked.connect(self.export_again_requested)
        self.clear_button.clicked.connect(model.clear)
        model.sheet_changed.connect(self._show)
        self._show()

    def sizeHint(self) -> QSize:
        """Wide enough for four sprites a row."""
        return QSize(230, 500)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("Columns", self.columns)
        form.addRow("Padding", self.padding)
        buttons = QHBoxLayout()
        buttons.addWidget(self.export_button, 1)
        buttons.addWidget(self.clear_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 6)
        column.addWidget(self.view, 3)
        column.addLayout(form)
        column.addWidget(self.picture, 2)
        column.addWidget(self.size_label)
        column.addLayout(buttons)
        column.addWidget(self.again_button)
        self.setMinimumWidth(200)
        self.setFocusProxy(self.view)

    def _show(self) -> None:
        options, sheet = self._model.options, self._model.sheet()
        self.columns.setValue(options.columns or 0)
        self.padding.setValue(options.padding)
        self.picture.set_sheet(sheet)
        count = len(self._model.sprites)
        if sheet is None:
            self.size_label.setText("The tray is empty.")
        else:
            height, width = sheet.shape[:2]
            self.size_label.setText(f"{width} x {height} px, {counted(count, 'sprite')}")
        self.export_button.setEnabled(sheet is not None)
        self.again_button.setEnabled(sheet is not None)
        self.clear_button.setEnabled(sheet is not None)


class _View(QListView):
    """The sprites of the tray; they can be dragged into another order."""

    def __init__(self, model: TrayModel) -> None:
        super().__init__()
        self._tray = model
        self.setModel(model)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Snap)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDropIndicatorShown(True)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setItemDelegate(SpriteDelegate(ROOM, self))
        self.setAccessibleName("Sheet tray")
        self.setToolTip("The sprites of the sheet. Drag them into order, or use Alt with the arrows; Delete removes.")
        self.setMinimumHeight(ROOM + 12)
        self._drop_row: int | None = None  # before which a drop would come now

    def row_at(self, at: QPoint) -> int:
        """Before which sprite one dropped at this place of the viewport comes."""
        rects = [self.visualRect(self._tray.index(row)) for row in range(len(self._tray.sprites))]
        return sum(rect.bottom() < at.y() or (rect.top() <= at.y() and rect.center().x() < at.x()) for rect in rects)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the sprites would come; Qt's icon view lets its own be dropped on empty places alone."""
        super().dragMoveEvent(event)
        if event.mimeData().hasFormat(MIME_TYPE):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._show_drop(self.row_at(event.position().toPoint()))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Show no place any more."""
        super().dragLeaveEvent(event)
        self._show_drop(None)

    def dropEvent(self, event: QDropEvent) -> None:
        """Put the sprites where the mouse is; Qt's icon view would move its own on the screen alone."""
        row = self.row_at(event.position().toPoint())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(self._tray.dropMimeData(event.mimeData(), event.dropAction(), row, 0, QModelIndex()))
        self.stopAutoScroll()
        self.setState(self.State.NoState)
        self._show_drop(None)

    def keyboardSearch(self, search: str) -> None:
        """Sprites have no names to type."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes out; Alt with left or right reorders."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        key, alt = event.key(), event.modifiers() == Qt.KeyboardModifier.AltModifier
        if rows and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._tray.remove(rows)
            self._select(range(rows[0], rows[0] + 1))
        elif rows and alt and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            first = max(0, rows[0] - 1) if key == Qt.Key.Key_Left else min(rows[-1] + 2, len(self._tray.sprites))
            self._tray.move(rows, first)
            begin = first if key == Qt.Key.Key_Left else first - len(rows)
            self._select(range(begin, begin + len(rows)))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The list and where a drop would come, or the hint."""
        super().paintEvent(event)
        if self._drop_row is not None and self._tray.sprites:
            last = self._drop_row == len(self._tray.sprites)
            rect = self.visualRect(self._tray.index(self._drop_row - last))
            painter = QPainter(self.viewport())
            left = rect.right() if last else rect.left()
            painter.fillRect(left, rect.top(), 2, rect.height(), self.palette().color(QPalette.ColorRole.Highlight))
            painter.end()
        elif not self._tray.sprites:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, HINT)
            painter.end()

    def _show_drop(self, row: int | None) -> None:
        self._drop_row = row
        self.viewport().update()

    def _select(self, rows: range) -> None:
        selection = self.selectionModel()
        for row in rows:
            if 0 <= row < len(self._tray.sprites):
                selection.select(self._tray.index(row), selection.SelectionFlag.Select)
                selection.setCurrentIndex(self._tray.index(row), selection.SelectionFlag.NoUpdate)


def _spin(name: str, tooltip: str, largest: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(0, largest)
    spin.setAccessibleName(name)
    spin.setToolTip(tooltip)
    return spin
