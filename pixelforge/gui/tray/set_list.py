"""The sprites of the shown set, one below the other with their names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QStyle, QStyleOptionViewItem, QWidget

from pixelforge.gui.shared.focus_frame import draw_focus
from pixelforge.gui.shared.list_player import ListPlayer
from pixelforge.gui.shared.mime import MIME_TYPE, copied
from pixelforge.gui.shared.name_edit import NameEdit
from pixelforge.gui.shared.sprite_delegate import FRAME, SPRITE_ROLE, SpriteDelegate, draw_sharp
from pixelforge.gui.tray.tray_model import NAMED_ROLE, TrayModel
from pixelforge.services.sprites import Sprite

ROOM = 32  # logical pixels a side of a sprite
LINE = 2  # logical pixels that the mark is thick, of where a drop would come
HINT = "Drag sprites here,\nor press Space on one."
PASTE = QKeySequence.StandardKey.Paste
PICTURES = (".png", ".gif", ".webp", ".bmp", ".aseprite", ".ase")
BACKWARD, FORWARD = (Qt.Key.Key_Up, Qt.Key.Key_Left), (Qt.Key.Key_Down, Qt.Key.Key_Right)
AnyIndex = QModelIndex | QPersistentModelIndex


class SetList(QListView):
    """They can be renamed where they stand, and dragged into another order; sprites and pictures come in as well."""

    files_given = Signal(object, int)  # list[Path] of pictures that were dropped or pasted, and before which row

    def __init__(self, model: TrayModel) -> None:
        super().__init__()
        self._tray = model
        self.setModel(model)
        self.setMovement(QListView.Movement.Snap)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDropIndicatorShown(False)  # Qt's frames the sprite below the mouse; the line tells between which two
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)  # F2 is an action's
        delegate = _Delegate(model, self)
        self.setItemDelegate(delegate)
        self.playing = ListPlayer(self, delegate)
        self.setAccessibleName("The set")
        self.setToolTip("Drag sprites into order, or use Alt with the arrows; F2 renames, Delete removes.")
        self.setMinimumHeight(ROOM + 12)
        self._drop_row: int | None = None  # before which a drop would come now
        self.rename_action = self._add("&Rename", "F2", self.rename)
        self.remove_action = self._add("Re&move", QKeySequence(QKeySequence.StandardKey.Delete), self.remove)

    def rows(self) -> list[int]:
        """The selected ones, from top to bottom."""
        return sorted(index.row() for index in self.selectedIndexes())

    def chosen(self) -> list[Sprite]:
        """The selected sprites, from top to bottom."""
        return [self._tray.sprites[row] for row in self.rows()]

    def rename(self) -> None:
        """Let the user rename the sprite where the keyboard is."""
        rows = self.rows()
        if len(rows) == 1 and self.currentIndex().row() not in rows:
            self.selectionModel().setCurrentIndex(
                self._tray.index(rows[0]), self.selectionModel().SelectionFlag.NoUpdate
            )
        if rows:
            self.edit(self.currentIndex())

    def remove(self) -> None:
        """Take the selected sprites out, and select the one that follows."""
        if rows := self.rows():
            self._tray.remove(rows)
            self._select(range(rows[0], rows[0] + 1))

    def row_at(self, at: QPoint) -> int:
        """The row of the sprite before which one comes that is dropped at this place of the viewport."""
        rects = [self.visualRect(self._tray.index(row)) for row in range(len(self._tray.sprites))]
        return sum(rect.center().y() < at.y() for rect in rects)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Pictures' files are sprites too; what else there is to drop goes to the window."""
        super().dragEnterEvent(event)
        if _can_take(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the sprites would come."""
        super().dragMoveEvent(event)
        if _can_take(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._show_drop(self.row_at(event.position().toPoint()))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Show no place any more."""
        super().dragLeaveEvent(event)
        self._show_drop(None)

    def dropEvent(self, event: QDropEvent) -> None:
        """Put the sprites where the mouse is; Qt would drop them upon the one that is there."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.setAccepted(self._take(event.mimeData(), self.row_at(event.position().toPoint())))
        self.stopAutoScroll()
        self.setState(self.State.NoState)
        self._show_drop(None)

    def event(self, event: QEvent) -> bool:
        """Have sprites and pictures pasted here, not into the window."""
        before_shortcuts = event.type() == QEvent.Type.ShortcutOverride
        if before_shortcuts and isinstance(event, QKeyEvent) and event.matches(PASTE) and _can_take(copied()):
            event.accept()
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the selected sprites."""
        if self.selectedIndexes():
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addActions(self.actions())
            menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Backspace takes out as well; Alt with an arrow reorders."""
        rows, key = self.rows(), event.key()
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.matches(PASTE):
            self._take(copied(), len(self._tray.sprites))
        elif rows and key == Qt.Key.Key_Backspace:
            self.remove()
        elif rows and alt and key in (*BACKWARD, *FORWARD):
            first = max(0, rows[0] - 1) if key in BACKWARD else min(rows[-1] + 2, len(self._tray.sprites))
            self._tray.move(rows, first)
            begin = first if key in BACKWARD else first - len(rows)
            self._select(range(begin, begin + len(rows)))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The list and where a drop would come, or the hint."""
        super().paintEvent(event)
        if self._drop_row is not None and self._tray.sprites:
            painter = QPainter(self.viewport())
            for mark in _mark(self._drop_line(self._drop_row)):
                painter.fillRect(mark, self.palette().color(QPalette.ColorRole.Highlight))
            painter.end()
        elif not self._tray.sprites:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, HINT)
            painter.end()

    def _take(self, mime: QMimeData, row: int) -> bool:
        """Put what was dropped or pasted before a row."""
        if not mime.hasFormat(MIME_TYPE) and (files := _pictures(mime)):
            self.files_given.emit(files, row)
            return True
        return self._tray.dropMimeData(mime, Qt.DropAction.CopyAction, row, 0, QModelIndex())

    def _add(self, text: str, keys: str | QKeySequence, slot: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda: slot())
        self.addAction(action)
        return action

    def _drop_line(self, row: int) -> QRect:
        """Between two rows, wholly within the list."""
        last = row == len(self._tray.sprites)
        rect = self.visualRect(self._tray.index(row - last))
        top = max(0, (rect.bottom() + 1 if last else rect.top()) - LINE // 2)
        return QRect(rect.left(), min(top, self.viewport().height() - LINE), rect.width(), LINE)

    def _show_drop(self, row: int | None) -> None:
        self._drop_row = row
        self.viewport().update()

    def _select(self, rows: range) -> None:
        selection = self.selectionModel()
        for row in rows:
            if 0 <= row < len(self._tray.sprites):
                selection.select(self._tray.index(row), selection.SelectionFlag.Select)
                selection.setCurrentIndex(self._tray.index(row), selection.SelectionFlag.NoUpdate)


class _Delegate(SpriteDelegate):
    """Paints a sprite and its name, which is pale where it is not its own, and lets it be edited."""

    def __init__(self, model: TrayModel, view: SetList) -> None:
        super().__init__(ROOM, view)
        self._tray = model
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        sprite = index.data(SPRITE_ROLE)
        if not isinstance(sprite, Sprite):
            return
        area: QRect = option.rect
        palette: QPalette = option.palette
        state: QStyle.StateFlag = option.state
        painter.save()
        self._view.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, self._view)
        picture = self.picture(self.seen(sprite, index), painter.device().devicePixelRatioF(), palette)
        draw_sharp(painter, QPointF(area.left() + FRAME, area.top() + FRAME), picture)
        role = palette.ColorRole.Text if index.data(NAMED_ROLE) else palette.ColorRole.PlaceholderText
        if state & QStyle.StateFlag.State_Selected:
            role = palette.ColorRole.HighlightedText
        painter.setPen(palette.color(role))
        place = _name_area(area)
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        if state & QStyle.StateFlag.State_HasFocus:
            draw_focus(painter, area)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(ROOM + 2 * FRAME, ROOM + 2 * FRAME)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> QWidget:
        row = index.row()
        edit = NameEdit(lambda name: self._tray.check_name(row, name), parent)
        edit.setPlaceholderText("by class and number")
        edit.refused.connect(self._tray.refused)
        edit.given_up.connect(lambda: self.closeEditor.emit(edit, self.EndEditHint.RevertModelCache))
        return edit

    def setEditorData(self, editor: QWidget, index: AnyIndex) -> None:
        assert isinstance(editor, NameEdit)
        editor.setText(str(index.data()))
        editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: AnyIndex) -> None:
        assert isinstance(editor, NameEdit)
        model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        place = _name_area(option.rect)
        height = min(editor.sizeHint().height(), place.height())
        editor.setGeometry(place.left() - 4, place.center().y() - height // 2, place.width() + 4, height)


def _can_take(mime: QMimeData) -> bool:
    return mime.hasFormat(MIME_TYPE) or bool(_pictures(mime))


def _pictures(mime: QMimeData) -> list[Path]:
    """The files in it that can be sprites."""
    files = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    return [file for file in files if file.suffix.lower() in PICTURES]


def _name_area(area: QRect) -> QRect:
    return area.adjusted(ROOM + 3 * FRAME + 4, 0, -FRAME, 0)


def _mark(line: QRect) -> tuple[QRect, QRect, QRect]:
    """The line, and a knob at either end of it."""
    knob = 3 * LINE
    top = line.center().y() - knob // 2
    left, right = QRect(line.left(), top, knob, knob), QRect(line.right() + 1 - knob, top, knob, knob)
    return line, left, right
