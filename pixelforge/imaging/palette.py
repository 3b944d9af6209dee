"""Palettes: sprites snapped to given colours, or reduced to a few of their own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PaletteRule:
    """How finished sprites are recoloured; one of the two, never both."""

    name: str = ""  # of the palette that `colours` come from
    colours: tuple[str, ...] = ()  # "#rrggbb": every opaque pixel takes the nearest
    reduce_to: int | None = None  # at most so many of its own colours a sprite, 2 to 64
