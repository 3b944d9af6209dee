"""The colours in use below the palette: where one is, and another in its place."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from pixelforge.imaging.palette import parse_colours
from pixelforge.imaging.used_colours import FAINT, used_colours
from tests.gui.using import click, click_cell, make, pick, pictures

NEW = (1, 2, 3)


@pytest.fixture
def field(qtbot, desktop):
    make(qtbot, desktop)
    return desktop.window.controls.used


def shown(field) -> list[tuple[int, int, int]]:
    return [swatch.colour for swatch in field.swatches if swatch.isVisible()]


def double_click(qtbot, swatch) -> None:
    click(qtbot, swatch)
    qtbot.mouseDClick(swatch, Qt.MouseButton.LeftButton)


def test_the_swatches_are_those_of_the_chosen_sprites_or_of_all(qtbot, desktop, field) -> None:
    assert shown(field) == [one.colour for one in used_colours(pictures(desktop))]
    click_cell(qtbot, desktop, 1)
    assert shown(field) == [one.colour for one in used_colours(pictures(desktop)[1:2])]
    assert field.swatches[0].accessibleName().startswith("#")


def test_under_a_palette_they_are_the_palette_s(qtbot, desktop, field) -> None:
    box = desktop.window.controls.palette_field.box
    pick(box, "Game Boy")
    assert set(shown(field)) <= set(parse_colours(box.currentData().colours))
    assert shown(field)


def test_a_click_shows_where_a_colour_is_until_the_next_or_escape(qtbot, desktop, field) -> None:
    canvas, stage = desktop.window.stage.canvas, desktop.studio.stage
    colour = shown(field)[1]
    click(qtbot, field.swatches[1])
    assert stage.pointed == colour
    seen = canvas._seen_sprites(stage.sprites)
    here = (seen[..., :3] == colour).all(axis=-1)
    assert set(seen[here][:, 3]) <= {0, 255}
    assert set(seen[~here][:, 3]) <= {0, FAINT}
    click(qtbot, field.swatches[1])
    assert stage.pointed is None
    click(qtbot, field.swatches[0])
    desktop.window.actions_.escape.trigger()
    assert stage.pointed is None
    assert not any(swatch.isChecked() for swatch in field.swatches)


def test_what_is_pointed_out_ends_with_the_colour(qtbot, desktop, field) -> None:
    click(qtbot, field.swatches[0])
    pick(desktop.window.controls.palette_field.box, "Game Boy")
    assert desktop.studio.stage.pointed is None


def test_a_double_click_changes_the_colour_in_the_chosen_sprites_and_keeps_the_originals(
    qtbot, desktop, field, answers
) -> None:
    before, studio = pictures(desktop), desktop.studio
    old_ids = [cell.id for cell in studio.stage.cells]
    click_cell(qtbot, desktop, 0)
    click_cell(qtbot, desktop, 2, Qt.KeyboardModifier.ControlModifier)
    colour = shown(field)[0]
    answers["colour"] = QColor(*NEW)
    double_click(qtbot, field.swatches[0])
    after = pictures(desktop)
    for index in (1, 3):
        np.testing.assert_array_equal(after[index], before[index])
    changed = [index for index in (0, 2) if (before[index][..., :3] == colour).all(axis=-1).any()]
    assert changed
    for index in changed:
        here = (before[index][..., :3] == colour).all(axis=-1) & (before[index][..., 3] > 0)
        assert (after[index][here] == (*NEW, 255)).all()
        np.testing.assert_array_equal(after[index][~here], before[index][~here])
        new = studio.stage.cells[index].sprite
        assert new.recipe is None
        assert new.made_from is not None
    assert studio.stage.selected == {0, 2}
    kept = studio.history.entries_of(old_ids)
    assert [np.array_equal(entry.sprite.pixels, old) for entry, old in zip(kept, before, strict=True)] == [True] * 4
    assert studio.history.rowCount() == 4 + len(changed)


def test_the_change_is_undone_and_done_again(qtbot, desktop, field, answers) -> None:
    before, studio = pictures(desktop), desktop.studio
    answers["colour"] = QColor(*NEW)
    double_click(qtbot, field.swatches[0])
    after = pictures(desktop)
    assert not np.array_equal(after, before)
    rows = studio.history.rowCount()
    desktop.window.actions_.undo.trigger()
    np.testing.assert_array_equal(pictures(desktop), before)
    assert studio.history.rowCount() == 4
    desktop.window.actions_.redo.trigger()
    np.testing.assert_array_equal(pictures(desktop), after)
    assert studio.history.rowCount() == rows
    assert all(cell.id is not None for cell in studio.stage.cells)


def test_no_colour_chosen_changes_nothing(qtbot, desktop, field) -> None:
    double_click(qtbot, field.swatches[0])
    assert desktop.studio.history.rowCount() == 4
    assert not desktop.studio.undo.canUndo()


def test_the_keyboard_does_both(qtbot, active, field, answers) -> None:
    answers["colour"] = QColor(*NEW)
    swatch = field.swatches[0]
    swatch.setFocus()
    qtbot.keyClick(swatch, Qt.Key.Key_Space)
    assert active.studio.stage.pointed == swatch.colour
    qtbot.keyClick(swatch, Qt.Key.Key_Return)
    assert NEW in shown(field)
