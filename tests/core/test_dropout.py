"""Dropout: shares, means, and what it leaves alone."""

from __future__ import annotations

import pytest
import torch

from pixelforge.core.dropout import Dropout

SHAPE = (7, 5, 33, 31)  # not a multiple of the eight bytes that are drawn at once


@pytest.mark.parametrize("p", [0.1, 0.25, 0.5])
def test_drops_its_share_and_keeps_the_mean(p: float) -> None:
    torch.manual_seed(0)
    x = torch.ones(SHAPE)
    out = Dropout(p)(x)
    dropped = (out == 0).float().mean().item()
    sigma = (p * (1 - p) / x.numel()) ** 0.5
    assert abs(dropped - round(p * 256) / 256) < 5 * sigma
    assert abs(out.mean().item() - 1) < 5 * sigma / (1 - p)
    assert out.unique().numel() == 2


def test_every_place_is_dropped_as_often() -> None:
    torch.manual_seed(1)
    layer = Dropout(0.5)
    kept = sum((layer(torch.ones(64)) > 0).float() for _ in range(4000)) / 4000
    assert (kept - 0.5).abs().max() < 5 * (0.25 / 4000) ** 0.5  # the bytes of one draw are as good as each other


def test_a_seed_repeats_it() -> None:
    layer = Dropout(0.3)
    outs = []
    for _ in range(2):
        torch.manual_seed(5)
        outs.append(layer(torch.ones(SHAPE)))
    assert torch.equal(*outs)


def test_does_nothing_after_training_or_at_zero() -> None:
    x = torch.randn(SHAPE)
    assert Dropout(0.4).eval()(x) is x
    assert Dropout(0.0)(x) is x


def test_gradients_pass_where_numbers_did() -> None:
    torch.manual_seed(2)
    x = torch.ones(SHAPE, requires_grad=True)
    out = Dropout(0.25)(x)
    out.sum().backward()
    assert x.grad is not None
    assert torch.equal(x.grad, out.detach())
