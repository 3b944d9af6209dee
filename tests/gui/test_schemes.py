"""The colours that a sprite is drawn in: seen, shuffled, kept, taken from another picture."""

from __future__ import annotations

from threading import current_thread, main_thread

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication

from pixelforge.core.header import read_header
from pixelforge.gui.shared.messages import Severity
from pixelforge.gui.shared.mime import to_mime
from pixelforge.gui.shared.qimage import to_qimage
from pixelforge.gui.window import colouring
from pixelforge.services.asking import Ask
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.sprites import read_sprites
from tests.gui.using import click, click_cell, finish, make, recipes, write
from tests.made import made
from tests.pointer import write_pointer_model


@pytest.fixture
def entry(tmp_path) -> ModelEntry:
    path = write_pointer_model(tmp_path / "pointer.safetensors", side=16)
    return ModelEntry("pointer", path, True, read_header(path))


@pytest.fixture
def field(desktop):
    return desktop.window.controls.scheme


def schemes(desktop) -> list[tuple[str, ...]]:
    return [recipe.request.conditions[0].scheme for recipe in recipes(desktop)]


def drop(strip, mime: QMimeData) -> bool:
    buttons, modifiers, copy = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(strip.rect().center(), copy, mime, buttons, modifiers)
    enter.setAccepted(False)
    QApplication.sendEvent(strip, enter)
    if enter.isAccepted():
        QApplication.sendEvent(strip, QDropEvent(QPointF(strip.rect().center()), copy, mime, buttons, modifiers))
    return enter.isAccepted()


def shown(strip) -> list[str]:
    """The colours at the middle of each swatch that is painted."""
    picture = strip.grab().toImage()
    count = len(strip.accessibleDescription().split(", "))
    return [picture.pixelColor(strip.place_of(index).center()).name() for index in range(count)]


def test_a_start_that_is_taken_away_takes_with_it_what_it_had_brought(qtbot, desktop, field) -> None:
    """Else the lock stays on that nobody has pressed, and the next sprites are all of one colour."""
    make(qtbot, desktop, count=4)
    generation, window = desktop.studio.generation, desktop.window
    asked = generation.settings.request.conditions
    for index in (1, 2):
        click_cell(qtbot, desktop, index)
        window.sprite_actions.vary.trigger()
        assert field.lock.isChecked()
    click(qtbot, window.controls.variation.remove)
    assert not field.lock.isChecked()
    assert generation.settings.request.conditions == asked
    window.sprite_actions.vary.trigger()
    generation.set_ask(Ask(classes=("dogs",)))  # the user's own wish stays
    click(qtbot, window.controls.variation.remove)
    assert generation.ask.classes == ("dogs",)
    assert not field.lock.isChecked()


def test_the_strip_shows_what_the_chosen_sprite_is_drawn_in(qtbot, desktop, field) -> None:
    make(qtbot, desktop, count=4)
    assert field.isVisible()
    assert field.strip.words == "Choose a sprite"
    assert not field.shuffle.isEnabled()
    assert not field.lock.isEnabled()
    for index in (0, 3):
        click_cell(qtbot, desktop, index)
        assert shown(field.strip) == list(schemes(desktop)[index])
        assert field.strip.accessibleDescription() == ", ".join(schemes(desktop)[index])


def test_shuffle_makes_the_same_sprite_in_other_schemes(qtbot, desktop, field) -> None:
    make(qtbot, desktop, count=4)
    click_cell(qtbot, desktop, 2)
    before = recipes(desktop)[2]
    click(qtbot, field.shuffle)
    finish(qtbot, desktop)
    assert {recipe.seed for recipe in recipes(desktop)} == {before.seed}
    assert {recipe.request.sampling for recipe in recipes(desktop)} == {before.request.sampling}
    others = [set(scheme) for scheme in schemes(desktop)]
    assert set(before.request.conditions[0].scheme) not in others
    assert len({frozenset(scheme) for scheme in others}) == len(others) > 0
    for cell in desktop.studio.stage.cells:
        opaque = cell.sprite.pixels[cell.sprite.pixels[..., 3] > 0]
        used = {"#{:02x}{:02x}{:02x}".format(*colour[:3]) for colour in opaque.tolist()}
        assert used <= set(cell.sprite.recipe.request.conditions[0].scheme)


def test_several_are_shuffled_by_the_key_each_once(qtbot, active, field) -> None:
    make(qtbot, active, count=4)
    seeds = [recipe.seed for recipe in recipes(active)]
    click_cell(qtbot, active, 0)
    click_cell(qtbot, active, 1, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(active.window.stage.canvas, Qt.Key.Key_C)
    finish(qtbot, active)
    assert [recipe.seed for recipe in recipes(active)] == seeds[:2]


def test_a_scheme_that_is_kept_holds_for_the_next_batches_until_it_is_let_go(qtbot, desktop, field) -> None:
    make(qtbot, desktop, count=9)
    click_cell(qtbot, desktop, 1)
    kept = schemes(desktop)[1]
    click(qtbot, field.lock)
    make(qtbot, desktop, seed=50, count=9, class_names=("dogs",))
    assert set(schemes(desktop)) == {kept}
    assert shown(field.strip) == list(kept)
    assert field.lock.isChecked()
    assert not desktop.window.controls.words.isVisible()
    click(qtbot, field.lock)
    make(qtbot, desktop, seed=50, count=9)
    assert len(set(schemes(desktop))) > 1


def test_colours_are_taken_by_keys_from_what_was_copied(qtbot, active, field) -> None:
    make(qtbot, active, count=4)
    click_cell(qtbot, active, 2)
    canvas, generation = active.window.stage.canvas, active.studio.generation
    qtbot.keyClick(canvas, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    click_cell(qtbot, active, 0)
    field.setFocus(Qt.FocusReason.TabFocusReason)
    assert field.strip.hasFocus()
    qtbot.keyClick(field.strip, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert generation.scheme == schemes(active)[2]
    assert generation.settings.request.start is None  # which pasting elsewhere would have made of it


def test_k_keeps_the_scheme_and_lets_it_go(qtbot, active, field) -> None:
    make(qtbot, active, count=4)
    click_cell(qtbot, active, 0)
    canvas, generation = active.window.stage.canvas, active.studio.generation
    qtbot.keyClick(canvas, Qt.Key.Key_K)
    assert generation.scheme == schemes(active)[0]
    assert field.lock.isChecked()
    qtbot.keyClick(canvas, Qt.Key.Key_K)
    assert generation.scheme is None


def test_a_scheme_is_taken_from_a_sprite_that_is_dropped(qtbot, desktop, field) -> None:
    make(qtbot, desktop, count=4)
    assert drop(field.strip, to_mime([desktop.studio.stage.cells[3].sprite]))
    assert desktop.studio.generation.scheme == schemes(desktop)[3]


@pytest.mark.parametrize("as_file", [True, False])
def test_a_scheme_is_taken_from_a_picture(qtbot, desktop, field, tmp_path, monkeypatch, as_file: bool) -> None:
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:2] = (255, 255, 255, 255)
    pixels[2] = (40, 0, 90, 255)
    mime = QMimeData()
    if as_file:
        Image.fromarray(pixels).save(tmp_path / "flag.png")
        mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "flag.png"))])
    else:
        mime.setImageData(to_qimage(pixels))
    threads = []
    monkeypatch.setattr(colouring, "read_sprites", lambda path: threads.append(current_thread()) or read_sprites(path))
    assert drop(field.strip, mime)
    write(desktop)
    assert main_thread() not in threads
    assert bool(threads) is as_file
    assert desktop.studio.generation.scheme == ("#28005a", "#ffffff")
    make(qtbot, desktop, count=1)
    assert schemes(desktop) == [("#28005a", "#ffffff")]


def test_a_photograph_gives_sixteen_colours(desktop, field) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 4), np.uint8)
    noise[..., 3] = 255
    mime = QMimeData()
    mime.setImageData(to_qimage(noise))
    drop(field.strip, mime)
    assert len(desktop.studio.generation.scheme) == 16


def test_what_has_no_colours_is_said(desktop, field, tmp_path) -> None:
    empty = QImage(4, 4, QImage.Format.Format_ARGB32)
    empty.fill(Qt.GlobalColor.transparent)
    mime = QMimeData()
    mime.setImageData(empty)
    drop(field.strip, mime)
    assert "no colours" in desktop.studio.messages.current.text
    (tmp_path / "text.png").write_text("none")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "text.png"))])
    drop(field.strip, mime)
    write(desktop)
    assert desktop.studio.messages.current.severity is Severity.ERROR
    assert desktop.studio.generation.scheme is None
    mime = QMimeData()
    mime.setText("red")
    assert not drop(field.strip, mime)


def test_what_the_model_did_not_make_cannot_be_shuffled(qtbot, desktop) -> None:
    from pixelforge.gui.stage.stage_model import StageCell

    desktop.studio.stage.show_finished([StageCell(made(1), None)])
    desktop.window.sprite_actions.refresh()
    click(qtbot, desktop.window.controls.scheme.shuffle)
    write(desktop)
    assert "can be shuffled of what the chosen model made" in desktop.studio.messages.current.text


def test_where_there_is_no_other_scheme_that_is_said(qtbot, desktop, field) -> None:
    desktop.studio.generation.set_ask(Ask(classes=("dogs",), kinds=("wolf",), style="dawn"))
    desktop.studio.generation.set_count(1)
    click(qtbot, desktop.window.controls.generate_button)
    finish(qtbot, desktop)
    click(qtbot, field.shuffle)
    write(desktop)
    assert "No sprite that the model learnt from has other colours" in desktop.studio.messages.current.text
