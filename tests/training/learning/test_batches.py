from __future__ import annotations

import pytest
import torch

from pixelforge.core.config import ModelConfig
from training.data.sprites import SpriteDataset
from training.learning.batches import (
    Batches,
    HeldOut,
    class_weights,
    step_seed,
    stratified_timesteps,
)
from training.learning.config import TrainConfig


@pytest.mark.parametrize(("balance", "expected"), [(0.0, [0.9, 0.1]), (1.0, [0.5, 0.5]), (0.5, [0.75, 0.25])])
def test_classes_are_drawn_in_proportion_to_a_power_of_their_size(balance: float, expected: list[float]) -> None:
    labels = torch.tensor([0] * 90 + [1] * 10)
    weights = class_weights(labels[:, None], balance)
    shares = torch.stack([weights[labels == label].sum() for label in (0, 1)]) / weights.sum()
    torch.testing.assert_close(shares, torch.tensor(expected, dtype=torch.float64))


def test_every_step_draws_from_its_own_seed() -> None:
    seeds = {step_seed(seed, step) for seed in range(10) for step in range(1000)}
    assert len(seeds) == 10_000
    assert all(0 <= seed < 2**63 for seed in seeds)


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_one_timestep_from_every_stratum(size: int) -> None:
    t = stratified_timesteps(size, 1000, torch.Generator().manual_seed(0))
    edges = torch.arange(size + 1) * 1000 / size
    assert ((t + 1 > edges[:-1]) & (t < edges[1:])).all()


def test_timesteps_are_uniform() -> None:
    generator = torch.Generator().manual_seed(0)
    drawn = torch.cat([stratified_timesteps(10, 10, generator) for _ in range(2000)])
    assert torch.bincount(drawn, minlength=10).tolist() == [2000] * 10


def test_what_a_step_draws_depends_on_its_number_alone(data: SpriteDataset, model_config: ModelConfig) -> None:
    config = TrainConfig(steps=9, batch_size=8)
    one, other = (Batches(data, model_config, config, 1000) for _ in range(2))
    one.draw(0)
    first, second = one.draw(4), other.draw(4)
    for name in ("planes", "rows", "t", "noise", "told"):
        assert torch.equal(getattr(first, name), getattr(second, name)), name
    assert not torch.equal(first.noise, one.draw(5).noise)


def test_every_held_out_sprite_is_tried_at_four_timesteps(data: SpriteDataset, model_config: ModelConfig) -> None:
    batches = list(HeldOut.of(data, model_config).batches(model_config, 1000))
    assert sum(len(batch.rows) for batch in batches) == 4 * len(data)
    assert all(batch.told is None for batch in batches)
