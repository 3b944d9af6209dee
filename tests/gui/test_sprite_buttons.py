"""The buttons on the sprite under the pointer, by a mouse that moves."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest

from tests.gui.using import click, click_cell, make, point_of

MORE, STAR, TO_SET, EDIT = range(4)


def point_at(desktop, index: int):
    """Move the mouse to a sprite; the row of buttons."""
    canvas = desktop.window.stage.canvas
    for aside in (QPoint(3, 0), QPoint(0, 0)):  # a mouse that is there already does not move
        QTest.mouseMove(canvas, point_of(desktop, index) + aside)
        QTest.qWait(1)
    return desktop.window.stage.buttons


def cell_of(desktop, index: int) -> QRect:
    layout = desktop.window.stage.canvas.layout_in_device_pixels()
    x, y = layout.position(index)
    return QRect(layout.left + x, layout.top + y, layout.cell, layout.cell)


def test_they_lie_on_the_sprite_under_the_pointer_and_leave_its_middle_free(qtbot, active) -> None:
    make(qtbot, active, count=9)
    assert not active.window.stage.buttons.isVisible()
    for index in (4, 8, 0):
        row = point_at(active, index)
        assert row.isVisible()
        assert cell_of(active, index).contains(row.geometry())
        assert not row.geometry().contains(cell_of(active, index).center())
    QTest.mouseMove(active.window.stage.canvas, QPoint(2, 2))
    QTest.qWait(1)
    assert not row.isVisible()


def test_each_does_what_its_key_does_to_that_sprite(qtbot, active) -> None:
    make(qtbot, active, count=9)
    studio = active.studio
    click_cell(qtbot, active, 0)
    click(qtbot, point_at(active, 4).buttons[STAR])
    assert studio.stage.starred == {4}
    assert studio.stage.selected == {4}
    click(qtbot, point_at(active, 5).buttons[TO_SET])
    assert [sprite.fingerprint for sprite in studio.tray.sprites] == [studio.stage.cells[5].sprite.fingerprint]
    click(qtbot, point_at(active, 6).buttons[MORE])
    start = studio.generation.settings.request.start
    assert (start.picture == studio.stage.cells[6].sprite.pixels).all()
    assert active.window.controls.variation.isVisible()
    click(qtbot, point_at(active, 7).buttons[EDIT])
    assert active.window.middle.currentWidget() is active.window.desk


def test_all_but_edit_take_all_that_are_selected_with_it(qtbot, active) -> None:
    make(qtbot, active, count=9)
    for index in (1, 2, 3):
        click_cell(qtbot, active, index, Qt.KeyboardModifier.ControlModifier)
    click(qtbot, point_at(active, 2).buttons[STAR])
    assert active.studio.stage.starred == {1, 2, 3}
    click(qtbot, point_at(active, 3).buttons[MORE])
    assert len(active.studio.generation.settings.request.start.pictures) == 3
    click(qtbot, point_at(active, 3).buttons[EDIT])
    assert active.studio.stage.selected == {3}


def test_they_are_gone_while_a_run_forms_and_where_sprites_are_too_small(qtbot, active) -> None:
    make(qtbot, active, count=4)
    assert point_at(active, 0).isVisible()
    active.studio.generation.set_sampling(sampler="ddpm", steps=200)
    click(qtbot, active.window.controls.generate_button)
    qtbot.waitUntil(lambda: not active.studio.stage.cells)
    row = active.window.stage.buttons
    assert not row.isVisible()
    QTest.mouseMove(active.window.stage.canvas, point_of(active, 1))
    QTest.qWait(1)
    assert not row.isVisible()
    active.studio.generation.stop()
    active.studio.generation.set_sampling(steps=2)
    make(qtbot, active, count=9)
    for _ in range(12):
        active.window.stage.canvas.zoom_out()
    assert not point_at(active, 4).isVisible()


def test_a_click_beside_them_still_selects(qtbot, active) -> None:
    make(qtbot, active, count=4)
    point_at(active, 2)
    click_cell(qtbot, active, 2)
    assert active.studio.stage.selected == {2}


def test_the_one_that_is_shown_large_has_them_too(qtbot, active) -> None:
    make(qtbot, active, count=4)
    click_cell(qtbot, active, 3)
    qtbot.keyClick(active.window.stage.canvas, Qt.Key.Key_Return)
    click(qtbot, point_at(active, 0).buttons[STAR])
    assert active.studio.stage.starred == {3}
