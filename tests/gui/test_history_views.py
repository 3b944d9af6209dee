"""The history by batches, by likeness, and by what is typed."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from pixelforge.gui.history.batch_list import GAP, ROOM
from pixelforge.gui.history.history_model import PAGE
from pixelforge.gui.shared import in_turns
from pixelforge.gui.shared.sprite_delegate import READY_ROLE
from tests.gui.using import click, click_cell, make, pictures
from tests.made import made


def rows(desktop) -> list[int]:
    history = desktop.studio.history
    return [history.entry(row).sprite.seed for row in range(history.rowCount())]


def click_batch(qtbot, desktop, row: int) -> None:
    view = desktop.window.history.batches
    at = view.visualRect(view.model().index(row, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


def lines(desktop) -> list[str]:
    model = desktop.window.history.batches.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_a_batch_has_a_line_and_a_click_lays_it_on_the_stage(qtbot, active) -> None:
    cats = make(qtbot, active, seed=5, count=4)
    dogs = make(qtbot, active, seed=70, count=9, class_names=("dogs",))
    strip = active.window.history
    click(qtbot, strip.by_batch)
    assert strip.batches.isVisible()
    assert [line.split(" · ")[1:] for line in lines(active)] == [
        ["9 sprites of dogs", "seed 70", "tiny"],
        ["4 sprites of cats", "seed 5", "tiny"],
    ]
    assert all(line.startswith(("Today", "Yesterday")) for line in lines(active))
    click_batch(qtbot, active, 1)
    np.testing.assert_array_equal(pictures(active), cats)
    assert len(strip.selected_entries()) == 4
    qtbot.keyClick(strip.batches, Qt.Key.Key_Up)
    qtbot.keyClick(strip.batches, Qt.Key.Key_Return)
    np.testing.assert_array_equal(pictures(active), dogs)
    qtbot.keyClick(active.window, Qt.Key.Key_Escape)
    np.testing.assert_array_equal(pictures(active), dogs)  # where one came from
    make(qtbot, active, seed=100, count=1)
    assert lines(active)[0].split(" · ")[1] == "1 sprite of cats"


def test_the_sprites_of_a_batch_are_painted_in_its_row(qtbot, active) -> None:
    make(qtbot, active, seed=5, count=4)
    strip = active.window.history
    strip.starred.setFocus()
    click(qtbot, strip.by_batch)
    view = strip.batches
    picture = view.viewport().grab().toImage()
    place = view.visualRect(view.model().index(0, 0))
    top = place.top() + view.fontMetrics().height() + 2 * GAP
    for number, cell in enumerate(active.studio.stage.cells):
        left = place.left() + GAP + number * (ROOM + GAP)
        opaque = np.argwhere(cell.sprite.pixels[..., 3] > 0)
        y, x = opaque[0]
        seen = picture.pixelColor(left + int(x) * 2, top + int(y) * 2)
        assert (seen.red(), seen.green(), seen.blue()) == tuple(cell.sprite.pixels[y, x, :3])


def test_what_is_typed_is_found_in_sprites_and_in_batches(qtbot, active) -> None:
    make(qtbot, active, seed=5, count=1)
    make(qtbot, active, seed=70, count=1, class_names=("dogs",))
    strip = active.window.history
    strip.find_field.setFocus()
    qtbot.keyClicks(strip.find_field, "do")
    assert rows(active) == [70]
    click(qtbot, strip.by_batch)
    assert len(lines(active)) == 1
    qtbot.keyClick(strip.find_field, Qt.Key.Key_Backspace)
    qtbot.keyClick(strip.find_field, Qt.Key.Key_Backspace)
    assert len(lines(active)) == 2


def test_what_is_in_the_set_is_shown_alone_and_follows_it(qtbot, active) -> None:
    make(qtbot, active, seed=5, count=4)
    strip, studio = active.window.history, active.studio
    studio.add_to_tray(studio.stage.cells[1:3])
    studio.tray.rename(0, "Tom")
    click(qtbot, strip.in_set)
    assert rows(active) == [7, 6]
    studio.tray.remove([1])
    assert rows(active) == [6]
    click(qtbot, strip.in_set)
    qtbot.keyClicks(strip.find_field, "tom")
    assert rows(active) == [6]


def test_f_finds_what_looks_like_the_chosen_sprite(qtbot, active) -> None:
    make(qtbot, active, seed=5, count=9)
    strip = active.window.history
    click_cell(qtbot, active, 3)
    qtbot.keyClick(active.window.stage.canvas, Qt.Key.Key_F)
    assert rows(active)[0] == 8
    assert sorted(rows(active)) == list(range(5, 14))
    assert strip.like.isVisible()
    make(qtbot, active, seed=50, count=1)
    assert rows(active)[0] == 8
    click(qtbot, strip.like)
    assert rows(active)[:2] == [50, 13]
    assert not strip.like.isVisible()


def test_showing_a_sprite_takes_all_filters_away(qtbot, active) -> None:
    make(qtbot, active, seed=5, count=4)
    strip, studio = active.window.history, active.studio
    click_cell(qtbot, active, 0)
    qtbot.keyClick(active.window.stage.canvas, Qt.Key.Key_F)
    strip.find_field.setText("dogs")
    strip.in_set.setChecked(True)
    click(qtbot, strip.by_batch)
    strip.reveal(studio.stage.cells[2].id)
    assert [entry.sprite.seed for entry in strip.selected_entries()] == [7]
    assert rows(active) == [8, 7, 6, 5]


@pytest.mark.parametrize("seconds", [0.0, 1000.0])
def test_a_screenful_of_sprites_is_read_in_turns_of_the_loop_as_long_as_there_is_time(
    qtbot, desktop, monkeypatch, seconds
) -> None:
    monkeypatch.setattr(in_turns, "READ_FOR", seconds)
    desktop.studio.history.add([made(seed) for seed in range(60)])
    view, model = desktop.window.history.view, desktop.studio.history
    desktop.window.resize(1280, 800)

    def ready() -> set[int]:
        return {row for row in range(60) if model.index(row).data(READY_ROLE)}

    model.reload()
    model._cache.clear()
    view.viewport().grab()
    first = ready()
    view.viewport().grab()  # within the same turn
    seen = {row for row in range(60) if view.viewport().rect().contains(view.visualRect(model.index(row)))}
    assert len(seen) > PAGE
    if seconds:
        assert first >= seen
    else:
        assert ready() == first == set(range(PAGE))
        qtbot.waitUntil(lambda: ready() >= seen)
