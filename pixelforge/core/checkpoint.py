"""The model file: one .safetensors with the EMA weights, described by its header."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from safetensors.torch import save

from pixelforge.core.build import build_network
from pixelforge.core.config import ModelConfig
from pixelforge.core.critic import CRITIC, NumpyCritic, read_critic
from pixelforge.core.header import (
    CLASSES_ONLY,
    FORMAT_VERSION,
    HEADER_KEY,
    ModelHeader,
    open_model_file,
    parse_header,
)
from pixelforge.core.network import Network
from pixelforge.core.scheme_file import TENSORS, bank_tensors, read_bank
from pixelforge.core.schemes import SchemeBank
from pixelforge.errors import CheckpointError
from pixelforge.files import replacing, sync_folders

STUDENT = "student."  # begins the names of the student's weights
WEIGHT_DTYPES = (torch.float32, torch.float16, torch.bfloat16)


@dataclass(frozen=True)
class Checkpoint:
    """A model read from its file, in evaluation mode on the CPU."""

    header: ModelHeader
    network: Network
    bank: SchemeBank | None = None  # of a `pointer` model
    student: Network | None = None  # of a model that has one
    critic: NumpyCritic | None = None  # likewise


def save_checkpoint(
    path: Path,
    header: ModelHeader,
    weights: dict[str, torch.Tensor],
    bank: SchemeBank | None = None,
    new: bool = False,
    student: dict[str, torch.Tensor] | None = None,
    critic: NumpyCritic | None = None,
) -> None:
    """Write a model file, whole or not at all. Raises OutputError.

    bank: of a `pointer` model, which needs it. new: nothing may be there yet. student: the weights of that which the
    header tells of. critic: likewise.
    """
    assert (bank is not None) == (header.words is not None)
    assert (student is not None) == (header.student is not None)
    assert (critic is not None) == (header.critic is not None)
    weights = weights | {STUDENT + name: weight for name, weight in (student or {}).items()}
    tensors = {name: tensor.detach().contiguous().cpu() for name, tensor in weights.items()}
    if bank is not None:
        tensors |= {name: torch.from_numpy(array) for name, array in bank_tensors(bank).items()}
    if critic is not None:
        tensors |= {CRITIC + name: torch.from_numpy(np.array(array)) for name, array in critic.stored.items()}
    _write(path, header, tensors, new)


def as_small(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Weights in half precision where that is exact, so that a file is as large as it was and makes the same."""
    halves = {name: weight.half() for name, weight in weights.items()}
    return {name: half if torch.equal(half.float(), weights[name]) else weights[name] for name, half in halves.items()}


def replace_header(path: Path, header: ModelHeader) -> None:
    """Give a model file another description; its weights stay. Raises CheckpointError or OutputError."""
    with open_model_file(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    _write(path, header, tensors)


def _write(path: Path, header: ModelHeader, tensors: dict[str, torch.Tensor], new: bool = False) -> None:
    header = replace(header, format_version=CLASSES_ONLY if header.is_plain else FORMAT_VERSION)
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
        critic = None
        if header.critic is not None:
            critic = read_critic(path, header)
            names = {name for name in names if not name.startswith(CRITIC)}
        of_student = {name for name in names if name.startswith(STUDENT)} if header.student is not None else set()
        network = _read_network(path, file, header.model, names - of_student)
        student = None
        if header.student is not None:
            own = {name.removeprefix(STUDENT) for name in of_student}
            student = _read_network(path, file, header.student_model, own, STUDENT)
    return Checkpoint(header, network, bank, student, critic)


def _read_network(path: Path, file: Any, config: ModelConfig, names: set[str], prefix: str = "") -> Network:
    """The network of a shape, in evaluation mode.

    file: a safetensors.safe_open, which has no types. names: of its weights, which in the file begin with the prefix.
    """
    with torch.device("meta"):  # shapes without memory: a header may describe what no machine can hold
        expected = build_network(config).state_dict()
    missing, extra = sorted(expected.keys() - names), sorted(names - expected.keys())
    if missing or extra:
        raise CheckpointError(f"{path} does not fit its own description: {_difference(prefix, missing, extra)}.")
    weights = {}
    for name, parameter in expected.items():
        weight, name_there = file.get_tensor(prefix + name), prefix + name
        if weight.shape != parameter.shape:
            shapes = f"{tuple(weight.shape)} where {tuple(parameter.shape)} is needed"
            raise CheckpointError(f"{path} does not fit its own description: {name_there} is {shapes}.")
        if weight.dtype not in WEIGHT_DTYPES:
            raise CheckpointError(f"{path} cannot be used: {name_there} is stored as {weight.dtype}.")
        if not torch.isfinite(weight).all():
            raise CheckpointError(f"{path} is damaged: {name_there} holds numbers that are not finite.")
        weights[name] = weight.float()
    network = build_network(config)
    network.load_state_dict(weights)
    return network.eval().requires_grad_(False)


def _difference(prefix: str, missing: list[str], extra: list[str]) -> str:
    if missing:
        return f"{len(missing)} weights are missing ({prefix}{missing[0]} first)"
    return f"{len(extra)} weights are unknown ({prefix}{extra[0]} first)"
