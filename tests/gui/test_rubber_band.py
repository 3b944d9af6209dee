"""Sprites are selected by a frame that the mouse draws around them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QRubberBand

from pixelforge.gui.stage.grid_layout import GridLayout
from tests.gui.using import click_cell, make, point_of

CTRL, PLAIN, LEFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def stage(qtbot, active):
    """Nine sprites in three rows."""
    make(qtbot, active, count=9)
    return active.window.stage


def drag(qtbot, stage, begin: QPoint, end: QPoint, modifier=PLAIN) -> None:
    qtbot.mousePress(stage.canvas, LEFT, modifier, begin)
    qtbot.mouseMove(stage.canvas, (begin + end) / 2)
    qtbot.mouseMove(stage.canvas, end)
    (band,) = stage.canvas.findChildren(QRubberBand)
    assert band.isVisible()
    qtbot.mouseRelease(stage.canvas, LEFT, modifier, end)
    assert not band.isVisible()


def test_what_the_frame_touches_is_selected_and_with_ctrl_besides_the_rest(qtbot, active, stage) -> None:
    model = active.studio.stage
    drag(qtbot, stage, QPoint(2, 2), point_of(active, 4))
    assert model.selected == {0, 1, 3, 4}
    below = QPoint(point_of(active, 8).x(), stage.canvas.height() - 2)
    drag(qtbot, stage, below, point_of(active, 7), CTRL)
    assert model.selected == {0, 1, 3, 4, 7, 8}
    drag(qtbot, stage, below, point_of(active, 8))
    assert model.selected == {8}
    drag(qtbot, stage, QPoint(2, 2), QPoint(2, 60))  # which touches none
    assert model.selected == frozenset()


def test_a_zoomed_picture_is_moved_and_a_sprite_is_dragged_away_instead(qtbot, active, stage) -> None:
    click_cell(qtbot, active, 4)
    (band,) = stage.canvas.findChildren(QRubberBand)
    for begin, zoom in ((point_of(active, 4), 0), (QPoint(2, 2), 1)):
        for _ in range(zoom):
            stage.canvas.zoom_out()
        qtbot.mousePress(stage.canvas, LEFT, PLAIN, begin)
        qtbot.mouseMove(stage.canvas, begin + QPoint(60, 60))
        assert not band.isVisible()
        qtbot.mouseRelease(stage.canvas, LEFT, PLAIN, begin + QPoint(60, 60))


@pytest.mark.parametrize(
    ("frame", "touched"),
    [
        ((0, 0, 9, 9), {0}),
        ((10, 0, 11, 30), set()),  # in the gap
        ((9, 9, 12, 12), {0, 1, 3, 4}),
        ((-50, -50, 100, 100), {0, 1, 2, 3, 4, 5, 6}),  # the last row is short
        ((40, 0, 90, 90), set()),
        ((-9, 5, -1, 20), set()),
    ],
)
def test_a_frame_touches_cells_and_not_the_gaps(frame, touched) -> None:
    assert GridLayout(7, 10, 3, 1, 2, 0, 0).touched(*frame) == touched
