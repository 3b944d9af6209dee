"""`run` of core/unet.py for one picture in numpy: networks so small that loading an engine takes longer than they do.

The names of the parts are those of core/unet.py; what each block is conditioned on comes ready from core/embedding.py,
with the scales and shifts of the blocks' second normalisation in it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from pixelforge.core.config import GROUPS, ModelConfig
from pixelforge.core.onnx_unet import EPSILON, blocks_of
from pixelforge.core.weights import Floats, Weights


class NumpyUNet:
    """The layers of a ContextUNet. Raises KeyError or ValueError where weights are missing or do not fit."""

    def __init__(self, config: ModelConfig, weights: Weights) -> None:
        self._config = config
        self._weights = weights
        self._sizes = np.repeat([len(weights[f"{block}.norm2.weight"]) for block in blocks_of(weights)], 2)

    def __call__(self, x: Floats, modulation: Floats) -> Floats:
        """x (C, H, W) and modulation (M,) to (out_channels, H, W); H and W halve at all levels but one."""
        config, parts = self._config, iter(np.split(modulation[:, None, None], np.cumsum(self._sizes)[:-1]))
        h = self._conv(x, "init_conv")
        skips, index = [h], 0
        for level in range(len(config.multipliers)):
            for _ in range(config.blocks_per_level):
                h, index = self._stage(h, f"downs.{index}", parts), index + 1
                skips.append(h)
            if level < len(config.multipliers) - 1:
                h, index = self._conv(h, f"downs.{index}")[:, ::2, ::2], index + 1
                skips.append(h)
        h = self._block(self._attention(self._block(h, "mid.0", parts), "mid.1"), "mid.2", parts)
        index = 0
        for level in reversed(range(len(config.multipliers))):
            for _ in range(config.blocks_per_level + 1):
                h, index = self._stage(np.concatenate([h, skips.pop()]), f"ups.{index}", parts), index + 1
            if level > 0:
                h, index = self._conv(h.repeat(2, axis=1).repeat(2, axis=2), f"ups.{index}"), index + 1
        return self._conv(_silu(self._norm(h, "out_norm")), "out_conv")

    def pointwise(self, x: Floats, name: str) -> Floats:
        """A convolution of kernel 1: (in, H, W) to (out, H, W)."""
        return self._conv(x, name)

    def _stage(self, x: Floats, name: str, modulations: Iterator[Floats]) -> Floats:
        h = self._block(x, f"{name}.block", modulations)
        return self._attention(h, f"{name}.attention") if f"{name}.attention.qkv.weight" in self._weights else h

    def _block(self, x: Floats, name: str, modulations: Iterator[Floats]) -> Floats:
        h = self._conv(_silu(self._norm(x, f"{name}.norm1")), f"{name}.conv1")
        scale, shift = next(modulations), next(modulations)
        h = self._conv(_silu(_normalised(h) * scale + shift), f"{name}.conv2")
        return h + (self._conv(x, f"{name}.skip") if f"{name}.skip.weight" in self._weights else x)

    def _attention(self, x: Floats, name: str) -> Floats:
        heads, (width, height, columns) = self._config.num_heads, x.shape
        qkv = self._conv(self._norm(x, f"{name}.norm"), f"{name}.qkv")
        q, k, v = qkv.reshape(3, heads, width // heads, height * columns)
        products: Floats = q.transpose(0, 2, 1) @ k  # (heads, HW, HW)
        weights = _softmax(products * np.float32((width // heads) ** -0.5))
        out = (v @ weights.transpose(0, 2, 1)).reshape(width, height, columns)
        return x + self._conv(out, f"{name}.proj_out")

    def _conv(self, x: Floats, name: str) -> Floats:
        """A convolution of kernel 1 or 3 that keeps the size."""
        weight, bias = self._weights.pair(name)
        if weight.shape[2] == 3:
            windows = sliding_window_view(np.pad(x, ((0, 0), (1, 1), (1, 1))), (3, 3), axis=(1, 2))
            x = windows.transpose(0, 3, 4, 1, 2).reshape(-1, *x.shape[1:])
        made: Floats = weight.reshape(len(weight), -1) @ x.reshape(len(x), -1) + bias[:, None]
        return made.reshape(-1, *x.shape[1:])

    def _norm(self, x: Floats, name: str) -> Floats:
        weight, bias = (array[:, None, None] for array in self._weights.pair(name))
        normed: Floats = _normalised(x) * weight + bias
        return normed


def _normalised(x: Floats) -> Floats:
    """Group normalisation without scale and shift."""
    groups = x.reshape(GROUPS, -1)
    mean, variance = groups.mean(axis=1, keepdims=True), groups.var(axis=1, keepdims=True)
    normed: Floats = ((groups - mean) / np.sqrt(variance + np.float32(EPSILON))).reshape(x.shape)
    return normed


def _silu(x: Floats) -> Floats:
    made: Floats = x / (1 + np.exp(-x))
    return made


def _softmax(x: Floats) -> Floats:
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    made: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return made
