"""A model's student in its file: half as large as the model.

What is large of a student is stored as its difference from the model, a byte a weight: it began as the model and moves
little. The bytes count steps, of a width for each output of a layer. These are powers of two, so that the student of a
file that is read and written again stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.config import ModelConfig
from pixelforge.core.weight_file import needed, read_weight
from pixelforge.core.weights import Floats
from pixelforge.errors import CheckpointError

STUDENT = "student."  # begins the names of the student's weights
STEP = ".step"  # ends those of the widths
MOST = 127  # steps of a difference


def student_tensors(
    student: Mapping[str, NDArray[Any]], weights: Mapping[str, NDArray[Any]]
) -> dict[str, NDArray[Any]]:
    """A student's weights under their names in the file. weights: the model's, as its file has them."""
    found = {}
    for name, weight in student.items():
        stored, own = STUDENT + name, weights.get(name)
        # Biases are small, and of the guidance the model knows nothing; what a diverged one holds is kept to be seen.
        if weight.ndim < 2 or own is None or not np.isfinite(weight).all():
            found[stored] = _halved(weight)
        else:
            found[stored], found[stored + STEP] = _counted(weight.astype(np.float32) - own.astype(np.float32))
    return found


def read_student(
    path: Path, file: Any, config: ModelConfig, names: set[str], weights: Mapping[str, Floats]
) -> dict[str, Floats]:
    """The student's weights, as float32. Raises CheckpointError.

    file: a safetensors.safe_open, which has no types. names: of all in it that begin with STUDENT. weights: the
    model's.
    """
    steps = {name for name in names if name.endswith(STEP)}
    shapes = needed(path, config, {name.removeprefix(STUDENT) for name in names - steps}, STUDENT)
    if unknown := sorted(steps - {f"{STUDENT}{name}{STEP}" for name in shapes if name in weights}):
        raise CheckpointError(f"{path} does not fit its own description: {unknown[0]} belongs to no weight of both.")
    return {
        name: _moved(path, file, name, weights[name])
        if f"{STUDENT}{name}{STEP}" in steps
        else read_weight(path, file, STUDENT + name, shape)
        for name, shape in shapes.items()
    }


def _halved(weight: NDArray[Any]) -> NDArray[Any]:
    """The values in half precision, unless that does not reach so far."""
    with np.errstate(over="ignore"):
        half = weight.astype(np.float16)
    return half if np.isfinite(half).all() else weight


def _counted(moved: Floats) -> tuple[NDArray[np.int8], Floats]:
    """A difference in steps, and their widths, (outputs, 1, ...)."""
    largest = np.abs(moved).max(axis=tuple(range(1, moved.ndim)), keepdims=True).astype(np.float64) / MOST
    fraction, exponent = np.frexp(largest)
    width = np.ldexp(1.0, exponent - (fraction == 0.5))  # the least power of two that is enough
    return np.rint(moved / width).astype(np.int8), width.astype(np.float32)


def _moved(path: Path, file: Any, name: str, weight: Floats) -> Floats:
    """The student's weight, where that of the model is this."""
    stored, widths = STUDENT + name, (len(weight), *(1,) * (weight.ndim - 1))
    steps = read_weight(path, file, stored, weight.shape, ("I8",))
    with np.errstate(over="ignore"):
        found: Floats = weight + steps * read_weight(path, file, stored + STEP, widths)
    if not np.isfinite(found).all():
        raise CheckpointError(f"{path} is damaged: {stored} holds numbers that are not finite.")
    return found
