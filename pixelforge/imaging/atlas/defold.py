"""Defold's tile source (.tilesource), in the text form of protobuf: an animation a sprite, and one a class in a row.

Fields are those of tile_ddf.proto. Its margin lies around every tile and its spacing between two of those
(TileSetUtil.calculateTileCount), and tiles are counted from 1, row by row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pixelforge.errors import RequestError
from pixelforge.imaging.atlas.model import Atlas, Frame
from pixelforge.imaging.atlas.text import quoted, unlike

SPEED, FASTEST = 5, 60  # frames a second


def encode(atlas: Atlas) -> str:
    """The text of the resource, for a sheet in the project's root: Defold has no other paths than from there.

    Raises RequestError for a margin that Defold cannot tell.
    """
    spacing = atlas.spacing - 2 * atlas.margin
    if spacing < 0:
        raise RequestError(
            "Defold has as much room around every sprite as around the sheet: give it half of the padding as its "
            "margin, or no margin and extruded borders."
        )
    lines = [
        f"image: {quoted('/' + atlas.image)}",
        f"tile_width: {atlas.side}",
        f"tile_height: {atlas.side}",
        f"tile_margin: {atlas.margin}",
        f"tile_spacing: {spacing}",
        'material_tag: "tile"',
        *(line for told in _animations(atlas, spacing) for line in _animation(*told)),
        f"extrude_borders: {0 if atlas.margin else 2}",  # 2 is what the editor begins with, against seams
    ]
    return "\n".join(lines) + "\n"


def _animations(atlas: Atlas, spacing: int) -> Iterator[tuple[str, int, int, int]]:
    """Name, first and last tile, frames a second: of every sprite, then of the tags whose tiles follow one another."""
    columns = (atlas.width + spacing) // (atlas.side + atlas.spacing)
    tiles = [frame.row * columns + frame.column + 1 for frame in atlas.frames]
    taken: set[str] = set()
    for frame, tile in zip(atlas.frames, tiles, strict=True):
        yield unlike(frame.name, taken), tile, tile, SPEED
    for tag, span in atlas.tags().items():
        of_class = [tiles[index] for index in span]
        if of_class == list(range(of_class[0], of_class[-1] + 1)):
            yield unlike(tag, taken), of_class[0], of_class[-1], _speed(atlas.frames[span.start : span.stop])


def _speed(frames: Sequence[Frame]) -> int:
    """Frames a second; Defold has one for all frames of an animation, so that of an action is their mean."""
    total = sum(frame.duration or 0 for frame in frames)
    return SPEED if total == 0 else max(1, min(FASTEST, round(1000 * len(frames) / total)))


def _animation(name: str, first: int, last: int, speed: int) -> list[str]:
    return [
        "animations {",
        f"  id: {quoted(name)}",
        f"  start_tile: {first}",
        f"  end_tile: {last}",
        "  playback: PLAYBACK_LOOP_FORWARD",
        f"  fps: {speed}",
        "}",
    ]
