from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from pixelforge.core.build import build_network
from pixelforge.core.condition import Cue, Rows, stacked
from pixelforge.core.config import ModelConfig
from pixelforge.core.network import Network
from pixelforge.core.torch_backend import CHUNK, TorchBackend

Randomise = Callable[[Network], Network]


def noise(rows: int) -> Tensor:
    return torch.randn(rows, 4, 8, 8, generator=torch.Generator().manual_seed(0))


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
        expected = network(x, torch.full((len(rows),), t), torch.from_numpy(stacked(rows)))
        torch.testing.assert_close(answer(x, t), expected)


@torch.inference_mode()
def test_a_network_is_conditioned_on_the_sum_of_its_rows(tiny: ModelConfig, randomise: Randomise) -> None:
    network = randomise(build_network(tiny))
    alone = TorchBackend(network).prepare([Cue((0,)), Cue((2,))], (600,))(noise(2), 600)
    table = network.get_parameter("label_emb.weight")
    table[3] = table[0] - table[1]  # so that rows 1 and 3 add up to row 0
    both = TorchBackend(network).prepare([Cue((1, 3)), Cue((2,))], (600,))(noise(2), 600)
    torch.testing.assert_close(both, alone)


@torch.inference_mode()
def test_one_row_is_run_as_two_and_answered_as_one(tiny: ModelConfig, randomise: Randomise) -> None:
    network = randomise(build_network(tiny))
    seen: list[int] = []
    network.get_submodule("init_conv").register_forward_pre_hook(lambda _, given: seen.append(len(given[0])))
    answer = TorchBackend(network).prepare([Cue((1,))], (600,))(noise(1), 600)
    assert (seen, len(answer)) == ([2], 1)
