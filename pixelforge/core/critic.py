"""A model's critic: a small network in its file that likes some finished sprites better than others.

It tells made sprites from drawn ones (discriminator rejection sampling: Azadi et al. 2019), as far as what was asked
for lets it, and whether what was asked for is recognised. It is numpy alone, as it runs in the app wherever sprites
are made; `training/critic` fits it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from pixelforge.core.condition import Condition
from pixelforge.core.header import ModelHeader, open_model_file
from pixelforge.core.vocabulary import WordVocabulary
from pixelforge.core.weights import Floats
from pixelforge.errors import CheckpointError

CRITIC = "critic."  # begins the names of the critic's weights
NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))  # down, right: whether a pixel is like it is a plane of its own
PLANES = 4 + len(NEIGHBOURS)
LAYERS = 6  # convolutions; behind every second one but the last the sides halve
UNKNOWN = -1  # in place of a word's number
BLOCK = 64  # sprites that run through together

Words = NDArray[np.int64]
"""(N, 3): the numbers of class, kind and style, or UNKNOWN."""


@dataclass(frozen=True)
class CriticWords:
    """What a critic is told of a sprite: the words of its model."""

    classes: tuple[str, ...]
    kinds: tuple[str, ...]
    styles: tuple[str, ...]

    @classmethod
    def of(cls, header: ModelHeader) -> CriticWords:
        """Those of a model; kinds of one name are one, whatever their class."""
        vocabulary = header.vocabulary
        if isinstance(vocabulary, WordVocabulary):
            return cls(header.class_names, vocabulary.words.kinds, vocabulary.parts["style"])
        return cls(header.class_names, tuple(dict.fromkeys(kind.name for kind in vocabulary.kinds)), ())

    def numbers(self, told: Sequence[tuple[str | None, str | None, str | None]]) -> Words:
        """The words (class, kind, style) of N sprites as numbers; UNKNOWN for those that the model does not know."""
        known = [{name: number for number, name in enumerate(names)} for names in self.parts]
        rows = [[there.get(word or "", UNKNOWN) for there, word in zip(known, each, strict=True)] for each in told]
        return np.array(rows, np.int64).reshape(-1, len(known))

    @property
    def parts(self) -> tuple[tuple[str, ...], ...]:
        """Classes, kinds and styles."""
        return self.classes, self.kinds, self.styles


def shapes_of(words: CriticWords, widths: Sequence[int], side: int) -> dict[str, tuple[int, ...]]:
    """The shape of each weight of a critic by its name. side: of the sprites, in pixels."""
    shapes: dict[str, tuple[int, ...]] = {}
    before = PLANES
    for layer in range(LAYERS):
        width = widths[layer // 2]
        shapes |= {f"layers.{layer}.weight": (width, before, 3, 3), f"layers.{layer}.bias": (width,)}
        before = width
    places = (side >> 2) ** 2 * before
    shapes |= {"drawn.weight": (before,), "drawn.bias": ()}
    shapes |= {"of_class": (len(words.classes), before), "of_style": (len(words.styles), before)}
    for name, many in (("classes", len(words.classes)), ("kinds", len(words.kinds))):
        shapes |= {f"{name}.weight": (many, places), f"{name}.bias": (many,)}
    return shapes


class NumpyCritic:
    """A critic ready to be asked."""

    def __init__(self, words: CriticWords, weights: Mapping[str, NDArray[np.generic]], word_weight: float) -> None:
        """weights: of the names and shapes of `shapes_of`. word_weight: as the header's `Critic` has it."""
        self.stored = weights
        self._words = words
        self._weights = {name: np.asarray(weight, np.float32) for name, weight in weights.items()}
        self._word_weight = np.float32(word_weight)

    def scores(self, values: Floats, conditions: Sequence[Condition]) -> Floats:
        """(N,), more is better: of sprites (N, 4, S, S) in [-1, 1], each made for its condition."""
        told = self._words.numbers([(asked.class_name, asked.kind, asked.style) for asked in conditions])
        blocks = [slice(first, first + BLOCK) for first in range(0, len(values), BLOCK)]
        parts = [self.opinions(values[block], told[block]) for block in blocks]
        drawn, right = (np.concatenate(each) for each in zip(*parts, strict=True))
        scores: Floats = drawn + self._word_weight * right
        return scores

    def opinions(self, values: Floats, told: Words) -> tuple[Floats, Floats]:
        """(N,) each, of sprites (N, 4, S, S) in [-1, 1] of words (N, 3).

        A logit, above 0 for drawn rather than made; and the log-probability of the kind that is told, of the class
        where that is unknown, or 0 where both are.
        """
        weights, h = self._weights, _planes(values)
        for layer in range(LAYERS):
            h = np.maximum(_conv(h, weights[f"layers.{layer}.weight"], weights[f"layers.{layer}.bias"]), 0)
            if layer % 2 == 1 and layer < LAYERS - 1:
                h = _halved(h)
        looks, places = h.mean(axis=(2, 3)), h.reshape(len(h), -1)
        drawn = looks @ weights["drawn.weight"] + weights["drawn.bias"]
        for name, numbers in (("of_class", told[:, 0]), ("of_style", told[:, 2])):
            drawn += np.where(numbers == UNKNOWN, 0, (looks * _rows(weights[name], numbers)).sum(axis=1))
        right = np.zeros(len(h), np.float32)
        for name, numbers in (("classes", told[:, 0]), ("kinds", told[:, 1])):
            if len(weights[f"{name}.bias"]):
                logits = places @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
                at = _log_softmax(logits)[np.arange(len(h)), np.maximum(numbers, 0)]
                right = np.where(numbers == UNKNOWN, right, at)
        return drawn, right


def read_critic(path: Path, header: ModelHeader) -> NumpyCritic:
    """The critic of a model, whose header tells of one. Raises CheckpointError that names the file."""
    assert header.critic is not None
    words = CriticWords.of(header)
    found = {}
    with open_model_file(path) as file:
        there = {name for name in file.keys() if name.startswith(CRITIC)}  # noqa: SIM118 - no mapping
        shapes = shapes_of(words, header.critic.widths, header.model.image_size)
        if there != {CRITIC + name for name in shapes}:
            raise CheckpointError(f"{path} does not fit its own description: weights of its critic are missing or odd.")
        for name, shape in shapes.items():
            weight = file.get_tensor(CRITIC + name)
            if weight.shape != shape or weight.dtype not in (np.float16, np.float32):
                told = f"{CRITIC}{name} is {weight.dtype} {weight.shape} where numbers {shape} are needed"
                raise CheckpointError(f"{path} does not fit its own description: {told}.")
            if not np.isfinite(weight).all():
                raise CheckpointError(f"{path} is damaged: {CRITIC}{name} holds numbers that are not finite.")
            found[name] = weight
    return NumpyCritic(words, found, header.critic.word_weight)


def _planes(values: Floats) -> Floats:
    """(N, 8, S, S): the sprites, and for four of its neighbours where a pixel is like it 1, else -1."""
    side = values.shape[-1]
    padded = np.pad(values, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=-1)
    alike = [
        (padded[:, :, 1 + down : 1 + down + side, 1 + right : 1 + right + side] == values).all(axis=1, keepdims=True)
        for down, right in NEIGHBOURS
    ]
    return np.concatenate([values, *(plane.astype(np.float32) * 2 - 1 for plane in alike)], axis=1)


def _conv(x: Floats, weight: Floats, bias: Floats) -> Floats:
    """A convolution of kernel 3 that keeps the size: (N, C, H, W) to (N, O, H, W)."""
    windows = sliding_window_view(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), (3, 3), axis=(2, 3))
    columns = windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, weight[0].size)
    made = columns @ weight.reshape(len(weight), -1).T + bias
    return made.reshape(len(x), *x.shape[2:], -1).transpose(0, 3, 1, 2)


def _halved(x: Floats) -> Floats:
    """The most of each square of four: (N, C, H, W) to (N, C, H // 2, W // 2)."""
    height, width = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
    most: Floats = x[:, :, :height, :width].reshape(*x.shape[:2], height // 2, 2, width // 2, 2).max(axis=(3, 5))
    return most


def _rows(table: Floats, numbers: NDArray[np.int64]) -> Floats:
    """The rows of words (N,); anything for UNKNOWN."""
    return table[np.maximum(numbers, 0)] if len(table) else np.zeros((len(numbers), table.shape[1]), np.float32)


def _log_softmax(logits: Floats) -> Floats:
    least = logits - logits.max(axis=1, keepdims=True)
    logs: Floats = least - np.log(np.exp(least).sum(axis=1, keepdims=True))
    return logs
