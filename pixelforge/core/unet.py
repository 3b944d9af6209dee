"""ContextUNet: a U-Net whose every residual block is conditioned on the time and on what the sprite is made for."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pixelforge.core.config import GROUPS, ModelConfig
from pixelforge.core.diffusion import palette_colours
from pixelforge.core.dropout import Dropout
from pixelforge.core.exact import PointwiseConv, SiLU, padding, silu
from pixelforge.core.network import Network, summed
from pixelforge.core.shapes import GUIDANCE_HIDDEN, embed_width_of


def timestep_embedding(t: Tensor, dim: int, max_period: float = 10_000.0) -> Tensor:
    """Sines and cosines of t (B,) at geometric frequencies: (B, dim); Vaswani et al. 2017, section 3.5."""
    half = dim // 2
    frequencies = torch.exp(-math.log(max_period) * torch.arange(half, device=t.device, dtype=torch.float32) / half)
    angles = t.float()[:, None] * frequencies[None]
    return torch.cat([angles.cos(), angles.sin()], dim=1)


class ResidualBlock(nn.Module):
    """norm, SiLU, conv, norm scaled and shifted by the embedding, SiLU, dropout, conv, plus the skip.

    Adaptive group normalisation as in Dhariwal & Nichol 2021, section 3. (B, in, H, W) to (B, out, H, W). `forward`
    takes what `modulation` makes of the embedding, (B or more, 2 out).
    """

    def __init__(self, in_width: int, out_width: int, embed_width: int, dropout: float) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, in_width)
        self.conv1 = nn.Conv2d(in_width, out_width, 3, padding=1)
        self.modulation = nn.Linear(embed_width, 2 * out_width)
        self.norm2 = nn.GroupNorm(GROUPS, out_width)
        self.dropout = Dropout(dropout)
        self.conv2 = nn.Conv2d(out_width, out_width, 3, padding=1)
        self.skip = PointwiseConv(in_width, out_width) if in_width != out_width else nn.Identity()
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor, modulation: Tensor) -> Tensor:
        h = self.conv1(silu(self.norm1(x)))
        scale, shift = modulation[: len(x), :, None, None].chunk(2, dim=1)
        h = self.norm2(h) * (1 + scale) + shift
        h = self.conv2(self.dropout(silu(h)))
        return h + self.skip(x)  # type: ignore[no-any-return]


class AttentionBlock(nn.Module):
    """Multi-head self-attention over the H·W positions, with a residual; Vaswani et al. 2017, eq. 1."""

    def __init__(self, width: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.norm = nn.GroupNorm(GROUPS, width)
        self.qkv = PointwiseConv(width, 3 * width)
        self.proj_out = PointwiseConv(width, width)
        nn.init.zeros_(self.proj_out.weight)
        nn.init.zeros_(self.proj_out.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        b, c, height, width = x.shape
        qkv = self.qkv(self.norm(x)).view(b, 3, self.num_heads, c // self.num_heads, height * width)
        q, k, v = qkv.unbind(1)  # (B, heads, C/heads, HW)
        # Plain products: over these few positions the fused kernel is the slower one on CPUs, in bfloat16 by far.
        weights = ((q * q.shape[2] ** -0.5).transpose(2, 3) @ k).softmax(dim=3)  # (B, heads, HW, HW)
        out = (v @ weights.transpose(2, 3)).reshape(b, c, height, width)
        return x + self.proj_out(out)  # type: ignore[no-any-return]


class UNetStage(nn.Module):
    """One residual block, and attention after it where the level has attention."""

    def __init__(self, in_width: int, out_width: int, config: ModelConfig, level: int) -> None:
        super().__init__()
        embed_width = embed_width_of(config)
        self.block = ResidualBlock(in_width, out_width, embed_width, config.dropout)
        attends = level in config.attention_levels
        self.attention = AttentionBlock(out_width, config.num_heads) if attends else nn.Identity()

    def forward(self, x: Tensor, modulation: Tensor) -> Tensor:
        return self.attention(self.block(x, modulation))  # type: ignore[no-any-return]


class ContextUNet(Network):
    """x_t (B, C, H, W) in about [-1, 1], t (B,) and rows to (B, config.out_channels, H, W); see `Network`.

    What the rows stand for is told by `core.condition.Vocabulary`. The skips hold the first convolution and every stage
    and downsampling of the way down, and are joined by concatenation, one to each stage of the way up.
    """

    colours: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        width, embed_width = config.base_width, embed_width_of(config)
        self.time_mlp = nn.Sequential(nn.Linear(width, embed_width), SiLU(), nn.Linear(embed_width, embed_width))
        self.label_emb = nn.Embedding(
            config.num_conditions, embed_width, _weight=_normal(config.num_conditions, embed_width)
        )
        self.augment_emb = nn.Linear(config.augment_dim, embed_width, bias=False) if config.augment_dim else None
        self.guidance_mlp = _guidance_mlp(embed_width) if config.guided else None
        self.init_conv = nn.Conv2d(config.channels, width, 3, padding=1)

        self.downs = nn.ModuleList()
        skips = [width]
        for level, multiplier in enumerate(config.multipliers):
            for _ in range(config.blocks_per_level):
                self.downs.append(UNetStage(skips[-1], width * multiplier, config, level))
                skips.append(width * multiplier)
            if level < len(config.multipliers) - 1:
                self.downs.append(nn.Conv2d(skips[-1], skips[-1], 3, stride=2, padding=1))
                skips.append(skips[-1])

        bottom = skips[-1]
        self.mid = nn.ModuleList(
            [
                ResidualBlock(bottom, bottom, embed_width, config.dropout),
                AttentionBlock(bottom, config.num_heads),
                ResidualBlock(bottom, bottom, embed_width, config.dropout),
            ]
        )

        self.ups = nn.ModuleList()
        current = bottom
        for level, multiplier in reversed(list(enumerate(config.multipliers))):
            for _ in range(config.blocks_per_level + 1):
                self.ups.append(UNetStage(current + skips.pop(), width * multiplier, config, level))
                current = width * multiplier
            if level > 0:
                self.ups.append(nn.Conv2d(current, current, 3, padding=1))

        self._blocks = [module for module in self.modules() if isinstance(module, ResidualBlock)]
        self.out_norm = nn.GroupNorm(GROUPS, current)
        self.out_conv = nn.Conv2d(current, config.out_channels, 3, padding=1)
        nn.init.zeros_(self.out_conv.weight)
        nn.init.zeros_(self.out_conv.bias)  # type: ignore[arg-type]
        chosen = config.prediction == "palette"
        colours = torch.from_numpy(palette_colours(config.palette, config.channels)) if chosen else torch.empty(0)
        self.register_buffer("colours", colours, persistent=False)

    def embed(
        self,
        t: Tensor,
        rows: Tensor,
        palettes: Tensor | None = None,
        augment: Tensor | None = None,
        guidance: Tensor | None = None,
    ) -> list[Tensor]:
        """The scales and shifts of each residual block, (B rounded up, 2 width) a block; the rest is padding.

        augment: (B, augment_dim), how each picture was changed; None for unchanged ones. guidance: see `Network`.
        """
        return self._modulations(t, rows, augment, guidance)

    def _modulations(
        self, t: Tensor, rows: Tensor, augment: Tensor | None, guidance: Tensor | None, more: Tensor | None = None
    ) -> list[Tensor]:
        """more: (B, embed_width), added to the embeddings of time and condition."""
        extra = padding(len(t))
        emb = self.time_mlp(timestep_embedding(F.pad(t, extra), self.config.base_width))
        emb = emb + summed(self.label_emb, F.pad(rows, (0, 0, *extra) if rows.ndim > 1 else extra))
        if self.augment_emb is not None and augment is not None:
            emb = emb + self.augment_emb(F.pad(augment, (0, 0, *extra)))
        if self.guidance_mlp is not None and guidance is not None:
            emb = emb + self.guidance_mlp(F.pad(guidance, extra, value=1.0).log()[:, None])
        if more is not None:
            emb = emb + F.pad(more, (0, 0, *extra))
        emb = silu(emb)
        return [block.modulation(emb) for block in self._blocks]

    def forward(
        self,
        x: Tensor,
        t: Tensor,
        rows: Tensor,
        palettes: Tensor | None = None,
        augment: Tensor | None = None,
        guidance: Tensor | None = None,
    ) -> Tensor:
        return self.run(x, self.embed(t, rows, palettes, augment, guidance))

    def run(self, x: Tensor, embedded: Sequence[Tensor]) -> Tensor:
        """The output for x_t and what `embed` made."""
        modulations = iter(embedded)
        h = self.init_conv(x)
        skips = [h]
        for module in self.downs:
            h = module(h, next(modulations)) if isinstance(module, UNetStage) else module(h)
            skips.append(h)
        first, attention, second = self.mid
        h = second(attention(first(h, next(modulations))), next(modulations))
        for module in self.ups:
            if isinstance(module, UNetStage):
                h = module(torch.cat([h, skips.pop()], dim=1), next(modulations))
            else:
                h = module(F.interpolate(h, scale_factor=2.0, mode="nearest"))
        return self.out_conv(silu(self.out_norm(h)))  # type: ignore[no-any-return]


def _guidance_mlp(embed_width: int) -> nn.Sequential:
    """log w (B, 1) to (B, embed_width); zero as built, so that a student begins as its teacher without guidance.

    Guidance as an input is that of Meng et al. 2023, section 3.1.
    """
    last = nn.Linear(GUIDANCE_HIDDEN, embed_width)
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    return nn.Sequential(nn.Linear(1, GUIDANCE_HIDDEN), SiLU(), last)


def _normal(rows: int, columns: int) -> Tensor:
    """The numbers that nn.Embedding draws by itself; none where there is no memory for them.

    On the meta device, where checkpoint.py builds a network for its shapes, drawing them would load torch's compiler
    and sympy: more than a second's work.
    """
    weights = torch.empty(rows, columns)
    return weights if weights.is_meta else weights.normal_()
