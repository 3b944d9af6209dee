"""How long a part takes to be made anew on the desk, and whether all else stays as it was.

`python -m tests.benchmarks.fillings [--rounds N] [--masks N] DATA [MODEL…]`. DATA: a folder of real sprites, of which
those held out are taken. Wanted: eight fillings in less than a second on two cores, and not one pixel changed outside.
A busy machine disturbs the seconds of the processor least: half of them is what two idle cores would take at best.
"""

from __future__ import annotations

import argparse
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.mask import REPEATS
from pixelforge.core.pipeline import Model
from pixelforge.core.start import Keep, Start
from pixelforge.gui.desk.desk_keys import FILLINGS
from pixelforge.gui.generating.states import qualities
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.generation import generate, load_model
from pixelforge.services.paths import bundled_models_folder
from pixelforge.services.requests import Finished, GenerationRequest, make_request, of_classes
from training.data.sprites import load_sprites, split_holdout

ROUNDS = 5
MASKS = 200
HELD_OUT = 0.1  # as training holds out by itself
Mask = NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--masks", type=int, default=MASKS)
    parser.add_argument("data", type=Path)
    parser.add_argument("models", nargs="*", type=Path)
    told = parser.parse_args()
    for path in told.models or sorted(bundled_models_folder().glob("*16.safetensors")):
        model = load_model(path, "cpu")
        if model.header.task == "sprites":
            _, held_out = split_holdout(load_sprites(told.data, model.header.model.image_size), HELD_OUT, seed=0)
            compare(path.stem, model, held_out.sprites, told.rounds)
            check(model, held_out.sprites, told.masks)


def compare(name: str, model: Model, sprites: Pixels, rounds: int) -> None:
    """Eight fillings of a sprite's upper half beside eight sprites of the same steps, in turn; the best round."""
    whole = _eight(model)
    mask = np.zeros(sprites[0].shape[:2], np.bool_)
    mask[: len(mask) // 2] = True
    start = Start(picture=sprites[0], mask=mask, strength=1.0)
    works = {
        "eight sprites": whole,
        "eight fillings": replace(whole, start=start),
        "eight that keep": replace(whole, start=replace(start, keep=Keep(silhouette=True, colours=True))),
    }
    best = dict.fromkeys(works, (float("inf"), float("inf")))
    for _ in range(rounds):
        for work, request in works.items():
            best[work] = min(best[work], _seconds(model, request))
    asked = whole.sampling
    print(f"{name}: {asked.sampler}, {asked.steps} steps, each {REPEATS} times, engine {model.backend.name}")
    for work, (processor, clock) in best.items():
        ratio = processor / best["eight sprites"][0]
        print(f"  {work}: {processor:.2f} s of the processor, {clock:.2f} s by the clock, ratio {ratio:.2f}")


def check(model: Model, sprites: Pixels, masks: int) -> None:
    """Print how many pixels change outside of masks, one filling of each."""
    whole = _eight(model)
    changed = sum(_changed(model, replace(whole, start=start, count=1)) for start in _starts(sprites, masks))
    print(f"  {masks} masks of {len(sprites)} sprites held out: {changed} pixels changed outside")


def _eight(model: Model) -> GenerationRequest:
    fast, *_ = qualities(model.header)
    sampling = {"sampler": fast.sampler, "steps": fast.steps}
    asked = of_classes(model.header.class_names[:1])
    return make_request(model.header, asked, count=FILLINGS, seed=0, sampling=sampling)


def _seconds(model: Model, request: GenerationRequest) -> tuple[float, float]:
    """Of the processor, and by the clock."""
    processor, clock = time.process_time(), time.perf_counter()
    deque(generate(model, request), maxlen=0)
    return time.process_time() - processor, time.perf_counter() - clock


def _starts(sprites: Pixels, masks: int) -> Iterator[Start]:
    """Boxes and speckles of all sizes, each on another sprite as long as there are others."""
    rng = np.random.default_rng(0)
    for number in range(masks):
        side = sprites.shape[1]
        mask: Mask = rng.random((side, side)) < rng.uniform(0.02, 0.98)
        if number % 2:
            (top, bottom), (left, right) = np.sort(rng.choice(side + 1, (2, 2), replace=True), axis=1)
            mask = np.zeros((side, side), np.bool_)
            mask[top : bottom + 1, left : right + 1] = True
        yield Start(picture=sprites[rng.integers(len(sprites))], mask=mask, strength=1.0)


def _changed(model: Model, request: GenerationRequest) -> int:
    """Pixels outside the mask that are not as they were."""
    assert request.start is not None
    start, made = request.start, [event for event in generate(model, request) if isinstance(event, Finished)]
    return int(sum((event.sprites[:, ~start.mask] != start.picture[~start.mask]).any(axis=2).sum() for event in made))


if __name__ == "__main__":
    main()
