"""The sheet tray and the dialog that exports it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, QMimeData, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QUndoStack
from PySide6.QtWidgets import QApplication

from pixelforge.gui.shared.mime import to_mime
from pixelforge.gui.tray.tray import Tray
from pixelforge.gui.tray.tray_model import TrayModel
from pixelforge.imaging.sheet_plan import SheetOptions
from tests.made import made


@pytest.fixture
def undo(qapp) -> QUndoStack:
    return QUndoStack()


@pytest.fixture
def model(undo, tmp_path) -> TrayModel:
    return TrayModel(undo, tmp_path / "drags")


@pytest.fixture
def tray(qtbot, model) -> Tray:
    tray = Tray(model)
    qtbot.addWidget(tray)
    tray.show()
    return tray


def seeds(model: TrayModel) -> list[int]:
    return [sprite.seed for sprite in model.sprites]


def drop(model: TrayModel, mime: QMimeData, row: int) -> bool:
    return model.dropMimeData(mime, Qt.DropAction.CopyAction, row, 0, QModelIndex())


def test_sprites_are_dropped_between_others(model) -> None:
    model.add([made(1), made(2)])
    assert drop(model, to_mime([made(7), made(8)]), 1)
    assert drop(model, to_mime([made(9)]), -1)
    assert seeds(model) == [1, 7, 8, 2, 9]
    assert not drop(model, QMimeData(), 0)


@pytest.mark.parametrize(
    ("rows", "to", "order"),
    [([0], 3, [1, 2, 0, 3]), ([3, 1], 0, [1, 3, 0, 2]), ([1, 2], 4, [0, 3, 1, 2]), ([2], 2, [0, 1, 2, 3])],
)
def test_its_own_sprites_are_reordered(model, undo, rows, to, order) -> None:
    model.add([made(i) for i in range(4)])
    assert drop(model, model.mimeData([model.index(row) for row in rows]), to)
    assert seeds(model) == order
    assert undo.count() == (1 if order == [0, 1, 2, 3] else 2)


@pytest.mark.parametrize(
    ("row", "before", "order"), [(0, 2, [1, 0, 2, 3]), (0, None, [1, 2, 3, 0]), (3, 0, [3, 0, 1, 2])]
)
def test_the_mouse_drops_sprites_into_order(qtbot, tray, model, row, before, order) -> None:
    """Through the view, whose class in Qt takes no drop of its own sprites upon others."""
    model.add([made(i) for i in range(4)])
    view = tray.view
    qtbot.waitUntil(lambda: view.visualRect(model.index(3)).isValid())
    centre = lambda at: view.visualRect(model.index(at)).center()  # noqa: E731
    place = QPointF(centre(3) + QPoint(20, 0) if before is None else centre(before) - QPoint(8, 0))
    mime = model.mimeData([model.index(row)])
    copy, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(view.viewport(), QDragEnterEvent(place.toPoint(), copy, mime, buttons, keys))
    move = QDragMoveEvent(place.toPoint(), copy, mime, buttons, keys)
    QApplication.sendEvent(view.viewport(), move)
    assert move.isAccepted()
    view.viewport().repaint()
    QApplication.sendEvent(view.viewport(), QDropEvent(place, copy, mime, buttons, keys))
    assert seeds(model) == order


def test_everything_can_be_undone(model, undo) -> None:
    model.add([made(1), made(2), made(3)])
    model.move([2], 0)
    model.remove([1])
    model.clear()
    assert seeds(model) == []
    for expected in ([3, 2], [3, 1, 2], [1, 2, 3], []):
        undo.undo()
        assert seeds(model) == expected
    while undo.canRedo():
        undo.redo()
    assert seeds(model) == []


def test_keys_reorder_and_delete(qtbot, tray, model) -> None:
    model.add([made(i) for i in range(4)])
    select = lambda row: tray.view.selectionModel().select(  # noqa: E731
        model.index(row), QItemSelectionModel.SelectionFlag.Select
    )
    select(1)
    select(2)
    qtbot.keyClick(tray.view, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert seeds(model) == [1, 2, 0, 3]
    qtbot.keyClick(tray.view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(tray.view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert seeds(model) == [0, 3, 1, 2]
    qtbot.keyClick(tray.view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert seeds(model) == [0, 3, 1, 2]
    qtbot.keyClick(tray.view, Qt.Key.Key_Delete)
    assert seeds(model) == [0, 3]


def test_the_sheet_follows(tray, model) -> None:
    assert tray.size_label.text() == "The tray is empty."
    assert not tray.export_button.isEnabled()
    model.add([made(i) for i in range(5)])
    assert tray.size_label.text() == "48 x 32 px, 5 sprites"
    tray.columns.setValue(5)
    tray.padding.setValue(2)
    assert model.options == SheetOptions(5, 2)
    assert tray.size_label.text() == "88 x 16 px, 5 sprites"
    sheet = model.sheet()
    for index in range(5):
        np.testing.assert_array_equal(sheet[:, index * 18 : index * 18 + 16], made(index).pixels)
    assert not sheet[:, 16:18].any()
    tray.columns.setValue(0)
    assert model.options.columns is None
    tray.clear_button.click()
    assert model.sheet() is None
