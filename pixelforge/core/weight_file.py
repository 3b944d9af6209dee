"""The weights of a network in a model file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from pixelforge.core.config import ModelConfig
from pixelforge.core.header import model_bytes
from pixelforge.core.safetensors_layout import bfloat16
from pixelforge.core.shapes import weight_shapes
from pixelforge.core.weights import Floats
from pixelforge.errors import CheckpointError
from pixelforge.training_part import need_torch

WEIGHT_TYPES = ("F32", "F16", "BF16")


def read_weights(path: Path, file: Any, config: ModelConfig, names: set[str]) -> dict[str, Floats]:
    """The weights of a network of a shape, as float32. Raises CheckpointError.

    file: a safetensors.safe_open, which has no types. names: of the weights in it.
    """
    return {name: read_weight(path, file, name, shape) for name, shape in needed(path, config, names).items()}


def needed(path: Path, config: ModelConfig, names: set[str], prefix: str = "") -> dict[str, tuple[int, ...]]:
    """The shapes of a network's weights by name. Raises CheckpointError unless these are the names.

    prefix: begins them in the file.
    """
    expected = _shapes_of(config)
    missing, extra = sorted(expected.keys() - names), sorted(names - expected.keys())
    if missing or extra:
        raise CheckpointError(f"{path} does not fit its own description: {_difference(prefix, missing, extra)}.")
    return expected


def read_weight(
    path: Path, file: Any, name: str, shape: tuple[int, ...], kinds: tuple[str, ...] = WEIGHT_TYPES
) -> Floats:
    """One of them, stored as one of those kinds of numbers, as float32. Raises CheckpointError."""
    stored = file.get_slice(name)
    found, kind = tuple(stored.get_shape()), stored.get_dtype()
    if found != shape:
        raise CheckpointError(f"{path} does not fit its own description: {name} is {found} where {shape} is needed.")
    if kind not in kinds:
        raise CheckpointError(f"{path} cannot be used: {name} is stored as {kind}.")
    weight = bfloat16(model_bytes(path), name) if kind == "BF16" else file.get_tensor(name)
    if not np.isfinite(weight).all():
        raise CheckpointError(f"{path} is damaged: {name} holds numbers that are not finite.")
    return np.asarray(weight, np.float32)


def _shapes_of(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    if config.architecture == "context_unet":
        return weight_shapes(config)
    need_torch("What runs models of the public notebook")
    from pixelforge.core.build import network_shapes

    return network_shapes(config)


def _difference(prefix: str, missing: list[str], extra: list[str]) -> str:
    if missing:
        return f"{len(missing)} weights are missing ({prefix}{missing[0]} first)"
    return f"{len(extra)} weights are unknown ({prefix}{extra[0]} first)"
