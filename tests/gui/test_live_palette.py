"""A palette is tried on what stands on the stage, and what leaves the stage has it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from pixelforge.gui.shared.sprite_delegate import SPRITE_ROLE
from pixelforge.imaging.palette import parse_colours
from tests.gui.using import click, click_cell, finish, make, pick, pictures


def test_a_palette_is_tried_on_by_hovering_and_leaves_the_sprites_as_they_are(qtbot, desktop) -> None:
    before = make(qtbot, desktop)
    box, stage = desktop.window.controls.palette_field.box, desktop.studio.stage
    row = box.findText("Game Boy")
    colours = set(parse_colours(box.itemData(row).colours))
    box.showPopup()
    box.view().setCurrentIndex(box.model().index(row, 0))  # what moving the pointer over it does
    box.highlighted.emit(row)
    assert opaque_colours(stage.sprites) <= colours
    box.hidePopup()
    np.testing.assert_array_equal(stage.sprites, np.stack(before))
    pick(box, "Game Boy")
    assert opaque_colours(stage.sprites) <= colours
    np.testing.assert_array_equal(pictures(desktop), before)
    pick(box, "As generated")
    np.testing.assert_array_equal(stage.sprites, np.stack(before))


@pytest.mark.parametrize("leave", ["Esc", "a click beside it"])
def test_a_palette_that_was_only_tried_on_goes_however_its_list_is_left(qtbot, desktop, leave) -> None:
    before = make(qtbot, desktop)
    box, stage = desktop.window.controls.palette_field.box, desktop.studio.stage
    box.showPopup()
    for _ in range(3):
        qtbot.keyClick(box.view(), Qt.Key.Key_Down)
    assert not np.array_equal(stage.sprites, np.stack(before))
    if leave == "Esc":
        qtbot.keyClick(box.view(), Qt.Key.Key_Escape)
    else:
        box.view().window().close()  # what a press outside of it comes to
    qtbot.waitUntil(lambda: not box.view().isVisible())
    assert box.currentText() == "As generated"
    np.testing.assert_array_equal(stage.sprites, np.stack(before))


def test_the_set_is_seen_in_it_too_and_takes_it_by_a_button(qtbot, desktop) -> None:
    make(qtbot, desktop)
    box, tray = desktop.window.controls.palette_field.box, desktop.studio.tray
    tray.add([cell.sprite for cell in desktop.studio.stage.cells])
    before, sheet = tray.sprites, tray.sheet()
    colours = set(parse_colours(box.itemData(box.findText("Game Boy")).colours))
    box.showPopup()
    while box.view().currentIndex().data() != "Game Boy":
        qtbot.keyClick(box.view(), Qt.Key.Key_Down)
    assert opaque_colours(tray.sheet()) <= colours
    shown = [tray.index(row).data(SPRITE_ROLE) for row in range(len(before))]
    assert opaque_colours(np.stack([sprite.pixels for sprite in shown])) <= colours
    assert tray.sprites == before
    qtbot.keyClick(box.view(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not box.view().isVisible())
    np.testing.assert_array_equal(tray.sheet(), sheet)
    pick(box, "Game Boy")
    assert tray.sprites == before
    click(qtbot, desktop.window.message_bar.action_button)
    assert opaque_colours(tray.sheet()) <= colours
    desktop.studio.undo.undo()
    np.testing.assert_array_equal(tray.sheet(), sheet)


def test_of_sprites_that_a_palette_makes_alike_the_set_keeps_one(qtbot, desktop) -> None:
    make(qtbot, desktop)
    tray, sprite = desktop.studio.tray, desktop.studio.stage.cells[0].sprite
    one, other = (np.full_like(sprite.pixels, (*colour, 255)) for colour in ((250, 0, 0), (240, 0, 0)))
    tray.add([sprite.repainted(lambda old, now=now: np.stack([now] * len(old))) for now in (one, other)])
    assert len(tray.sprites) == 2
    tray.recolour(desktop.window.controls.palette_field.box.itemData(2))
    assert len(tray.sprites) == 1
    desktop.studio.undo.undo()
    assert len(tray.sprites) == 2


def test_what_leaves_the_stage_has_the_palette_that_is_shown_and_a_recipe_that_tells_it(qtbot, desktop) -> None:
    make(qtbot, desktop)
    box, studio = desktop.window.controls.palette_field.box, desktop.studio
    pick(box, "Game Boy")
    with qtbot.waitActive(desktop.window):
        desktop.window.activateWindow()
    desktop.window.stage.setFocus()
    click_cell(qtbot, desktop, 2)
    qtbot.keyClick(desktop.window.stage.canvas, Qt.Key.Key_Space)
    (sprite,) = studio.tray.sprites
    np.testing.assert_array_equal(sprite.pixels, studio.stage.sprites[2])
    assert sprite.recipe.request.palette == box.currentData()
    assert studio.history.entries_of([studio.stage.cells[2].id])[0].sprite.recipe.request.palette is None
    studio.use_recipe(sprite.recipe)
    click(qtbot, desktop.window.controls.generate_button)
    finish(qtbot, desktop)
    np.testing.assert_array_equal(studio.stage.sprites[0], sprite.pixels)


def opaque_colours(sprites) -> set[tuple[int, int, int]]:
    return {tuple(map(int, colour)) for colour in sprites[sprites[..., 3] > 0][:, :3]}
