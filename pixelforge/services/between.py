"""Sprites between two, and a map of those around one: what to ask of a model. Without torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from pixelforge.core.blend import Blend, Weights, aside, blend_of, slerp, weights_of
from pixelforge.core.condition import Condition
from pixelforge.core.header import ModelHeader, file_sha256
from pixelforge.core.normal import MAX_SEED
from pixelforge.core.start import Start
from pixelforge.errors import CheckpointError, RequestError
from pixelforge.imaging.dither import pattern
from pixelforge.imaging.pixels import Pixels, resize_nearest
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.recipe import Recipe
from pixelforge.services.requests import GenerationRequest
from pixelforge.services.sprites import Sprite

USUAL_COUNT = 7  # of sprites between two: with these, nine
SIDE = 5  # of a map
STEP = 0.2  # radians from a sprite of the map to the next


def maker_of(sprites: Sequence[Sprite], entries: Sequence[ModelEntry]) -> ModelEntry | None:
    """The model that made all of these sprites, in the same version; None where none did, or it is not there."""
    made = {(sprite.recipe.model, sprite.recipe.model_sha256) if sprite.recipe else None for sprite in sprites}
    told = made.pop()
    if made or told is None:
        return None
    named = [entry for entry in entries if entry.name == told[0] and entry.header is not None]
    return next((entry for entry in named if _sha256(entry) == told[1]), None)


def meet(first: Recipe, second: Recipe) -> bool:
    """Whether there is noise between that of two sprites of one model."""
    try:
        between_noise(first, second, USUAL_COUNT)
    except RequestError:
        return False
    return True


def between_noise(first: Recipe, second: Recipe, count: int) -> GenerationRequest:
    """Sprites from noise between that of two sprites of one model, each made for what the nearer one was.

    Raises RequestError where there is no noise between theirs.
    """
    one, other = first.request, second.request
    if one.start != other.start:
        raise RequestError("They are variations of different sprites: there is no noise between theirs.")
    near = [one if at * 2 <= count + 1 else other for at in range(1, count + 1)]
    begin, end = (weights_of(request.seed, request.blend_of(0)) for request in (one, other))
    blends = [blend_of(request.seed, slerp(begin, end, at / (count + 1))) for at, request in enumerate(near, start=1)]
    return replace(
        one,
        conditions=tuple(request.conditions[0] for request in near),
        count=count,
        seed=0,
        seeds=tuple(request.seed for request in near),
        blends=_all_of(blends),
        palette=one.palette if one.palette == other.palette else None,
    )


def between_pictures(
    first: Sprite, second: Sprite, count: int, header: ModelHeader, asked: GenerationRequest
) -> GenerationRequest:
    """Variations of pictures that dissolve from one sprite into the other, whoever made them.

    asked: sampling, seed and what a model makes of sprites of which it does not know what they are.
    """
    side = header.model.image_size
    begin, end = (_of_size(sprite.pixels, side) for sprite in (first, second))
    amounts = [at / (count + 1) for at in range(1, count + 1)]
    picture, *others = [dissolved(begin, end, amount) for amount in amounts]
    told = [_condition(sprite, header) or asked.conditions[0] for sprite in (first, second)]
    return replace(
        asked,
        conditions=tuple(told[amount > 0.5] for amount in amounts),
        count=count,
        seed=0,
        seeds=(asked.seed,) * count,  # the same noise for all, so that they differ by their pictures alone
        start=Start(picture=picture, others=tuple(others)),
        palette=None,
        best_of=1,
    )


def around(recipe: Recipe) -> GenerationRequest:
    """A map of the sprites around one that a model made, by rows, without the one in the middle."""
    return _around(recipe.request)


def around_picture(sprite: Sprite, header: ModelHeader, asked: GenerationRequest) -> GenerationRequest:
    """A map of variations of a sprite, whoever made it; `asked` as `between_pictures` has it."""
    start = Start(picture=_of_size(sprite.pixels, header.model.image_size))
    told = _condition(sprite, header) or asked.conditions[0]
    one = replace(asked, conditions=(told,), count=1, seeds=(), blends=(), start=start, palette=None, best_of=1)
    return _around(one)


def dissolved(first: Pixels, second: Pixels, amount: float) -> Pixels:
    """A picture (H, W, 4) on the way from one to another, 0 to 1, every pixel opaque or not at all.

    Where both are opaque colours are mixed; of what only one of them has, as many pixels of an ordered pattern as it
    has come near.
    """
    late = pattern(first.shape[:2], 4) < amount  # where the second has its say
    opaque = np.where(late, second[..., 3], first[..., 3]) > 0
    both = (first[..., 3] > 0) & (second[..., 3] > 0)
    mean = np.round((1 - amount) * first.astype(np.float64) + amount * second.astype(np.float64)).astype(np.uint8)
    one = np.where((first[..., 3] > 0)[..., None], first, second)
    result = np.where(both[..., None], mean, one)
    return np.where((opaque | both)[..., None], result, np.uint8(0))


def _around(request: GenerationRequest) -> GenerationRequest:
    """Raises RequestError for noise that is mixed of too many."""
    centre, seed = weights_of(request.seed, request.blend_of(0)), request.seed
    directions = _free_seeds(centre, seed)
    blends = [blend_of(seed, aside(centre, across, down, directions)) for across, down in _angles()]
    return replace(request, count=len(blends), seed=0, seeds=(seed,) * len(blends), blends=_all_of(blends))


def _angles() -> Iterator[tuple[float, float]]:
    middle = SIDE // 2
    for row in range(SIDE):
        for column in range(SIDE):
            if (row, column) != (middle, middle):
                yield STEP * (column - middle), STEP * (row - middle)


def _free_seeds(weights: Weights, seed: int) -> tuple[int, int]:
    """The two after a seed whose noise is not in it yet, so that a map is the same every time."""
    later = ((seed + step) % (MAX_SEED + 1) for step in range(1, len(weights) + 3))
    first, second, *_ = [one for one in later if one not in weights]
    return first, second


def _all_of(blends: Sequence[Blend | None]) -> tuple[Blend, ...]:
    return tuple(blend for blend in blends if blend is not None)


def _of_size(pixels: Pixels, side: int) -> Pixels:
    return pixels if pixels.shape[:2] == (side, side) else resize_nearest(pixels, side)


def _condition(sprite: Sprite, header: ModelHeader) -> Condition | None:
    """What a sprite was made for, or its class; None where the model does not know it."""
    recipe = sprite.made_from
    try:
        asked = Condition(class_name=sprite.class_name) if recipe is None else recipe.request.conditions[0]
        header.vocabulary.rows(asked)
    except RequestError:
        return None
    return asked


def _sha256(entry: ModelEntry) -> str:
    try:
        return file_sha256(entry.path)
    except CheckpointError:
        return ""
