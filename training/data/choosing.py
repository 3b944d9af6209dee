"""A part of a data set to train on: the sprites of one style."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pixelforge.core.nearest import known
from pixelforge.errors import DatasetError, Remedy
from training.data.sprites import SpriteSet


def of_style(data: SpriteSet, style: str) -> SpriteSet:
    """The sprites of a style, with the classes that they are of. Raises DatasetError if there are none."""
    name = " ".join(style.lower().split())  # as a labels.csv is read
    chosen = np.array([each == name for each in data.styles], np.bool_)
    if not chosen.any():
        raise _none_of(data, style, name)
    part = data.subset(chosen)
    numbers, labels = np.unique(part.labels, return_inverse=True)
    names = tuple(data.class_names[number] for number in numbers)
    return replace(part, labels=labels, class_names=names, warnings=data.warnings)


def _none_of(data: SpriteSet, style: str, name: str) -> DatasetError:
    there = sorted(set(data.styles) - {""})
    if not there:
        told = f"{data.source} tells no styles, so {style!r} is not among them; a labels.csv can tell them."
        return DatasetError(told, Remedy.ALL_STYLES)
    return DatasetError(f"{data.source} has no style {style!r}; {known(name, there, 'has')}.")
