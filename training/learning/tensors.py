"""What core/diffusion.py and core/colours.py do with arrays, for tensors that have gradients or lie on a device."""

from __future__ import annotations

import torch
from torch import Tensor

from pixelforge.core.config import TRANSPARENT
from pixelforge.core.schedule import NoiseSchedule


def alpha_bars(schedule: NoiseSchedule, t: Tensor) -> Tensor:
    """alphas_cumprod at timesteps (B,), float64 on the CPU."""
    return torch.from_numpy(schedule.alphas_cumprod)[t.cpu()]


def choices(palettes: Tensor) -> Tensor:
    """What a pixel can be: palettes (B, K, 4) to values (B, 1 + K, 4), transparent first."""
    transparent = palettes.new_tensor(TRANSPARENT).expand(len(palettes), 1, 4)
    return torch.cat([transparent, palettes], dim=1)


def coloured(indices: Tensor, colours: Tensor) -> Tensor:
    """Pixels of indexed colours: (B, H, W) and (K, C) or (B, K, C) to (B, C, H, W)."""
    if colours.ndim == 2:
        return colours[indices].permute(0, 3, 1, 2).contiguous()
    rows = torch.arange(len(indices), device=indices.device)[:, None, None]
    return colours[rows, indices].permute(0, 3, 1, 2).contiguous()


def colours_from_logits(logits: Tensor, colours: Tensor) -> Tensor:
    """The posterior mean softmax(logits) · colours: (B, K, H, W) and (K, C) or (B, K, C) to (B, C, H, W)."""
    return blended(logits.softmax(dim=1), colours)


def blended(weights: Tensor, colours: Tensor) -> Tensor:
    """Pixels of several colours: weights (B, K, H, W) and (K, C) or (B, K, C) to (B, C, H, W)."""
    of_pixels = weights.flatten(2).transpose(1, 2)  # (B, HW, K)
    means = of_pixels @ colours.to(weights).expand(len(weights), -1, -1)  # (B, HW, C)
    return means.transpose(1, 2).reshape(len(weights), -1, *weights.shape[2:])
