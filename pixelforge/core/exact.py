"""Sums taken in one order, whatever the batch: why a sprite made alone is, to the bit, the one made in a grid.

Floating-point sums depend on their order, and libraries choose the order by the shape of the work:

- a CPU matrix product of few rows sums otherwise than one of many: the time and condition embeddings are made of
  EMBED_ROWS rows at least (`padding`);
- a convolution of one row sums otherwise than one of more: a network runs MIN_ROWS rows at least (`at_least_two`);
- with one thread a CPU convolution of kernel 1 changes its order at 16 rows: it is one matrix product a row
  (`pointwise`);
- F.silu takes another path at the end of a thread's share of the numbers, and three threads' shares end at odd places
  that move with the number of rows; exp does not (`silu`).

What is promised to the user is the finished uint8 picture, the same in grids of 1, 5, 16 and 64
(tests/services/test_grids.py).
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

EMBED_ROWS = 16
MIN_ROWS = 2


def padding(rows: int) -> tuple[int, int]:
    """What F.pad takes to make a first dimension of so many rows one of EMBED_ROWS, or a multiple of it."""
    return 0, -rows % EMBED_ROWS


def at_least_two(x: Tensor) -> Tensor:
    """Rows (B, …), a single one twice."""
    return x.expand(max(len(x), MIN_ROWS), *x.shape[1:])


def pointwise(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """A convolution of kernel 1 as one matrix product a row: (B, in, …) to (B, out, …); few rows are done sooner."""
    weights = weight.flatten(1).expand(len(x), -1, -1)
    return torch.baddbmm(bias[:, None], weights, x.flatten(2)).view(len(x), -1, *x.shape[2:])


def silu(x: Tensor) -> Tensor:
    """x / (1 + exp(-x))."""
    if torch.is_grad_enabled() or x.device.type != "cpu" or torch.get_num_threads() <= 2:
        return F.silu(x)
    return x / x.neg().exp_().add_(1)


class SiLU(nn.Module):
    """`silu` as a module."""

    def forward(self, x: Tensor) -> Tensor:
        return silu(x)


class PointwiseConv(nn.Conv2d):
    """1x1 convolution: (B, in, H, W) to (B, out, H, W); while it learns as torch has it, whose backward is quicker."""

    def __init__(self, in_width: int, out_width: int) -> None:
        super().__init__(in_width, out_width, 1)

    def forward(self, input: Tensor) -> Tensor:
        if torch.is_grad_enabled():
            return super().forward(input)
        return pointwise(input, self.weight, cast(Tensor, self.bias))
