"""The equations of the diffusion process, as pure functions.

Those that training takes gradients through are written for arrays and tensors alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.config import Colour
from pixelforge.core.weights import Floats

if TYPE_CHECKING:
    from torch import Tensor

    Array = TypeVar("Array", NDArray[Any], Tensor)


def expand(coefficient: Array, like: Array) -> Array:
    """A coefficient a row (B,) as (B, 1, 1, 1), in the type and on the device of `like`."""
    column = coefficient[:, None, None, None]
    return column.astype(like.dtype) if isinstance(column, np.ndarray) else column.to(like)


def q_sample(x_0: Array, noise: Array, alpha_bar: Array) -> Array:
    """x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) noise; Ho et al. 2020, eq. 4. alpha_bar is (B,)."""
    x_t: Array = expand(alpha_bar**0.5, x_0) * x_0 + expand((1 - alpha_bar) ** 0.5, x_0) * noise
    return x_t


def predict_x0_from_eps(x_t: Array, eps: Array, alpha_bar: Array) -> Array:
    """x_0 = (x_t - sqrt(1 - alpha_bar) eps) / sqrt(alpha_bar); Ho et al. 2020, eq. 15."""
    x_0: Array = (x_t - expand((1 - alpha_bar) ** 0.5, x_t) * eps) / expand(alpha_bar**0.5, x_t)
    return x_0


def predict_x0_from_v(x_t: Array, v: Array, alpha_bar: Array) -> Array:
    """x_0 = sqrt(alpha_bar) x_t - sqrt(1 - alpha_bar) v; Salimans & Ho 2022, appendix D."""
    x_0: Array = expand(alpha_bar**0.5, x_t) * x_t - expand((1 - alpha_bar) ** 0.5, x_t) * v
    return x_0


def v_target(x_0: Array, noise: Array, alpha_bar: Array) -> Array:
    """v = sqrt(alpha_bar) noise - sqrt(1 - alpha_bar) x_0; Salimans & Ho 2022, appendix D."""
    v: Array = expand(alpha_bar**0.5, x_0) * noise - expand((1 - alpha_bar) ** 0.5, x_0) * x_0
    return v


def colour_evidence(x_t: Array, colours: Array, alpha_bar: Array) -> Array:
    """log p(x_t | x_0 = colour) a pixel, up to a constant: (B, C, H, W), (B, K, C) and (B,) to (B, K, H, W).

    What a pixel's own noisy value says of its colour, in closed form: by Bayes the logits of x_0 are this plus what the
    rest of the picture says, which is all that a network has to learn. -|x_t - sqrt(bar) c|^2 / (2 (1 - bar)), without
    |x_t|^2, which is the same for all colours.
    """
    rows, channels, height, width = x_t.shape
    root = expand(alpha_bar**0.5, x_t)[..., 0]  # (B, 1, 1)
    scaled = root * colours
    products = (scaled @ x_t.reshape(rows, channels, height * width)).reshape(rows, -1, height, width)
    squares = (scaled**2).sum(2)[:, :, None, None] / 2
    evidence: Array = (products - squares) / expand(1 - alpha_bar, x_t)
    return evidence


def palette_colours(palette: Sequence[Colour], channels: int) -> Floats:
    """The values (K, C) in [-1, 1] that a pixel can take: for RGBA transparent first, then the palette, opaque.

    Transparent is -1 in every channel: the one constant colour that stands where alpha is 0.
    """
    rgb = np.array(palette, np.float32).reshape(-1, 3) / np.float32(127.5) - np.float32(1)
    if channels == 3:
        return rgb
    opaque = np.concatenate([rgb, np.ones((len(rgb), 1), np.float32)], axis=1)
    return np.concatenate([np.full((1, 4), -1, np.float32), opaque])


def colours_from_logits(logits: Floats, colours: Floats) -> Floats:
    """The posterior mean softmax(logits) · colours: (B, K, H, W) and (K, C) or (B, K, C) to (B, C, H, W).

    Dieleman et al. 2022, eq. 5 (score interpolation), for colours in place of token embeddings.
    """
    powers = logits.reshape(*logits.shape[:2], -1)  # (B, K, HW)
    powers = powers - powers.max(axis=1, keepdims=True)
    np.exp(powers, out=powers)
    powers /= powers.sum(axis=1, keepdims=True)
    means: Floats = np.swapaxes(colours, -1, -2) @ powers  # (B, C, HW)
    return means.reshape(len(logits), -1, *logits.shape[2:])


def most_likely_colours(logits: Floats, colours: Floats) -> Floats:
    """The colour of the largest logit a pixel: (B, K, H, W) and (K, C) or (B, K, C) to (B, C, H, W)."""
    return coloured(logits.argmax(axis=1), colours)


def coloured(indices: NDArray[np.int64], colours: Floats) -> Floats:
    """Pixels of indexed colours: (B, H, W) and (K, C) or (B, K, C) to (B, C, H, W)."""
    rows = np.arange(len(indices))[:, None, None]
    pixels = colours[indices] if colours.ndim == 2 else colours[rows, indices]
    return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
