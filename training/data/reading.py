"""Sprites as they were found: every picture of a source, brought back to its own pixels, its flat ground cleared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pixelforge.errors import DatasetError
from pixelforge.files import is_passing
from pixelforge.imaging.pixels import Pixels
from training.data.cleaning import clear_background, shrink_exactly, thinned
from training.data.naming import by_name
from training.data.sources import MAX_ITEMS, Item, find_items

MAX_KEPT = 2**30  # bytes of all pictures together, which a small zip of many frames could exceed by far
MAX_SEEN = 2**30  # pixels of all pictures as they are found: a small zip may hold one that is large a million times
MAX_MOVING = 2**27  # pixels of all frames but the first of each file, of which a kilobyte may hold a million
KEPT_SIDE = 128  # of what is kept of a large picture until all are read; it is trained at 64 at most


@dataclass(frozen=True, eq=False)
class RawSprite:
    """A sprite as it was found."""

    class_name: str
    group: str  # equal for the pictures of one figure
    kind: str  # empty where none is told
    style: str  # empty where none is told
    facing: str  # empty where none is told
    label: str  # its file, for messages
    name: str  # within its source: its path, with #2 for the second frame of a file; or its number in an array
    pixels: Pixels  # (H, W, 4), an exact blow-up undone, a flat ground cleared, rows and columns of large ones left out
    size: tuple[int, int]  # width and height of the picture in its file
    own_size: tuple[int, int]  # of the picture that it is an exact blow-up of, or its own
    cleared: bool  # whether a flat ground was made transparent


def read_raw(
    source: Path, image_size: int, keep_background: bool, refused: list[str], remarks: list[str]
) -> list[RawSprite]:
    """The sprites of a folder, a .zip or the notebook's arrays.

    A line for each file left out goes to `refused`, what is to be said of a labels.csv to `remarks`.

    Flat grounds are cleared in classes of which most pictures have no transparency at all: elsewhere an opaque picture
    is meant to be one. Raises DatasetError if there is nothing to be read at all.
    """
    found = find_items(source)
    refused += found.refused
    remarks += found.remarks
    raw: list[RawSprite] = []
    kept = seen = moving = 0  # bytes, and pixels
    for item in found.items:
        counted = len(raw)
        try:
            frames = item.frames()
            names = [item.place] if len(frames) == 1 else [f"{item.place}#{at}" for at in range(1, len(frames) + 1)]
            # all of its frames, or none
            raw += [_as_found(item, *each, image_size) for each in zip(names, frames, strict=True)]
        except DatasetError as error:
            if is_passing(error.__cause__):  # without it, a run would be begun that cannot be resumed with it
                raise
            refused.append(f"Left out: {error}")
        kept += sum(sprite.pixels.nbytes for sprite in raw[counted:])
        seen += sum(sprite.size[0] * sprite.size[1] for sprite in raw[counted:])
        moving += sum(sprite.size[0] * sprite.size[1] for sprite in raw[counted + 1 :])
        if len(raw) > MAX_ITEMS or kept > MAX_KEPT or seen > MAX_SEEN or moving > MAX_MOVING:
            raise DatasetError(
                f"{source} holds too much to train on: at most {MAX_ITEMS:,} pictures, {MAX_SEEN:,} pixels in all, "
                f"{MAX_MOVING:,} of them in frames after the first of a file, and {MAX_KEPT >> 20:,} MB at the size "
                "that is kept. Large ones are made smaller first."
            )
    return raw if keep_background else _without_grounds(raw)


def _as_found(item: Item, name: str, pixels: Pixels, image_size: int) -> RawSprite:
    own = shrink_exactly(pixels, image_size)
    (height, width), (own_height, own_width) = pixels.shape[:2], own.shape[:2]
    told = item.told or by_name(item.class_name, item.stem)
    return RawSprite(
        class_name=told.class_name,
        group=told.group,
        kind=told.kind,
        style=told.style,
        facing=told.facing,
        label=item.label,
        name=name,
        pixels=thinned(own, KEPT_SIDE),
        size=(width, height),
        own_size=(own_width, own_height),
        cleared=False,
    )


def _without_grounds(raw: list[RawSprite]) -> list[RawSprite]:
    opaque: dict[str, list[bool]] = {}
    for sprite in raw:
        opaque.setdefault(sprite.class_name, []).append(bool((sprite.pixels[..., 3] > 0).all()))
    flat = {name for name, found in opaque.items() if 2 * sum(found) > len(found)}
    return [_cleared(sprite) if sprite.class_name in flat else sprite for sprite in raw]


def _cleared(sprite: RawSprite) -> RawSprite:
    pixels = clear_background(sprite.pixels)
    return sprite if pixels is sprite.pixels else replace(sprite, pixels=pixels, cleared=True)
