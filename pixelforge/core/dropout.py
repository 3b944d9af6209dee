"""Dropout that draws a byte a number: on a CPU the drawing was a tenth of a training step, and is now a fortieth."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SHARES = 256  # probabilities are rounded to 256ths


class Dropout(nn.Module):
    """Numbers made 0 with probability p while training, the others scaled to keep the mean; Srivastava et al. 2014."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """Numbers of the same shape."""
        dropped = round(self.p * SHARES)
        if not self.training or dropped == 0:
            return x
        if x.device.type != "cpu":
            return F.dropout(x, self.p)
        keep = _bytes(x.numel()).view(x.shape) >= dropped
        return x * keep * (SHARES / (SHARES - dropped))


def _bytes(count: int) -> Tensor:
    """(count,) uint8 from torch's global generator, eight a draw."""
    words = torch.empty(-(-count // 8), dtype=torch.int64).random_(-(2**63), None)
    return words.view(torch.uint8)[:count]
