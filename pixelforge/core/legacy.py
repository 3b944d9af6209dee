"""The public notebook's network, and its checkpoint `ema_shadow.pth`: a pickled dict of float32 tensors, no more."""

from __future__ import annotations

import itertools
import pickle
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pixelforge.core.config import GROUPS, DiffusionConfig, ModelConfig
from pixelforge.core.unet import EMBED_FACTOR, EMBED_ROWS, PointwiseConv, SiLU, pointwise, silu
from pixelforge.core.unpickle import load_without_code
from pixelforge.errors import CheckpointError, ConfigError
from pixelforge.files import reason

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

    def forward(self, x: Tensor, emb: Tensor) -> Tensor:
        h = silu(self.norm1(self.conv1(x)))
        h = h + silu(self.time_mlp[0](emb))[: len(x), :, None, None]
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

    def forward(self, h: Tensor, emb: Tensor) -> Tensor:
        for block in self.blocks:
            h = block(h, emb)
        return self.attn(h) if self.attends else h


class NotebookUNet(nn.Module):
    """The notebook's network: x_t (B, 3, H, W), t (B,) in 0 … 999 and labels (B,) to eps (B, 3, H, W).

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

    def forward(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        return self.forward_normalised(x, t.float() / NUM_TIMESTEPS, labels)

    def forward_normalised(self, x: Tensor, t_norm: Tensor, labels: Tensor) -> Tensor:
        """As `forward`, with the time as t / T (B,)."""
        padding = (0, -len(x) % EMBED_ROWS)
        emb = self.time_mlp(F.pad(t_norm, padding)[:, None]) + self.label_emb(F.pad(labels, padding))
        h = self.init_conv(x)
        skips = []
        for level, down in enumerate(self.downs):
            h = down(h, emb)
            skips.append(h)
            if level < len(self.downs) - 1:
                h = F.avg_pool2d(h, 2)
        h = self.mid["block2"](self.mid["attn"](self.mid["block1"](h, emb)), emb)
        for level, up in enumerate(self.ups):
            if level > 0:
                h = F.interpolate(h, scale_factor=2.0, mode="nearest")
            h = up(torch.cat([h, skips.pop()], dim=1), emb)
        return self.out_conv(h)  # type: ignore[no-any-return]


def read_notebook_weights(path: Path) -> tuple[ModelConfig, dict[str, Tensor]]:
    """Open `ema_shadow.pth` without running anything in it; all sizes follow from the shapes.

    Raises CheckpointError if the file is missing, holds more than tensors, or is not the notebook's network.
    """
    weights = _read_tensors(path)
    try:
        config = _config_of(weights)
    except ConfigError as error:
        raise CheckpointError(f"{path} does not hold the notebook's network: {error}") from error
    except (LookupError, ValueError, ZeroDivisionError) as error:
        raise CheckpointError(f"{path} does not hold the notebook's network: weights are missing or unfit.") from error
    with torch.device("meta"):  # shapes without memory
        expected = NotebookUNet(config).state_dict()
    for name, parameter in expected.items():
        if name not in weights or weights[name].shape != parameter.shape:
            raise CheckpointError(
                f"{path} does not hold the notebook's network: {name} is missing or has another shape."
            )
        if not torch.isfinite(weights[name]).all():
            raise CheckpointError(f"{path} is damaged: {name} holds numbers that are not finite.")
    unknown = sorted(weights.keys() - expected.keys())
    if unknown:
        raise CheckpointError(f"{path} does not hold the notebook's network: {unknown[0]} is not part of it.")
    return config, {name: weight.float() for name, weight in weights.items()}


def _read_tensors(path: Path) -> dict[str, Tensor]:
    try:
        file = path.read_bytes()
        content = load_without_code(file)
    except FileNotFoundError as error:
        raise CheckpointError(f"{path} does not exist.") from error
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {reason(error)}.") from error
    except pickle.UnpicklingError as error:
        raise CheckpointError(
            f"{path} was not opened: it is no plain file of weights, or holds code that would run."
        ) from error
    except ValueError as error:
        raise CheckpointError(f"{path} is damaged or no file of weights.") from error
    if not isinstance(content, dict) or not all(
        isinstance(name, str) and isinstance(value, Tensor) and _is_plain(value) for name, value in content.items()
    ):
        raise CheckpointError(f"{path} does not hold the notebook's network: it must be a dict of weights.")
    if sum(value.nbytes for value in content.values()) > len(file):  # views that repeat the little there is
        raise CheckpointError(f"{path} was not opened: its weights would be larger than the file.")
    return content


def _is_plain(value: Tensor) -> bool:
    return value.is_floating_point() and value.layout == torch.strided and value.device.type == "cpu"


def _config_of(weights: dict[str, Tensor]) -> ModelConfig:
    base, channels = weights["init_conv.weight"].shape[:2]
    widths: list[int] = []
    while f"downs.{len(widths)}.blocks.0.conv1.weight" in weights:
        widths.append(weights[f"downs.{len(widths)}.blocks.0.conv1.weight"].shape[0])
    levels = range(len(widths))
    return ModelConfig(
        architecture="notebook",
        num_classes=weights["label_emb.weight"].shape[0] - 1,
        channels=channels,
        base_width=base,
        multipliers=tuple(width // base for width in widths),
        blocks_per_level=len({name.split(".")[3] for name in weights if name.startswith("downs.0.blocks.")}),
        attention_levels=tuple(i for i in levels if f"downs.{i}.attn.norm.weight" in weights),
        num_heads=1,
        prediction="eps",
    )
