"""What the mouse can reach, the keyboard can: every field by Tab, every part of the window by F6."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QDockWidget,
    QLineEdit,
    QScrollArea,
    QScrollBar,
    QWidget,
)

from pixelforge.gui.stage.sprite_buttons import SpriteButtons
from tests.gui.using import click_cell, make

ACTING = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)

MOST = 300  # presses of Tab: a text of links takes one for each of them


def test_tab_walks_to_all_that_can_be_used_and_to_nothing_else(qtbot, active) -> None:
    make(qtbot, active)
    click_cell(qtbot, active, 1)
    for action in (active.window.sprite_actions.to_tray, active.window.sprite_actions.vary):
        action.trigger()
    active.window.controls.more.setChecked(True)
    walked = walk(qtbot, active.window)
    assert missed(active.window, walked) == []
    assert active.window.stage.canvas in walked
    swatch, more = active.window.controls.used.swatches[0], active.window.controls.more
    assert walked.index(swatch) == walked.index(active.window.controls.palette_field.box) + 1 < walked.index(more)


def test_tab_walks_to_all_of_the_desk(qtbot, active) -> None:
    make(qtbot, active)
    click_cell(qtbot, active, 1)
    active.window.sprite_actions.edit.trigger()
    assert missed(active.window.desk, walk(qtbot, active.window)) == []


@pytest.mark.parametrize("name", ["export", "preferences", "models", "bin", "train", "shortcuts", "about"])
def test_tab_walks_to_all_of_a_dialog(qtbot, active, name) -> None:
    make(qtbot, active)
    click_cell(qtbot, active, 1)
    active.window.sprite_actions.to_tray.trigger()
    active.window.sprite_actions.delete.trigger()
    getattr(active.window.actions_, name).trigger()
    dialog = next(one for one in active.window.findChildren(QDialog) if one.isVisible())
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    assert missed(dialog, walk(qtbot, dialog)) == []
    dialog.close()


def test_f6_goes_from_part_to_part(qtbot, active) -> None:
    make(qtbot, active)
    window = active.window
    window.stage.setFocus()
    parts = [window.stage.canvas, window.history.view, window.tray.view, window.controls.what.classes]
    for part in (*parts, *parts):
        assert QApplication.focusWidget() is part
        qtbot.keyClick(part, Qt.Key.Key_F6)
    qtbot.keyClick(window.stage.canvas, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is window.controls.what.classes
    window.history.by_batch.setChecked(True)
    window.docks[2].hide()  # the set
    window.actions_.new_sprite.trigger()
    for part in (window.desk.canvas, window.history.batches, window.controls.what.classes, window.desk.canvas):
        assert QApplication.focusWidget() is part
        qtbot.keyClick(part, Qt.Key.Key_F6)


def test_what_has_the_keyboard_shows_it(qtbot, active) -> None:
    make(qtbot, active)
    click_cell(qtbot, active, 1)
    window = active.window
    window.sprite_actions.to_tray.trigger()
    assert shows_focus(window.stage.canvas)
    assert shows_focus(window.tray.view)
    assert shows_focus(window.history.view)
    window.history.by_batch.setChecked(True)
    assert shows_focus(window.history.batches)
    assert shows_focus(window.controls.what.classes)
    window.sprite_actions.edit.trigger()
    assert shows_focus(window.desk.canvas)
    assert shows_focus(window.desk.swatches)


def shows_focus(widget: QWidget) -> bool:
    """Whether it looks otherwise while it has the keyboard, which comes as by Tab."""
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    focused = widget.grab().toImage()
    widget.clearFocus()
    QApplication.processEvents()
    return widget.grab().toImage() != focused


def walk(qtbot, window: QWidget) -> list[QWidget]:
    """Where Tab goes, until it is back; always to something that can be used."""
    qtbot.waitUntil(lambda: window.focusWidget() is not None)
    walked = [window.focusWidget()]
    while len(walked) < MOST:
        qtbot.keyClick(walked[-1], Qt.Key.Key_Tab)
        widget = window.focusWidget()
        assert type(widget) is not QScrollArea  # it would show nothing, and do nothing
        if widget is walked[0] is not walked[-1]:
            return walked
        walked.append(widget)
    raise AssertionError(f"Tab does not come back from {walked[-1]}")


def missed(window: QWidget, walked: list[QWidget]) -> list[QWidget]:
    """What can be used and Tab does not come to, but for the buttons of docks, which the menu View has."""
    parts = [one for one in window.findChildren(QWidget) if isinstance(one, ACTING) and one.window() is window.window()]
    seen = [one for one in parts if one.isVisible() and one.isEnabled() and not isinstance(one, QScrollBar)]
    inner = (QComboBox, QAbstractSpinBox, QLineEdit, QAbstractItemView, QDockWidget, SpriteButtons)
    return [one for one in seen if one not in walked and not isinstance(one.parent(), inner)]
