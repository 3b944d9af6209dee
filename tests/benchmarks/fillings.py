"""How long a part takes to be made anew on the desk, how well it fits, and whether all else stays as it was.

`python -m tests.benchmarks.fillings [--rounds N] [--masks N] [--fitted N] DATA [MODEL…]`. DATA: a folder of real
sprites, of which those held out are taken. Wanted: eight fillings in less than a second on two cores, and not one pixel
changed outside.
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

from pixelforge.core.condition import Condition
from pixelforge.core.pipeline import Model
from pixelforge.core.start import Keep, Start
from pixelforge.gui.desk.desk_keys import FILLINGS
from pixelforge.imaging.pixels import Pixels
from pixelforge.oklab import to_oklab
from pixelforge.services.generation import generate, load_model
from pixelforge.services.paths import bundled_models_folder
from pixelforge.services.quality import for_fillings
from pixelforge.services.requests import Finished, GenerationRequest, make_request
from training.data.sprites import SpriteDataset, load_sprites, split_holdout

ROUNDS = 5
MASKS = 200
FITTED = 12  # sprites
HELD_OUT = 0.1  # as training holds out by itself
Mask = NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--masks", type=int, default=MASKS)
    parser.add_argument("--fitted", type=int, default=FITTED)
    parser.add_argument("data", type=Path)
    parser.add_argument("models", nargs="*", type=Path)
    told = parser.parse_args()
    for path in told.models or sorted(bundled_models_folder().glob("*16.safetensors")):
        model = load_model(path, "cpu")
        if model.header.task == "sprites":
            _, held_out = split_holdout(load_sprites(told.data, model.header.model.image_size), HELD_OUT, seed=0)
            compare(path.stem, model, held_out.sprites, told.rounds)
            fit(model, held_out, told.fitted)
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
    print(f"{name}: {asked.sampler}, {asked.steps} steps, engine {model.network(asked.sampler).name}")
    for work, (processor, clock) in best.items():
        ratio = processor / best["eight sprites"][0]
        print(f"  {work}: {processor:.2f} s of the processor, {clock:.2f} s by the clock, ratio {ratio:.2f}")


def fit(model: Model, held_out: SpriteDataset, count: int) -> None:
    """Print what stands across the rims of halves and middles: as it was drawn, and in eight fillings of each."""
    rng, known = np.random.default_rng(0), model.header.words is not None
    seams: dict[str, list[tuple[bool, float]]] = {"drawn": [], "made": []}
    for number, index in enumerate(rng.permutation(len(held_out))[:count]):
        picture = held_out.sprites[index]
        mask = _parts(len(picture))[number % 4]
        asked = Condition(class_name=held_out.class_names[held_out.labels[index]])
        if known and held_out.styles:
            asked = replace(asked, style=held_out.styles[index] or None)
        request = replace(_request(model, asked), start=Start(picture=picture, mask=mask, strength=1.0))
        seams["drawn"] += _across(picture, mask)
        for event in generate(model, request):
            if isinstance(event, Finished):
                seams["made"] += [pair for sprite in event.sprites for pair in _across(sprite, mask)]
    for name, pairs in seams.items():
        alike, distances = zip(*pairs, strict=True)
        print(f"  across the rim, {name}: {np.mean(alike):.1%} alike, {np.nanmean(distances):.3f} apart in OKLab")


def _parts(side: int) -> tuple[Mask, ...]:
    """The upper half, the lower, the right one, the middle."""
    row, column = np.indices((side, side))
    middle = (abs(row - side / 2 + 0.5) < side / 4) & (abs(column - side / 2 + 0.5) < side / 4)
    return row < side // 2, row >= side // 2, column >= side // 2, middle


def _across(picture: Pixels, mask: Mask) -> list[tuple[bool, float]]:
    """Of neighbours on both sides of the rim, one of them opaque: if they are alike, and how far apart in OKLab."""
    lab, opaque = to_oklab(picture[..., :3]), picture[..., 3] > 0
    found = []
    for there, here in ((np.s_[:-1], np.s_[1:]), (np.s_[:, :-1], np.s_[:, 1:])):
        rim = (mask[there] != mask[here]) & (opaque[there] | opaque[here])
        alike = (picture[there] == picture[here]).all(axis=2)
        apart = np.where(opaque[there] & opaque[here], np.linalg.norm(lab[there] - lab[here], axis=2), np.nan)
        found += list(zip(alike[rim].tolist(), apart[rim].tolist(), strict=True))
    return found


def check(model: Model, sprites: Pixels, masks: int) -> None:
    """Print how many pixels change outside of masks, one filling of each."""
    whole = _eight(model)
    changed = sum(_changed(model, replace(whole, start=start, count=1)) for start in _starts(sprites, masks))
    print(f"  {masks} masks of {len(sprites)} sprites held out: {changed} pixels changed outside")


def _eight(model: Model) -> GenerationRequest:
    return _request(model, Condition(class_name=model.header.class_names[0]))


def _request(model: Model, condition: Condition) -> GenerationRequest:
    fast = for_fillings(model.header)
    sampling = {"sampler": fast.sampler, "steps": fast.steps}
    return make_request(model.header, (condition,), count=FILLINGS, seed=0, sampling=sampling)


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
            (top, bottom), (left, right) = np.sort(rng.integers(side, size=(2, 2)), axis=1)
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
