"""Making sprites: pulls a sampler, turns its values into pixels."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pixelforge.core.checkpoint import load_checkpoint
from pixelforge.core.device import pick_device
from pixelforge.core.pipeline import Model, sprite_steps
from pixelforge.core.sampler import SamplerStep
from pixelforge.core.start import Start
from pixelforge.errors import RequestError
from pixelforge.imaging.palette import recolour, snap
from pixelforge.imaging.pixels import Pixels, from_values, to_values
from pixelforge.memory import give_back
from pixelforge.services.choosing import choose
from pixelforge.services.requests import Finished, GenerationEvent, GenerationRequest, Notice, Progress

logger = logging.getLogger(__name__)

MICRO_BATCH = 64  # sprites that run through the network together
PREVIEW_EVERY = 20  # steps of a run of SHORT_RUN steps or more; shorter runs show every step
SHORT_RUN = 200


def load_model(path: Path, device: str = "auto", engine: str = "auto") -> Model:
    """A model for a device and an engine, ready to be asked. Raises CheckpointError or RequestError."""
    began = time.perf_counter()
    model = Model.of(load_checkpoint(path), pick_device(device), engine)
    give_back()
    shape, seconds = model.header.model, time.perf_counter() - began
    logger.info("A %s model of width %d in %.2f s", shape.prediction, shape.base_width, seconds)
    return model


def generate(
    model: Model, request: GenerationRequest, micro_batch: int = MICRO_BATCH, part: range | None = None
) -> Iterator[GenerationEvent]:
    """Make the sprites of a request, a micro-batch at a time; an event after every step, so that one can stop.

    Where memory runs out the micro-batch is halved and its sprites begun again; they come out the same.
    part: only these of the sprites, the same as in the whole. Raises RequestError, before anything is computed.
    """
    request.check(model.header)
    part = range(request.count) if part is None else part
    if request.best_of > 1:
        yield from _best_of_several(model, request, part, micro_batch)
    else:
        yield from _generate_all(model, request, part, micro_batch)


def _best_of_several(
    model: Model, request: GenerationRequest, part: range, micro_batch: int
) -> Iterator[GenerationEvent]:
    """The same where each sprite is the one that the critic likes best of several."""
    assert model.critic is not None  # or the request would have been refused
    at_once = max(1, micro_batch // request.best_of)
    for first in range(part.start, part.stop, at_once):
        chosen = range(first, min(first + at_once, part.stop))
        candidates = request.candidates(chosen)
        made = _generate_all(model, candidates, range(candidates.count), micro_batch)
        yield from choose(model.critic, candidates, chosen, made)


def _generate_all(model: Model, request: GenerationRequest, part: range, micro_batch: int) -> Iterator[GenerationEvent]:
    first, end = part.start, part.stop
    began, asked = time.perf_counter(), request.sampling
    logger.info("%d sprites by %s in %d steps at guidance %g", end, asked.sampler, asked.steps, asked.guidance_scale)
    while first < end:
        size = min(micro_batch, end - first)
        try:
            yield from _generate_together(model, request, first, size)
        except (RuntimeError, MemoryError) as error:
            if not model.network(asked.sampler).is_out_of_memory(error):
                raise
            if size == 1:
                raise RequestError("There is not enough memory for a single sprite: close other programs.") from error
            micro_batch = size // 2
            logger.warning("Memory ran out with %d sprites at a time", size)
            yield Notice(f"Memory ran out with {size} sprites at a time: going on with {micro_batch}.")
            continue
        first += size
    logger.info("%d sprites in %.2f s", end, time.perf_counter() - began)


def _generate_together(model: Model, request: GenerationRequest, first: int, size: int) -> Iterator[GenerationEvent]:
    step: SamplerStep | None = None
    for step in _steps(model, request, first, size):
        due = step.total < SHORT_RUN or (step.index + 1) % PREVIEW_EVERY == 0
        last = step.index + 1 == step.total
        shown = (from_values(step.pred_x0), from_values(step.x_t)) if due and not last else (None, None)
        yield Progress(first, size, step.index + 1, step.total, *shown)
    assert step is not None
    conditions = [request.condition_of(index) for index in range(first, first + size)]
    if _draws_schemes(request.start):
        conditions = [model.settled(asked, request.seed_of(index)) for index, asked in enumerate(conditions, first)]
    sprites = recolour(from_values(step.x_t), request.palette)
    starts = _starts(request, first, size)
    if starts:
        sprites = np.stack([_with_kept(sprite, start) for sprite, start in zip(sprites, starts, strict=True)])
    yield Finished(first, sprites, tuple(conditions))


def _draws_schemes(start: Start | None) -> bool:
    """Whether the sprites' seeds draw colours, beside those of what they start from."""
    return start is None or (start.mask is not None and not start.keep.colours)


def _with_kept(sprite: Pixels, start: Start) -> Pixels:
    """A finished sprite (H, W, 4) with what it was not to change, to the pixel.

    Models without transparency, or whose palette has not all of the start's colours, come near it only.
    """
    if start.keep.colours:
        own, uses = np.unique(start.picture[start.opaque][:, :3], axis=0, return_counts=True)
        sprite = snap(sprite, [tuple(colour) for colour in own[np.argsort(-uses, kind="stable")].tolist()])
    if start.keep.silhouette:
        sprite = np.where(start.opaque[..., None], sprite, np.uint8(0))
    return sprite if start.mask is None else np.where(start.mask[..., None], sprite, start.picture)


def _steps(model: Model, request: GenerationRequest, first: int, size: int) -> Iterator[SamplerStep]:
    indices = range(first, first + size)
    conditions = [request.condition_of(index) for index in indices]
    seeds = [request.seed_of(index) for index in indices]
    blends = request.blends[first : first + size]
    if request.start is None:
        return sprite_steps(model, conditions, seeds, request.sampling, blends=blends)
    told = request.start
    own = np.stack([start.picture for start in _starts(request, first, size)])
    pictures, sampling = to_values(own, model.header.model.channels), request.sampling
    return sprite_steps(model, conditions, seeds, sampling, pictures, told.strength, told.mask, told.keep, blends)


def _starts(request: GenerationRequest, first: int, size: int) -> list[Start]:
    """The start of each sprite; none where a request has none."""
    starts = [request.start_of(index) for index in range(first, first + size)]
    return [start for start in starts if start is not None]
