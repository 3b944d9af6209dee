"""The best of several sprites that were made for the same words, by the model's critic. Without torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from pixelforge.core.critic import NumpyCritic
from pixelforge.imaging.pixels import to_values
from pixelforge.services.requests import Finished, GenerationEvent, GenerationRequest, Progress


def choose(
    critic: NumpyCritic, candidates: GenerationRequest, chosen: range, made: Iterable[GenerationEvent]
) -> Iterator[GenerationEvent]:
    """What is made of candidates, told of the sprites `chosen` that are chosen from them, as many for each.

    While they form, of each the first candidate is seen.
    """
    done: list[Finished] = []
    for event in made:
        if isinstance(event, Progress):
            yield _of_chosen(event, chosen, candidates.count)
        elif isinstance(event, Finished):
            done.append(event)
        else:
            yield event
    sprites = np.concatenate([part.sprites for part in done])
    conditions = tuple(condition for part in done for condition in part.conditions)
    scores = critic.scores(to_values(sprites, 4), conditions).reshape(len(chosen), -1)
    best = scores.argmax(axis=1) + np.arange(len(chosen)) * scores.shape[1]
    yield Finished(
        chosen.start,
        sprites[best],
        tuple(conditions[index] for index in best),
        tuple(candidates.seed_of(index) for index in best.tolist()),
    )


def _of_chosen(progress: Progress, chosen: range, count: int) -> Progress:
    """Progress on some of `count` candidates as progress on the sprites that are chosen from all of them."""
    told = replace(progress, first=chosen.start, size=len(chosen), preview=None, noisy=None)
    if progress.size < count:  # memory ran out, so that they are made in parts
        through = progress.first * progress.steps + progress.size * progress.step
        return replace(told, step=max(1, through // count))
    each = count // len(chosen)
    if progress.preview is None or progress.noisy is None:
        return told
    return replace(told, preview=progress.preview[::each], noisy=progress.noisy[::each])
