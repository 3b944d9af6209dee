"""Mending a sprite with the real mouse and the real keys, and what becomes of it."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from pixelforge.core.start import Keep
from pixelforge.gui.desk.desk_keys import desk_keys
from pixelforge.gui.desk.desk_model import DeskModel
from pixelforge.gui.desk.tools import Tool
from pixelforge.gui.shared.qimage import to_qimage
from pixelforge.gui.window.shortcuts_dialog import ShortcutsDialog
from pixelforge.services.history import HistoryFilter, open_history
from pixelforge.services.sprites import Drawn
from tests.gui.using import click, click_cell, make

KEY, LEFT, RIGHT = Qt.Key, Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier
RED, CLEAR = [255, 0, 0, 255], [0, 0, 0, 0]


@pytest.fixture
def desk(qtbot, desktop):
    """The desk with the second of four sprites on it."""
    with qtbot.waitActive(desktop.window):
        desktop.window.activateWindow()
    make(qtbot, desktop)
    desktop.window.stage.setFocus()
    click_cell(qtbot, desktop, 1)
    qtbot.keyClick(desktop.window.stage.canvas, KEY.Key_E)
    room = desktop.window.desk
    assert room.isVisible()
    assert room.canvas.hasFocus()
    desktop.window._mending.desk.set_ink((255, 0, 0, 255))
    return room


@pytest.fixture
def model(desk) -> DeskModel:
    return desk._model


def at(desk, x: float, y: float) -> QPointF:
    """The middle of a pixel, in the canvas."""
    area, ratio = desk.canvas.area(), desk.canvas.devicePixelRatioF()
    factor = area.width() / desk._model.picture.shape[1]
    return QPointF((area.left() + (x + 0.5) * factor) / ratio, (area.top() + (y + 0.5) * factor) / ratio)


def send(desk, kind, button, buttons, pixel: tuple[int, int], modifiers) -> None:
    place = at(desk, *pixel)
    event = QMouseEvent(kind, place, desk.canvas.mapToGlobal(place), button, buttons, modifiers)
    QApplication.sendEvent(desk.canvas, event)


def stroke(desk, *places, button=LEFT, modifiers=NONE) -> None:
    """Press on the first pixel, drag over the others, let go."""
    send(desk, QEvent.Type.MouseButtonPress, button, button, places[0], modifiers)
    for place in places[1:]:
        send(desk, QEvent.Type.MouseMove, Qt.MouseButton.NoButton, button, place, modifiers)
    send(desk, QEvent.Type.MouseButtonRelease, button, Qt.MouseButton.NoButton, places[-1], modifiers)


def test_keys_draw_points_and_lines_where_their_pointer_is(qtbot, desk, model) -> None:
    canvas, shift = desk.canvas, Qt.KeyboardModifier.ShiftModifier
    before = model.picture.copy()
    qtbot.keyClick(canvas, KEY.Key_Up, CTRL)  # comes up in the middle
    for _ in range(20):
        qtbot.keyClick(canvas, KEY.Key_Left, CTRL)  # and stops at the edge
    qtbot.keyClick(canvas, KEY.Key_Space)
    assert model.picture[8, 0].tolist() == RED
    qtbot.keyClick(canvas, KEY.Key_Up, CTRL)
    for _ in range(3):  # not keyClick, which lets go of Shift each time
        QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyPress, KEY.Key_Right, CTRL | shift))
    qtbot.keyRelease(canvas, KEY.Key_Shift, CTRL)
    assert model.picture[7, :4].tolist() == [RED] * 4
    qtbot.keyClick(canvas, KEY.Key_Z, CTRL)  # the line was one stroke
    assert model.picture[8, 0].tolist() == RED
    np.testing.assert_array_equal(model.picture[7], before[7])
    model.set_tool(Tool.ERASER)
    for key in (KEY.Key_Down, *[KEY.Key_Left] * 4):
        qtbot.keyClick(canvas, key, CTRL)
    qtbot.keyClick(canvas, KEY.Key_Space)
    assert model.picture[8, 0].tolist() == CLEAR


def test_the_pencil_draws_without_gaps_and_the_right_button_erases(desk, model) -> None:
    before = model.picture.copy()
    stroke(desk, (2, 3), (9, 3))
    assert model.picture[3, 2:10].tolist() == [RED] * 8
    changed = (model.picture != before).any(axis=2)
    assert not changed[[0, 1, 2, *range(4, 16)]].any()
    stroke(desk, (4, 3), button=RIGHT)
    assert model.picture[3, 4].tolist() == CLEAR


def test_whole_strokes_are_undone_and_made_again(qtbot, desk, model) -> None:
    before = model.picture.copy()
    stroke(desk, (0, 0), (15, 15))
    after = model.picture.copy()
    stroke(desk, (15, 0), (0, 15), (3, 3))
    qtbot.keyClick(desk.canvas, KEY.Key_Z, CTRL)
    np.testing.assert_array_equal(model.picture, after)
    qtbot.keyClick(desk.canvas, KEY.Key_Z, CTRL)
    np.testing.assert_array_equal(model.picture, before)
    assert not model.can_undo
    qtbot.keyClick(desk.canvas, KEY.Key_Y, CTRL)
    np.testing.assert_array_equal(model.picture, after)


def test_a_walk_of_500_strokes_is_undone_to_the_bit(desk, model) -> None:
    rng, before = random.Random(7), model.picture.copy()
    for _ in range(500):
        model.set_tool(rng.choice([tool for tool in Tool if tool is not Tool.PICKER]))
        model.set_mirror(rng.random() < 0.3)
        model.set_ink(rng.choice([(255, 0, 0, 255), *model.palette]))
        places = [(rng.randint(-2, 17), rng.randint(-2, 17)) for _ in range(rng.randint(1, 4))]
        stroke(desk, *places, button=rng.choice((LEFT, RIGHT)))
    for _ in range(600):
        model.undo()
    np.testing.assert_array_equal(model.picture, before)


def test_every_tool_has_its_key_and_its_button(qtbot, desk, model) -> None:
    for tool, button in desk.tool_buttons.items():
        qtbot.keyClick(desk.canvas, getattr(KEY, f"Key_{tool.value.key}"))
        assert model.tool is tool
        assert button.isChecked()
        model.set_tool(Tool.ERASER if tool is Tool.PENCIL else Tool.PENCIL)
        click(qtbot, button)
        assert model.tool is tool
    every = desk_keys(model, lambda: None)
    assert len({known.key for known in every}) == len(every)


def test_alt_picks_a_colour_with_any_tool_and_leaves_the_picture(desk, model) -> None:
    y, x = map(int, np.argwhere(model.picture[..., 3] > 0)[0])
    before = model.picture
    model.set_tool(Tool.FILL)
    stroke(desk, (x, y), modifiers=ALT)
    assert list(model.ink) == model.picture[y, x].tolist()
    assert model.picture is before
    assert model.tool is Tool.FILL
    assert not model.can_undo


def test_fill_line_replace_and_the_mirror(qtbot, desk, model) -> None:
    model.open(np.zeros((16, 16, 4), np.uint8))
    model.set_ink((255, 0, 0, 255))
    model.set_tool(Tool.LINE)
    stroke(desk, (0, 8), (3, 2), (15, 8))  # the line goes where the mouse ends
    assert (model.picture[..., 3] > 0).sum() == 16
    model.set_tool(Tool.FILL)
    stroke(desk, (5, 2))
    assert (model.picture[..., 3] > 0).sum() == 9 * 16
    model.set_tool(Tool.REPLACE)
    model.set_ink((0, 0, 9, 255))
    stroke(desk, (0, 0))
    assert (model.picture[:9] == [0, 0, 9, 255]).all()
    model.set_tool(Tool.PENCIL)
    qtbot.keyClick(desk.canvas, KEY.Key_X)
    stroke(desk, (1, 12))
    assert model.picture[12, 14].tolist() == model.picture[12, 1].tolist() == [0, 0, 9, 255]


def test_a_box_is_marked_and_moved_and_the_arrows_move_it_on(qtbot, desk, model) -> None:
    model.open(np.zeros((16, 16, 4), np.uint8))
    model.set_ink((255, 0, 0, 255))
    stroke(desk, (2, 2))
    qtbot.keyClick(desk.canvas, KEY.Key_M)
    stroke(desk, (1, 1), (3, 3))
    assert model.box == (1, 1, 4, 4)
    stroke(desk, (2, 2), (6, 5))
    assert np.argwhere(model.picture[..., 3] > 0).tolist() == [[5, 6]]
    assert model.box == (5, 4, 8, 7)
    qtbot.keyClick(desk.canvas, KEY.Key_Right)
    assert np.argwhere(model.picture[..., 3] > 0).tolist() == [[5, 7]]
    stroke(desk, (15, 15))  # beside the box: nothing is marked any more
    assert model.box is None
    qtbot.keyClick(desk.canvas, KEY.Key_Down)  # then everything moves, and comes in again
    assert np.argwhere(model.picture[..., 3] > 0).tolist() == [[6, 7]]


def test_parts_are_copied_and_pasted_also_from_other_programs(qtbot, desk, model) -> None:
    piece = np.full((3, 2, 4), (9, 8, 7, 255), np.uint8)
    QGuiApplication.clipboard().setImage(to_qimage(piece))
    qtbot.keyClick(desk.canvas, KEY.Key_V, CTRL)
    assert model.box == (7, 6, 9, 9)
    np.testing.assert_array_equal(model.picture[6:9, 7:9], piece)
    qtbot.keyClick(desk.canvas, KEY.Key_C, CTRL)
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height(), image.pixelColor(1, 2)) == (2, 3, QColor(9, 8, 7))


def test_what_is_mended_is_a_new_sprite_in_the_history_after_every_stroke(qtbot, desktop, desk, model) -> None:
    studio = desktop.studio
    parent = studio.stage.cells[1]
    count = studio.history.rowCount()
    stroke(desk, (0, 0))
    for place in ((1, 1), (2, 2)):
        stroke(desk, place)
    assert studio.history.rowCount() == count + 1
    kept = studio.history.entry(0).sprite
    np.testing.assert_array_equal(kept.pixels, model.picture)
    assert kept.origin == Drawn(parent.sprite.class_name, parent.sprite.recipe)
    np.testing.assert_array_equal(studio.history.entries_of([parent.id])[0].sprite.pixels, parent.sprite.pixels)
    qtbot.keyClick(desk.canvas, KEY.Key_Escape)
    assert desktop.window.stage.isVisible()
    assert len(studio.stage.cells) == 5
    np.testing.assert_array_equal(studio.stage.cells[2].sprite.pixels, kept.pixels)
    assert studio.stage.selected == {2}
    (read,) = desktop.studio.history._history.entries(desktop.studio.history._history.ids(HistoryFilter())[:1])
    assert read.sprite.made_from == parent.sprite.recipe
    assert read.sprite.recipe is None  # that recipe does not make this picture


def test_looking_at_a_sprite_on_the_desk_changes_nothing(qtbot, desktop, desk) -> None:
    count = desktop.studio.history.rowCount()
    stroke(desk, (-3, -3), (-1, -5))  # beside it
    click(qtbot, desk.back_button)
    assert desktop.studio.history.rowCount() == count
    assert len(desktop.studio.stage.cells) == 4


def test_a_blank_one_and_generate_from_the_desk(qtbot, desktop, desk, model) -> None:
    qtbot.keyClick(desktop.window, KEY.Key_N, CTRL)
    assert not model.picture.any()
    stroke(desk, (3, 3))
    qtbot.keyClick(desktop.window, KEY.Key_Return, CTRL)
    qtbot.waitUntil(lambda: len(desktop.studio.stage.cells) == 4, timeout=20_000)
    assert desktop.window.stage.isVisible()
    assert "drawn" in desktop.studio.history.choices()[0]


def test_colours_are_those_of_the_sprite_then_of_the_model_and_any_other(qtbot, desktop, desk, model) -> None:
    picture = desktop.studio.stage.cells[1].sprite.pixels
    own = {tuple(map(int, colour)) for colour in picture[picture[..., 3] > 0]}
    assert set(model.palette[: len(own)]) == own
    assert {(255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255), (255, 255, 0, 255)} <= set(model.palette)
    place = desk.swatches.place_of(1).center()
    qtbot.mouseClick(desk.swatches, LEFT, NONE, place)
    assert model.ink == model.palette[1]
    desk._ask_colour = lambda *_: QColor(1, 2, 3)
    click(qtbot, desk.more_button)
    assert model.ink == (1, 2, 3, 255)


def test_a_stroke_is_on_the_screen_and_every_pixel_of_it_is_sharp(qtbot, desktop, desk, model) -> None:
    model.open(np.zeros((16, 16, 4), np.uint8))
    model.set_ink((255, 0, 0, 255))
    stroke(desk, (5, 5))
    desk.canvas.leaveEvent(QEvent(QEvent.Type.Leave))
    area, factor = desk.canvas.area(), desk.canvas.area().width() // 16
    for widget in (desk.canvas, desktop.window):  # as a part of a window the canvas begins somewhere
        image = widget.grab().toImage()
        corner = desk.canvas.mapTo(widget, area.topLeft())
        for x in range(2, factor - 2):
            place = corner.x() + 5 * factor + x, corner.y() + 5 * factor + x
            assert image.pixelColor(*place) == QColor(255, 0, 0)


def test_a_marked_part_is_made_anew_in_eight_ways_and_a_key_or_a_click_takes_one(qtbot, desktop, desk, model) -> None:
    studio = desktop.studio
    count, cells, before = studio.history.rowCount(), studio.stage.cells, model.picture.copy()
    qtbot.keyClick(desk.canvas, KEY.Key_M)
    stroke(desk, (0, 0), (15, 7))
    qtbot.keyClick(desk.canvas, KEY.Key_Return)
    qtbot.waitUntil(lambda: len(model.fillings.pictures) == 8, timeout=20_000)
    for filling in model.fillings.pictures:
        np.testing.assert_array_equal(filling[8:], before[8:])
    assert studio.history.rowCount() == count  # none of them is a sprite before it is taken
    assert studio.stage.cells == cells
    qtbot.keyClick(desk.canvas, KEY.Key_3)
    np.testing.assert_array_equal(model.picture, model.fillings.pictures[2])
    qtbot.waitUntil(desk.fillings.pictures[5].isVisible)
    click(qtbot, desk.fillings.pictures[5])
    np.testing.assert_array_equal(model.picture, model.fillings.pictures[5])
    assert studio.history.rowCount() == count + 1
    qtbot.keyClick(desk.canvas, KEY.Key_Z, CTRL)
    qtbot.keyClick(desk.canvas, KEY.Key_Z, CTRL)
    np.testing.assert_array_equal(model.picture, before)


def test_a_part_made_anew_keeps_the_silhouette_and_the_colours_where_that_is_asked(qtbot, desktop, desk, model) -> None:
    before = model.picture.copy()
    model.apply(
        np.where(np.eye(16, dtype=bool)[..., None], np.uint8(0), np.maximum(before, np.array([0, 0, 0, 255], np.uint8)))
    )
    picture = model.picture.copy()
    for box in desk.keep.boxes.values():
        click(qtbot, box)
    assert desk.canvas.hasFocus()  # the keys are still the desk's
    assert model.fillings.keep == Keep(silhouette=True, colours=True)
    qtbot.keyClick(desk.canvas, KEY.Key_Return)
    qtbot.waitUntil(lambda: len(model.fillings.pictures) == 8, timeout=20_000)
    own = {tuple(ink) for ink in picture.reshape(-1, 4).tolist()}
    for filling in model.fillings.pictures:
        np.testing.assert_array_equal(filling[..., 3], picture[..., 3])
        assert {tuple(ink) for ink in filling.reshape(-1, 4).tolist()} <= own


def test_a_part_beside_the_silhouette_that_is_kept_is_refused_in_words(qtbot, desktop, desk, model) -> None:
    picture = np.zeros((16, 16, 4), np.uint8)
    picture[0, 0] = 255
    model.open(picture)
    model.fillings.set_keep(Keep(silhouette=True))
    assert desk.keep.boxes["silhouette"].isChecked()
    model.set_box((8, 8, 12, 12))
    model.ask_for_fillings()
    assert "marks nothing of the silhouette" in desktop.studio.messages.current.text


def test_a_part_of_a_sprite_of_another_size_is_refused_in_words(desktop, desk, model) -> None:
    model.open(np.full((8, 20, 4), 255, np.uint8))
    model.ask_for_fillings()
    assert "a part of one of 20 x 8 it cannot" in desktop.studio.messages.current.text


def test_fillings_of_one_sprite_are_not_offered_for_another(qtbot, desktop, desk, model) -> None:
    cells, generation = desktop.studio.stage.cells, desktop.studio.generation
    model.ask_for_fillings()
    desktop.window._mending.begin(cells[2])
    qtbot.waitUntil(lambda: not generation.run.running, timeout=20_000)
    assert model.fillings.pictures == ()


def test_a_look_at_the_history_ends_the_desk_and_keeps_what_was_drawn(qtbot, desktop, desk) -> None:
    parent = desktop.studio.stage.cells[1].sprite.recipe
    stroke(desk, (0, 0))
    desktop.window.history.activated.emit(desktop.studio.history.entry(3))
    assert desktop.window.stage.isVisible()
    assert len(desktop.studio.stage.cells) == 1
    assert desktop.studio.history.entry(0).sprite.origin == Drawn("cats", parent)


def test_the_desk_may_be_left_while_a_batch_forms(qtbot, desktop, desk) -> None:
    stroke(desk, (0, 0))
    desktop.studio.generation.generate()  # by another way than the user's, who would leave the desk by it
    forming = desktop.studio.stage.sprites
    desktop.window._mending.end()
    assert desktop.studio.stage.cells == ()
    assert desktop.studio.stage.sprites is forming
    qtbot.waitUntil(lambda: not desktop.studio.generation.run.running, timeout=20_000)
    assert len(desktop.studio.stage.cells) == 4


def test_the_list_of_keys_has_those_of_the_desk(desktop, desk) -> None:
    dialog = ShortcutsDialog([], desk.keys())
    table = dialog.table
    rows = {table.item(row, 0).text(): table.item(row, 1).text() for row in range(table.rowCount())}
    assert rows["Desk: Pencil"] == "B"
    assert rows["Desk: Make the part anew"] == "Return"


def test_a_stroke_on_a_sprite_that_another_window_deleted_is_kept(qtbot, desktop, desk, model, places) -> None:
    stroke(desk, (2, 3), (9, 3))
    history, _ = open_history(places.history, 100)
    (drawn,) = history.ids(HistoryFilter())[:1]
    history.delete([drawn])
    stroke(desk, (2, 5), (9, 5))
    newest = history.entries(history.ids(HistoryFilter())[:1])[0]
    history.close()
    assert newest.id != drawn
    np.testing.assert_array_equal(newest.sprite.pixels, model.picture)
