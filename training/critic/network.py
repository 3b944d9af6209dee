"""The critic while it learns, in torch; what it becomes is `pixelforge.core.critic`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from pixelforge.core.critic import LAYERS, NEIGHBOURS, PLANES, UNKNOWN, CriticWords

# 0.8 MB in half precision for 170 kinds, more than half of it their rows over all places.
WIDTHS = (32, 64, 80)


class CriticNetwork(nn.Module):
    """Sprites (B, 4, S, S) in [-1, 1] of words (B, 3) to a logit (B,), above 0 for drawn, and logits of classes, kinds.

    The logit is a projection of the words (Miyato & Koyama 2018): w · h + class · h + style · h.
    """

    def __init__(self, words: CriticWords, side: int, widths: Sequence[int] = WIDTHS) -> None:
        super().__init__()
        before, layers = PLANES, []
        for layer in range(LAYERS):
            width = widths[layer // 2]
            layers.append(nn.Sequential(nn.Conv2d(before, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()))
            before = width
        self.layers = nn.ModuleList(layers)
        self.drawn = nn.Linear(before, 1)
        # One row more, of what is unknown: it stays 0.
        self.of_class = nn.Embedding(len(words.classes) + 1, before, padding_idx=len(words.classes))
        self.of_style = nn.Embedding(len(words.styles) + 1, before, padding_idx=len(words.styles))
        for table in (self.of_class, self.of_style):
            nn.init.zeros_(table.weight)
        places = (side >> 2) ** 2 * before
        self.counts = {"classes": len(words.classes), "kinds": len(words.kinds)}
        # A model may know no kinds; torch warns of layers of nothing.
        self.classes, self.kinds = (nn.Linear(places, max(1, count)) for count in self.counts.values())
        self.dropout, self.dropout_places = nn.Dropout(0.3), nn.Dropout(0.5)

    def forward(self, x: Tensor, told: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What it takes stands at its class."""
        h = torch.cat([x, *_alike(x)], dim=1)
        for number, layer in enumerate(self.layers):
            h = layer(h)
            if number % 2 == 1 and number < LAYERS - 1:
                h = F.max_pool2d(h, 2)
        looks, places = self.dropout(h.mean(dim=(2, 3))), self.dropout_places(h.flatten(1))
        drawn = self.drawn(looks).squeeze(1)
        for table, numbers in ((self.of_class, told[:, 0]), (self.of_style, told[:, 2])):
            rows = table(torch.where(numbers == UNKNOWN, table.num_embeddings - 1, numbers))
            drawn = drawn + (looks * rows).sum(dim=1)
        return drawn, self.classes(places), self.kinds(places)

    @torch.no_grad()
    def arrays(self, scale: float) -> dict[str, NDArray[np.float16]]:
        """The weights as `core.critic.shapes_of` names them, normalisation folded in, the logit divided by `scale`."""
        found: dict[str, Tensor] = {}
        for number, layer in enumerate(self.layers):
            conv, norm = layer[0], layer[1]  # type: ignore[index]
            factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            found[f"layers.{number}.weight"] = conv.weight * factor[:, None, None, None]
            found[f"layers.{number}.bias"] = (conv.bias - norm.running_mean) * factor + norm.bias
        found |= {"drawn.weight": self.drawn.weight[0] / scale, "drawn.bias": self.drawn.bias[0] / scale}
        found |= {name: getattr(self, name).weight[:-1] / scale for name in ("of_class", "of_style")}
        for name, count in self.counts.items():
            head = getattr(self, name)
            found |= {f"{name}.weight": head.weight[:count], f"{name}.bias": head.bias[:count]}
        return {name: weight.numpy().astype(np.float16) for name, weight in found.items()}


def _alike(x: Tensor) -> list[Tensor]:
    side = x.shape[-1]
    padded = F.pad(x, (1, 1, 1, 1), value=-1)
    there = [padded[:, :, 1 + down : 1 + down + side, 1 + right : 1 + right + side] for down, right in NEIGHBOURS]
    return [(one == x).all(dim=1, keepdim=True).float() * 2 - 1 for one in there]
