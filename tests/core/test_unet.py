from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pixelforge.core.build import build_network
from pixelforge.core.config import ModelConfig
from pixelforge.core.exact import PointwiseConv, silu
from pixelforge.core.unet import (
    AttentionBlock,
    ResidualBlock,
    timestep_embedding,
)

Randomise = Callable[[nn.Module], nn.Module]


def inputs(config: ModelConfig, rows: int = 2) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(2)
    x = torch.randn(rows, config.channels, config.image_size, config.image_size, generator=generator)
    return x, torch.arange(rows) * 37 % 1000, torch.arange(rows) % (config.num_classes + 1)


@pytest.mark.parametrize("prediction", ["eps", "palette"])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("size", [8, 16, 32, 64])
def test_shapes(size: int, channels: int, prediction: Any, tiny: ModelConfig, randomise: Randomise) -> None:
    config = replace(tiny, image_size=size, channels=channels, prediction=prediction)
    with torch.inference_mode():
        output = randomise(build_network(config))(*inputs(config))
    assert output.shape == (2, config.out_channels, size, size)
    assert torch.isfinite(output).all()


@pytest.mark.parametrize(
    "change",
    [
        {"multipliers": (1,), "attention_levels": ()},
        {"multipliers": (1,), "attention_levels": (0,)},
        {"multipliers": (3, 1, 2), "attention_levels": (0, 2), "num_heads": 4},
        {"multipliers": (1, 1, 1, 1), "attention_levels": (3,), "image_size": 24},
        {"multipliers": (2, 5), "attention_levels": (), "num_heads": 5},
        {"blocks_per_level": 3, "augment_dim": 7, "dropout": 0.5},
        {"num_classes": 1, "image_size": 12, "base_width": 24, "num_heads": 8},
    ],
    ids=str,
)
def test_odd_networks(change: dict[str, Any], tiny: ModelConfig, randomise: Randomise) -> None:
    config = replace(tiny, **change)
    network = randomise(build_network(config))
    with torch.inference_mode():
        output = network(*inputs(config, 3))
    assert output.shape == (3, config.out_channels, config.image_size, config.image_size)
    assert torch.isfinite(output).all()


def recorded_blocks(network: nn.Module, *arguments: Tensor) -> dict[str, tuple[ResidualBlock, Tensor, Tensor]]:
    """What each residual block was given."""
    seen: dict[str, tuple[ResidualBlock, Tensor, Tensor]] = {}
    hooks = [
        block.register_forward_pre_hook(lambda block, given, name=name: seen.update({name: (block, *given)}))
        for name, block in network.named_modules()
        if isinstance(block, ResidualBlock)
    ]
    network(*arguments)
    for hook in hooks:
        hook.remove()
    return seen


@pytest.mark.parametrize("what", ["time", "class"])
def test_time_and_class_reach_every_block(what: str, tiny: ModelConfig, randomise: Randomise) -> None:
    config = replace(tiny, multipliers=(1, 2, 3), blocks_per_level=2, image_size=16)
    network = randomise(build_network(config))
    x, _, _ = inputs(config)
    t, labels = torch.tensor([500, 500]), torch.tensor([1, 1])
    changes = {"time": (x, torch.tensor([600, 600]), labels), "class": (x, t, torch.tensor([2, 2]))}
    with torch.inference_mode():
        blocks = recorded_blocks(network, x, t, labels)
        changed = recorded_blocks(network, *changes[what])
        assert len(blocks) == 3 * 2 + 2 + 3 * 3
        for name, (block, h, heard) in blocks.items():
            # The same features, hearing the other time or class: what differs comes by way of this block alone.
            difference = (block(h, heard) - block(h, changed[name][2])).abs().amax(dim=(1, 2, 3))
            assert (difference > 1e-3).all(), name


def test_rows_do_not_hear_each_other(tiny: ModelConfig, randomise: Randomise) -> None:
    network = randomise(build_network(tiny))
    x, t, labels = inputs(tiny, 4)
    with torch.inference_mode():
        output = network(x, t, labels)
        other = x.clone()
        other[0] += 1
        changed = network(other, t, labels)
    assert torch.equal(output[1:], changed[1:])
    assert not torch.allclose(output[0], changed[0])


def test_augmentation_is_heard_and_none_is_zero(tiny: ModelConfig, randomise: Randomise) -> None:
    config = replace(tiny, augment_dim=3)
    network = randomise(build_network(config))
    arguments = inputs(config)
    with torch.inference_mode():
        plain = network(*arguments)
        torch.testing.assert_close(network(*arguments, augment=torch.zeros(2, 3)), plain)
        assert not torch.allclose(network(*arguments, augment=torch.ones(2, 3)), plain)


def test_as_built_the_network_is_silent_and_every_weight_learns(tiny: ModelConfig, randomise: Randomise) -> None:
    network = build_network(tiny)
    assert network(*inputs(tiny)).abs().max() == 0
    randomise(network)(*inputs(tiny, 4)).square().sum().backward()
    silent = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert silent == []


def test_gradients_flow_to_the_same_function_as_inference(tiny: ModelConfig, randomise: Randomise) -> None:
    """Training and inference take different kernels for the same equations."""
    network, arguments = randomise(build_network(tiny)), inputs(tiny, 3)
    with torch.inference_mode():
        inferred = network(*arguments)
    torch.testing.assert_close(network(*arguments).detach(), inferred, rtol=1e-4, atol=1e-5)


def test_silu_and_pointwise_are_what_they_say(threads: int) -> None:
    x = torch.randn(5, 16, 9, 11, generator=torch.Generator().manual_seed(0)) * 20
    conv = PointwiseConv(16, 24)
    with torch.inference_mode():
        torch.testing.assert_close(silu(x), F.silu(x))
        assert silu(torch.tensor([-1e4, -100.0, 0.0, 1e4])).tolist() == pytest.approx([0, 0, 0, 1e4])
        torch.testing.assert_close(conv(x), F.conv2d(x, conv.weight, conv.bias), rtol=1e-4, atol=1e-4)
    with torch.enable_grad():
        torch.testing.assert_close(conv(x), F.conv2d(x, conv.weight, conv.bias))


def test_timestep_embedding_is_sines_and_cosines() -> None:
    embedded = timestep_embedding(torch.tensor([0, 7, 999]), 8)
    for row, t in zip(embedded.tolist(), [0, 7, 999], strict=True):
        frequencies = [10_000 ** (-i / 4) for i in range(4)]
        expected = [math.cos(t * f) for f in frequencies] + [math.sin(t * f) for f in frequencies]
        assert row == pytest.approx(expected, abs=1e-4)


def test_attention_is_that_of_torch(randomise: Randomise) -> None:
    block = AttentionBlock(16, 2)
    randomise(block)
    x = torch.randn(3, 16, 4, 5, generator=torch.Generator().manual_seed(0))
    q, k, v = F.conv2d(block.norm(x), block.qkv.weight, block.qkv.bias).flatten(2).transpose(1, 2).chunk(3, dim=2)

    def heads(h: Tensor) -> Tensor:
        return h.unflatten(2, (2, 8)).transpose(1, 2)

    attended = F.scaled_dot_product_attention(heads(q), heads(k), heads(v)).transpose(1, 2).flatten(2)
    expected = x + F.conv2d(attended.transpose(1, 2).unflatten(2, (4, 5)), block.proj_out.weight, block.proj_out.bias)
    torch.testing.assert_close(block(x), expected, rtol=1e-4, atol=1e-5)
