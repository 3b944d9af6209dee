from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from pixelforge.core.config import DiffusionConfig, ModelConfig
from training.data.sprites import SpriteDataset
from training.learning.batches import HeldOut
from training.learning.config import TrainConfig
from training.learning.loop import StepResult, Trainer

CPU = torch.device("cpu")
CONFIG = TrainConfig(steps=12, batch_size=8, warmup_steps=4)


def trainer(data: SpriteDataset, model: ModelConfig, config: TrainConfig = CONFIG) -> Trainer:
    return Trainer(model, DiffusionConfig(), config, data, CPU)


def steps(made: Trainer) -> list[StepResult]:
    """Make those that are left."""
    assert made.config.steps is not None
    return [made.step() for _ in range(made.config.steps - made.step_count)]


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_resumed_equals_uninterrupted_to_the_bit(data: SpriteDataset, model_config: ModelConfig, precision) -> None:
    config = replace(CONFIG, precision=precision)
    whole = trainer(data, model_config, config)
    losses = [result.loss for result in steps(whole)]
    first = trainer(data, model_config, config)
    parts = [first.step().loss for _ in range(5)]
    torch.rand(7)  # what others draw in between does not matter
    second = trainer(data, model_config, config)
    second.load_state_dict(first.state_dict())
    parts += [result.loss for result in steps(second)]
    assert parts == losses
    for name, weight in whole.ema_weights().items():
        assert torch.equal(weight, second.ema_weights()[name]), name


def test_the_ema_is_the_running_mean_of_the_weights(data: SpriteDataset, model_config: ModelConfig) -> None:
    # Steps so long that another mean is seen to be one.
    made = trainer(data, model_config, replace(CONFIG, ema_decay=0.55, warmup_steps=1, learning_rate=0.05))
    expected = None
    for decay in (0.25, 0.4, 0.5, 0.55, 0.55):  # (1 + n) / (4 + n), at most ema_decay; the first counts for nothing
        made.step()
        weights = {name: value.detach().clone() for name, value in made.model.named_parameters()}
        if expected is None:
            expected = weights
        else:
            expected = {name: decay * expected[name] + (1 - decay) * weights[name] for name in weights}
    assert expected is not None
    for name, average in made.ema_weights().items():
        torch.testing.assert_close(average, expected[name])


@pytest.mark.parametrize("prediction", ["palette", "v", "eps"])
def test_learning_lowers_the_held_out_loss(data: SpriteDataset, model_config: ModelConfig, prediction) -> None:
    config = TrainConfig(steps=60, batch_size=16, warmup_steps=5, learning_rate=4e-3, ema_decay=0.9)
    made = trainer(data, replace(model_config, prediction=prediction), config)
    held_out = HeldOut.of(data, replace(model_config, prediction=prediction))
    before = made.heldout_loss(held_out)
    steps(made)
    assert made.heldout_loss(held_out) < 0.8 * before


def test_the_held_out_loss_draws_the_same_every_time(data: SpriteDataset, model_config: ModelConfig) -> None:
    made = trainer(data, model_config)
    made.step()
    held_out = HeldOut.of(data, model_config)
    assert made.heldout_loss(held_out) == made.heldout_loss(held_out)


def test_the_label_is_dropped_one_time_in_ten(data: SpriteDataset, model_config: ModelConfig) -> None:
    made = trainer(data, model_config, replace(CONFIG, batch_size=500, class_drop_prob=0.1))
    seen: list[torch.Tensor] = []
    made.model.label_emb.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0][:500]))
    for _ in range(4):
        made.step()
    share = (torch.cat(seen) == model_config.num_classes).float().mean().item()
    assert share == pytest.approx(0.1, abs=0.03)
