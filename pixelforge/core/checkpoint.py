"""The model file: one .safetensors with the EMA weights, described by its header."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from pixelforge.core.critic import CRITIC, NumpyCritic, read_critic
from pixelforge.core.header import (
    CLASSES_ONLY,
    FORMAT_VERSION,
    HEADER_KEY,
    ModelHeader,
    model_bytes,
    open_model_file,
    parse_header,
)
from pixelforge.core.safetensors_layout import with_metadata
from pixelforge.core.scheme_file import TENSORS, bank_tensors, read_bank
from pixelforge.core.schemes import SchemeBank
from pixelforge.core.student_file import STUDENT, read_student, student_tensors
from pixelforge.core.weight_file import read_weights
from pixelforge.core.weights import Floats
from pixelforge.files import replacing, sync_folders

if TYPE_CHECKING:
    from torch import Tensor

    from pixelforge.core.network import Network

Stored = Mapping[str, "Tensor | NDArray[Any]"]
"""Weights by name, in the precision in which they are written."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A model read from its file."""

    header: ModelHeader
    weights: Mapping[str, Floats]
    bank: SchemeBank | None = None  # of a `pointer` model
    student_weights: Mapping[str, Floats] | None = None  # of a model that has one
    critic: NumpyCritic | None = None  # likewise

    @classmethod
    def of(
        cls, header: ModelHeader, network: Network, bank: SchemeBank | None = None, student: Network | None = None
    ) -> Checkpoint:
        """A model whose networks are in torch."""
        return cls(header, network.arrays(), bank, None if student is None else student.arrays())

    @cached_property
    def network(self) -> Network:
        """The network in torch, in evaluation mode on the CPU."""
        from pixelforge.core.build import built

        return built(self.header.model, self.weights)

    @cached_property
    def student(self) -> Network | None:
        """As `network`; None where the model has none."""
        from pixelforge.core.build import built

        own = self.student_weights
        return None if own is None else built(self.header.student_model, own)


def save_checkpoint(
    path: Path,
    header: ModelHeader,
    weights: Stored,
    bank: SchemeBank | None = None,
    new: bool = False,
    student: Stored | None = None,
    critic: NumpyCritic | None = None,
) -> None:
    """Write a model file, whole or not at all. Raises OutputError.

    bank: of a `pointer` model, which needs it. new: nothing may be there yet. student: the weights of that which the
    header tells of. critic: likewise.
    """
    assert (bank is not None) == (header.words is not None)
    assert (student is not None) == (header.student is not None)
    assert (critic is not None) == (header.critic is not None)
    arrays = {name: _as_array(weight) for name, weight in weights.items()}
    if student is not None:
        arrays |= student_tensors({name: _as_array(weight) for name, weight in student.items()}, arrays)
    if bank is not None:
        arrays |= bank_tensors(bank)
    if critic is not None:
        arrays |= {CRITIC + name: np.array(array) for name, array in critic.stored.items()}
    _write(path, save(arrays, metadata=_metadata(header)), new)


def as_small(weights: Mapping[str, Floats]) -> dict[str, NDArray[Any]]:
    """Weights in half precision where that is exact, so that a file is as large as it was and makes the same."""
    with np.errstate(over="ignore"):  # what is too large for it is not equal, and stays
        halves = {name: weight.astype(np.float16) for name, weight in weights.items()}
    return {name: half if np.array_equal(half, weights[name]) else weights[name] for name, half in halves.items()}


def replace_header(path: Path, header: ModelHeader) -> None:
    """Give a model file another description; its weights stay. Raises CheckpointError or OutputError."""
    with open_model_file(path):
        content = model_bytes(path)
    _write(path, with_metadata(content, _metadata(header)))


def _as_array(weight: Tensor | NDArray[Any]) -> NDArray[Any]:
    array: NDArray[Any] = weight if isinstance(weight, np.ndarray) else weight.detach().cpu().numpy()
    return np.ascontiguousarray(array).reshape(array.shape)  # which would make a single number a row


def _metadata(header: ModelHeader) -> dict[str, str]:
    header = replace(header, format_version=CLASSES_ONLY if header.is_plain else FORMAT_VERSION)
    return {HEADER_KEY: msgspec.json.encode(header).decode()}


def _write(path: Path, content: bytes, new: bool = False) -> None:
    with replacing(path, new=new) as part:
        # Not `save_file`, which makes a temporary file of its own that a kill leaves and nobody knows.
        part.write_bytes(content)
    sync_folders([path])


def load_checkpoint(path: Path) -> Checkpoint:
    """Read and check a model file. Raises CheckpointError that says which file and what is wrong with it."""
    with open_model_file(path) as file:
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
        weights = read_weights(path, file, header.model, names - of_student)
        student = (
            None if header.student is None else read_student(path, file, header.student_model, of_student, weights)
        )
    return Checkpoint(header, weights, bank, student, critic)
