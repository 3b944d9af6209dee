from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from pixelforge.core.build import build_network
from pixelforge.core.config import DiffusionConfig, ModelConfig
from pixelforge.core.schedule import NoiseSchedule
from pixelforge.core.unet import ContextUNet
from training.data.sprites import SpriteDataset
from training.learning.batches import to_planes
from training.learning.loss import clean_values, diffusion_loss
from training.learning.tensors import alpha_bars

SCHEDULE = NoiseSchedule.build(DiffusionConfig())


def test_planes_hold_the_sprites_exactly(data: SpriteDataset, model_config: ModelConfig) -> None:
    model = ContextUNet(model_config)
    values = clean_values(model, to_planes(data, model_config))
    expected = torch.from_numpy(data.sprites.astype(np.float32) / 127.5 - 1).permute(0, 3, 1, 2)
    torch.testing.assert_close(values, expected)


def constant(model: ContextUNet, output: torch.Tensor) -> None:
    """Make a network that answers the same at every pixel."""
    nn.init.zeros_(model.out_conv.weight)
    model.out_conv.bias = nn.Parameter(output)


def test_palette_loss_is_the_mean_negative_log_probability(data: SpriteDataset, model_config: ModelConfig) -> None:
    model = ContextUNet(model_config)
    logits = torch.tensor([0.5, -1.0, 2.0, 0.0, 1.0])
    constant(model, logits)
    planes = to_planes(data, model_config)
    x_0 = clean_values(model, planes)
    loss = diffusion_loss(model, SCHEDULE, planes, torch.zeros(64).long(), torch.arange(64), torch.randn_like(x_0))
    expected = -logits.log_softmax(0)[planes.long()].mean()
    torch.testing.assert_close(loss, expected)


@pytest.mark.parametrize("prediction", ["eps", "v"])
def test_mean_squared_error_against_noise_and_velocity(
    data: SpriteDataset, model_config: ModelConfig, prediction
) -> None:
    model = ContextUNet(replace(model_config, prediction=prediction))
    output = torch.tensor([0.1, -0.2, 0.3, 0.4])
    constant(model, output)
    planes = to_planes(data, model.config)
    x_0, t = clean_values(model, planes), torch.arange(64) * 15
    noise = torch.randn(x_0.shape, generator=torch.Generator().manual_seed(0))
    loss = diffusion_loss(model, SCHEDULE, planes, torch.zeros(64).long(), t, noise)
    angle = torch.acos(alpha_bars(SCHEDULE, t).sqrt())[:, None, None, None]  # v = cos(angle) eps - sin(angle) x_0
    target = noise if prediction == "eps" else (angle.cos() * noise - angle.sin() * x_0).float()
    torch.testing.assert_close(loss, ((output[:, None, None] - target) ** 2).mean())


def test_half_length_numbers_are_the_networks_alone(model_config: ModelConfig) -> None:
    """What a pixel's own value says of its colour is divided by its noise, 1e-4 at t = 1: bfloat16 would ruin it."""
    config = replace(model_config, prediction="pointer", palette=(), embedding_rows=4, pointer_width=8)
    model = build_network(config)  # its last layer is zero: the evidence is all that there is
    generator = torch.Generator().manual_seed(0)
    palettes = torch.cat([torch.rand(8, 5, 3, generator=generator), torch.ones(8, 5, 1)], dim=2)
    planes = torch.randint(0, 6, (8, 1, config.image_size, config.image_size), generator=generator)
    noise = torch.randn(8, 4, config.image_size, config.image_size, generator=generator)
    rows, t = torch.zeros(8, 5).long(), torch.arange(1, 9)
    exact, rough = (
        diffusion_loss(model, SCHEDULE, planes, rows, t, noise, palettes=palettes, precision=precision)
        for precision in (torch.float32, torch.bfloat16)
    )
    assert rough.item() == pytest.approx(exact.item(), rel=1e-4, abs=1e-6)
