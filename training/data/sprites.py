"""Sprites to train on, read into memory as small integers."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.condition import ClassVocabulary, Condition
from pixelforge.core.config import MAX_PALETTE, Colour, Kind
from pixelforge.errors import DatasetError
from pixelforge.files import as_text
from pixelforge.imaging.pixels import Pixels, resize_nearest
from training.data.leaving import without
from training.data.naming import kind_of
from training.data.reading import RawSprite, read_raw

FEWEST_OF_KIND = 12  # sprites; rarer kinds are learnt as their class


@dataclass(frozen=True)
class SpriteDataset:
    """Sprites of one size with what is told of them; kinds that are not given are those that the groups' names tell."""

    sprites: Pixels  # (N, S, S, 4), alpha 0 or 255
    labels: NDArray[np.int64]  # (N,), index into class_names
    class_names: tuple[str, ...]
    groups: tuple[str, ...]  # (N,), equal for the pictures of one figure
    warnings: tuple[str, ...] = field(default=())  # files left out or changed, a line each, for the user
    source: str = ""  # the absolute path that they were read from
    kinds: tuple[str, ...] = ()  # (N,), empty where a sprite is of none
    styles: tuple[str, ...] = ()  # (N,), empty where a sprite is of none
    facings: tuple[str, ...] = ()  # (N,), empty where a sprite is told none

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", self.kinds or self._named_kinds())
        object.__setattr__(self, "styles", self.styles or ("",) * len(self.groups))
        object.__setattr__(self, "facings", self.facings or ("",) * len(self.groups))

    def __len__(self) -> int:
        return len(self.labels)

    def subset(self, chosen: NDArray[np.bool_]) -> SpriteDataset:
        """The sprites where `chosen` (N,) is true."""
        return replace(
            self,
            sprites=self.sprites[chosen],
            labels=self.labels[chosen],
            groups=tuple(compress(self.groups, chosen)),
            kinds=tuple(compress(self.kinds, chosen)),
            styles=tuple(compress(self.styles, chosen)),
            facings=tuple(compress(self.facings, chosen)),
            warnings=(),
        )

    def in_classes(self, names: Sequence[str]) -> SpriteDataset:
        """The same sprites, their labels those in `names`, which has their classes among others."""
        numbers = np.array([names.index(name) for name in self.class_names], np.int64)
        return replace(self, labels=numbers[self.labels], class_names=tuple(names))

    def fingerprint(self) -> str:
        """A digest of the sprites and of all that is told of them.

        What names tell is in their names: without labels it is the digest that version 0.1 wrote into its runs.
        """
        digest = hashlib.sha256(repr((self.class_names, self.groups)).encode())
        digest.update(self.sprites.tobytes())
        digest.update(self.labels.tobytes())
        if any(self.styles) or self.kinds != self._named_kinds():
            digest.update(repr((self.kinds, self.styles)).encode())
        if any(self.facings):
            digest.update(repr(self.facings).encode())
        return digest.hexdigest()

    def _named_kinds(self) -> tuple[str, ...]:
        return tuple(map(kind_of, self.groups))

    def counts(self) -> dict[str, int]:
        """Sprites a class."""
        counted = Counter(self.labels.tolist())
        return {name: counted[index] for index, name in enumerate(self.class_names)}


def load_sprites(
    source: Path, image_size: int, keep_background: bool = False, leave_out: Sequence[str] = ()
) -> SpriteDataset:
    """Read every sprite of a folder of class folders, a flat folder, a .zip of either, or the notebook's arrays.

    A labels.csv beside the pictures of a folder or a .zip tells of them more than folders and names do.

    Exact blow-ups are brought back, other sizes resized by nearest neighbour, broken pictures left out, all with a
    warning. A flat ground of an opaque picture becomes transparent, unless it is to be kept. leave_out: names of
    sprites, as `RawSprite` has them, that are not taken. Raises DatasetError if nothing is left.
    """
    warnings: list[str] = []
    raw = read_raw(source, image_size, keep_background, warnings, warnings)
    if leave_out:
        raw = without(raw, leave_out, warnings)
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
    numbers = {name: number for number, name in enumerate(names)}
    warnings += _notes(raw, names)
    return SpriteDataset(
        sprites=np.stack(sprites),
        labels=np.array([numbers[sprite.class_name] for sprite in raw], np.int64),
        class_names=names,
        groups=tuple(sprite.group for sprite in raw),
        warnings=tuple(warnings),
        source=as_text(source.resolve()),
        kinds=tuple(sprite.kind for sprite in raw),
        styles=tuple(sprite.style for sprite in raw),
        facings=tuple(sprite.facing for sprite in raw),
    )


def _notes(raw: Sequence[RawSprite], names: tuple[str, ...]) -> list[str]:
    """What was done to many sprites, in a line each."""
    shrunk = sum(sprite.size != sprite.own_size for sprite in raw)
    cleared = sum(sprite.cleared for sprite in raw)
    notes = []
    if shrunk:
        notes.append(f"Brought back: {shrunk} pictures were exact blow-ups of smaller ones.")
    if cleared:
        notes.append(f"Made transparent: the flat ground of {cleared} pictures, which can be kept.")
    if len(names) == 1:
        notes.append(f"There is one class only, {names[0]}: the model will have nothing to choose from.")
    return notes


def split_holdout(data: SpriteDataset, fraction: float, seed: int) -> tuple[SpriteDataset, SpriteDataset]:
    """(training part, held-out part): whole groups of each class are drawn until `fraction` of the class is out.

    A group of several classes is held out of all of them, unless one would be left without any.
    """
    rng = np.random.default_rng(seed)
    held = np.zeros(len(data), np.bool_)
    groups = np.unique(np.array(data.groups), return_inverse=True)[1]  # numbers in the order of the names
    left = np.bincount(data.labels, minlength=len(data.class_names))
    for label in range(len(data.class_names)):
        of_class = data.labels == label
        wanted = fraction * of_class.sum()
        for group in rng.permutation(np.unique(groups[of_class]))[:-1]:
            if held[of_class].sum() >= wanted:
                break
            members = (groups == group) & ~held
            counts = np.bincount(data.labels[members], minlength=len(left))
            if ((counts > 0) & (counts == left)).any():
                continue
            held |= members
            left -= counts
    return data.subset(~held), data.subset(held)


def find_kinds(data: SpriteDataset) -> tuple[Kind, ...]:
    """The kinds that file names tell, of every class that has two or more of them."""
    kinds: list[Kind] = []
    for label in range(len(data.class_names)):
        counts = Counter(name for name, of in zip(data.kinds, data.labels, strict=True) if of == label)
        total = counts.total()
        common = sorted(name for name, count in counts.items() if name and count >= FEWEST_OF_KIND)
        if len(common) > 1:
            kinds += [Kind(name=name, label=label, share=counts[name] / total) for name in common]
    return tuple(kinds)


def conditions_of(data: SpriteDataset, vocabulary: ClassVocabulary) -> list[Condition]:
    """What each sprite is made for: its class, and its kind where the vocabulary has it."""
    known = {(kind.label, kind.name) for kind in vocabulary.kinds}
    return [
        Condition(class_name=data.class_names[label], kind=kind if (label, kind) in known else None)
        for label, kind in zip(data.labels.tolist(), data.kinds, strict=True)
    ]


def shared_colours(sprites: Pixels) -> tuple[Colour, ...]:
    """The opaque colours of sprites (N, H, W, 4), most used first; empty if there are more than 64."""
    opaque = sprites[sprites[..., 3] == 255][:, :3]
    colours, uses = np.unique(opaque, axis=0, return_counts=True)
    if len(colours) > MAX_PALETTE:
        return ()
    order = np.argsort(-uses, kind="stable")
    return tuple((int(r), int(g), int(b)) for r, g, b in colours[order])
