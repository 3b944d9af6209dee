"""The bank of colour schemes in a model file, beside the weights. Reading it needs no torch."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError

from pixelforge.core.header import ModelHeader, open_model_file
from pixelforge.core.schemes import NO_WORD, PARTS, SchemeBank
from pixelforge.core.vocabulary import WordVocabulary
from pixelforge.errors import CheckpointError

TYPES = {"words": np.int16, "masks": np.uint8, "weights": np.float32, "symmetries": np.uint8}
TENSORS = {fact.name: f"bank.{fact.name}" for fact in fields(SchemeBank)}  # names in the file


def bank_tensors(bank: SchemeBank) -> dict[str, NDArray[np.generic]]:
    """What is stored of a bank, by its names in the file."""
    return {name: getattr(bank, part) for part, name in TENSORS.items()}


def read_bank(path: Path, header: ModelHeader) -> SchemeBank:
    """The bank of a `pointer` model, its header read before. Raises CheckpointError that names the file."""
    vocabulary = header.vocabulary
    assert isinstance(vocabulary, WordVocabulary)
    try:
        with open_model_file(path) as file:
            stored = set(file.keys())
            arrays = {part: file.get_tensor(name) for part, name in TENSORS.items() if name in stored}
        if any(array.dtype != TYPES[part] for part, array in arrays.items()):
            raise ValueError("a bank of schemes is stored in other types")
        arrays["words"] = _all_parts(arrays["words"])
        bank = SchemeBank.of(arrays)
        bank.check(vocabulary)
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise CheckpointError(f"{path} is damaged: its bank of colour schemes is missing or unfit.") from error
    return bank


def _all_parts(words: NDArray[np.int16]) -> NDArray[np.int16]:
    """The words of a bank (N, PARTS), also of one that was written before there were facings, the last part."""
    missing = PARTS - words.shape[1] if words.ndim == 2 else 0
    return np.pad(words, ((0, 0), (0, missing)), constant_values=NO_WORD) if missing == 1 else words
