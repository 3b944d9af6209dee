"""A part of a data set to train on: the sprites of one style, or those that a model knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pixelforge.core.nearest import known
from pixelforge.errors import DatasetError, Remedy
from pixelforge.words import counted
from training.data.sprites import SpriteDataset


def of_style(data: SpriteDataset, style: str) -> SpriteDataset:
    """The sprites of a style, with the classes that they are of. Raises DatasetError if there are none."""
    name = " ".join(style.lower().split())  # as a labels.csv is read
    chosen = np.array([each == name for each in data.styles], np.bool_)
    if not chosen.any():
        raise _none_of(data, style, name)
    part = data.subset(chosen)
    numbers, labels = np.unique(part.labels, return_inverse=True)
    names = tuple(data.class_names[number] for number in numbers)
    return replace(part, labels=labels, class_names=names, warnings=data.warnings)


def of_known(data: SpriteDataset, class_names: Sequence[str], styles: Sequence[str]) -> SpriteDataset:
    """The sprites of classes and styles that a model knows, in its classes. styles: none where it knows no styles.

    Raises DatasetError if there are none.
    """
    of_class = np.isin(np.array(data.class_names)[data.labels], class_names)
    chosen = of_class & np.isin(np.array(data.styles), styles) if styles else of_class
    if not chosen.any():
        raise DatasetError(f"{data.source} has no sprites of the model's own classes{' and styles' if styles else ''}.")
    part = data.subset(chosen)
    numbers, labels = np.unique(part.labels, return_inverse=True)
    own = replace(part, labels=labels, class_names=tuple(data.class_names[number] for number in numbers))
    left_out = len(data) - len(part)
    told = f"Left out: {counted(left_out, 'sprite')} of classes or styles that the model does not know."
    notes = (told,) if left_out else ()
    return replace(own.in_classes(class_names), warnings=(*data.warnings, *notes))


def _none_of(data: SpriteDataset, style: str, name: str) -> DatasetError:
    there = sorted(set(data.styles) - {""})
    if not there:
        told = f"{data.source} tells no styles, so {style!r} is not among them; a labels.csv can tell them."
        return DatasetError(told, Remedy.ALL_STYLES)
    return DatasetError(f"{data.source} has no style {style!r}; {known(name, there, 'has')}.")
