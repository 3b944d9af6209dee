"""The public notebook's checkpoint `ema_shadow.pth`: a pickled dict of float32 tensors, no more."""

from __future__ import annotations

import pickle
from pathlib import Path

import torch
from torch import Tensor

from pixelforge.core.config import ModelConfig
from pixelforge.core.notebook_unet import NotebookUNet
from pixelforge.core.unpickle import load_without_code
from pixelforge.errors import CheckpointError, ConfigError
from pixelforge.files import is_there, read_at_most

MAX_BYTES = 2**29  # of the file, which holds one network


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
    if not is_there(path):
        raise CheckpointError(f"{path} does not exist.")
    file = read_at_most(path, MAX_BYTES, CheckpointError)
    try:
        content = load_without_code(file)
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
