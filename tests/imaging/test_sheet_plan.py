"""The layout of sheets: every rectangle against the pixels of the sheet."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixelforge.errors import OutputError, RequestError
from pixelforge.imaging.sheet import draw_sheet
from pixelforge.imaging.sheet_plan import SheetOptions, plan_sheet

OPTIONS = st.builds(
    SheetOptions,
    columns=st.none() | st.integers(1, 9),
    padding=st.integers(0, 3),
    scale=st.integers(1, 4),
    margin=st.integers(0, 3),
    extrude=st.integers(0, 2),
    class_rows=st.booleans(),
    power_of_two=st.booleans(),
    background=st.none() | st.just((10, 20, 30)),
)


def sprites(sides: list[int]) -> list[np.ndarray]:
    rng = np.random.default_rng(len(sides))
    return [rng.integers(1, 256, (side, side, 4), np.uint8) for side in sides]


@given(st.lists(st.tuples(st.sampled_from([2, 4]), st.sampled_from("abc")), min_size=1, max_size=20), OPTIONS)
def test_every_sprite_stands_where_the_plan_says_and_nothing_else_does(items, options) -> None:
    pixels, classes = sprites([side for side, _ in items]), [name for _, name in items]
    plan = plan_sheet([p.shape[:2] for p in pixels], classes, options)
    sheet = draw_sheet(pixels, plan, options)
    assert sheet.shape == (plan.height, plan.width, 4)
    left = sheet.copy()
    for sprite, cell in zip(pixels, plan.cells, strict=True):
        span = np.s_[cell.y : cell.y + cell.height, cell.x : cell.x + cell.width]
        np.testing.assert_array_equal(sheet[span], sprite.repeat(options.scale, 0).repeat(options.scale, 1))
        border = options.extrude * options.scale
        around = np.s_[cell.y - border : cell.y + cell.height + border, cell.x - border : cell.x + cell.width + border]
        wide = np.pad(sprite, ((options.extrude,) * 2, (options.extrude,) * 2, (0, 0)), mode="edge")
        np.testing.assert_array_equal(sheet[around], wide.repeat(options.scale, 0).repeat(options.scale, 1))
        left[around] = 0 if options.background is None else (*options.background, 255)
    ground = (0, 0, 0, 0) if options.background is None else (*options.background, 255)
    assert (left == ground).all()


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30), OPTIONS)
def test_the_cells_form_a_grid_in_order(classes, options) -> None:
    plan = plan_sheet([(4, 4)] * len(classes), classes, options)
    pitch = plan.side + plan.spacing
    for cell in plan.cells:
        assert (cell.x, cell.y) == (plan.margin + cell.column * pitch, plan.margin + cell.row * pitch)
        assert plan.side == cell.width == 4 * options.scale
    places = [(cell.row, cell.column) for cell in plan.cells]
    assert len(set(places)) == len(places)
    if options.class_rows:
        for row in {row for row, _ in places}:
            assert len({name for name, place in zip(classes, places, strict=True) if place[0] == row}) == 1
    else:
        assert places == sorted(places)
    if options.columns is not None:
        assert max(column for _, column in places) < options.columns
    if options.power_of_two:
        assert all(n & (n - 1) == 0 for n in (plan.width, plan.height))
    else:
        assert plan.width == max(plan.width, 2 * plan.margin + plan.side)


def test_the_pitch_with_extrusion() -> None:
    plan = plan_sheet([(16, 16)] * 2, ["a", "a"], SheetOptions(extrude=1))
    assert (plan.margin, plan.spacing, plan.width, plan.height) == (1, 2, 36, 18)


@pytest.mark.parametrize(
    "fields",
    [{"columns": 0}, {"padding": -1}, {"scale": 0}, {"scale": 17}, {"margin": 65}, {"extrude": 9}, {"columns": 1025}],
)
def test_layouts_that_cannot_be(fields) -> None:
    with pytest.raises(RequestError, match=next(iter(fields))):
        SheetOptions(**fields)


def test_a_sheet_that_is_too_large_is_refused_before_it_is_drawn() -> None:
    with pytest.raises(OutputError, match="at most 32768"):
        plan_sheet([(64, 64)] * 1024, ["a"] * 1024, SheetOptions(columns=1024, scale=16))
