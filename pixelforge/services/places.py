"""Where the sprites of a sheet lie, told in its PNG, so that it can be taken apart again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from pixelforge.files import parse_json
from pixelforge.imaging.sheet_plan import MAX_SCALE, Cell

PLACES_KEYWORD = "pixelforge-places"

Place = tuple[int, int, int, int]
"""x, y, width and height of a sprite, in pixels of the sheet."""


@dataclass(frozen=True)
class ActPlaces:
    """The frames of a sprite, each as large as the sprite."""

    action: str
    durations: tuple[int, ...]  # milliseconds
    corners: tuple[tuple[int, int], ...]  # x, y


@dataclass(frozen=True)
class Places:
    """The sprites of a sheet, at rest, and what those do that do something."""

    scale: Annotated[int, msgspec.Meta(ge=1, le=MAX_SCALE)]
    sprites: tuple[Place, ...]
    acts: tuple[ActPlaces | None, ...] = ()  # one a sprite; none: no sprite does anything

    def act_of(self, number: int) -> ActPlaces | None:
        """What a sprite does."""
        return self.acts[number] if number < len(self.acts) else None


def place_of(cell: Cell) -> Place:
    """The place that a cell is."""
    return cell.x, cell.y, cell.width, cell.height


def act_places(action: str, durations: Sequence[int], cells: Sequence[Cell]) -> ActPlaces:
    """Where the frames of an action lie."""
    return ActPlaces(action, tuple(durations), tuple((cell.x, cell.y) for cell in cells))


def places_text(places: Places) -> dict[str, str]:
    """The PNG text that tells of them."""
    return {PLACES_KEYWORD: msgspec.json.encode(places).decode()}


def places_in(texts: Mapping[str, str], width: int, height: int) -> Places:
    """What a picture's texts tell; one that does not tell its places is one sprite, one that tells wrongly is none."""
    try:
        found = parse_json(texts.get(PLACES_KEYWORD, ""), Places)
    except msgspec.DecodeError:
        return Places(1, ((0, 0, width, height),))
    frames = [
        (*corner, *place[2:])
        for place, act in zip(found.sprites, found.acts, strict=False)
        if act is not None
        for corner in act.corners
    ]
    inside = all(
        x >= 0 and y >= 0 and w >= 1 and h >= 1 and x + w <= width and y + h <= height
        for x, y, w, h in (*found.sprites, *frames)
    )
    # Places that overlap would make a few bytes of text into gigabytes of copies.
    moving = [place for place, act in zip(found.sprites, found.acts, strict=False) if act is not None]
    once = sum(w * h for _, _, w, h in (*found.sprites, *frames)) - sum(w * h for _, _, w, h in moving)
    return found if inside and once <= width * height else Places(1, ())
