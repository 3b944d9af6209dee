"""The equations of the diffusion process, as pure functions of tensors."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from pixelforge.core.config import Colour


def expand(coefficient: Tensor, like: Tensor) -> Tensor:
    """A coefficient a row (B,) as (B, 1, 1, 1), in the type and on the device of `like`."""
    return coefficient.to(like)[:, None, None, None]


def q_sample(x_0: Tensor, noise: Tensor, alpha_bar: Tensor) -> Tensor:
    """x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) noise; Ho et al. 2020, eq. 4. alpha_bar is (B,)."""
    return expand(alpha_bar.sqrt(), x_0) * x_0 + expand((1 - alpha_bar).sqrt(), x_0) * noise


def predict_x0_from_eps(x_t: Tensor, eps: Tensor, alpha_bar: Tensor) -> Tensor:
    """x_0 = (x_t - sqrt(1 - alpha_bar) eps) / sqrt(alpha_bar); Ho et al. 2020, eq. 15."""
    return (x_t - expand((1 - alpha_bar).sqrt(), x_t) * eps) / expand(alpha_bar.sqrt(), x_t)


def predict_x0_from_v(x_t: Tensor, v: Tensor, alpha_bar: Tensor) -> Tensor:
    """x_0 = sqrt(alpha_bar) x_t - sqrt(1 - alpha_bar) v; Salimans & Ho 2022, appendix D."""
    return expand(alpha_bar.sqrt(), x_t) * x_t - expand((1 - alpha_bar).sqrt(), x_t) * v


def v_target(x_0: Tensor, noise: Tensor, alpha_bar: Tensor) -> Tensor:
    """v = sqrt(alpha_bar) noise - sqrt(1 - alpha_bar) x_0; Salimans & Ho 2022, appendix D."""
    return expand(alpha_bar.sqrt(), x_0) * noise - expand((1 - alpha_bar).sqrt(), x_0) * x_0


def palette_colours(palette: Sequence[Colour], channels: int) -> Tensor:
    """The values (K, C) in [-1, 1] that a pixel can take: for RGBA transparent first, then the palette, opaque.

    Transparent is -1 in every channel: the one constant colour that stands where alpha is 0.
    """
    with torch.device("cpu"):  # computing on the meta device would load torch's compiler, a second's work
        rgb = torch.tensor(palette, dtype=torch.float32).reshape(-1, 3) / 127.5 - 1
        if channels == 3:
            return rgb
        opaque = torch.cat([rgb, torch.ones(len(rgb), 1)], dim=1)
        return torch.cat([torch.full((1, 4), -1.0), opaque])


def colours_from_logits(logits: Tensor, colours: Tensor) -> Tensor:
    """The posterior mean softmax(logits) · colours: (B, K, H, W) and (K, C) or (B, K, C) to (B, C, H, W).

    Dieleman et al. 2022, eq. 5 (score interpolation), for colours in place of token embeddings.
    """
    weights = logits.flatten(2).transpose(1, 2).softmax(dim=2)  # (B, HW, K): over strides, it depends on its neighbours
    means = weights @ colours.to(weights).expand(len(weights), -1, -1)  # (B, HW, C)
    return means.transpose(1, 2).reshape(len(logits), -1, *logits.shape[2:])


def most_likely_colours(logits: Tensor, colours: Tensor) -> Tensor:
    """The colour of the largest logit a pixel: (B, K, H, W) and (K, C) or (B, K, C) to (B, C, H, W)."""
    return coloured(logits.argmax(dim=1), colours)


def coloured(indices: Tensor, colours: Tensor) -> Tensor:
    """Pixels of indexed colours: (B, H, W) and (K, C) or (B, K, C) to (B, C, H, W)."""
    if colours.ndim == 2:
        return colours[indices].permute(0, 3, 1, 2).contiguous()
    rows = torch.arange(len(indices), device=indices.device)[:, None, None]
    return colours[rows, indices].permute(0, 3, 1, 2).contiguous()


def colour_evidence(x_t: Tensor, colours: Tensor, alpha_bar: Tensor) -> Tensor:
    """log p(x_t | x_0 = colour) a pixel, up to a constant: (B, C, H, W), (B, K, C) and (B,) to (B, K, H, W).

    What a pixel's own noisy value says of its colour, in closed form: by Bayes the logits of x_0 are this plus what the
    rest of the picture says, which is all that a network has to learn. -|x_t - sqrt(bar) c|^2 / (2 (1 - bar)), without
    |x_t|^2, which is the same for all colours.
    """
    root = expand(alpha_bar.sqrt(), x_t)[..., 0]  # (B, 1, 1)
    scaled = root * colours
    products = torch.einsum("bchw,bkc->bkhw", x_t, scaled)
    squares = scaled.square().sum(dim=2)[:, :, None, None] / 2
    return (products - squares) / expand(1 - alpha_bar, x_t)
