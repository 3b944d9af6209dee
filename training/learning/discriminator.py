"""What tells made sprites from drawn ones while a student is finished against it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pixelforge.core.condition import NO_ROW

WIDTHS = (48, 64, 96, 128)
GAIN = 2**0.5  # of the activation, so that the signal keeps its size (He et al. 2015)


class Discriminator(nn.Module):
    """Pictures (B, C, S, S) and rows (B, R) to scores (B, 2): of their parts, and of the whole for what it is to be.

    S is a multiple of 4; above 0 is drawn. What it is to be joins as a product (Miyato & Koyama 2018, eq. 4).
    """

    def __init__(self, channels: int, side: int, num_rows: int) -> None:
        super().__init__()
        first, second, third, last = WIDTHS
        self.convs = nn.ModuleList(
            [
                nn.Conv2d(channels, first, 3, padding=1),
                nn.Conv2d(first, second, 3, padding=1),
                nn.Conv2d(second, third, 4, stride=2, padding=1),
                nn.Conv2d(third, third, 3, padding=1),
            ]
        )
        self.deeper = nn.ModuleList(
            [nn.Conv2d(third, last, 4, stride=2, padding=1), nn.Conv2d(last, last, 3, padding=1)]
        )
        self.of_parts = nn.Conv2d(third, 1, 1)
        self.whole = nn.Linear(last * (side // 4) ** 2, last)
        self.of_whole = nn.Linear(last, 1)
        self.rows = nn.EmbeddingBag(num_rows + 1, last, mode="sum", padding_idx=num_rows)

    def forward(self, pictures: Tensor, rows: Tensor) -> Tensor:
        """The scores."""
        h = pictures
        for conv in self.convs:
            h = _active(conv(h))
        parts = self.of_parts(h).flatten(1).mean(dim=1)
        for conv in self.deeper:
            h = _active(conv(h))
        h = _active(self.whole(h.flatten(1)))
        asked = self.rows(torch.where(rows == NO_ROW, self.rows.num_embeddings - 1, rows))
        return torch.stack([parts, self.of_whole(h)[:, 0] + (h * asked).mean(dim=1)], dim=1)


def hinge(drawn: Tensor, made: Tensor) -> Tensor:
    """The discriminator's loss for its scores of drawn and made pictures (Lim & Ye 2017)."""
    return F.relu(1 - drawn).mean() + F.relu(1 + made).mean()


def steepness(discriminator: Discriminator, pictures: Tensor, rows: Tensor) -> Tensor:
    """The squared gradient of the scores by the pictures, a mean of the batch: R1 of Mescheder et al. 2018, eq. 9."""
    pictures = pictures.detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(discriminator(pictures, rows).sum(), pictures, create_graph=True)
    return gradient.square().flatten(1).sum(dim=1).mean()


def _active(x: Tensor) -> Tensor:
    return GAIN * F.leaky_relu(x, 0.2)
