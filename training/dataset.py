"""A folder of class folders, read into memory as small integers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.config import MAX_PALETTE, Colour, Kind, ModelConfig
from pixelforge.core.kinds import kind_row
from pixelforge.errors import DatasetError
from pixelforge.files import reason
from pixelforge.imaging.pixels import Pixels, read_sprite, resize_nearest

FRAME_SUFFIX = re.compile(r"[_-]f\d+$")
FIRST_WORD = re.compile(r"[^\W\d_]+")
FEWEST_OF_KIND = 12  # sprites; rarer kinds are learnt as their class
NOT_PICTURES = {".txt", ".md", ".json", ".csv", ".db", ".ini"}


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


def load_folder(folder: Path, image_size: int) -> SpriteSet:
    """Read every picture in the class folders of `folder`; a folder without class folders is one class.

    Pictures of another size are resized by nearest neighbour and broken ones left out, both with a warning.
    Raises DatasetError if nothing is left.
    """
    sprites, labels, groups, warnings = [], [], [], []
    names: list[str] = []
    for name, files in _class_files(folder).items():
        found = 0
        for file in files:
            try:
                pixels = read_sprite(file)
            except DatasetError as error:
                warnings.append(f"Left out: {error}")
                continue
            if pixels.shape[:2] != (image_size, image_size):
                height, width = pixels.shape[:2]
                warnings.append(f"Resized: {file} is {width} x {height}; trained at {image_size} x {image_size}.")
                pixels = resize_nearest(pixels, image_size)
            sprites.append(pixels)
            labels.append(len(names))
            groups.append(f"{name}/{FRAME_SUFFIX.sub('', file.stem)}")
            found += 1
        if found:
            names.append(name)
        else:
            warnings.append(f"Left out: {name} holds no picture that can be read.")
    if not sprites:
        details = f" ({warnings[0]})" if warnings else ""
        raise DatasetError(f"{folder} holds no sprites: put pictures into it, one folder a class.{details}")
    if len(names) == 1:
        warnings.append(f"There is one class only, {names[0]}: the model will have nothing to choose from.")
    return SpriteSet(np.stack(sprites), np.array(labels, np.int64), tuple(names), tuple(groups), tuple(warnings))


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


def _class_files(folder: Path) -> dict[str, list[Path]]:
    try:
        entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except FileNotFoundError as error:
        raise DatasetError(f"{folder} does not exist.") from error
    except OSError as error:
        raise DatasetError(f"{folder} cannot be opened: {reason(error)}.") from error
    folders = [entry for entry in entries if entry.is_dir()]
    if not folders:
        return {folder.resolve().name: _pictures(entries)}
    return {entry.name: _pictures(sorted(entry.rglob("*"))) for entry in folders}


def _pictures(entries: list[Path]) -> list[Path]:
    return [
        entry
        for entry in entries
        if entry.is_file() and not entry.name.startswith(".") and entry.suffix.lower() not in NOT_PICTURES
    ]
