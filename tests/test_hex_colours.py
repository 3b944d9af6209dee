"""Colours as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixelforge.hex_colours import is_colour, to_colour, to_text

PART = st.integers(0, 255)


@given(st.tuples(PART, PART, PART))
def test_a_colour_comes_back_from_its_text(colour: tuple[int, int, int]) -> None:
    assert to_colour(to_text(colour)) == to_colour(to_text(colour).upper()) == colour


def test_how_a_colour_is_written() -> None:
    assert to_text((1, 160, 255)) == "#01a0ff"


@pytest.mark.parametrize(
    "text", ["", "red", "#fff", "01a0ff", "#01a0f", "#01a0ff0", "#01a0fg", "#01a0ff\n", " #01a0ff", "#+1a0ff"]
)
def test_what_is_no_colour(text: str) -> None:
    assert not is_colour(text)
    with pytest.raises(ValueError, match="written as #rrggbb"):
        to_colour(text)
