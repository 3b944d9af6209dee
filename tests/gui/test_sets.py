"""The set within the window: its actions, its marks on stage and history, and the bin."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from pixelforge.gui.history.bin_dialog import BinDialog
from pixelforge.gui.shared.marks import GREEN
from pixelforge.gui.shared.mime import from_mime
from pixelforge.gui.shared.qimage import from_qimage
from pixelforge.gui.shared.sprite_delegate import GATHERED_ROLE
from pixelforge.imaging.palette import PaletteRule
from pixelforge.services.export import ExportOptions, export_sprites
from tests.gui.using import classic, click, click_cell, make, pictures, recipes, write

CTRL = Qt.KeyboardModifier.ControlModifier


def press(qtbot, desktop, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget() or desktop.window, key, modifier)


def click_history(qtbot, desktop, row: int, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    view = desktop.window.history.view
    at = view.visualRect(desktop.studio.history.index(row)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, pos=at)


def open_entry(qtbot, desktop, row: int) -> None:
    """By a double click."""
    click_history(qtbot, desktop, row)
    view = desktop.window.history.view
    at = view.visualRect(desktop.studio.history.index(row)).center()
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def click_set(qtbot, desktop, row: int) -> None:
    view = desktop.window.tray.view
    at = view.visualRect(desktop.studio.tray.index(row)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def seeds(desktop) -> list[int]:
    return [sprite.seed for sprite in desktop.studio.tray.sprites]


def green(widget) -> int:
    """Pixels of the mark's colour."""
    return int((from_qimage(widget.grab().toImage())[..., :3] == GREEN.getRgb()[:3]).all(axis=-1).sum())


def drop_on_set(desktop, *files) -> bool:
    """At the upper edge of the list; whether it takes them."""
    port, mime = desktop.window.tray.view.viewport(), QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    at, left, plain = QPointF(20, 1), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at.toPoint(), Qt.DropAction.CopyAction, mime, left, plain)
    enter.setAccepted(False)
    QApplication.sendEvent(port, enter)
    if enter.isAccepted():
        QApplication.sendEvent(port, QDropEvent(at, Qt.DropAction.CopyAction, mime, left, plain))
    return enter.isAccepted()


def test_a_sheet_that_is_dropped_on_the_set_comes_back_into_it_whole(qtbot, active, tmp_path) -> None:
    made = make(qtbot, active, count=9)
    sprites, tray = [cell.sprite for cell in active.studio.stage.cells], active.studio.tray
    export_sprites(tmp_path / "sheet.png", sprites, ExportOptions())
    tray.add(sprites[8:])
    assert drop_on_set(active, tmp_path / "sheet.png")
    write(active)
    assert seeds(active) == [5, 6, 7, 8, 9, 10, 11, 12, 13]
    np.testing.assert_array_equal(tray.sprites[2].pixels, made[2])
    assert active.studio.generation.settings.request.start is None
    (tmp_path / "bad.png").write_bytes(b"no picture")
    assert drop_on_set(active, tmp_path / "bad.png")
    write(active)
    assert "bad.png" in active.studio.messages.current.text
    assert len(tray.sprites) == 9
    (tmp_path / "two.hex").write_text("000000\nffffff\n")
    assert drop_on_set(active, tmp_path / "two.hex")  # by the window around it
    assert "2 colours of two" in active.studio.messages.current.text


def test_copied_sprites_are_pasted_into_the_set_by_keys(qtbot, active) -> None:
    make(qtbot, active)
    active.window.stage.setFocus()
    click_cell(qtbot, active, 2)
    press(qtbot, active, Qt.Key.Key_C, CTRL)
    active.window.tray.view.setFocus()
    press(qtbot, active, Qt.Key.Key_V, CTRL)
    assert seeds(active) == [7]
    assert active.studio.generation.settings.request.start is None


def test_what_is_in_the_set_is_marked_on_stage_and_in_history(qtbot, active) -> None:
    make(qtbot, active)
    stage, history = active.window.stage.canvas, active.window.history.view.viewport()
    assert (green(stage), green(history)) == (0, 0)
    click_cell(qtbot, active, 1)
    press(qtbot, active, Qt.Key.Key_Space)
    assert active.studio.stage.gathered == {1}
    assert [active.studio.history.index(row).data(GATHERED_ROLE) for row in range(4)] == [False, False, True, False]
    assert green(stage) > 20
    assert green(history) > 10
    press(qtbot, active, Qt.Key.Key_Space)
    assert seeds(active) == [6]
    assert "in the set already, as cats_000" in active.studio.messages.current.text
    active.studio.tray.sets.new()
    assert (active.studio.stage.gathered, green(stage), green(history)) == (frozenset(), 0, 0)
    press(qtbot, active, Qt.Key.Key_Z, CTRL)
    assert active.studio.stage.gathered == {1}


def test_a_palette_on_the_stage_makes_other_sprites_of_them(qtbot, active) -> None:
    make(qtbot, active)
    active.studio.add_to_tray(active.studio.stage.cells[:1])
    active.studio.stage.set_rule(PaletteRule(name="", colours=("#000000", "#ffffff")))
    assert active.studio.stage.gathered == frozenset()
    active.studio.stage.set_rule(None)
    assert active.studio.stage.gathered == {0}


def test_sprites_of_the_set_are_copied_shown_and_varied(qtbot, active) -> None:
    sprites = make(qtbot, active, seed=5, class_names=("dogs",))
    active.studio.add_to_tray(active.studio.stage.cells[1:3])
    active.window.history.starred.click()
    assert active.studio.history.rowCount() == 0
    click_set(qtbot, active, 1)
    press(qtbot, active, Qt.Key.Key_C, CTRL)
    assert [sprite.seed for sprite in from_mime(QGuiApplication.clipboard().mimeData())] == [7]
    press(qtbot, active, Qt.Key.Key_H)
    assert [cell.sprite.seed for cell in active.window.chosen()] == [7]
    assert active.studio.history.rowCount() == 4
    click_set(qtbot, active, 1)
    active.window.set_actions.vary.trigger()
    start = active.studio.generation.settings.request.start  # how far they go is asked next
    np.testing.assert_array_equal(start.picture, sprites[2])


def test_what_is_deleted_from_the_history_stays_in_the_set(qtbot, active) -> None:
    make(qtbot, active)
    active.studio.add_to_tray(active.studio.stage.cells[:1])
    click_cell(qtbot, active, 0)
    press(qtbot, active, Qt.Key.Key_Delete)
    assert seeds(active) == [5]
    click_set(qtbot, active, 0)
    press(qtbot, active, Qt.Key.Key_H)
    assert "not in the history any more" in active.studio.messages.current.text
    press(qtbot, active, Qt.Key.Key_Delete)
    assert seeds(active) == []
    assert len(active.studio.stage.cells) == 3


def test_a_recoloured_sprite_is_shown_by_what_it_was(qtbot, active) -> None:
    make(qtbot, active)
    active.studio.stage.set_rule(PaletteRule(name="", colours=("#000000", "#ffffff")))
    click_cell(qtbot, active, 2)
    press(qtbot, active, Qt.Key.Key_Space)
    click_set(qtbot, active, 0)
    press(qtbot, active, Qt.Key.Key_H)
    assert [cell.sprite.seed for cell in active.window.chosen()] == [7]


def test_purge_asks_with_its_number_and_takes_only_what_is_shown(qtbot, active, answers) -> None:
    make(qtbot, active, seed=5, class_names=("cats",))
    make(qtbot, active, seed=20, class_names=("dogs",))
    history = active.window.history
    history.class_box.setCurrentText("cats")
    click_history(qtbot, active, 0)
    press(qtbot, active, Qt.Key.Key_S)
    answers["delete"] = False
    click(qtbot, history.purge)
    assert answers["asked"][0] == "Delete the 3 shown that have no star?"
    assert active.studio.history.rowCount() == 4
    answers["delete"] = True
    click(qtbot, history.purge)
    assert active.studio.history.rowCount() == 1
    click(qtbot, history.purge)
    assert active.studio.messages.current.text == "All sprites shown have a star."
    history.class_box.setCurrentIndex(0)
    assert active.studio.history.rowCount() == 5
    press(qtbot, active, Qt.Key.Key_Z, CTRL)
    assert active.studio.history.rowCount() == 8
    history.starred.click()
    assert not history.purge.isEnabled()


def test_the_bin_gives_back_and_is_emptied(qtbot, active, answers) -> None:
    make(qtbot, active)
    active.studio.delete(active.studio.stage.cells[1:])
    click(qtbot, active.window.history.bin)
    (dialog,) = active.window.findChildren(BinDialog)
    assert "3 deleted sprites" in dialog.note.text()
    dialog.view.setCurrentIndex(dialog.view.model().index(1))
    assert dialog.restore_button.text() == "&Restore 1"
    click(qtbot, dialog.restore_button)
    assert active.studio.history.rowCount() == 2
    assert active.studio.messages.current.text == "Restored 1 sprite."
    assert dialog.view.model().rowCount() == 2
    answers["delete"] = False
    click(qtbot, dialog.empty_button)
    assert answers["asked"][0] == "Delete the 2 sprites in the bin for good?"
    assert dialog.view.model().rowCount() == 2
    answers["delete"] = True
    click(qtbot, dialog.empty_button)
    assert dialog.view.model().rowCount() == 0
    assert not dialog.restore_button.isEnabled()
    dialog.reject()
    active.studio.undo.undo()
    assert active.studio.history.rowCount() == 2
    assert [cell.id is None for cell in active.studio.stage.cells].count(True) == 2


def test_esc_goes_back_to_the_batch(qtbot, active) -> None:
    make(qtbot, active, seed=5)
    batch = make(qtbot, active, seed=20)
    assert not active.window.actions_.back.isEnabled()
    open_entry(qtbot, active, 7)
    open_entry(qtbot, active, 6)
    assert [recipe.seed for recipe in recipes(active)] == [6]
    assert active.window.actions_.back.isEnabled()
    press(qtbot, active, Qt.Key.Key_Return)
    press(qtbot, active, Qt.Key.Key_Escape)
    np.testing.assert_array_equal(pictures(active), batch)
    assert not active.window.actions_.back.isEnabled()


def test_the_batch_that_one_goes_back_to_is_as_the_history_is(qtbot, active) -> None:
    make(qtbot, active, seed=5)
    make(qtbot, active, seed=20)
    open_entry(qtbot, active, 7)
    active.studio.delete_entries([active.studio.history.entry(0).id])
    active.studio.history.set_starred([active.studio.history.entry(0).id], True)
    active.window.actions_.back.trigger()
    assert [recipe.seed for recipe in recipes(active)] == [20, 21, 22]
    assert active.studio.stage.starred == {2}


def test_a_new_batch_is_no_look_at_the_history(qtbot, active) -> None:
    make(qtbot, active, seed=5)
    open_entry(qtbot, active, 3)
    classic(active)
    click(qtbot, active.window.controls.generate_button)
    click(qtbot, active.window.controls.stop_button)
    assert active.window.actions_.back.isEnabled()
    active.studio.generation.set_sampling(sampler="ddim")
    active.studio.generation.set_sampling(steps=4)
    batch = make(qtbot, active, seed=30)
    press(qtbot, active, Qt.Key.Key_Escape)
    np.testing.assert_array_equal(pictures(active), batch)
