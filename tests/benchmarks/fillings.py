"""How long a part takes to be made anew on the desk: `python -m tests.benchmarks.fillings [MODEL…]`."""

from __future__ import annotations

import sys
from collections import deque
from dataclasses import replace
from pathlib import Path

import numpy as np

from pixelforge.core.pipeline import Model
from pixelforge.core.start import Keep, Start
from pixelforge.gui.desk.desk_keys import FILLINGS
from pixelforge.gui.generating.states import qualities
from pixelforge.services.generation import generate, load_model
from pixelforge.services.paths import bundled_models_folder
from pixelforge.services.requests import Finished, GenerationRequest, make_request, of_classes
from tests.benchmarks.machine import seconds_of

ROUNDS = 5


def main() -> None:
    paths = [Path(name) for name in sys.argv[1:]] or sorted(bundled_models_folder().glob("*16.safetensors"))
    for path in paths:
        model = load_model(path, "cpu")
        if model.header.task == "sprites":
            compare(path.stem, model)


def compare(name: str, model: Model) -> None:
    """Eight fillings of a sprite's upper half beside eight sprites of the same steps, in turn; the best of ROUNDS."""
    fast, *_ = qualities(model.header)
    sampling = {"sampler": fast.sampler, "steps": fast.steps}
    whole = make_request(
        model.header, of_classes(model.header.class_names[:1]), count=FILLINGS, seed=0, sampling=sampling
    )
    picture = next(event for event in generate(model, whole) if isinstance(event, Finished)).sprites[0]
    mask = np.zeros(picture.shape[:2], np.bool_)
    mask[: len(mask) // 2] = True
    start = Start(picture=picture, mask=mask, strength=1.0)
    works = {
        "eight sprites": whole,
        "eight fillings": replace(whole, start=start),
        "eight that keep": replace(whole, start=replace(start, keep=Keep(silhouette=True, colours=True))),
    }
    best = dict.fromkeys(works, float("inf"))
    for _ in range(ROUNDS):
        for work, request in works.items():
            best[work] = min(best[work], seconds_of(lambda request=request: _make(model, request)))
    print(f"{name}: {fast.sampler}, {fast.steps} steps, engine {model.backend.name}")
    for work, seconds in best.items():
        print(f"  {work}: {seconds:.2f} s, ratio {seconds / best['eight sprites']:.2f}")


def _make(model: Model, request: GenerationRequest) -> None:
    deque(generate(model, request), maxlen=0)


if __name__ == "__main__":
    main()
