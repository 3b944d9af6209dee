"""Whether a seed's finished picture is the same by every engine, in every micro-batch, on any number of threads.

`python -m tests.benchmarks.agreement [--count N] [--quality NAME] [MODEL…]`. It prints the share of sprites whose
pixels are all the same as torch's on one thread, in micro-batches of MICRO_BATCH. The promise is all of them.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch

from pixelforge.core.pipeline import Model
from pixelforge.errors import RequestError
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.generation import MICRO_BATCH, generate, load_model
from pixelforge.services.paths import bundled_models_folder
from pixelforge.services.quality import find_quality
from pixelforge.services.requests import Finished, GenerationRequest, make_request, of_classes

USUAL_COUNT = 200  # 2,000 in a run that has the time
WAYS = (("torch", 1, 7), ("torch", 2, MICRO_BATCH), ("onnxruntime", 1, MICRO_BATCH), ("onnxruntime", 2, 7))
"""Engine, threads, micro-batch: each differs from the first run in one of them, and the last in all."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=USUAL_COUNT)
    parser.add_argument("--quality", default="fast")
    parser.add_argument("models", nargs="*", type=Path)
    told = parser.parse_args()
    for path in told.models or sorted(bundled_models_folder().glob("*16.safetensors")):
        compare(path, told.count, told.quality)


def compare(path: Path, count: int, quality: str) -> None:
    """Print the share of sprites that are the same, for each of the WAYS."""
    header = load_model(path, "cpu", "torch").header
    if header.task != "sprites":
        return
    chosen = find_quality(header, quality)
    sampling = {"sampler": chosen.sampler, "steps": chosen.steps}
    request = make_request(header, of_classes(header.class_names), count=count, seed=0, sampling=sampling)
    print(f"{path.stem}: {count} sprites, {chosen.label}, {header.model.prediction}")
    expected = _made(path, request, "torch", 1, MICRO_BATCH)
    for engine, threads, micro_batch in WAYS:
        try:
            made = _made(path, request, engine, threads, micro_batch)
        except RequestError as error:
            print(f"  {engine}: {error}")
            continue
        same = (made == expected).all(axis=(1, 2, 3))
        off = int((made != expected).any(axis=3).sum())
        print(
            f"  {engine}, {threads} threads, {micro_batch} at a time: {same.mean():.2%} the same, {off} pixels differ"
        )


def _made(path: Path, request: GenerationRequest, engine: str, threads: int, micro_batch: int) -> Pixels:
    with _on_threads(threads):
        model: Model = load_model(path, "cpu", engine)  # here: an engine takes its threads when it is made
        events = generate(model, request, micro_batch)
        return np.concatenate([event.sprites for event in events if isinstance(event, Finished)])


@contextmanager
def _on_threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    with patch.dict(os.environ, OMP_NUM_THREADS=str(count)):  # which says it to ONNX Runtime's backend
        yield
    torch.set_num_threads(before)


if __name__ == "__main__":
    main()
