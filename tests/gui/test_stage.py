"""The stage: what is chosen on it, by mouse and keyboard, and how it is zoomed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pixelforge.gui.shared.qimage import from_qimage
from pixelforge.gui.stage.grid_layout import GridLayout
from pixelforge.gui.stage.stage import Stage
from pixelforge.gui.stage.stage_model import StageCell, StageModel
from pixelforge.gui.stage.viewport import MAX_FACTOR
from pixelforge.imaging.pixels import enlarge
from tests.made import made

LEFT = Qt.MouseButton.LeftButton
CTRL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)


def cells(count: int) -> list[StageCell]:
    return [StageCell(made(i), i + 1) for i in range(count)]


@pytest.fixture
def stage(qtbot) -> Stage:
    model = StageModel()
    stage = Stage(model)
    stage.model = model
    qtbot.addWidget(stage)
    stage.resize(500, 400)
    stage.show()
    model.show_finished(cells(9))
    return stage


def centre(stage: Stage, index: int) -> QPoint:
    layout = stage.canvas.layout_in_device_pixels()
    x, y = layout.position(index)
    return QPoint(layout.left + x + layout.cell // 2, layout.top + y + layout.cell // 2)


def click(qtbot, stage: Stage, index: int, modifier=NONE) -> None:
    qtbot.mouseClick(stage.canvas, LEFT, modifier, centre(stage, index))


def picture(stage: Stage) -> np.ndarray:
    return from_qimage(stage.canvas.grab().toImage())


def test_clicks_select(qtbot, stage) -> None:
    click(qtbot, stage, 4)
    assert stage.model.selected == {4}
    click(qtbot, stage, 7, CTRL)
    assert stage.model.selected == {4, 7}
    click(qtbot, stage, 4, CTRL)
    assert stage.model.selected == {7}
    click(qtbot, stage, 2)
    click(qtbot, stage, 5, SHIFT)
    assert stage.model.selected == {2, 3, 4, 5}
    click(qtbot, stage, 8, CTRL)
    click(qtbot, stage, 7, SHIFT | CTRL)
    assert stage.model.selected == {2, 3, 4, 5, 7, 8}
    click(qtbot, stage, 3)  # one of several: it alone, once the button is up
    assert stage.model.selected == {3}
    qtbot.mouseClick(stage.canvas, LEFT, NONE, QPoint(2, 2))
    assert stage.model.selected == frozenset()


def test_arrows_move_and_shift_extends(qtbot, stage) -> None:
    key = lambda code, modifier=NONE: qtbot.keyClick(stage.canvas, code, modifier)  # noqa: E731
    key(Qt.Key.Key_Right)
    assert (stage.model.current, stage.model.selected) == (0, {0})
    key(Qt.Key.Key_Right)
    key(Qt.Key.Key_Down)
    assert stage.model.selected == {4}
    key(Qt.Key.Key_Down, SHIFT)
    assert stage.model.selected == {4, 5, 6, 7}
    key(Qt.Key.Key_Down)
    key(Qt.Key.Key_Down)
    assert stage.model.selected == {7}
    assert stage.canvas.accessibleDescription() == "Sprite 8 of 9, selected"


def test_enlarge_and_back(qtbot, stage) -> None:
    small = stage.canvas.layout_in_device_pixels()
    qtbot.mouseDClick(stage.canvas, LEFT, NONE, centre(stage, 5))
    QTest.mouseRelease(stage.canvas, LEFT, NONE, centre(stage, 0))
    click(qtbot, stage, 5)
    qtbot.keyClick(stage.canvas, Qt.Key.Key_Return)
    assert stage.model.enlarged
    large = stage.canvas.layout_in_device_pixels()
    assert (large.count, large.factor) == (1, (400 - 24) // 16)
    assert large.factor > small.factor
    shown = picture(stage)[large.top : large.top + large.cell, large.left : large.left + large.cell]
    expected = enlarge(stage.model.cells[5].sprite.pixels, large.factor)
    opaque = expected[..., 3] == 255
    np.testing.assert_array_equal(shown[opaque], expected[opaque])
    qtbot.keyClick(stage.canvas, Qt.Key.Key_Right)
    assert stage.model.current == 6
    assert stage.model.chosen() == (stage.model.cells[6],)
    qtbot.keyClick(stage.canvas, Qt.Key.Key_Enter)
    assert not stage.model.enlarged
    assert stage.canvas.layout_in_device_pixels() == small


def test_double_click_enlarges(qtbot, stage) -> None:
    click(qtbot, stage, 2)
    qtbot.mouseDClick(stage.canvas, LEFT, NONE, centre(stage, 2))
    assert (stage.model.enlarged, stage.model.current) == (True, 2)


def test_neither_frame_nor_keyboard_mark_hides_a_pixel(qtbot, stage) -> None:
    stage.canvas.setFocus()
    stage.model.select_all()
    stage.model.click(4, toggle=True)
    stage.model.click(4, toggle=True)
    layout, shown = stage.canvas.layout_in_device_pixels(), picture(stage)
    for index, cell in enumerate(stage.model.cells):
        x, y = layout.position(index)
        left, top = layout.left + x, layout.top + y
        part = shown[top : top + layout.cell, left : left + layout.cell]
        expected = enlarge(cell.sprite.pixels, layout.factor)
        opaque = expected[..., 3] == 255
        np.testing.assert_array_equal(part[opaque], expected[opaque])
    frame = shown[layout.top - 1, layout.left]
    highlight = stage.palette().color(stage.palette().ColorRole.Highlight).getRgb()
    assert tuple(int(v) for v in frame) == highlight


def wheel(stage: Stage, at: QPoint, turn: int) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(stage.canvas.mapToGlobal(at)),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(stage.canvas, event)


def pixel_at(stage: Stage, at: QPoint) -> tuple[int, int, int]:
    """Which sprite, and which of its pixels, lies there."""
    layout = stage.canvas.layout_in_device_pixels()
    index = layout.index_at(at.x(), at.y())
    assert index is not None
    x, y = layout.position(index)
    return index, (at.x() - layout.left - x) // layout.factor, (at.y() - layout.top - y) // layout.factor


def test_the_wheel_zooms_around_the_mouse(stage) -> None:
    for _ in range(4):  # until the grid is larger than the stage: what fits stays in its middle instead
        stage.canvas.zoom_in()
    stage.canvas.grab()
    at = stage.canvas.rect().center() + QPoint(35, 19)
    before, factor = pixel_at(stage, at), stage.canvas.layout_in_device_pixels().factor
    for _ in range(6):
        wheel(stage, at, 120)
        assert stage.canvas.layout_in_device_pixels().factor > factor
        factor = stage.canvas.layout_in_device_pixels().factor
        assert pixel_at(stage, at) == before


def test_small_turns_add_up_and_zoom_ends_somewhere(stage) -> None:
    at = centre(stage, 4)
    factor = stage.canvas.layout_in_device_pixels().factor
    wheel(stage, at, 40)
    wheel(stage, at, 40)
    assert stage.canvas.layout_in_device_pixels().factor == factor
    wheel(stage, at, 40)
    assert stage.canvas.layout_in_device_pixels().factor > factor
    wheel(stage, at, 120 * 200)
    assert stage.canvas.layout_in_device_pixels().factor == MAX_FACTOR
    stage.canvas.grab()
    wheel(stage, at, -120 * 500)
    assert stage.canvas.layout_in_device_pixels().factor == 1
    stage.canvas.zoom_to_fit()
    assert stage.canvas.layout_in_device_pixels().factor == factor


def test_pan_keeps_the_picture_in_sight(qtbot, stage) -> None:
    for _ in range(8):
        stage.canvas.zoom_in()
    for far in (4000, -9000):
        start = QPoint(250, 200)
        QTest.mousePress(stage.canvas, Qt.MouseButton.MiddleButton, NONE, start)
        QTest.mouseMove(stage.canvas, start + QPoint(far, far))
        QTest.mouseRelease(stage.canvas, Qt.MouseButton.MiddleButton, NONE, start)
        layout = stage.canvas.layout_in_device_pixels()
        assert layout.left <= 12
        assert layout.left + layout.width >= 500 - 12
        assert layout.top <= 12
        assert layout.top + layout.height >= 400 - 12


def test_a_drag_begins_on_a_sprite_only(qtbot, stage) -> None:
    drags = []
    stage.drag_started.connect(lambda: drags.append(stage.model.selected))
    stage.model.click(1)
    stage.model.click(2, toggle=True)
    QTest.mousePress(stage.canvas, LEFT, NONE, centre(stage, 2))
    QTest.mouseMove(stage.canvas, centre(stage, 2) + QPoint(30, 30))
    QTest.mouseRelease(stage.canvas, LEFT, NONE, centre(stage, 2))
    assert drags == [{1, 2}]
    QTest.mousePress(stage.canvas, LEFT, NONE, QPoint(2, 2))
    QTest.mouseMove(stage.canvas, QPoint(90, 90))
    QTest.mouseRelease(stage.canvas, LEFT, NONE, QPoint(90, 90))
    assert len(drags) == 1


def test_background_and_pixel_grid(stage) -> None:
    empty = made(0).pixels.copy()
    empty[:] = 0
    stage.model.show_forming(empty[None])
    stage.canvas.set_background(QColor(10, 200, 30))
    layout = stage.canvas.layout_in_device_pixels()
    inside = picture(stage)[layout.top : layout.top + layout.cell, layout.left : layout.left + layout.cell]
    assert {tuple(int(v) for v in c) for c in np.unique(inside.reshape(-1, 4), axis=0)} == {(10, 200, 30, 255)}
    stage.canvas.set_pixel_grid(True)
    inside = picture(stage)[layout.top : layout.top + layout.cell, layout.left : layout.left + layout.cell]
    lines = (inside[layout.factor // 2] != [10, 200, 30, 255]).any(-1)
    assert list(np.flatnonzero(lines)) == [layout.factor * i for i in range(1, 16)]


def test_the_grid_leaves_small_pixels_alone(stage) -> None:
    """Nine by nine they are seven wide on this stage: lines would make a mesh of them."""
    stage.model.show_forming(np.zeros((81, 16, 16, 4), np.uint8))
    stage.canvas.resize(1050, 1050)
    assert 6 <= stage.canvas.layout_in_device_pixels().factor < 10
    plain = picture(stage)
    stage.canvas.set_pixel_grid(True)
    np.testing.assert_array_equal(picture(stage), plain)


def test_nothing_can_be_chosen_while_a_run_forms(qtbot, stage) -> None:
    stage.model.click(3)
    stage.model.show_forming(np.zeros((9, 16, 16, 4), np.uint8))
    assert stage.model.selected == frozenset()
    click(qtbot, stage, 3)
    qtbot.keyClick(stage.canvas, Qt.Key.Key_Right)
    assert (stage.model.selected, stage.model.current, stage.model.chosen()) == (frozenset(), None, ())


def test_what_stays_keeps_its_selection() -> None:
    model = StageModel()
    model.show_finished(cells(5))
    model.click(1)
    model.click(4, toggle=True)
    model.replace_cells([cell for i, cell in enumerate(model.cells) if i not in (0, 1)])
    assert model.selected == {2}
    model.set_starred([5], True)
    assert model.starred == {2}
    model.replace_cells([])
    assert (model.sprites, model.selected, model.current) == (None, frozenset(), None)


def test_a_selection_is_extended_within_what_there_is_now() -> None:
    model = StageModel()
    model.show_finished([StageCell(made(i), None) for i in range(9)])
    model.click(7)
    model.show_finished([StageCell(made(i), None) for i in range(4)])
    model.click(1, extend=True)
    assert model.selected == {1, 2, 3}
    assert len(model.chosen()) == 3


def test_sprites_of_several_sizes_share_the_stage() -> None:
    model = StageModel()
    model.show_finished([StageCell(made(1, side=8), None), StageCell(made(2, side=16), None)])
    assert model.sprites.shape == (2, 16, 16, 4)
    np.testing.assert_array_equal(model.sprites[0, :8, :8], made(1, side=8).pixels)


@given(
    count=st.integers(1, 70),
    side=st.integers(8, 64),
    width=st.integers(50, 2000),
    height=st.integers(50, 2000),
    gap=st.integers(0, 20),
)
def test_every_point_of_a_sprite_finds_it(count, side, width, height, gap) -> None:
    layout = GridLayout.fit(count, side, width, height, 12, gap)
    assert layout.gap >= max(gap, layout.factor)
    for index in {0, count // 2, count - 1}:
        x, y = layout.position(index)
        left, top, last = layout.left + x, layout.top + y, layout.cell - 1
        assert {layout.index_at(left, top), layout.index_at(left + last, top + last)} == {index}
        assert layout.index_at(left - 1, top) is None
        assert layout.index_at(left, top + last + 1) is None
    if layout.factor > 1:
        assert layout.width <= width - 24
        assert layout.height <= height - 24
