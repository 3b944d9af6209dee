"""What a network's blocks are conditioned on, made in numpy: `embed` of core/unet.py and core/pointer_unet.py.

It is a thousandth of a network's work, done for many timesteps at once. Here the scale and shift that a block takes
from its condition also hold those of its second normalisation: y (1 + s) + t for y = n w + b is n w (1 + s) + b (1 + s)
+ t, so the weights that make s and t make both.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.condition import NO_ROW
from pixelforge.core.config import ModelConfig
from pixelforge.core.weights import Floats, Weights

MAX_PERIOD = 10_000.0  # of the waves that tell timesteps apart
OCTAVES = (1.0, 2.0, 4.0)  # of the waves by which alike colours are told apart
ROWS = 16  # of every product: of another number of rows, sums are taken in another order
UNUSED = ("augment_emb.weight",)  # speaks of changed pictures, in training alone

Layer = tuple[Floats, Floats]
"""A weight and a bias."""


class Embedding:
    """The layers that condition a network. blocks: as `core.onnx_unet.blocks_of` names them."""

    @np.errstate(over="ignore", invalid="ignore")  # of weights that make no numbers, which is told once it has answered
    def __init__(self, config: ModelConfig, weights: Weights, blocks: Sequence[str]) -> None:
        self._width = config.base_width
        self._time = (weights.pair("time_mlp.0"), weights.pair("time_mlp.2"))
        self._table = weights["label_emb.weight"]
        folded = [_folded(weights, block) for block in blocks]
        self._blocks = (np.concatenate([weight for weight, _ in folded]), np.concatenate([bias for _, bias in folded]))
        self._palette = _PaletteEncoder(weights) if config.space == "oklab" else None
        self._guidance = (weights.pair("guidance_mlp.0"), weights.pair("guidance_mlp.2")) if config.guided else None

    @np.errstate(over="ignore", invalid="ignore")
    def __call__(
        self, t: NDArray[np.int64], rows: NDArray[np.int64], palettes: Floats, guidance: Floats
    ) -> tuple[Floats, Floats]:
        """Timesteps (N,), rows (N, R), palettes (N, K, 4), guidance (N,) to modulation (N, M) and keys (N, 1 + K, D).

        keys: of a network that is handed palettes, else (N, 0, 0).
        """
        emb = _two_layers(_waves_of_time(t, self._width), self._time)
        emb += (self._table[np.maximum(rows, 0)] * (rows != NO_ROW)[..., None]).sum(axis=1)
        if self._guidance is not None:
            emb += _two_layers(np.log(guidance)[:, None], self._guidance)
        keys = np.empty((len(t), 0, 0), np.float32)
        if self._palette is not None:
            keys, whole = self._palette(palettes)
            emb += whole
        return _linear(_silu(emb), self._blocks), keys


class _PaletteEncoder:
    """As core.pointer_unet's."""

    def __init__(self, weights: Weights) -> None:
        names = ("colour", "key", "whole")
        self._layers = {name: (weights.pair(f"palette.{name}.0"), weights.pair(f"palette.{name}.2")) for name in names}
        self._transparent = weights["palette.transparent"]

    def __call__(self, palettes: Floats) -> tuple[Floats, Floats]:
        """(N, K, 4) to a vector a colour (N, 1 + K, D), transparent first, and one a palette (N, E)."""
        present = palettes[..., 3:]
        each = self._mlp("colour", _waves_of_colour(palettes[..., :3]))
        count = np.maximum(present.sum(axis=1), 1)  # (N, 1)
        mean = (each * present).sum(axis=1) / count
        keys = self._mlp("key", np.concatenate([each, np.broadcast_to(mean[:, None], each.shape)], axis=2))
        transparent = np.broadcast_to(self._transparent, (len(keys), 1, keys.shape[2]))
        whole = self._mlp("whole", np.concatenate([mean, np.log(count) / np.float32(math.log(64))], axis=1))
        return np.concatenate([transparent, keys], axis=1), whole

    def _mlp(self, name: str, x: Floats) -> Floats:
        return _two_layers(x, self._layers[name])


def _folded(weights: Weights, block: str) -> tuple[Floats, Floats]:
    """The weight (2 C, E) and bias (2 C,) that make a block's scale and shift, its second normalisation's in them."""
    (of_scale, of_shift), (scale, shift) = (np.split(array, 2) for array in weights.pair(f"{block}.modulation"))
    w, b = weights.pair(f"{block}.norm2")
    weight = [of_scale * w[:, None], of_scale * b[:, None] + of_shift]
    return np.concatenate(weight), np.concatenate([(1 + scale) * w, (1 + scale) * b + shift])


def _two_layers(x: Floats, layers: tuple[Layer, Layer]) -> Floats:
    first, second = layers
    return _linear(_silu(_linear(x, first)), second)


def _linear(x: Floats, layer: Layer) -> Floats:
    """x (…, in) to (…, out), ROWS rows at a time."""
    weight, bias = layer
    flat = x.reshape(-1, x.shape[-1])
    padded = np.zeros((-(-len(flat) // ROWS), ROWS, x.shape[-1]), np.float32)
    padded.reshape(-1, x.shape[-1])[: len(flat)] = flat
    made: Floats = (padded @ weight.T).reshape(-1, len(weight))[: len(flat)] + bias
    return made.reshape(*x.shape[:-1], len(weight))


def _silu(x: Floats) -> Floats:
    divided: Floats = x / (1 + np.exp(-x))
    return divided


def _waves_of_time(t: NDArray[np.int64], width: int) -> Floats:
    """(N,) to (N, width): `core.unet.timestep_embedding`."""
    exponents = np.float32(-math.log(MAX_PERIOD)) * np.arange(width // 2, dtype=np.float32) / np.float32(width // 2)
    angles = t.astype(np.float32)[:, None] * np.exp(exponents.astype(np.float64)).astype(np.float32)
    return np.concatenate([np.cos(angles), np.sin(angles)], axis=1)


def _waves_of_colour(lab: Floats) -> Floats:
    """(…, 3) to (…, 21): itself, and sines and cosines of it at a few octaves."""
    angles = [lab * np.float32(math.pi * octave) for octave in OCTAVES]
    return np.concatenate([lab, *(wave for angle in angles for wave in (np.sin(angle), np.cos(angle)))], axis=-1)
