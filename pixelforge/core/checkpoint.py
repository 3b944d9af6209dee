"""The model file: one .safetensors with the EMA weights, described by its header."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import torch
from safetensors.torch import save

from pixelforge.core.build import build_network
from pixelforge.core.header import (
    CLASSES_ONLY,
    FORMAT_VERSION,
    HEADER_KEY,
    SPRITES,
    ModelHeader,
    open_model_file,
    parse_header,
)
from pixelforge.core.network import Network
from pixelforge.core.scheme_file import TENSORS, bank_tensors, read_bank
from pixelforge.core.schemes import SchemeBank
from pixelforge.errors import CheckpointError
from pixelforge.files import replacing, sync_folders

WEIGHT_DTYPES = (torch.float32, torch.float16, torch.bfloat16)


@dataclass(frozen=True)
class Checkpoint:
    """A model read from its file, in evaluation mode on the CPU."""

    header: ModelHeader
    network: Network
    bank: SchemeBank | None = None  # of a `pointer` model


def save_checkpoint(
    path: Path,
    header: ModelHeader,
    weights: dict[str, torch.Tensor],
    bank: SchemeBank | None = None,
    new: bool = False,
) -> None:
    """Write a model file, whole or not at all. Raises OutputError.

    bank: of a `pointer` model, which needs it. new: nothing may be there yet.
    """
    assert (bank is not None) == (header.words is not None)
    tensors = {name: tensor.detach().contiguous().cpu() for name, tensor in weights.items()}
    if bank is not None:
        tensors |= {name: torch.from_numpy(array) for name, array in bank_tensors(bank).items()}
    _write(path, header, tensors, new)


def replace_header(path: Path, header: ModelHeader) -> None:
    """Give a model file another description; its weights stay. Raises CheckpointError or OutputError."""
    with open_model_file(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    _write(path, header, tensors)


def _write(path: Path, header: ModelHeader, tensors: dict[str, torch.Tensor], new: bool = False) -> None:
    plain = header.words is None and header.task == SPRITES
    header = replace(header, format_version=CLASSES_ONLY if plain else FORMAT_VERSION)
    metadata = {HEADER_KEY: msgspec.json.encode(header).decode()}
    with replacing(path, new=new) as part:
        # Not `save_file`, which makes a temporary file of its own that a kill leaves and nobody knows.
        part.write_bytes(save(tensors, metadata=metadata))
    sync_folders([path])


def load_checkpoint(path: Path) -> Checkpoint:
    """Read and check a model file. Raises CheckpointError that says which file and what is wrong with it."""
    with open_model_file(path, "pt") as file:
        header = parse_header(path, file.metadata())
        names = set(file.keys())
        bank = None
        if header.words is not None:
            bank = read_bank(path, header)
            names -= set(TENSORS.values())
        with torch.device("meta"):  # shapes without memory: a header may describe what no machine can hold
            expected = build_network(header.model).state_dict()
        missing, extra = sorted(expected.keys() - names), sorted(names - expected.keys())
        if missing or extra:
            raise CheckpointError(f"{path} does not fit its own description: {_difference(missing, extra)}.")
        weights = {}
        for name, parameter in expected.items():
            weight = file.get_tensor(name)
            if weight.shape != parameter.shape:
                shapes = f"{tuple(weight.shape)} where {tuple(parameter.shape)} is needed"
                raise CheckpointError(f"{path} does not fit its own description: {name} is {shapes}.")
            if weight.dtype not in WEIGHT_DTYPES:
                raise CheckpointError(f"{path} cannot be used: {name} is stored as {weight.dtype}.")
            if not torch.isfinite(weight).all():
                raise CheckpointError(f"{path} is damaged: {name} holds numbers that are not finite.")
            weights[name] = weight.float()
    network = build_network(header.model)
    network.load_state_dict(weights)
    return Checkpoint(header, network.eval().requires_grad_(False), bank)


def _difference(missing: list[str], extra: list[str]) -> str:
    if missing:
        return f"{len(missing)} weights are missing ({missing[0]} first)"
    return f"{len(extra)} weights are unknown ({extra[0]} first)"
