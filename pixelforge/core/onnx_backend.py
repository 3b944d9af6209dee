"""The backend that runs a network in ONNX Runtime, on the CPU.

Its own threads divide every operator and wait for each other after each, spinning. Here each thread runs some of the
rows by itself, so that none waits for another.

The bundled student on one thread, the time of torch divided by ONNX Runtime's (tests/benchmarks/engines.py): 3.4 for
one row, 2.5 for two, 1.2 for 16, 1.0 for 64, 1.2 for 128.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pixelforge.core.backend import Answer
from pixelforge.core.colours import stack_palettes
from pixelforge.core.condition import Cue, stacked
from pixelforge.core.config import ModelConfig
from pixelforge.core.embedding import UNUSED, Embedding
from pixelforge.core.onnx_unet import blocks_of, unet_graph
from pixelforge.core.spread import NO_THREAD, Spread
from pixelforge.core.threads import num_threads
from pixelforge.core.weights import Floats, Weights

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

MOST_EMBEDDED = 512  # timesteps times cues that are embedded together
CHUNK = 32  # timesteps at most
ROWS_AT_ONCE = 8  # what so few need stays in a core's cache: 128 rows in 88 % of the time that they take together
FATAL = 4  # of ONNX Runtime's severities: what is less it raises, and prints besides


def is_installed() -> bool:
    """Whether ONNX Runtime is there. It is not loaded for that."""
    return importlib.util.find_spec("onnxruntime") is not None


class OnnxBackend:
    """A network on the CPU; see `Backend`. The graph is made of the model's own weights, in memory."""

    name = "onnxruntime"
    device = "cpu"

    def __init__(self, config: ModelConfig, weights: Weights) -> None:
        """Raises ValueError for a network with parts that are not known here."""
        blocks = blocks_of(weights)
        self._embedding = Embedding(config, weights, blocks)
        graph = unet_graph(config, weights)
        if unknown := [name for name in weights.unused() if name not in UNUSED]:
            raise ValueError(f"no part of the graph: {', '.join(unknown)}")
        self._session = _session(graph)
        self._spread = Spread(num_threads(), ROWS_AT_ONCE)

    def prepare(self, cues: Sequence[Cue], timesteps: Sequence[int]) -> Answer:
        """The network for one run of these cues."""
        return _Prepared(self._session, self._spread, self._embedding, cues, timesteps)

    def is_out_of_memory(self, error: Exception) -> bool:
        """Whether ONNX Runtime, or numpy before it, failed for want of memory."""
        if isinstance(error, RuntimeError):
            return "alloc" in str(error) or NO_THREAD in str(error)
        return isinstance(error, MemoryError)


class _Prepared:
    """Makes what the blocks are conditioned on for many timesteps at once; each product reads all of the weights."""

    def __init__(
        self,
        session: InferenceSession,
        spread: Spread,
        embedding: Embedding,
        cues: Sequence[Cue],
        timesteps: Sequence[int],
    ) -> None:
        self._session = session
        self._spread = spread
        self._embedding = embedding
        self._timesteps = tuple(timesteps)
        distinct = list(dict.fromkeys(cues))
        self._rows = stacked([cue.rows for cue in distinct])
        self._palettes = stack_palettes([cue.palette for cue in distinct])
        self._guidance = np.array([cue.guidance_scale for cue in distinct], np.float32)
        self._chunk = max(1, min(CHUNK, MOST_EMBEDDED // len(distinct)))
        number = {cue: index for index, cue in enumerate(distinct)}
        self._cue_of_row = np.array([number[cue] for cue in cues])
        self._made: dict[int, dict[str, Floats]] = {}

    def __call__(self, x_t: Floats, timestep: int) -> Floats:
        if timestep not in self._made:
            self._make(timestep)
        made, x_t = self._made[timestep], np.ascontiguousarray(x_t)

        def run(rows: slice) -> Floats:
            own = self._cue_of_row[rows]
            return _run(self._session, {"x": x_t[rows], **{name: of_cue[own] for name, of_cue in made.items()}})

        return self._spread(run, len(x_t))

    def _make(self, timestep: int) -> None:
        promised = timestep in self._timesteps
        first = self._timesteps.index(timestep) if promised else 0
        chunk = self._timesteps[first : first + self._chunk] if promised else (timestep,)
        times, size = len(chunk), len(self._rows)
        t = np.array(chunk, np.int64).repeat(size)
        palettes = np.tile(self._palettes, (times, 1, 1))
        rows, guidance = np.tile(self._rows, (times, 1)), np.tile(self._guidance, times)
        modulation, keys = self._embedding(t, rows, palettes, guidance)
        parts = {"modulation": modulation[..., None, None]}
        if keys.size:
            absent = np.pad(self._palettes[..., 3] == 0, ((0, 0), (1, 0)))  # transparent is always there
            parts |= {"keys": keys, "absent": np.tile(absent, (times, 1))[..., None, None]}
        self._made = {
            step: {name: part[i * size : (i + 1) * size] for name, part in parts.items()}
            for i, step in enumerate(chunk)
        }


def _session(graph: bytes) -> InferenceSession:
    # From 1.29 on its wheels tell their maker about models and machines, and keep an identity in the user's home, as
    # soon as they are loaded (microsoft/onnxruntime, pull request 27379). Nothing is sent from here.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = FATAL
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _run(session: InferenceSession, given: dict[str, Floats]) -> Floats:
    """Raises RuntimeError where ONNX Runtime raises what nothing but itself knows."""
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    try:
        return session.run(["output"], given)[0]  # type: ignore[no-any-return]
    except (errors.Fail, errors.RuntimeException) as error:
        raise RuntimeError(str(error)) from error
