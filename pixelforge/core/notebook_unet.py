"""The network of the public notebook, which its checkpoints need (`core.legacy` reads them)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pixelforge.core.config import GROUPS, DiffusionConfig, ModelConfig
from pixelforge.core.exact import PointwiseConv, SiLU, padding, pointwise, silu
from pixelforge.core.network import Network, summed
from pixelforge.core.shapes import EMBED_FACTOR

NUM_TIMESTEPS = 1000
NOTEBOOK_DIFFUSION = DiffusionConfig(num_timesteps=NUM_TIMESTEPS, beta_min=0.0001, beta_max=0.999)


class NotebookResidualBlock(nn.Module):
    """conv, norm, SiLU, plus the embedding a channel, conv, norm, plus the skip, SiLU."""

    def __init__(self, in_width: int, out_width: int, embed_width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_width, out_width, 3, padding=1)
        self.norm1 = nn.GroupNorm(GROUPS, out_width)
        self.time_mlp = nn.ModuleList([nn.Linear(embed_width, out_width)])
        self.conv2 = nn.Conv2d(out_width, out_width, 3, padding=1)
        self.norm2 = nn.GroupNorm(GROUPS, out_width)
        self.skip = PointwiseConv(in_width, out_width) if in_width != out_width else nn.Identity()

    def embed(self, emb: Tensor) -> Tensor:
        """What `forward` adds to each channel: (B, embed_width) to (B, out_width)."""
        return silu(self.time_mlp[0](emb))

    def forward(self, x: Tensor, embedded: Tensor) -> Tensor:
        h = silu(self.norm1(self.conv1(x)))
        h = h + embedded[: len(x), :, None, None]
        return silu(self.norm2(self.conv2(h)) + self.skip(x))


class _PointwiseConv1d(nn.Conv1d):
    def forward(self, input: Tensor) -> Tensor:
        return pointwise(input, self.weight, cast(Tensor, self.bias))


class NotebookAttention(nn.Module):
    """One-head self-attention with separate q, k, v, over H·W positions."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, width)
        self.q, self.k, self.v, self.proj_out = (_PointwiseConv1d(width, width, 1) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        h = self.norm(x).flatten(2)
        q, k, v = (layer(h).transpose(1, 2) for layer in (self.q, self.k, self.v))
        out = F.scaled_dot_product_attention(q, k, v).transpose(1, 2)
        return x + self.proj_out(out).view_as(x)  # type: ignore[no-any-return]


class NotebookLevel(nn.Module):
    """The residual blocks of a level and its attention, under the notebook's names."""

    def __init__(self, widths: list[int], embed_width: int, attends: bool) -> None:
        super().__init__()
        pairs = itertools.pairwise(widths)
        self.blocks = nn.ModuleList(NotebookResidualBlock(a, b, embed_width) for a, b in pairs)
        if attends:
            self.attn = NotebookAttention(widths[-1])
        self.attends = attends

    def forward(self, h: Tensor, embedded: Iterator[Tensor]) -> Tensor:
        for block in self.blocks:
            h = block(h, next(embedded))
        return self.attn(h) if self.attends else h


class NotebookUNet(Network):
    """The notebook's network: x_t (B, 3, H, W), t (B,) in 0 … 999 and rows to eps (B, 3, H, W); see `Network`.

    Differs from ContextUNet in its residual block, in the time as one number t / T, in one skip a level, and in its
    names, which are those of the file.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        base, blocks = config.base_width, config.blocks_per_level
        widths = [base * multiplier for multiplier in config.multipliers]
        embed_width, levels = EMBED_FACTOR * base, range(len(widths))
        self.time_mlp = nn.Sequential(nn.Linear(1, embed_width), SiLU(), nn.Linear(embed_width, embed_width))
        self.label_emb = nn.Embedding(config.num_classes + 1, embed_width)
        self.init_conv = nn.Conv2d(config.channels, base, 3, padding=1)
        attends = [level in config.attention_levels for level in levels]
        inputs = [base, *widths[:-1]]
        self.downs = nn.ModuleList(
            NotebookLevel([inputs[i]] + [widths[i]] * blocks, embed_width, attends[i]) for i in levels
        )
        self.mid = nn.ModuleDict(
            {
                "block1": NotebookResidualBlock(widths[-1], widths[-1], embed_width),
                "attn": NotebookAttention(widths[-1]),
                "block2": NotebookResidualBlock(widths[-1], widths[-1], embed_width),
            }
        )
        # The way up leaves each level at the width with which the way down came to it.
        below = [*inputs[1:], widths[-1]]
        self.ups = nn.ModuleList(
            NotebookLevel([below[i] + widths[i]] + [inputs[i]] * (blocks + 1), embed_width, attends[i])
            for i in reversed(levels)
        )
        self.out_conv = nn.Sequential(
            nn.GroupNorm(GROUPS, base), SiLU(), nn.Conv2d(base, config.channels, 3, padding=1)
        )
        self._blocks = [module for module in self.modules() if isinstance(module, NotebookResidualBlock)]

    def embed(
        self, t: Tensor, rows: Tensor, palettes: Tensor | None = None, *, guidance: Tensor | None = None
    ) -> list[Tensor]:
        """What each residual block adds to its channels: (B rounded up, width) a block; the rest is padding."""
        return self.embed_normalised(t.float() / NUM_TIMESTEPS, rows)

    def embed_normalised(self, t_norm: Tensor, rows: Tensor) -> list[Tensor]:
        """As `embed`, with the time as t / T (B,)."""
        extra = padding(len(t_norm))
        emb = self.time_mlp(F.pad(t_norm, extra)[:, None])
        emb = emb + summed(self.label_emb, F.pad(rows, (0, 0, *extra) if rows.ndim > 1 else extra))
        return [block.embed(emb) for block in self._blocks]

    def run(self, x: Tensor, embedded: Sequence[Tensor]) -> Tensor:
        """The output for x_t and what `embed` made."""
        left = iter(embedded)
        h = self.init_conv(x)
        skips = []
        for level, down in enumerate(self.downs):
            h = down(h, left)
            skips.append(h)
            if level < len(self.downs) - 1:
                h = F.avg_pool2d(h, 2)
        h = self.mid["block2"](self.mid["attn"](self.mid["block1"](h, next(left))), next(left))
        for level, up in enumerate(self.ups):
            if level > 0:
                h = F.interpolate(h, scale_factor=2.0, mode="nearest")
            h = up(torch.cat([h, skips.pop()], dim=1), left)
        return self.out_conv(h)  # type: ignore[no-any-return]
