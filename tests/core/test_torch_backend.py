from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from pixelforge.core.build import build_network
from pixelforge.core.condition import Cue, Rows, stacked
from pixelforge.core.config import ModelConfig
from pixelforge.core.network import Network
from pixelforge.core.torch_backend import CHUNK, TorchBackend
from pixelforge.core.weights import Floats

Randomise = Callable[[Network], Network]


def noise(rows: int) -> Floats:
    return np.random.default_rng(0).standard_normal((rows, 4, 8, 8), np.float32)


@pytest.mark.parametrize(
    "rows", [[(1,), (1,), (3,), (3,)], [(2,), (0,), (3,), (1,)], [(0,)], [(0, 2), (1,), (0, 1, 3)]], ids=str
)
@torch.inference_mode()
def test_it_is_the_network(rows: list[Rows], tiny: ModelConfig, randomise: Randomise) -> None:
    """At every timestep promised, over several chunks of them, when one is asked again, and at ones not promised."""
    network = randomise(build_network(replace(tiny, multipliers=(1, 2, 1), blocks_per_level=2)))
    timesteps = range(999, -1, -999 // (2 * CHUNK + 5))
    x = noise(len(rows))
    answer = TorchBackend(network).prepare([Cue(row) for row in rows], timesteps)
    assert len(timesteps) > 2 * CHUNK
    for t in [*timesteps, timesteps[3], timesteps[-1], 501, 502]:
        expected = network(torch.from_numpy(x), torch.full((len(rows),), t), torch.from_numpy(stacked(rows)))
        np.testing.assert_allclose(answer(x, t), expected, rtol=1e-5, atol=1e-5)


@torch.inference_mode()
def test_a_network_is_conditioned_on_the_sum_of_its_rows(tiny: ModelConfig, randomise: Randomise) -> None:
    network = randomise(build_network(tiny))
    alone = TorchBackend(network).prepare([Cue((0,)), Cue((2,))], (600,))(noise(2), 600)
    table = network.get_parameter("label_emb.weight")
    table[3] = table[0] - table[1]  # so that rows 1 and 3 add up to row 0
    both = TorchBackend(network).prepare([Cue((1, 3)), Cue((2,))], (600,))(noise(2), 600)
    np.testing.assert_allclose(both, alone, rtol=1e-5, atol=1e-5)


@torch.inference_mode()
def test_one_row_is_run_as_two_and_answered_as_one(tiny: ModelConfig, randomise: Randomise) -> None:
    network = randomise(build_network(tiny))
    seen: list[int] = []
    network.get_submodule("init_conv").register_forward_pre_hook(lambda _, given: seen.append(len(given[0])))
    answer = TorchBackend(network).prepare([Cue((1,))], (600,))(noise(1), 600)
    assert (seen, len(answer)) == ([2], 1)
