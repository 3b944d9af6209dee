"""Variations that follow the slider while it is dragged, and variations of several sprites at once."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QStyle, QStyleOptionSlider

from pixelforge.services.sprites import Drawn, Sprite
from tests.gui.using import click, click_cell, finish, make, pictures, recipes


@pytest.fixture
def varying(qtbot, active):
    """One of four sprites is the start, and the slider has the keyboard."""
    make(qtbot, active)
    click_cell(qtbot, active, 1)
    active.window.sprite_actions.vary.trigger()
    active.studio.generation.set_count(4)
    return active


def handle_of(slider) -> QPoint:
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
    return slider.style().subControlRect(control, option, part, slider).center()


def seen(desktop) -> np.ndarray:
    return np.array(desktop.studio.stage.sprites)


def tried(qtbot, desktop) -> None:
    qtbot.waitUntil(lambda: not desktop.studio.generation.run.running, timeout=30_000)
    assert desktop.studio.generation.trying


def test_the_slider_is_on_the_stage_and_answers_while_the_mouse_drags_it(qtbot, varying) -> None:
    slider, rows = varying.window.controls.variation.slider, varying.studio.history.rowCount()
    assert varying.window.stage.isAncestorOf(slider)
    at = handle_of(slider)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=at)
    looks = []
    for across in (20, 45):
        qtbot.mouseMove(slider, at + QPoint(across, 0))
        tried(qtbot, varying)
        looks.append(seen(varying))
    assert not np.array_equal(*looks)
    qtbot.wait(600)  # longer than a slider rests that nobody holds
    assert varying.studio.history.rowCount() == rows
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=at + QPoint(45, 0))
    qtbot.waitUntil(lambda: varying.studio.history.rowCount() == rows + 4, timeout=30_000)
    assert not varying.studio.generation.trying
    asked = varying.studio.generation.settings.request
    assert {recipe.request.start.strength for recipe in recipes(varying)} == {asked.start.strength}
    assert [recipe.seed for recipe in recipes(varying)] == [asked.seed + index for index in range(4)]


def test_escape_brings_back_what_lay_there_before_and_keeps_nothing(qtbot, varying) -> None:
    before, slider = pictures(varying), varying.window.controls.variation.slider
    slider.setSliderDown(True)
    slider.setValue(80)
    tried(qtbot, varying)
    varying.window.actions_.escape.trigger()
    np.testing.assert_array_equal(pictures(varying), before)
    assert varying.studio.history.rowCount() == 4
    slider.setValue(70)
    assert varying.studio.generation.run.running
    varying.window.actions_.escape.trigger()
    np.testing.assert_array_equal(pictures(varying), before)


def test_without_a_start_there_is_nothing_to_try(qtbot, varying) -> None:
    before, variation = pictures(varying), varying.window.controls.variation
    variation.slider.setSliderDown(True)
    variation.slider.setValue(80)
    tried(qtbot, varying)
    click(qtbot, variation.remove)
    np.testing.assert_array_equal(pictures(varying), before)
    qtbot.wait(600)
    assert varying.studio.history.rowCount() == 4


def test_generate_takes_the_place_of_a_trial(qtbot, varying) -> None:
    varying.window.controls.variation.slider.setValue(80)
    click(qtbot, varying.window.controls.generate_button)
    assert not varying.studio.generation.trying
    finish(qtbot, varying)
    assert len(recipes(varying)) == 4
    assert varying.studio.generation.queue == ()


def test_beside_a_run_nothing_is_tried(qtbot, varying) -> None:
    click(qtbot, varying.window.controls.generate_button)
    varying.window.controls.variation.slider.setValue(80)
    assert not varying.studio.generation.trying
    finish(qtbot, varying)


def test_closing_keeps_no_trial_for_the_next_start(qtbot, varying) -> None:
    varying.window.controls.variation.slider.setValue(80)
    assert varying.studio.generation.pending == ()
    varying.studio.generation.suspend()
    assert varying.studio.generation.queue == ()


def test_several_sprites_share_the_variations_each_with_what_it_was_made_for(qtbot, active) -> None:
    before = make(qtbot, active, class_names=("cats", "dogs"))
    for index in (0, 1, 3):
        click_cell(qtbot, active, index, Qt.KeyboardModifier.ControlModifier)
    active.window.sprite_actions.vary.trigger()
    active.studio.generation.set_count(9)
    qtbot.keyClick(active.window.controls.variation.slider, Qt.Key.Key_Return)
    finish(qtbot, active)
    for index, recipe in enumerate(recipes(active)):
        parent = (0, 1, 3)[index // 3]
        np.testing.assert_array_equal(recipe.request.start.picture, before[parent])
        assert recipe.request.start.others == ()
        assert recipe.class_name == ("cats", "cats", "dogs", "dogs")[parent]


def test_more_parents_than_are_asked_for_raise_the_count(qtbot, active) -> None:
    make(qtbot, active)
    sprites = [Sprite(np.full((16, 16, 4), value, np.uint8), Drawn("")) for value in range(100)]
    start = active.studio.stage.cells[0]
    active.studio.vary([type(start)(sprite, None) for sprite in sprites])
    request = active.studio.generation.settings.request
    assert (request.count, len(request.start.pictures)) == (64, 64)
    assert "first 64 of the 100" in active.studio.messages.current.text
