"""PointerUNet: a ContextUNet that draws in the colours of any palette that is handed in.

The last layer gives a vector a pixel, a small network gives one to each colour of the palette (and one is learnt for
transparent), and the logits are their products: pointer networks, Vinyals et al. 2015, eq. 3, with colours in place of
positions. What the palette is like as a whole joins the condition: deep sets, Zaheer et al. 2017, theorem 2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pixelforge.core.config import ModelConfig
from pixelforge.core.embedding import OCTAVES
from pixelforge.core.exact import SiLU, padding
from pixelforge.core.shapes import PALETTE_FEATURES, embed_width_of
from pixelforge.core.shapes import PALETTE_HIDDEN as HIDDEN
from pixelforge.core.unet import ContextUNet

NEVER = -1e9  # the logit of a colour that the palette does not have; finite, so that guidance can subtract it


class PaletteEncoder(nn.Module):
    """Palettes (B, K, 4) to a vector a colour (B, 1 + K, width), transparent first, and to one a palette (B, embed)."""

    def __init__(self, width: int, embed_width: int) -> None:
        super().__init__()
        self.colour = nn.Sequential(nn.Linear(PALETTE_FEATURES, HIDDEN), SiLU(), nn.Linear(HIDDEN, HIDDEN))
        self.key = nn.Sequential(nn.Linear(2 * HIDDEN, HIDDEN), SiLU(), nn.Linear(HIDDEN, width))
        self.whole = nn.Sequential(nn.Linear(HIDDEN + 1, HIDDEN), SiLU(), nn.Linear(HIDDEN, embed_width))
        self.transparent = nn.Parameter(torch.zeros(width))

    def forward(self, palettes: Tensor) -> tuple[Tensor, Tensor]:
        rows = len(palettes)
        palettes = F.pad(palettes, (0, 0, 0, 0, *padding(rows)))
        present = palettes[..., 3:]
        each = self.colour(_waves(palettes[..., :3]))
        count = present.sum(dim=1)  # (B, 1)
        mean = (each * present).sum(dim=1) / count.clamp(min=1)
        keys = self.key(torch.cat([each, mean[:, None].expand_as(each)], dim=2))
        transparent = self.transparent.expand(len(keys), 1, -1)
        whole = self.whole(torch.cat([mean, count.clamp(min=1).log() / math.log(64)], dim=1))
        return torch.cat([transparent, keys], dim=1)[:rows], whole[:rows]


class PointerUNet(ContextUNet):
    """See `Network`; the palettes are needed."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.palette = PaletteEncoder(config.pointer_width, embed_width_of(config))

    def embed(
        self,
        t: Tensor,
        rows: Tensor,
        palettes: Tensor | None = None,
        augment: Tensor | None = None,
        guidance: Tensor | None = None,
    ) -> list[Tensor]:
        """As ContextUNet's, then what the colours are compared by (B, 1 + K, width) and which there are (B, 1 + K)."""
        assert palettes is not None
        keys, whole = self.palette(palettes)
        present = torch.cat([torch.ones_like(palettes[:, :1, 3]), palettes[..., 3]], dim=1)
        return [*self._modulations(t, rows, augment, guidance, whole), keys, present]

    def run(self, x: Tensor, embedded: Sequence[Tensor]) -> Tensor:
        """The logits (B, 1 + K, H, W) for x_t and what `embed` made."""
        *modulations, keys, present = embedded
        return self.pointed(super().run(x, modulations), keys, present)

    def pointed(self, vectors: Tensor, keys: Tensor, present: Tensor) -> Tensor:
        """Vectors of pixels (B, width, H, W) to the logits of the colours (B, 1 + K, H, W)."""
        logits = torch.einsum("bdhw,bkd->bkhw", vectors, keys.to(vectors.dtype)) * keys.shape[2] ** -0.5
        masked: Tensor = logits.float().masked_fill(present[:, :, None, None] == 0, NEVER)
        return masked


def _waves(lab: Tensor) -> Tensor:
    """(…, 3) to (…, 21): itself, and sines and cosines of it at a few octaves."""
    angles = [lab * (math.pi * octave) for octave in OCTAVES]
    return torch.cat([lab, *(wave for angle in angles for wave in (angle.sin(), angle.cos()))], dim=-1)
