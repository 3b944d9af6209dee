"""How fast the engines run the bundled network: `python -m tests.benchmarks.engines`.

On one thread, by the time that the process has the processor for: a busy machine disturbs that least.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from pixelforge.core.condition import Cue
from pixelforge.core.engine import pick_backend
from tests.benchmarks.machine import bundled

ROUNDS = {1: 40, 2: 40, 16: 10, 64: 4, 128: 3}  # of so many rows: two are a guided sprite
TIMESTEP = 300


def main() -> None:
    torch.set_num_threads(1)
    os.environ["OMP_NUM_THREADS"] = "1"
    checkpoint = bundled()
    config = checkpoint.header.model
    backends = [pick_backend(config, checkpoint.weights, "cpu", engine) for engine in ("torch", "onnxruntime")]
    for rows, rounds in ROUNDS.items():
        cues = [Cue((row % config.num_conditions,)) for row in range(rows)]
        shape = (rows, config.channels, config.image_size, config.image_size)
        x = np.random.default_rng(0).standard_normal(shape, np.float32)
        answers = [backend.prepare(cues, (TIMESTEP,)) for backend in backends]
        times = [[seconds_at_work(partial(answer, x, TIMESTEP)) for answer in answers] for _ in range(rounds + 1)]
        quickest = [min(of_engine) for of_engine in zip(*times[1:], strict=True)]  # the first prepares
        told = ", ".join(f"{b.name} {1000 * s:.1f} ms" for b, s in zip(backends, quickest, strict=True))
        print(f"{rows:3} rows: {told}, ratio {quickest[0] / quickest[1]:.2f}")


def seconds_at_work(work: Callable[[], object]) -> float:
    """The process's own time."""
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
