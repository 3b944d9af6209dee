"""What a screen reader finds on the stage and in the history: asked of Qt's accessibility, as it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QHelpEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QToolTip, QWidget

from pixelforge.gui.stage.canvas_access import Access
from tests.gui.using import click_cell, make, point_of

Text, Role = QAccessible.Text, QAccessible.Role


@pytest.fixture
def stage(qtbot, active):
    make(qtbot, active, seed=5)
    active.window.stage.setFocus()
    return QAccessible.queryAccessibleInterface(active.window.stage.canvas)


def test_the_stage_is_a_list_of_its_sprites(stage) -> None:
    assert stage.role() == Role.List
    assert stage.text(Text.Name) == "Sprites: 4"
    items = [stage.child(index) for index in range(stage.childCount())]
    assert [item.text(Text.Name) for item in items] == [f"cats, seed {seed}" for seed in (5, 6, 7, 8)]
    assert [item.text(Text.Description) for item in items] == [f"Sprite {number} of 4" for number in (1, 2, 3, 4)]
    assert {item.role() for item in items} == {Role.ListItem}
    assert [stage.indexOfChild(item) for item in items] == [0, 1, 2, 3]
    assert all(item.parent().role() == Role.List for item in items)
    assert stage.child(4) is None


def test_a_sprite_says_whether_it_is_selected_starred_and_in_the_set(qtbot, active, stage) -> None:
    click_cell(qtbot, active, 2)
    for action in (active.window.sprite_actions.star, active.window.sprite_actions.to_tray):
        action.trigger()
    states = [stage.child(index).state() for index in range(4)]
    assert [state.selected for state in states] == [0, 0, 1, 0]
    assert [state.focused for state in states] == [0, 0, 1, 0]
    assert [stage.child(index).text(Text.Value) for index in range(4)] == ["", "", "starred, in the set", ""]
    assert stage.child(2).text(Text.Description) == "Sprite 3 of 4, starred, in the set"
    history = QAccessible.queryAccessibleInterface(active.window.history.view)
    cells = [child for at in range(history.childCount()) if (child := history.child(at)).role() == Role.ListItem]
    told = {cell.text(Text.Name).split(", ")[1]: cell.text(Text.Description) for cell in cells}
    assert told == {"seed 5": "", "seed 6": "", "seed 7": "in the set", "seed 8": ""}
    assert [cell.text(Text.Name).endswith(", starred") for cell in cells] == [False, True, False, False]
    assert stage.indexOfChild(stage.focusChild()) == 2


def test_a_sprite_lies_where_the_mouse_finds_it(active, stage) -> None:
    canvas = active.window.stage.canvas
    for index in range(4):
        at = canvas.mapToGlobal(point_of(active, index))
        assert stage.child(index).rect().contains(at)
        assert stage.indexOfChild(stage.childAt(at.x(), at.y())) == index
    corner = canvas.mapToGlobal(QPoint(1, 1))
    assert stage.childAt(corner.x(), corner.y()) is None


def test_one_that_is_shown_alone_is_the_only_one(qtbot, active, stage) -> None:
    click_cell(qtbot, active, 3)
    gone = stage.child(3)
    qtbot.keyClick(active.window.stage.canvas, Qt.Key.Key_Return)
    assert stage.childCount() == 1
    assert stage.child(0).text(Text.Name) == "cats, seed 8"
    assert stage.child(0).text(Text.Description) == "Sprite 4 of 4"
    assert not gone.isValid()
    assert gone.text(Text.Name) == ""


def test_while_a_run_forms_there_is_nothing_to_choose(active, stage) -> None:
    active.studio.stage.show_forming(active.studio.stage.sprites)
    assert stage.childCount() == 0


def test_the_history_tells_its_sprites_and_which_are_chosen(active, stage) -> None:
    active.window.history.view.selectAll()
    history = QAccessible.queryAccessibleInterface(active.window.history.view)
    children = [history.child(index) for index in range(history.childCount())]
    cells = [child for child in children if child.role() == Role.ListItem]
    assert {cell.text(Text.Name).split(", 2")[0] for cell in cells} == {
        f"cats, seed {seed}, tiny" for seed in (5, 6, 7, 8)
    }
    assert all(cell.state().selected for cell in cells)


def test_words_are_told_as_they_stand_there_and_boxes_by_what_they_choose(qtbot, active, stage) -> None:
    """A label that has a name of its own hides its words; a box without a label is told by its choice on Linux."""
    active.studio.messages.warn("Nothing was lost.")
    window = active.window
    labels = [label for label in window.findChildren(QLabel) if label.isVisible() and label.text()]
    told = {label.text(): QAccessible.queryAccessibleInterface(label).text(Text.Name) for label in labels}
    assert {"CPU", "4 sprites", "Nothing was lost.", "The set is empty."} <= set(told)
    assert [words for words, name in told.items() if words.replace("&", "") != name] == []
    buddies = {label.buddy() for label in labels}
    boxes = [box for box in window.findChildren(QComboBox) if box.isVisible() and box not in buddies]
    assert len(boxes) >= 4
    for box in boxes:
        description = QAccessible.queryAccessibleInterface(box).text(Text.Description)
        assert description.startswith(f"{box.accessibleName()}: ")


def test_the_sprite_under_the_pointer_tells_what_it_is(qtbot, active, stage) -> None:
    canvas = active.window.stage.canvas
    for index, told in ((1, "cats, seed 6"), (2, "cats, seed 7")):
        at = point_of(active, index)
        QApplication.sendEvent(canvas, QHelpEvent(QEvent.Type.ToolTip, at, canvas.mapToGlobal(at)))
        assert QToolTip.text() == told
    QToolTip.hideText()


def test_a_message_is_announced(qtbot, active, monkeypatch) -> None:
    told = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: told.append(event.message()))
    active.studio.messages.warn("The disk is full/here.")
    assert told == ["The disk is full/here."]


def test_nothing_is_left_of_a_widget_that_is_gone(qtbot) -> None:
    class Listed:
        def count(self) -> int:
            return 3

    before = len(Access._living)
    for _ in range(50):
        widget = QWidget()
        access = Access(widget, Listed())
        assert access.item(2) is not None
        assert len(Access._living) == before + 1
        widget.deleteLater()
        del widget, access
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert len(Access._living) == before
