"""How good a model of frames is: on pairs that it never saw, beside the best shift and the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from pixelforge.core.copying import OFFSETS, from_indexed, indexed, sources
from pixelforge.core.frame_model import FrameModel
from pixelforge.errors import RequestError
from pixelforge.imaging.actions import ACTIONS, act
from pixelforge.imaging.pixels import Pixels
from training.data.pairs import FramePairs

Guess = Callable[[Pixels], Pixels]
"""The next frame for a frame."""


@dataclass(frozen=True)
class FrameFigures:
    """What comes of a way to make second frames."""

    name: str
    right: float  # share of the true frames' opaque pixels that have the right colour
    right_of_all: float  # the same of the pixels that are opaque in the true frame, in the made one, or in both
    exact: float  # share of the frames that are right to the pixel


def frame_figures(model: FrameModel, name: str, known: FramePairs, unseen: FramePairs) -> Iterator[FrameFigures]:
    """How well a class of the model does, beside the shift by a pixel or none that is the best of all for the pairs it
    learnt from, and the rules: of each the best frame for those pairs, by the pixels that are right.

    known, unseen: pairs of that class. Where a rule refuses a sprite, the sprite stays as it is.
    """
    yield figures_of_guess(f"learnt {name}", lambda picture: model.next_frame(picture, name), unseen)
    shifts = [(_told(*offset), _shift(place)) for place, offset in enumerate(OFFSETS)]
    best, shift = max(shifts, key=lambda one: figures_of_guess("", one[1], known).right)
    yield figures_of_guess(f"best shift: {best}", shift, unseen)
    for rule in ACTIONS:
        guesses = [_rule(rule, frame) for frame in (1, 2)]
        yield figures_of_guess(
            f"rule {rule}", max(guesses, key=lambda one: figures_of_guess("", one, known).right), unseen
        )


def figures_of_guess(name: str, guess: Guess, pairs: FramePairs) -> FrameFigures:
    """The figures of a way to make second frames."""
    made = np.stack([guess(picture) for picture in pairs.first])
    good = (made == pairs.second).all(axis=-1)
    opaque = pairs.second[..., 3] > 0
    either = opaque | (made[..., 3] > 0)
    return FrameFigures(
        name,
        right=float(good[opaque].mean()),
        right_of_all=float(good[either].mean()),
        exact=float(good.all(axis=(1, 2)).mean()),
    )


def _shift(place: int) -> Guess:
    def shifted(picture: Pixels) -> Pixels:
        indices, palette = indexed(picture)
        return from_indexed(sources(indices)[place], palette)

    return shifted


def _told(down: int, across: int) -> str:
    """A shift by where the picture goes, which is away from where its pixels come from."""
    words = [{-1: "down", 0: "", 1: "up"}[down], {-1: "right", 0: "", 1: "left"}[across]]
    return " and ".join(word for word in words if word) or "none"


def _rule(name: str, frame: int) -> Guess:
    """That frame of an action by rule, or its last."""

    def ruled(picture: Pixels) -> Pixels:
        try:
            pictures = act(picture, name).pictures
        except RequestError:
            return picture
        return pictures[min(frame, len(pictures) - 1)]

    return ruled
