"""A sprite that is drawn on the desk, stroke by stroke, through the window's own models, and killed meanwhile."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np

from pixelforge.gui.desk.desk_model import DeskModel
from pixelforge.gui.generating.generation_model import GenerationModel
from pixelforge.gui.history.history_model import HistoryModel
from pixelforge.gui.shared.library import Library
from pixelforge.gui.shared.messages import Messages
from pixelforge.gui.stage.stage_model import StageModel
from pixelforge.gui.window.mending import Mending
from pixelforge.imaging.drawing import Point
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.history import HistoryFilter, open_history
from tests.robustness.work import Scenario

SIDE = 16


def _prepare(folder: Path) -> None:
    open_history(folder / "history.sqlite", 100_000)[0].close()


def _draw(folder: Path) -> None:
    """A blank sprite, of which every stroke paints the next pixel in a colour that says the stroke's number."""
    history, notice = open_history(folder / "history.sqlite", 100_000)
    assert not notice
    messages, desk = Messages(), DeskModel()
    generation = GenerationModel(Library([], messages), messages)
    mending = Mending(desk, StageModel(), HistoryModel(history, folder), generation, messages)
    mending.begin_blank()
    for stroke in itertools.count(1):
        desk.set_ink(_ink(stroke))
        first, *rest = _places(stroke)
        desk.press(first)
        for place in rest:
            desk.drag(place)
        desk.release()
        print(stroke)


def _check(folder: Path, said: list[str]) -> None:
    """The newest sprite is as it was after the last stroke that was kept, or after the one in hand."""
    history, notice = open_history(folder / "history.sqlite", 100_000)
    assert notice == ""
    newest = history.ids(HistoryFilter())[0]
    (entry,) = history.entries([newest])
    history.close()
    pixels, last = entry.sprite.pixels, int(said[-1])
    assert any(np.array_equal(pixels, _drawn(stroke)) for stroke in (last, last + 1)), f"stroke {last} is gone"


def _drawn(strokes: int) -> Pixels:
    picture = np.zeros((SIDE, SIDE, 4), np.uint8)
    for stroke in range(max(1, strokes - SIDE**2), strokes + 1):
        for x, y in _places(stroke):
            picture[y, x] = _ink(stroke)
    return picture


def _places(stroke: int) -> list[Point]:
    """Two pixels that are neighbours, of which the next stroke begins with the second; one at the end of the sprite."""
    return [_place(number) for number in (stroke % SIDE**2, stroke % SIDE**2 + 1) if number < SIDE**2]


def _place(number: int) -> Point:
    row, column = divmod(number, SIDE)
    return (SIDE - 1 - column if row % 2 else column), row  # back and forth


def _ink(stroke: int) -> tuple[int, int, int, int]:
    return stroke >> 16, (stroke >> 8) & 255, stroke & 255, 255


DESK = Scenario("desk", _prepare, _draw, _check)
