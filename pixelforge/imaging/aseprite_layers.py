"""What an Aseprite file holds, and a frame of it drawn: its visible layers one upon the other."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pixelforge.errors import DatasetError

VISIBLE, BACKGROUND, REFERENCE = 1, 8, 64  # flags of a layer
GROUP = 1  # a type of layer, in which others are
BAND = 64  # rows that are drawn at once: as floats they take sixteen times the room

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Layer:
    """As the file tells of it; shown: with all groups that it is in."""

    shown: bool
    flags: int
    kind: int
    depth: int
    blend: int
    opacity: int


@dataclass
class Cel:
    """A layer's pixels in a frame."""

    picture: Picture  # (h, w, bytes a pixel)
    x: int
    y: int
    opacity: int
    order: int  # how far above its layer it is drawn
    texts: dict[str, str] = field(default_factory=dict)  # of its user data


@dataclass
class AsepriteContent:
    """What has been read so far."""

    name: str
    width: int
    height: int
    depth: int  # bits a pixel: 32, 16 of grey and alpha, 8 of an index
    transparent: int
    has_opacity: bool
    left: int  # pixels that may still be read
    layers: list[Layer] = field(default_factory=list)
    parents: list[Layer] = field(default_factory=list)  # of the layer that may come next, the outermost first
    palette: Picture = field(default_factory=lambda: np.zeros((256, 4), np.uint8))
    has_new_palette: bool = False
    tags: list[tuple[str, int, int]] = field(default_factory=list)
    cels: list[dict[int, Cel]] = field(default_factory=list)  # of each frame, by layer


def spend(file: AsepriteContent, pixels: int) -> None:
    """Count pixels that are read or drawn. Raises DatasetError where a file has more than it may have."""
    file.left -= pixels
    if file.left < 0:
        raise DatasetError(f"{file.name} holds more pixels than can be read.")


def drawn_frame(file: AsepriteContent) -> Picture:
    """The last frame (H, W, 4): visible cels, the lowest first; specification, "Z-Index" of a cel and "Opacity".

    Raises DatasetError where layers are blended, or more pixels are drawn than a file may have.
    """
    picture = np.zeros((file.height, file.width, 4), np.uint8)
    cels, blank = file.cels[-1], True
    for number in sorted(cels, key=lambda number: (number + cels[number].order, cels[number].order)):
        cel, layer = cels[number], file.layers[number]
        if not layer.shown or layer.kind == GROUP:
            continue
        if layer.blend:
            raise DatasetError(f"{file.name} blends its layers: flatten them in Aseprite first.")
        height, width = cel.picture.shape[:2]
        top, bottom = max(cel.y, 0), min(cel.y + height, file.height)
        left, right = max(cel.x, 0), min(cel.x + width, file.width)
        if top >= bottom or left >= right:
            continue
        spend(file, (bottom - top) * (right - left))
        part = cel.picture[top - cel.y : bottom - cel.y, left - cel.x : right - cel.x]
        colours = _coloured(file, part, bool(layer.flags & BACKGROUND))
        opacity = cel.opacity * layer.opacity / 255**2
        if blank and opacity == 1:  # most frames are one such cel, and a file has thousands of them
            np.copyto(picture[top:bottom, left:right], colours, where=colours[..., 3:] > 0)
            blank = False
            continue
        blank = False
        for first in range(0, bottom - top, BAND):
            below = picture[top + first : min(top + first + BAND, bottom), left:right]
            below[:] = _over(below, colours[first : first + BAND], opacity)
    return picture


def _coloured(file: AsepriteContent, part: Picture, is_background: bool) -> Picture:
    """Pixels as they are stored (h, w, bytes) as RGBA (h, w, 4)."""
    if file.depth == 32:
        return part
    if file.depth == 16:
        return part[..., [0, 0, 0, 1]]
    colours: Picture = file.palette[part[..., 0]]
    if not is_background:
        colours[part[..., 0] == file.transparent] = 0
    return colours


def _over(below: Picture, above: Picture, opacity: float) -> Picture:
    """Porter & Duff 1984, "over", on colours that are not multiplied by alpha: (h, w, 4) in and out."""
    front = above[..., 3:] / np.float32(255) * np.float32(opacity)
    back = below[..., 3:] / 255 * (1 - front)
    alpha = front + back
    colours = (above[..., :3] * front + below[..., :3] * back) / np.where(alpha > 0, alpha, 1)
    result: Picture = np.rint(np.concatenate([colours, 255 * alpha], axis=-1)).astype(np.uint8)
    return result
