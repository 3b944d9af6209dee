"""Sprites that move: made by the menu, played under the pointer, mended frame by frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication

from pixelforge.gui.shared.mime import from_mime, to_mime
from pixelforge.gui.shared.player import Player
from pixelforge.imaging.actions import ACTIONS, act
from pixelforge.imaging.frames import Frames
from pixelforge.services.learned import actions
from tests.gui.test_desk import stroke
from tests.gui.using import click, click_cell, make, pictures, point_of
from tests.made import made

KEY, LEFT, NONE = Qt.Key, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def active(qtbot, desktop):
    with qtbot.waitActive(desktop.window):
        desktop.window.activateWindow()
    make(qtbot, desktop)
    desktop.window.stage.setFocus()
    return desktop


@pytest.fixture
def bobbing(qtbot, active):
    """The second of four sprites bobs; what moves is the third of five."""
    click_cell(qtbot, active, 1)
    active.window._moving.actions_["bob"].trigger()
    return active


def shown(canvas, index: int):
    """What is painted of a sprite."""
    canvas.repaint()
    return canvas._seen_sprites(canvas._sprites)[index]


def test_the_player_shows_every_frame_in_its_turn(qtbot) -> None:
    frames = Frames.of("walk", [(made(n).pixels.copy(), 20) for n in range(3)])
    player, seen = Player(), []
    player.shown.connect(seen.append)
    player.play(frames)
    qtbot.waitUntil(lambda: len(seen) >= 7, timeout=5000)
    player.play(frames)  # it goes on
    player.stop()
    assert seen[-1] is None
    numbers = [next(n for n in range(3) if picture is frames.pictures[n]) for picture in seen[:-1]]
    assert numbers == [n % 3 for n in range(len(numbers))]
    count = len(seen)
    qtbot.wait(60)
    assert len(seen) == count


def test_a_sprite_that_moves_is_a_new_one_beside_the_old_one(active, bobbing) -> None:
    studio = active.studio
    cells = studio.stage.cells
    assert len(cells) == 5
    assert studio.stage.selected == {2}
    old, new = cells[1].sprite, cells[2].sprite
    assert old.frames is None
    assert new.recipe == old.recipe
    assert new.frames is not None
    np.testing.assert_array_equal(new.pictures[1], act(old.pixels, "bob").pictures[1])
    assert studio.history.entry(0).sprite.fingerprint == new.fingerprint


def test_several_at_once_stand_each_beside_its_own(qtbot, active) -> None:
    click_cell(qtbot, active, 0)
    click_cell(qtbot, active, 2, CTRL)
    before = pictures(active)
    active.window._moving.actions_["turn"].trigger()
    assert [cell.sprite.frames is not None for cell in active.studio.stage.cells] == [
        False,
        True,
        False,
        False,
        True,
        False,
    ]
    assert active.studio.stage.selected == {1, 4}
    np.testing.assert_array_equal(active.studio.stage.cells[4].sprite.pixels, before[2])


def test_one_that_cannot_is_told(qtbot, active) -> None:
    click_cell(qtbot, active, 0)
    empty = active.studio.stage.cells[0].sprite.repainted(np.zeros_like)
    cell = type(active.studio.stage.cells[0])(empty, None)
    active.window._moving.animate([cell], "bob")
    assert "transparent all over" in active.studio.messages.current.text
    assert len(active.studio.stage.cells) == 4


def test_the_menu_has_every_action_and_tries_it_on(qtbot, active) -> None:
    moving, stage = active.window._moving, active.window.stage
    assert list(moving.actions_) == list(actions())
    assert set(ACTIONS) <= set(actions())
    assert all(action.toolTip() for action in moving.actions_.values())
    click_cell(qtbot, active, 1)
    moving.menu.popup(active.window.mapToGlobal(QPoint(300, 200)))
    place = moving.menu.actionGeometry(moving.actions_["flash"]).center()
    qtbot.mouseMove(moving.menu, place - QPoint(1, 1))
    qtbot.mouseMove(moving.menu, place)
    qtbot.waitUntil(lambda: stage.hover.player.frames is not None)
    assert stage.hover.player.frames.action == "flash"
    qtbot.keyClick(moving.menu, KEY.Key_Escape)
    assert stage.hover.player.frames is None
    assert len(active.studio.stage.cells) == 4


def test_what_moves_plays_under_the_pointer_on_the_stage(qtbot, bobbing) -> None:
    canvas, stage = bobbing.window.stage.canvas, bobbing.studio.stage
    frames = stage.cells[2].sprite.frames
    qtbot.mouseMove(canvas, point_of(bobbing, 1))
    assert bobbing.window.stage.hover.player.frames is None
    qtbot.mouseMove(canvas, point_of(bobbing, 2))
    seen = set()

    def both() -> bool:
        seen.update(n for n in range(2) if np.array_equal(shown(canvas, 2), frames.pictures[n]))
        return seen == {0, 1}

    qtbot.waitUntil(both, timeout=5000)
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    np.testing.assert_array_equal(shown(canvas, 2), frames.pictures[0])
    assert bobbing.window.stage.hover.player.frames is None


def test_alone_it_plays_by_itself(qtbot, bobbing) -> None:
    bobbing.studio.stage.set_enlarged(True)
    assert bobbing.window.stage.hover.player.frames is not None
    bobbing.studio.stage.set_enlarged(False)
    assert bobbing.window.stage.hover.player.frames is None


def test_history_and_set_play_it_too(qtbot, bobbing) -> None:
    bobbing.studio.tray.add([bobbing.studio.stage.cells[2].sprite])
    for view in (bobbing.window.history.view, bobbing.window.tray.view):
        row = view.model().index(0, 0)
        qtbot.mouseMove(view.viewport(), view.visualRect(row).center() - QPoint(2, 2))
        qtbot.mouseMove(view.viewport(), view.visualRect(row).center())
        assert view.playing.player.frames is not None
        QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))
        assert view.playing.player.frames is None


@pytest.fixture
def desk(qtbot, bobbing):
    qtbot.keyClick(bobbing.window.stage.canvas, KEY.Key_E)
    room = bobbing.window.desk
    assert room.isVisible()
    room._model.set_ink((255, 0, 0, 255))
    return room


def test_frames_are_mended_one_by_one_and_kept(qtbot, bobbing, desk) -> None:
    model, studio = desk._model, bobbing.studio
    still, low = studio.stage.cells[2].sprite.pictures
    assert len(model.film.pictures) == 2
    qtbot.keyClick(desk.canvas, KEY.Key_Period)
    np.testing.assert_array_equal(model.picture, low)
    stroke(desk, (0, 0))
    kept = studio.history.entry(0).sprite
    np.testing.assert_array_equal(kept.pictures[0], still)
    assert kept.pictures[1][0, 0].tolist() == [255, 0, 0, 255]
    qtbot.keyClick(desk.canvas, KEY.Key_N, ALT)
    assert (len(model.film.pictures), model.film.at) == (3, 2)
    qtbot.keyClick(desk.canvas, KEY.Key_Left, ALT)
    assert model.film.at == 1
    qtbot.keyClick(desk.canvas, KEY.Key_C, ALT)
    assert len(model.film.pictures) == 2
    for _ in range(4):
        qtbot.keyClick(desk.canvas, KEY.Key_Z, CTRL)
    assert not model.can_undo
    np.testing.assert_array_equal(np.stack(model.film.pictures), np.stack((still, low)))
    qtbot.keyClick(desk.canvas, KEY.Key_Escape)
    assert len(studio.stage.cells) == 6


def test_the_strip_chooses_drags_times_and_names(qtbot, bobbing, desk) -> None:
    model, strip, fields = desk._model, desk.frames, desk.frame_fields
    click(qtbot, strip.add_button)
    assert [strip.thumbs.place_of(n).intersects(strip.thumbs.rect()) for n in range(3)] == [True] * 3
    qtbot.mouseClick(strip.thumbs, LEFT, NONE, strip.thumbs.place_of(2).center())
    assert model.film.at == 2
    low = model.picture
    first, last = strip.thumbs.place_of(0).center(), strip.thumbs.place_of(2).center()
    qtbot.mousePress(strip.thumbs, LEFT, NONE, last)
    qtbot.mouseMove(strip.thumbs, (first + last) / 2)
    qtbot.mouseRelease(strip.thumbs, LEFT, NONE, first)
    assert model.film.at == 0
    assert model.film.pictures[0] is low
    fields.duration.lineEdit().selectAll()
    qtbot.keyClicks(fields.duration, "120")
    qtbot.keyClick(fields.duration, KEY.Key_Return)
    assert model.film.durations[0] == 120
    fields.action_name.selectAll()
    qtbot.keyClicks(fields.action_name, "walk")
    qtbot.keyClick(fields.action_name, KEY.Key_Return)
    assert model.film.action == "walk"
    assert model.fillings.pictures == ()  # Enter was the field's, not the desk's
    assert bobbing.studio.history.entry(0).sprite.frames.action == "walk"
    fields.action_name.selectAll()
    qtbot.keyClicks(fields.action_name, "a/b")
    qtbot.keyClick(fields.action_name, KEY.Key_Return)
    assert (model.film.action, fields.action_name.text()) == ("walk", "walk")


def test_the_onion_skin_shows_the_frame_before(qtbot, bobbing, desk) -> None:
    model = desk._model
    model.open(np.zeros((16, 16, 4), np.uint8))
    assert not desk.frames.onion_skin.isEnabled()
    model.set_ink((255, 0, 0, 255))
    stroke(desk, (5, 5))
    qtbot.keyClick(desk.canvas, KEY.Key_N, ALT)
    model.change(np.zeros_like)
    desk.canvas.leaveEvent(QEvent(QEvent.Type.Leave))

    def middle() -> tuple[int, int, int]:
        area = desk.canvas.area()
        factor = area.width() // 16
        place = QPointF(area.left() + 5.5 * factor, area.top() + 5.5 * factor).toPoint()
        return desk.canvas.grab().toImage().pixelColor(place).getRgb()[:3]

    plain = middle()
    qtbot.keyClick(desk.canvas, KEY.Key_F3)
    red, green, _ = middle()
    assert desk.frames.onion_skin.isChecked()
    assert red - green > 40 + plain[0] - plain[1]
    click(qtbot, desk.frames.onion_skin)
    assert middle() == plain


def test_in_true_size_the_frames_play_while_the_desk_is_seen(qtbot, bobbing, desk) -> None:
    assert desk.player.frames is not None
    qtbot.keyClick(desk.canvas, KEY.Key_Escape)
    assert desk.player.frames is None


def test_what_plays_begins_anew_when_the_hand_rests_and_not_at_each_stroke(qtbot, bobbing, desk) -> None:
    played = desk.player.frames
    for at in range(3):
        stroke(desk, (at, 0))
        assert desk.player.frames is played
    qtbot.waitUntil(lambda: desk.player.frames is not played, timeout=10_000)
    np.testing.assert_array_equal(desk.player.frames.pictures[0], desk._model.film.pictures[0])
    stroke(desk, (0, 3))
    qtbot.keyClick(desk.canvas, KEY.Key_Escape)
    qtbot.wait(600)
    assert desk.player.frames is None  # nobody sees it


def test_what_moves_or_was_mended_can_be_dragged_into_a_set(qtbot, bobbing, desk) -> None:
    stroke(desk, (0, 0))
    qtbot.keyClick(desk.canvas, KEY.Key_Escape)
    cells = bobbing.studio.stage.cells
    named = replace(cells[2].sprite, name="Bob")
    mended = cells[3].sprite
    assert mended.recipe is None
    again = from_mime(to_mime([named, mended]))
    assert [sprite.fingerprint for sprite in again] == [named.fingerprint, mended.fingerprint]
    assert [(sprite.class_name, sprite.name) for sprite in again] == [("cats", "Bob"), ("cats", "")]
