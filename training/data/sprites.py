"""Sprites to train on, read into memory as small integers."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.condition import ClassVocabulary, Condition
from pixelforge.core.config import MAX_PALETTE, Colour, Kind
from pixelforge.errors import DatasetError
from pixelforge.files import as_text
from pixelforge.imaging.pixels import Pixels, resize_nearest
from training.data.reading import RawSprite, read_raw

FIRST_WORD = re.compile(r"[^\W\d_]+")
FEWEST_OF_KIND = 12  # sprites; rarer kinds are learnt as their class


@dataclass(frozen=True)
class SpriteSet:
    """Sprites of one size with their classes."""

    sprites: Pixels  # (N, S, S, 4), alpha 0 or 255
    labels: NDArray[np.int64]  # (N,), index into class_names
    class_names: tuple[str, ...]
    groups: tuple[str, ...]  # (N,), equal for the frames of one animation
    warnings: tuple[str, ...] = field(default=())  # files left out or changed, a line each, for the user
    source: str = ""  # the absolute path that they were read from

    def __len__(self) -> int:
        return len(self.labels)

    def subset(self, chosen: NDArray[np.bool_]) -> SpriteSet:
        """The sprites where `chosen` (N,) is true."""
        groups = tuple(group for group, keep in zip(self.groups, chosen, strict=True) if keep)
        return SpriteSet(self.sprites[chosen], self.labels[chosen], self.class_names, groups, source=self.source)

    def fingerprint(self) -> str:
        """A digest of the sprites, their classes and their names."""
        digest = hashlib.sha256(repr((self.class_names, self.groups)).encode())
        digest.update(self.sprites.tobytes())
        digest.update(self.labels.tobytes())
        return digest.hexdigest()

    def kind_names(self) -> tuple[str, ...]:
        """(N,), the first word of each file's name, in small letters; empty where it begins with none."""
        stems = (group.rpartition("/")[2] for group in self.groups)
        return tuple(found.group().lower() if (found := FIRST_WORD.match(stem)) else "" for stem in stems)

    def counts(self) -> dict[str, int]:
        """Sprites a class."""
        counted = Counter(self.labels.tolist())
        return {name: counted[index] for index, name in enumerate(self.class_names)}


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
        sprites.append(resize_nearest(sprite.pixels, image_size))
    names = tuple(dict.fromkeys(sprite.class_name for sprite in raw))
    labels = np.array([names.index(sprite.class_name) for sprite in raw], np.int64)
    warnings += _notes(raw, names)
    groups = tuple(sprite.group for sprite in raw)
    return SpriteSet(np.stack(sprites), labels, names, groups, tuple(warnings), as_text(source.resolve()))


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


def conditions_of(data: SpriteSet, vocabulary: ClassVocabulary) -> list[Condition]:
    """What each sprite is made for: its class, and its kind where the vocabulary has it."""
    known = {(kind.label, kind.name) for kind in vocabulary.kinds}
    return [
        Condition(class_name=data.class_names[label], kind=kind if (label, kind) in known else None)
        for label, kind in zip(data.labels.tolist(), data.kind_names(), strict=True)
    ]


def find_palette(sprites: Pixels) -> tuple[Colour, ...]:
    """The opaque colours of sprites (N, H, W, 4), most used first; empty if there are more than 64."""
    opaque = sprites[sprites[..., 3] == 255][:, :3]
    colours, uses = np.unique(opaque, axis=0, return_counts=True)
    if len(colours) > MAX_PALETTE:
        return ()
    order = np.argsort(-uses, kind="stable")
    return tuple((int(r), int(g), int(b)) for r, g, b in colours[order])
