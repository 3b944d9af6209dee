"""Sprites to train on, read into memory as small integers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.config import MAX_PALETTE, Colour, Kind, ModelConfig
from pixelforge.core.kinds import kind_row
from pixelforge.errors import DatasetError
from pixelforge.imaging.pixels import Pixels, decode_frames, resize_nearest
from training.data.arrays import arrays_in, read_arrays
from training.data.cleaning import clear_background, shrink_exactly, thinned
from training.data.sources import Found, by_class, find_items

FRAME_SUFFIX = re.compile(r"[_-]f\d+$")
FIRST_WORD = re.compile(r"[^\W\d_]+")
KEPT_SIDE = 128  # of what is kept of a large picture until all are read; it is trained at 64 at most
FEWEST_OF_KIND = 12  # sprites; rarer kinds are learnt as their class


@dataclass(frozen=True)
class SpriteSet:
    """Sprites of one size with their classes."""

    sprites: Pixels  # (N, S, S, 4), alpha 0 or 255
    labels: NDArray[np.int64]  # (N,), index into class_names
    class_names: tuple[str, ...]
    groups: tuple[str, ...]  # (N,), equal for the frames of one animation
    warnings: tuple[str, ...] = field(default=())  # files left out or changed, a line each, for the user

    def __len__(self) -> int:
        return len(self.labels)

    def subset(self, chosen: NDArray[np.bool_]) -> SpriteSet:
        """The sprites where `chosen` (N,) is true."""
        groups = tuple(group for group, keep in zip(self.groups, chosen, strict=True) if keep)
        return SpriteSet(self.sprites[chosen], self.labels[chosen], self.class_names, groups)

    def kind_names(self) -> tuple[str, ...]:
        """(N,), the first word of each file's name, in small letters; empty where it begins with none."""
        stems = (group.rpartition("/")[2] for group in self.groups)
        return tuple(found.group().lower() if (found := FIRST_WORD.match(stem)) else "" for stem in stems)

    def counts(self) -> dict[str, int]:
        """Sprites a class."""
        counted = Counter(self.labels.tolist())
        return {name: counted[index] for index, name in enumerate(self.class_names)}


@dataclass(frozen=True, eq=False)
class RawSprite:
    """A sprite as it was found."""

    class_name: str
    group: str  # equal for the frames of one animation
    label: str  # its file, for messages
    pixels: Pixels  # (H, W, 4), an exact blow-up undone, a flat ground cleared, rows and columns of large ones left out
    size: tuple[int, int]  # width and height of the picture in its file
    own_size: tuple[int, int]  # of the picture that it is an exact blow-up of, or its own
    cleared: bool  # whether a flat ground was made transparent


def read_raw(source: Path, image_size: int, keep_background: bool, refused: list[str]) -> list[RawSprite]:
    """The sprites of a folder, a .zip or the notebook's arrays; a line for each file left out goes to `refused`.

    Flat grounds are cleared in classes of which most pictures have no transparency at all: elsewhere an opaque picture
    is meant to be one. Raises DatasetError if there is nothing to be read at all.
    """
    arrays = arrays_in(source)
    raw = _in_arrays(arrays, image_size) if arrays else _in_files(find_items(source), image_size, refused)
    if keep_background:
        return raw
    opaque: dict[str, list[bool]] = {}
    for sprite in raw:
        opaque.setdefault(sprite.class_name, []).append(bool((sprite.pixels[..., 3] > 0).all()))
    flat = {name for name, found in opaque.items() if 2 * sum(found) > len(found)}
    return [_cleared(sprite) if sprite.class_name in flat else sprite for sprite in raw]


def _in_arrays(path: Path, image_size: int) -> list[RawSprite]:
    sprites, numbers = read_arrays(path)
    names = [f"class {number + 1}" for number in numbers.tolist()]
    return [
        _raw(name, f"{name}/{index}", f"sprite {index} of {path}", pixels, image_size)
        for index, (name, pixels) in enumerate(zip(names, sprites, strict=True))
    ]


def _in_files(found: Found, image_size: int, refused: list[str]) -> list[RawSprite]:
    refused += found.refused
    raw = []
    for name, items in by_class(found.items):
        for item in items:
            try:
                frames = decode_frames(item.read(), item.label)
            except DatasetError as error:
                refused.append(f"Left out: {error}")
                continue
            group = f"{name}/{FRAME_SUFFIX.sub('', item.stem)}"
            raw += [_raw(name, group, item.label, pixels, image_size) for pixels in frames]
    return raw


def load_sprites(source: Path, image_size: int, keep_background: bool = False) -> SpriteSet:
    """Read every sprite of a folder of class folders, a flat folder, a .zip of either, or the notebook's arrays.

    Exact blow-ups are brought back, other sizes resized by nearest neighbour, broken pictures left out, all with a
    warning. A flat ground of an opaque picture becomes transparent, unless it is to be kept. Raises DatasetError if
    nothing is left.
    """
    warnings: list[str] = []
    raw = read_raw(source, image_size, keep_background, warnings)
    if not raw:
        details = f" ({warnings[0]})" if warnings else ""
        raise DatasetError(f"{source} holds no sprites: put pictures into it, one folder a class.{details}")
    sprites = []
    for sprite in raw:
        width, height = sprite.own_size
        if (width, height) != (image_size, image_size):
            warnings.append(f"Resized: {sprite.label} is {width} x {height}; trained at {image_size} x {image_size}.")
        sprites.append(_fitted(sprite.pixels, image_size))
    names = tuple(dict.fromkeys(sprite.class_name for sprite in raw))
    labels = np.array([names.index(sprite.class_name) for sprite in raw], np.int64)
    warnings += _notes(raw, names)
    return SpriteSet(np.stack(sprites), labels, names, tuple(sprite.group for sprite in raw), tuple(warnings))


def _raw(class_name: str, group: str, label: str, pixels: Pixels, image_size: int) -> RawSprite:
    own = shrink_exactly(pixels, image_size)
    (height, width), (own_height, own_width) = pixels.shape[:2], own.shape[:2]
    kept = thinned(own, KEPT_SIDE)
    return RawSprite(class_name, group, label, kept, (width, height), (own_width, own_height), cleared=False)


def _cleared(sprite: RawSprite) -> RawSprite:
    pixels = clear_background(sprite.pixels)
    return sprite if pixels is sprite.pixels else replace(sprite, pixels=pixels, cleared=True)


def _fitted(pixels: Pixels, side: int) -> Pixels:
    return pixels if pixels.shape[:2] == (side, side) else resize_nearest(pixels, side)


def _notes(raw: Sequence[RawSprite], names: tuple[str, ...]) -> list[str]:
    """What was done to many sprites, in a line each."""
    shrunk = sum(sprite.size != sprite.own_size for sprite in raw)
    cleared = sum(sprite.cleared for sprite in raw)
    notes = []
    if shrunk:
        notes.append(f"Brought back: {shrunk} pictures were exact blow-ups of smaller ones.")
    if cleared:
        notes.append(f"Made transparent: the flat ground of {cleared} pictures (--keep-background leaves it).")
    if len(names) == 1:
        notes.append(f"There is one class only, {names[0]}: the model will have nothing to choose from.")
    return notes


def split_holdout(data: SpriteSet, fraction: float, seed: int) -> tuple[SpriteSet, SpriteSet]:
    """(training part, held-out part): whole groups of each class are drawn until `fraction` of the class is out."""
    rng = np.random.default_rng(seed)
    held = np.zeros(len(data), np.bool_)
    groups = np.array(data.groups)
    for label in range(len(data.class_names)):
        of_class = data.labels == label
        names = np.unique(groups[of_class])
        wanted = fraction * of_class.sum()
        for name in rng.permutation(names)[:-1]:
            if held[of_class].sum() >= wanted:
                break
            held |= of_class & (groups == name)
    return data.subset(~held), data.subset(held)


def find_kinds(data: SpriteSet) -> tuple[Kind, ...]:
    """The kinds that file names tell, of every class that has two or more of them."""
    kinds: list[Kind] = []
    for label in range(len(data.class_names)):
        counts = Counter(name for name, of in zip(data.kind_names(), data.labels, strict=True) if of == label)
        total = counts.total()
        common = sorted(name for name, count in counts.items() if name and count >= FEWEST_OF_KIND)
        if len(common) > 1:
            kinds += [Kind(name=name, label=label, share=counts[name] / total) for name in common]
    return tuple(kinds)


def embedding_rows(data: SpriteSet, config: ModelConfig) -> NDArray[np.int64]:
    """(N,), the row of the label embedding of each sprite's kind, or of its class where it has none."""
    rows = {(kind.label, kind.name): kind_row(config, index) for index, kind in enumerate(config.kinds)}
    keys = zip(data.labels.tolist(), data.kind_names(), strict=True)
    return np.array([rows.get(key, key[0]) for key in keys], np.int64)


def find_palette(sprites: Pixels) -> tuple[Colour, ...]:
    """The opaque colours of sprites (N, H, W, 4), most used first; empty if there are more than 64."""
    opaque = sprites[sprites[..., 3] == 255][:, :3]
    colours, uses = np.unique(opaque, axis=0, return_counts=True)
    if len(colours) > MAX_PALETTE:
        return ()
    order = np.argsort(-uses, kind="stable")
    return tuple((int(r), int(g), int(b)) for r, g, b in colours[order])
