"""How long a wait each quality of the bundled models is: `python -m tests.benchmarks.qualities`.

Times are given in seconds and times the machine's GFLOP/s, so that machines compare; of the shortest of some rounds.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from pixelforge.core.pipeline import Model
from pixelforge.services.generation import generate, load_model
from pixelforge.services.paths import bundled_models_folder
from pixelforge.services.quality import Quality, qualities
from pixelforge.services.requests import make_request, of_classes
from tests.benchmarks.machine import best_seconds, sgemm_gflops

MODELS = ("dawnlike16", "pixelforge16")  # 0.1's, by which the other is measured
ROUNDS = {1: 5, 64: 2}  # of so many sprites
LONG = 100  # steps: of more, a part is timed


def main() -> None:
    gflops = sgemm_gflops()
    print(f"sgemm 2048: {gflops:.0f} GFLOP/s on {torch.get_num_threads()} threads; seconds, and times that")
    before: dict[tuple[str, int], float] = {}
    for name in MODELS:
        model = load_model(bundled_models_folder() / f"{name}.safetensors", "cpu")
        for quality in qualities(model.header):
            if quality.steps > LONG:
                continue
            told = []
            for count, rounds in ROUNDS.items():
                seconds = best_seconds(_make(model, quality, count), rounds)
                first = before.setdefault((quality.name, count), seconds)
                told.append(
                    f"{count} in {seconds:.3f} s ({seconds * gflops:.0f}, {seconds / first:.2f} of 0.1's model)"
                )
            steps = f"{quality.sampler}, {quality.steps} steps, on {model.network(quality.sampler).name}"
            print(f"{name} {quality.label} ({steps}): {', '.join(told)}")


def _make(model: Model, quality: Quality, count: int) -> Callable[[], None]:
    sampling = {"sampler": quality.sampler, "steps": quality.steps}
    conditions = of_classes(model.header.class_names[:1])
    request = make_request(model.header, conditions, count=count, seed=0, sampling=sampling)

    def make() -> None:
        for _ in generate(model, request):
            pass

    return make


if __name__ == "__main__":
    main()
