"""What one can do with a sprite, from the stage and from the history, by key and by menu."""

from __future__ import annotations

import json
import os
import time

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu

from pixelforge.core.start import Keep
from pixelforge.gui.app import build
from pixelforge.gui.shared.mime import from_mime
from pixelforge.gui.shared.qimage import from_qimage
from pixelforge.gui.window.studio import VARIATIONS
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.sheet import lay_out
from pixelforge.services.asking import Ask
from pixelforge.services.sprites import decode_sprite
from tests.gui.using import click, click_cell, finish, make, pictures, point_of, recipes, write

CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier


def press(qtbot, desktop, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget() or desktop.window, key, modifier)


def test_the_seed_of_a_cell_makes_that_very_sprite_again(qtbot, active) -> None:
    sprites = make(qtbot, active, seed=5, count=9)
    click_cell(qtbot, active, 7)
    press(qtbot, active, Qt.Key.Key_U)
    settings = active.studio.generation.settings
    assert (settings.request.seed, settings.seed_locked, settings.request.count) == (12, True, 9)
    active.studio.generation.set_count(1)
    press(qtbot, active, Qt.Key.Key_Return, CTRL)
    finish(qtbot, active)
    np.testing.assert_array_equal(pictures(active), [sprites[7]])


def test_so_it_does_out_of_a_batch_of_several_classes(qtbot, active) -> None:
    sprites = make(qtbot, active, seed=5, count=4, class_names=("cats", "dogs"))
    assert {recipe.class_name for recipe in recipes(active)} == {"cats", "dogs"}
    for index in (0, 3):
        make(qtbot, active, seed=5, count=4, class_names=("cats", "dogs"))
        click_cell(qtbot, active, index)
        press(qtbot, active, Qt.Key.Key_U)
        active.studio.generation.set_count(1)
        press(qtbot, active, Qt.Key.Key_Return, CTRL)
        finish(qtbot, active)
        np.testing.assert_array_equal(pictures(active), [sprites[index]])


def test_a_seed_kept_for_another_class_compares_like_for_like(qtbot, active) -> None:
    make(qtbot, active, seed=5, class_names=("cats",))
    click_cell(qtbot, active, 2)
    active.studio.generation.set_ask(Ask(classes=("dogs",)))
    press(qtbot, active, Qt.Key.Key_U)
    assert active.studio.generation.settings.request.labels == ("dogs",)


def test_a_recipe_brings_everything_back(qtbot, active) -> None:
    generation = active.studio.generation
    generation.set_sampling(guidance_scale=3.5)
    generation.set_sampling(sampler="dpm++2m")
    generation.set_sampling(steps=5)
    generation.set_palette(PaletteRule(name="", colours=("#000000", "#ffffff")))
    sprites = make(qtbot, active, seed=50, class_names=("dogs",))
    click_cell(qtbot, active, 1)
    chosen = recipes(active)[1]
    generation.set_palette(None)
    generation.set_sampling(guidance_scale=9)
    generation.set_sampling(steps=2)
    generation.set_ask(Ask(classes=("cats",)))
    press(qtbot, active, Qt.Key.Key_R)
    press(qtbot, active, Qt.Key.Key_Return, CTRL)
    finish(qtbot, active)
    np.testing.assert_array_equal(pictures(active), [sprites[1]])
    assert recipes(active) == [chosen]


def test_variations_of_a_sprite_and_the_recipe_of_one_of_them(qtbot, active) -> None:
    sprites = make(qtbot, active, seed=5, count=1, class_names=("dogs",))
    active.studio.generation.set_ask(Ask(classes=("cats",)))
    press(qtbot, active, Qt.Key.Key_V)
    assert not active.studio.generation.run.running  # first one says how far they go
    slider = active.window.controls.variation.slider
    assert slider.hasFocus()
    slider.setValue(30)
    qtbot.keyClick(slider, Qt.Key.Key_Return)
    finish(qtbot, active)
    assert active.studio.generation.settings.request.start.strength == 0.3
    active.window.stage.setFocus()
    made = recipes(active)
    assert len(made) == VARIATIONS
    assert {recipe.class_name for recipe in made} == {"dogs"}
    assert {recipe.request.start for recipe in made} == {active.studio.generation.settings.request.start}
    assert active.window.controls.variation.isVisible()
    np.testing.assert_array_equal(active.studio.generation.settings.request.start.picture, sprites[0])
    third = pictures(active)[3]
    click(qtbot, active.window.controls.variation.remove)
    assert active.studio.generation.settings.request.start is None
    assert not active.window.controls.variation.isVisible()
    click_cell(qtbot, active, 3)
    press(qtbot, active, Qt.Key.Key_R)
    press(qtbot, active, Qt.Key.Key_Return, CTRL)
    finish(qtbot, active)
    np.testing.assert_array_equal(pictures(active), [third])


def test_copies_are_pictures_with_transparency(qtbot, active) -> None:
    sprites = make(qtbot, active)
    click_cell(qtbot, active, 1)
    press(qtbot, active, Qt.Key.Key_C, CTRL)
    mime = QGuiApplication.clipboard().mimeData()
    np.testing.assert_array_equal(from_qimage(mime.imageData()), sprites[1])
    assert (sprites[1][..., 3] == 0).any()
    press(qtbot, active, Qt.Key.Key_A, CTRL)
    press(qtbot, active, Qt.Key.Key_C, CTRL)
    mime = QGuiApplication.clipboard().mimeData()
    np.testing.assert_array_equal(from_qimage(mime.imageData()), lay_out(np.stack(sprites)))
    assert [sprite.seed for sprite in from_mime(mime)] == [5, 6, 7, 8]


def test_seeds_are_copied_as_text(qtbot, active) -> None:
    make(qtbot, active)
    click_cell(qtbot, active, 1)
    click_cell(qtbot, active, 3, CTRL)
    press(qtbot, active, Qt.Key.Key_C, CTRL_SHIFT)
    assert QGuiApplication.clipboard().text() == "6 8"
    click(qtbot, active.window.controls.seed.copy)
    assert QGuiApplication.clipboard().text() == "5"


def test_stars_are_kept_and_filter_the_history(qtbot, active) -> None:
    make(qtbot, active)
    click_cell(qtbot, active, 2)
    press(qtbot, active, Qt.Key.Key_S)
    assert active.studio.stage.starred == {2}
    active.window.history.starred.click()
    assert active.studio.history.rowCount() == 1
    assert active.studio.history.entry(0).sprite.seed == 7
    press(qtbot, active, Qt.Key.Key_S)
    assert active.studio.stage.starred == frozenset()
    assert active.studio.history.rowCount() == 0


def test_space_puts_into_the_tray_in_order(qtbot, active) -> None:
    make(qtbot, active)
    for index in (3, 0):
        click_cell(qtbot, active, index)
        press(qtbot, active, Qt.Key.Key_Space)
    assert [sprite.seed for sprite in active.studio.tray.sprites] == [8, 5]
    press(qtbot, active, Qt.Key.Key_Z, CTRL)
    assert [sprite.seed for sprite in active.studio.tray.sprites] == [8]


def test_deleting_can_be_undone(qtbot, active) -> None:
    make(qtbot, active)
    click_cell(qtbot, active, 0)
    press(qtbot, active, Qt.Key.Key_S)
    click_cell(qtbot, active, 2, CTRL)
    press(qtbot, active, Qt.Key.Key_Delete)
    assert [recipe.seed for recipe in recipes(active)] == [6, 8]
    assert active.studio.history.rowCount() == 2
    press(qtbot, active, Qt.Key.Key_Z, CTRL)
    assert [recipe.seed for recipe in recipes(active)] == [5, 6, 7, 8]
    assert active.studio.history.rowCount() == 4
    assert active.studio.stage.starred == {0}


def test_purging_leaves_the_stars_and_can_be_undone(qtbot, active) -> None:
    make(qtbot, active)
    click_cell(qtbot, active, 1)
    press(qtbot, active, Qt.Key.Key_S)
    click(qtbot, active.window.history.purge)
    assert active.studio.history.rowCount() == 1
    press(qtbot, active, Qt.Key.Key_Z, CTRL)
    assert active.studio.history.rowCount() == 4


def test_saved_sprites_are_those_selected(qtbot, active, ask_path, tmp_path) -> None:
    sprites = make(qtbot, active)
    ask_path.answer = tmp_path / "two.png"
    click_cell(qtbot, active, 0)
    click_cell(qtbot, active, 3, CTRL)
    press(qtbot, active, Qt.Key.Key_S, CTRL_SHIFT)
    write(active)
    with Image.open(ask_path.answer) as image:
        np.testing.assert_array_equal(np.asarray(image), lay_out(np.stack([sprites[0], sprites[3]])))
        assert [recipe["seed"] for recipe in json.loads(image.text["pixelforge"])] == [5, 8]
    assert active.session.settings.save_folder == str(tmp_path)


def test_a_drag_out_of_the_window_carries_png_files(qtbot, active, drags, places) -> None:
    sprites = make(qtbot, active)
    click_cell(qtbot, active, 2)
    canvas, start = active.window.stage.canvas, point_of(active, 2)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    qtbot.mousePress(canvas, left, none, start)
    for distance in (3, 40):
        at = QPointF(start + QPoint(distance, distance))
        move = QMouseEvent(QEvent.Type.MouseMove, at, canvas.mapToGlobal(at), Qt.MouseButton.NoButton, left, none)
        QApplication.sendEvent(canvas, move)
    qtbot.mouseRelease(canvas, left, none, start + QPoint(40, 40))
    (mime,) = drags
    (url,) = mime.urls()
    assert url.fileName() == "cats_00007.png"
    with open(url.toLocalFile(), "rb") as file:  # noqa: PTH123 - the path is Qt's
        dragged = decode_sprite(file.read())
    np.testing.assert_array_equal(dragged.pixels, sprites[2])
    assert dragged.recipe == recipes(active)[2]


def test_files_of_old_drags_are_removed_at_the_next_start(qtbot, entry, places) -> None:
    places.drags.mkdir()
    old, recent = places.drags / "cats_00007.png", places.drags / "cats_00008.png"
    for path, age in ((old, 100_000), (recent, 1000)):
        path.write_bytes(b"dragged")
        os.utime(path, (time.time() - age,) * 2)
    qtbot.addWidget(build([entry], places).window)
    assert list(places.drags.iterdir()) == [recent]


def test_the_history_is_worked_on_where_it_was_used_last(qtbot, active) -> None:
    make(qtbot, active, seed=5)
    make(qtbot, active, seed=20, count=1)
    view = active.window.history.view
    oldest = view.visualRect(active.studio.history.index(4)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=oldest)
    assert [cell.sprite.seed for cell in active.window.chosen()] == [5]
    press(qtbot, active, Qt.Key.Key_Space)
    assert [sprite.seed for sprite in active.studio.tray.sprites] == [5]
    press(qtbot, active, Qt.Key.Key_Return)
    assert [recipe.seed for recipe in recipes(active)] == [5]
    click_cell(qtbot, active, 0)
    press(qtbot, active, Qt.Key.Key_S)
    assert active.studio.history.entry(4).starred


def test_the_context_menu_offers_all_of_it(qtbot, active) -> None:
    make(qtbot, active)
    click_cell(qtbot, active, 1)
    active.window.stage.context_menu_requested.emit(active.window.mapToGlobal(QPoint(300, 300)))
    menu = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible())
    texts = [action.text().replace("&", "") for action in menu.actions() if _shown(action)]
    assert texts == [
        "Copy picture",
        "Copy seed",
        "Edit",
        "Animate",
        "Variations",
        "Between the two",
        "Map around it",
        "Use this seed",
        "Use its recipe",
        "Star",
        "Add to the set",
        "Find what looks like it",
        "Save as…",
        "Delete",
    ]
    refused = [action.text() for action in menu.actions() if _shown(action) and not action.isEnabled()]
    assert refused == ["&Between the two"]  # it takes two
    menu.close()


def _shown(action: QAction) -> bool:
    return action.isVisible() and not action.isSeparator()


def test_samples_can_be_used_but_not_starred(qtbot, active) -> None:
    from tests.made import made

    active.studio.welcome([made(1), made(2)])
    assert "press Generate" in active.studio.messages.current.text
    click_cell(qtbot, active, 1)
    press(qtbot, active, Qt.Key.Key_S)
    assert "Only sprites in the history can be starred" in active.studio.messages.current.text
    press(qtbot, active, Qt.Key.Key_Space)
    assert len(active.studio.tray.sprites) == 1
    press(qtbot, active, Qt.Key.Key_Delete)
    assert len(active.studio.stage.cells) == 1


def test_nothing_is_chosen_while_sprites_form(qtbot, active) -> None:
    make(qtbot, active)
    click_cell(qtbot, active, 1)
    active.studio.generation.set_sampling(sampler="ddpm")
    active.studio.generation.set_sampling(steps=1000)
    click(qtbot, active.window.controls.generate_button)
    assert active.window.chosen() == ()
    assert not any(action.isEnabled() for action in active.window.sprite_actions.list())
    click(qtbot, active.window.controls.stop_button)
    assert len(active.studio.stage.cells) == 4


@pytest.mark.parametrize("suffix", [".gif", ".apng"])
def test_how_sprites_formed_can_be_saved(qtbot, active, ask_path, tmp_path, suffix) -> None:
    active.window.actions_.save_forming.trigger()
    assert "Generate sprites first" in active.studio.messages.current.text
    active.worker._interval = 0.0
    sprites = make(qtbot, active)
    ask_path.answer = tmp_path / f"forming{suffix}"
    active.window.actions_.save_forming.trigger()
    write(active)
    with Image.open(ask_path.answer) as image:
        assert image.n_frames > 2
        image.seek(image.n_frames - 1)
        last = np.asarray(image.convert("RGBA"))
    np.testing.assert_array_equal(last[::4, ::4], lay_out(np.stack(sprites)))
    ask_path.answer = tmp_path / "forming.bmp"
    active.window.actions_.save_forming.trigger()
    write(active)
    assert ".gif or .apng" in active.studio.messages.current.text


def test_variations_are_made_when_the_slider_rests(qtbot, active) -> None:
    make(qtbot, active, seed=5, count=1)
    press(qtbot, active, Qt.Key.Key_V)
    before = active.studio.stage.cells
    for percent in (40, 50, 60):
        active.window.controls.variation.slider.setValue(percent)
        assert active.studio.generation.trying
    qtbot.waitUntil(lambda: active.studio.stage.cells not in (before, ()), timeout=20_000)
    assert {recipe.request.start.strength for recipe in recipes(active)} == {0.6}
    assert active.studio.history.rowCount() == 1 + VARIATIONS  # of the trials nothing is kept


def test_variations_keep_what_the_switches_say_also_the_next_ones(qtbot, active) -> None:
    (parent,) = make(qtbot, active, seed=5, count=1)
    generation, boxes = active.studio.generation, active.window.controls.variation.keep.boxes
    press(qtbot, active, Qt.Key.Key_V)
    click(qtbot, boxes["silhouette"])
    assert generation.settings.request.start.keep == Keep(silhouette=True)
    history = active.studio.history  # a switch shows what comes of it, and makes them when it rests
    qtbot.waitUntil(lambda: history.rowCount() == 1 + VARIATIONS, timeout=20_000)
    finish(qtbot, active)
    assert len(pictures(active)) == VARIATIONS
    assert all((picture[..., 3] == parent[..., 3]).all() for picture in pictures(active))
    assert all(recipe.request.start.keep.silhouette for recipe in recipes(active))
    click(qtbot, active.window.controls.variation.remove)
    generation.set_start([parent])
    assert boxes["silhouette"].isChecked()
