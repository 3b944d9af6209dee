"""How fast the engines run the student of the bundled model: `python -m tests.benchmarks.engines`.

On one thread, by the time that the process has the processor for: a busy machine disturbs that least. torch compiled
and OpenVINO, where that is installed, stand there for comparison alone: the program has neither.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

from pixelforge.core import onnx_backend
from pixelforge.core.backend import Backend
from pixelforge.core.build import built
from pixelforge.core.checkpoint import load_checkpoint
from pixelforge.core.condition import Cue
from pixelforge.core.config import ModelConfig
from pixelforge.core.onnx_backend import OnnxBackend
from pixelforge.core.torch_backend import TorchBackend
from pixelforge.core.weights import Floats, Weights
from pixelforge.services.paths import bundled_models_folder

ROUNDS = {1: 40, 2: 40, 16: 10, 64: 4, 128: 3}  # of so many rows, a sprite each
MODEL = "pixelforge16"
TIMESTEP = 249
COLOURS = tuple((0.1 * lightness, 0.0, 0.0) for lightness in range(16))


def main() -> None:
    torch.set_num_threads(1)
    os.environ["OMP_NUM_THREADS"] = "1"
    checkpoint = load_checkpoint(bundled_models_folder() / f"{MODEL}.safetensors")
    assert checkpoint.student_weights is not None
    config = checkpoint.header.student_model
    engines = dict(_engines(config, checkpoint.student_weights))
    print(f"ms a row; {', '.join(engines)}")
    for rows, rounds in ROUNDS.items():
        cues = [Cue((row % config.num_classes,), COLOURS, 2.0) for row in range(rows)]
        shape = (rows, config.channels, config.image_size, config.image_size)
        x = np.random.default_rng(0).standard_normal(shape, np.float32)
        answers = [backend.prepare(cues, (TIMESTEP,)) for backend in engines.values()]
        for answer in answers:  # compiled, and held against the first
            np.testing.assert_allclose(answer(x, TIMESTEP), answers[0](x, TIMESTEP), rtol=1e-2, atol=1e-2)
        times = [[seconds_at_work(partial(answer, x, TIMESTEP)) for answer in answers] for _ in range(rounds)]
        quickest = [min(of_engine) for of_engine in zip(*times, strict=True)]
        told = ", ".join(f"{1000 * seconds / rows:.2f} ({quickest[0] / seconds:.2f})" for seconds in quickest)
        print(f"{rows:3} rows: {told}")


def _engines(config: ModelConfig, weights: dict[str, Floats]) -> Iterator[tuple[str, Backend]]:
    """By name; the first is what the others are times of."""
    yield "torch", TorchBackend(built(config, weights))
    torch._dynamo.config.recompile_limit = 256  # one function is compiled for every width, side and number of rows
    compiled = built(config, weights)
    compiled.run = torch.compile(compiled.run)
    yield "torch compiled", TorchBackend(compiled)
    yield "ONNX Runtime", OnnxBackend(config, Weights(weights))
    if importlib.util.find_spec("openvino") is not None:
        yield "OpenVINO", _in_openvino(config, weights)


def _in_openvino(config: ModelConfig, weights: dict[str, Floats]) -> Backend:
    """The graph that ONNX Runtime gets, in float32 and on one thread as there."""
    openvino = importlib.import_module("openvino")

    class Session:
        def __init__(self, graph: bytes) -> None:
            settings = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}
            core = openvino.Core()
            self._model = core.compile_model(core.read_model(graph), "CPU", settings)

        def run(self, _: list[str], given: dict[str, Floats]) -> list[Any]:
            return [self._model(given)["output"]]

    before = onnx_backend._session
    onnx_backend._session = Session
    try:
        return OnnxBackend(config, Weights(weights))
    finally:
        onnx_backend._session = before


def seconds_at_work(work: Callable[[], object]) -> float:
    """The process's own time."""
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
