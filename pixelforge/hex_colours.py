"""Colours as text: #rrggbb, as settings, recipes and command lines write them."""

from __future__ import annotations

import re

Colour = tuple[int, int, int]

PATTERN = "#[0-9a-fA-F]{6}"


def is_colour(text: str) -> bool:
    """Whether a text is a colour."""
    return re.fullmatch(PATTERN, text) is not None


def to_colour(text: str) -> Colour:
    """The colour (r, g, b), each from 0 to 255. Raises ValueError for a text that is none."""
    if not is_colour(text):
        raise ValueError(f"{text!r} is no colour; one is written as #rrggbb.")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def to_text(colour: Colour) -> str:
    """A colour as text."""
    return "#{:02x}{:02x}{:02x}".format(*colour)
