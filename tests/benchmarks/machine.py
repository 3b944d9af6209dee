"""What every benchmark measures itself by: this machine's matrix products, taken in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from pixelforge.core.checkpoint import Checkpoint, load_checkpoint
from pixelforge.services.paths import bundled_models_folder

MODEL = bundled_models_folder() / "dawnlike16.safetensors"
SIDE = 2048


def bundled() -> Checkpoint:
    """The bundled model."""
    return load_checkpoint(Path(MODEL))


def best_seconds(work: Callable[[], object], rounds: int = 5) -> float:
    """The shortest of some rounds, after one that does not count: the least disturbed by others on the machine."""
    work()
    return min(seconds_of(work) for _ in range(rounds))


def seconds_of(work: Callable[[], object]) -> float:
    """How long it takes, once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def sgemm_gflops() -> float:
    """GFLOP/s of float32 products of 2048 x 2048 matrices."""
    a, b = torch.randn(SIDE, SIDE), torch.randn(SIDE, SIDE)
    return 2 * SIDE**3 / best_seconds(lambda: a @ b) / 1e9


def forward_gflop(network: nn.Module, x: Tensor, t: Tensor, labels: Tensor) -> float:
    """GFLOP of one forward, counted."""
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        network(x, t, labels)
    return counter.get_total_flops() / 1e9
