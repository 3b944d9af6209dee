"""The sets: their sprites, names and order."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, QMimeData, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDragMoveEvent, QDropEvent, QPalette, QUndoStack
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from pixelforge.errors import RequestError
from pixelforge.gui.shared.mime import to_mime
from pixelforge.gui.shared.qimage import from_qimage
from pixelforge.gui.tray.sets_model import SetsModel
from pixelforge.gui.tray.tray import Tray
from pixelforge.gui.tray.tray_model import NAMED_ROLE, TrayModel
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.database import open_database
from pixelforge.services.sets import SetStore
from tests.made import made


@pytest.fixture
def undo(qapp) -> QUndoStack:
    return QUndoStack()


@pytest.fixture
def store(tmp_path) -> SetStore:
    database, _ = open_database(tmp_path / "history.sqlite")
    yield SetStore(database)
    database.close()


@pytest.fixture
def sets(store, undo) -> SetsModel:
    return SetsModel(store, undo, itertools.count(1).__next__)


@pytest.fixture
def model(sets, tmp_path) -> TrayModel:
    return TrayModel(sets, tmp_path / "drags")


@pytest.fixture
def said(model) -> list[str]:
    """What was refused."""
    texts: list[str] = []
    model.refused.connect(texts.append)
    return texts


@pytest.fixture
def tray(qtbot, model) -> Tray:
    tray = Tray(model)
    qtbot.addWidget(tray)
    with qtbot.waitActive(tray):
        tray.show()
        tray.activateWindow()
    return tray


def pick(tray: Tray, row: int) -> None:
    tray.view.setCurrentIndex(tray.view.model().index(row, 0))
    tray.view.setFocus()


def editor(tray: Tray) -> QLineEdit:
    (edit,) = (edit for edit in tray.view.viewport().findChildren(QLineEdit) if edit.isVisible())
    return edit


def again(store: SetStore, tmp_path: Path) -> TrayModel:
    """As another start of the app finds it."""
    return TrayModel(SetsModel(store, QUndoStack()), tmp_path / "drags")


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
def test_the_mouse_drops_sprites_into_order_where_a_line_is_shown(qtbot, tray, model, row, before, order) -> None:
    """Through the view, whose class in Qt takes no drop of its own sprites between others."""
    model.add([made(i) for i in range(4)])
    view = tray.view
    qtbot.waitUntil(lambda: view.visualRect(model.index(3)).isValid())
    centre = lambda at: view.visualRect(model.index(at)).center()  # noqa: E731
    place = QPointF(centre(3) + QPoint(0, 8) if before is None else centre(before) - QPoint(0, 8))
    mime = model.mimeData([model.index(row)])
    copy, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(view.viewport(), QDragEnterEvent(place.toPoint(), copy, mime, buttons, keys))
    move = QDragMoveEvent(place.toPoint(), copy, mime, buttons, keys)
    QApplication.sendEvent(view.viewport(), move)
    assert move.isAccepted()
    marked = accents(view)
    boundary = (
        view.visualRect(model.index(3)).bottom() + 1 if before is None else view.visualRect(model.index(before)).top()
    )
    assert marked
    assert all(abs(y - boundary) <= 4 for y in marked)
    QApplication.sendEvent(view.viewport(), QDropEvent(place, copy, mime, buttons, keys))
    assert seeds(model) == order
    assert not accents(view)


def accents(view) -> list[int]:
    """The rows of the list's picture that have the colour of the mark beside the names."""
    accent = view.palette().color(QPalette.ColorRole.Highlight).getRgb()
    picture = from_qimage(view.viewport().grab().toImage())
    return [int(y) for y in np.flatnonzero((picture[:, -12:] == accent).all(axis=-1).any(axis=1))]


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
    tray.view.setFocus()
    select = lambda row: tray.view.selectionModel().select(  # noqa: E731
        model.index(row), QItemSelectionModel.SelectionFlag.Select
    )
    select(1)
    select(2)
    qtbot.keyClick(tray.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert seeds(model) == [1, 2, 0, 3]
    qtbot.keyClick(tray.view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(tray.view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert seeds(model) == [0, 3, 1, 2]
    qtbot.keyClick(tray.view, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert seeds(model) == [0, 3, 1, 2]
    qtbot.keyClick(tray.view, Qt.Key.Key_Delete)
    assert seeds(model) == [0, 3]


def test_the_sheet_follows(tray, model) -> None:
    assert tray.size_label.text() == "The set is empty."
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


def test_a_sprite_is_in_a_set_once_and_that_is_said(model, said) -> None:
    model.add([made(1), made(2)])
    model.rename(1, "bat")
    model.add([made(2)])
    model.add([made(3), made(1), made(3)])
    model.add([made(1), made(2)])
    assert seeds(model) == [1, 2, 3]
    assert said == [
        "The sprite is in the set already, as bat.",
        "2 of the 3 sprites are in the set already.",
        "All 2 sprites are in the set already.",
    ]


def test_names_are_unlike_and_those_without_one_are_called_by_class(model, undo) -> None:
    model.add([made(1), made(2), made(3, "dogs")])
    assert model.names == ["cats_000", "cats_001", "dogs_000"]
    model.rename(0, " bat ")
    model.rename(1, "cats_001")  # as it is called anyway: no name of its own
    assert model.names == ["bat", "cats_001", "dogs_000"]
    assert [model.data(model.index(row), NAMED_ROLE) for row in range(3)] == [True, False, False]
    for name in ("BAT", "dogs_000", "a/b", "x" * 61, 'quo"te', "line\nend"):
        with pytest.raises(RequestError):
            model.rename(1, name)
    model.rename(0, "")
    assert model.names[0] == "cats_000"
    for expected in ("bat", "cats_000"):
        undo.undo()
        assert model.names[0] == expected


def test_f2_renames_where_the_sprite_stands(qtbot, tray, model, said, store, tmp_path) -> None:
    model.add([made(1), made(2), made(3)])
    pick(tray, 1)
    qtbot.keyClick(tray.view, Qt.Key.Key_F2)
    edit = editor(tray)
    assert edit.selectedText() == "cats_001"
    qtbot.keyClicks(edit, "cats_002")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert said == ["There is another cats_002 already."]
    edit.selectAll()
    qtbot.keyClicks(edit, "red bat")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: model.names == ["cats_000", "red bat", "cats_002"])
    assert tray.view.rows() == [1]
    assert again(store, tmp_path).names == model.names
    qtbot.keyClick(tray.view, Qt.Key.Key_F2)
    qtbot.keyClicks(editor(tray), "other")
    qtbot.keyClick(editor(tray), Qt.Key.Key_Escape)
    assert model.names[1] == "red bat"


def test_a_double_click_renames_as_well(qtbot, tray, model) -> None:
    model.add([made(1), made(2)])
    qtbot.waitUntil(lambda: tray.view.visualRect(model.index(1)).isValid())
    at = tray.view.visualRect(model.index(1)).center()
    qtbot.mouseClick(tray.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(tray.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.keyClicks(editor(tray), "slime")
    qtbot.keyClick(editor(tray), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: model.names[1] == "slime")


def test_several_sets(sets, model, undo, store, tmp_path) -> None:
    model.add([made(1), made(2)])
    sets.rename("Cave")
    sets.new()
    model.add([made(2), made(9)])
    assert [one.name for one in sets.sets] == ["Cave", "Set 1"]
    with pytest.raises(RequestError):
        sets.rename("cave")
    assert seeds(again(store, tmp_path)) == [2, 9]
    sets.choose(sets.sets[0].id)
    assert seeds(model) == seeds(again(store, tmp_path)) == [1, 2]
    sets.delete()
    assert ([one.name for one in sets.sets], seeds(model)) == (["Set 1"], [2, 9])
    sets.delete()
    assert len(sets.sets) == 1
    undo.undo()
    assert (sets.current.name, seeds(model)) == ("Cave", [1, 2])
    assert seeds(again(store, tmp_path)) == [1, 2]
    undo.undo()
    assert (sets.current.name, seeds(model)) == ("Set 1", [])
    undo.undo()
    assert [one.name for one in sets.sets] == ["Cave"]


def test_sets_are_begun_and_renamed_in_their_box(qtbot, tray, model, sets, said) -> None:
    model.add([made(1)])
    tray.sets.new.trigger()
    assert (tray.sets.edit.isVisible(), tray.sets.edit.selectedText()) == (True, "Set 2")
    qtbot.keyClicks(tray.sets.edit, "set 1")
    qtbot.keyClick(tray.sets.edit, Qt.Key.Key_Return)
    assert said == ["There is another set 1 already."]
    tray.sets.edit.selectAll()
    qtbot.keyClicks(tray.sets.edit, "Shop")
    qtbot.keyClick(tray.sets.edit, Qt.Key.Key_Return)
    assert not tray.sets.edit.isVisible()
    assert [tray.sets.box.itemText(row) for row in range(2)] == ["Set 1", "Shop"]
    assert tray.sets.box.currentText() == "Shop"
    assert tray.size_label.text() == "The set is empty."
    tray.sets.rename.trigger()
    qtbot.keyClicks(tray.sets.edit, "Other")
    qtbot.keyClick(tray.sets.edit, Qt.Key.Key_Escape)
    assert (tray.sets.edit.isVisible(), sets.current.name) == (False, "Shop")
    tray.sets.box.setFocus()
    qtbot.keyClick(tray.sets.box, Qt.Key.Key_Up)
    assert (sets.current.name, seeds(model)) == ("Set 1", [1])
    tray.sets.delete.trigger()
    assert [one.name for one in sets.sets] == ["Shop"]
    assert not tray.sets.delete.isEnabled()


def test_a_name_that_cannot_be_is_given_up_where_the_line_is_left(qtbot, tray, sets, said) -> None:
    tray.sets.rename.trigger()
    tray.sets.edit.setText("a/b")
    tray.view.setFocus()
    assert not tray.sets.edit.isVisible()
    assert sets.current.name == "Set 1"
    assert "files" in said[-1]


def test_another_window_is_seen(sets, store, model) -> None:
    model.add([made(1)])
    other = SetsModel(store, QUndoStack())
    other.put_sprites((*other.current.sprites, replace(made(7), name="hero")), "Add")
    sets.reload()
    assert (seeds(model), model.names) == ([1, 7], ["cats_000", "hero"])


def test_a_set_that_cannot_be_kept_is_said_and_stays(sets, store, model) -> None:
    texts: list[str] = []
    sets.failed.connect(texts.append)
    store._database.connection.execute("DROP TABLE set_sprites")
    model.add([made(1)])
    assert seeds(model) == [1]
    assert "cannot be written" in texts[0]


def test_the_context_menu_of_a_sprite(qtbot, tray, model) -> None:
    model.add([made(1), made(2)])
    at = QPoint(5, 5)
    QApplication.sendEvent(
        tray.view.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, tray.view.mapToGlobal(at))
    )
    assert not [menu for menu in tray.view.findChildren(QMenu) if menu.isVisible()]
    pick(tray, 0)
    QApplication.sendEvent(
        tray.view.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, tray.view.mapToGlobal(at))
    )
    (menu,) = (menu for menu in tray.view.findChildren(QMenu) if menu.isVisible())
    remove = next(action for action in menu.actions() if action.text() == "Re&move")
    remove.trigger()
    menu.close()
    assert seeds(model) == [2]


@pytest.fixture
def other(tmp_path, sets) -> SetsModel:
    """Another window's, with the same sets."""
    database, _ = open_database(tmp_path / "history.sqlite")
    yield SetsModel(SetStore(database), QUndoStack(), itertools.count(100).__next__)
    database.close()


def test_what_another_window_added_outlives_a_change_and_its_undo(sets, model, undo, other) -> None:
    model.add([made(1)])
    other.reload()
    other.put_sprites((*other.current.sprites, made(7)), "Add")
    model.add([made(2)])
    assert sorted(seeds(model)) == [1, 2, 7]
    undo.undo()
    undo.undo()
    assert seeds(model) == [7]
    other.reload()
    assert [sprite.seed for sprite in other.current.sprites] == [7]


def test_a_set_that_another_window_changed_is_not_deleted_and_shown(sets, model, other) -> None:
    texts: list[str] = []
    sets.failed.connect(texts.append)
    sets.new()
    other.reload()
    other.choose(sets.current.id)
    other.put_sprites((made(7),), "Add")
    sets.delete()
    assert seeds(model) == [7]
    assert "another window" in texts[0]
