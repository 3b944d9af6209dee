"""Sprites between two and around one, on the stage with those that they are of."""

from __future__ import annotations

from dataclasses import replace
from threading import current_thread, main_thread

import numpy as np
from PySide6.QtCore import Qt

from pixelforge.services import between
from pixelforge.services.sprites import Drawn
from tests.gui.using import click, click_cell, finish, make, pictures, recipes, write


def choose_two(qtbot, desktop, first: int, second: int) -> None:
    click_cell(qtbot, desktop, first)
    click_cell(qtbot, desktop, second, Qt.KeyboardModifier.ControlModifier)


def test_b_makes_a_row_from_one_sprite_to_the_other(qtbot, active) -> None:
    before = make(qtbot, active)
    choose_two(qtbot, active, 1, 3)
    qtbot.keyClick(active.window.stage.canvas, Qt.Key.Key_B)
    finish(qtbot, active)
    row = pictures(active)
    assert len(row) == 9
    np.testing.assert_array_equal(row[0], before[1])
    np.testing.assert_array_equal(row[8], before[3])
    assert [len(recipe.request.blends) for recipe in recipes(active)] == [0, *[1] * 7, 0]
    assert active.window.stage.canvas.layout_in_device_pixels().rows == 1
    assert active.studio.history.rowCount() == 4 + 7
    active.studio.stage.click(0)
    qtbot.keyClick(active.window.stage.canvas, Qt.Key.Key_Down)
    assert active.studio.stage.current == 0  # there is nothing below a row
    make(qtbot, active)
    assert active.window.stage.canvas.layout_in_device_pixels().columns == 2


def test_m_makes_a_map_with_the_sprite_in_its_middle(qtbot, active) -> None:
    before = make(qtbot, active)
    click_cell(qtbot, active, 2)
    qtbot.keyClick(active.window.stage.canvas, Qt.Key.Key_M)
    finish(qtbot, active)
    seen = pictures(active)
    assert len(seen) == 25
    np.testing.assert_array_equal(seen[12], before[2])
    assert {recipe.seed for recipe in recipes(active)} == {7}
    assert active.studio.history.rowCount() == 4 + 24


def test_model_files_are_not_read_in_the_thread_of_the_window(qtbot, desktop, monkeypatch) -> None:
    make(qtbot, desktop)
    threads, sha256 = [], between.file_sha256
    monkeypatch.setattr(between, "file_sha256", lambda path: threads.append(current_thread()) or sha256(path))
    choose_two(qtbot, desktop, 0, 1)
    desktop.window.sprite_actions.between.trigger()
    finish(qtbot, desktop)
    assert len(pictures(desktop)) == 9
    assert threads
    assert main_thread() not in threads


def test_a_recipe_of_a_sprite_between_makes_it_again_alone_and_is_left_by_another_seed(qtbot, active) -> None:
    make(qtbot, active)
    choose_two(qtbot, active, 0, 1)
    active.window.sprite_actions.between.trigger()
    finish(qtbot, active)
    wanted, recipe = pictures(active)[4], recipes(active)[4]
    active.studio.use_recipe(recipe)
    click(qtbot, active.window.controls.generate_button)
    finish(qtbot, active)
    np.testing.assert_array_equal(pictures(active)[0], wanted)
    active.studio.generation.set_count(4)
    assert active.studio.generation.settings.request.blends == ()
    active.studio.use_recipe(recipe)
    active.studio.generation.set_seed(77)
    assert active.studio.generation.settings.request.blends == ()


def test_of_sprites_that_no_model_made_it_makes_variations_and_says_so(qtbot, active) -> None:
    make(qtbot, active)
    stage = active.studio.stage
    drawn = [replace(cell, sprite=replace(cell.sprite, origin=Drawn("cats"))) for cell in stage.cells]
    stage.show_finished(drawn)
    stage.select_all()
    stage.click(0)
    stage.click(1, toggle=True)
    active.window.sprite_actions.between.trigger()
    write(active)
    assert "variations of pictures on the way" in active.studio.messages.current.text
    finish(qtbot, active)
    assert len(pictures(active)) == 9
    assert all(cell.sprite.recipe.request.start is not None for cell in stage.cells[1:-1])
    stage.show_finished(drawn)
    stage.click(0)
    active.window.sprite_actions.around.trigger()
    finish(qtbot, active)
    assert len(pictures(active)) == 25
    assert stage.cells[12].sprite is drawn[0].sprite


def test_two_are_needed_for_between_and_one_for_a_map(qtbot, desktop) -> None:
    make(qtbot, desktop)
    actions = desktop.window.sprite_actions
    assert not actions.between.isEnabled()
    click_cell(qtbot, desktop, 0)
    assert (actions.between.isEnabled(), actions.around.isEnabled()) == (False, True)
    click_cell(qtbot, desktop, 1, Qt.KeyboardModifier.ControlModifier)
    assert (actions.between.isEnabled(), actions.around.isEnabled()) == (True, False)


def test_a_row_that_is_stopped_shows_nothing_that_was_not_made(qtbot, desktop) -> None:
    make(qtbot, desktop)
    before = pictures(desktop)
    choose_two(qtbot, desktop, 0, 1)
    desktop.window.sprite_actions.between.trigger()
    write(desktop)
    desktop.studio.generation.stop()
    np.testing.assert_array_equal(pictures(desktop), before)
