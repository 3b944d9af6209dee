"""The student in a model's file: as differences, read and written again to the byte, and refused where it is odd."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import Checkpoint, as_small, load_checkpoint, save_checkpoint
from pixelforge.core.config import ModelConfig
from pixelforge.core.header import ModelHeader, Student
from pixelforge.core.student_file import STUDENT, student_tensors
from pixelforge.core.weights import Floats
from pixelforge.errors import CheckpointError

Arrays = dict[str, NDArray[np.generic]]
CONV = "student.mid.0.conv1.weight"


@pytest.fixture
def model(tiny: ModelConfig) -> Checkpoint:
    header = ModelHeader(model=tiny, class_names=("a", "b", "c"), student=Student(learnt=9))
    random = np.random.default_rng(0)
    own = {name: _near(weight, random, 0.1).astype(np.float16) for name, weight in build_network(tiny).arrays().items()}
    taught = build_network(header.student_model).arrays()
    student = {name: _near(own.get(name, weight), random, 0.01) for name, weight in taught.items()}
    return Checkpoint(header, {name: weight.astype(np.float32) for name, weight in own.items()}, None, student)


def _near(weight: NDArray[np.generic], random: np.random.Generator, far: float) -> Floats:
    return (weight.astype(np.float32) + far * random.standard_normal(weight.shape)).astype(np.float32)


def write(model: Checkpoint, path: Path) -> Path:
    save_checkpoint(path, model.header, as_small(model.weights), student=model.student_weights)
    return path


def test_a_student_is_read_as_it_is_but_for_half_a_step(model: Checkpoint, tmp_path: Path) -> None:
    read = load_checkpoint(write(model, tmp_path / "model.safetensors")).student_weights
    assert read is not None
    assert model.student_weights is not None
    assert read.keys() == model.student_weights.keys()
    for name, weight in model.student_weights.items():
        if weight.ndim < 2 or name not in model.weights:
            np.testing.assert_array_equal(read[name], weight.astype(np.float16), err_msg=name)
            continue
        largest = np.abs(weight - model.weights[name]).max(axis=tuple(range(1, weight.ndim)), keepdims=True)
        assert (np.abs(read[name] - weight) <= largest / 127 + 1e-7).all(), name


def test_a_file_that_is_read_and_written_again_is_the_same_to_the_byte(model: Checkpoint, tmp_path: Path) -> None:
    path = write(model, tmp_path / "model.safetensors")
    again = write(load_checkpoint(path), tmp_path / "again.safetensors")
    assert again.read_bytes() == path.read_bytes()


def test_the_steps_are_the_least_powers_of_two_that_are_enough() -> None:
    moved = np.array([[127 / 4, 0], [1, -128 / 4], [0, 0]], np.float32)
    stored = student_tensors({"conv": moved}, {"conv": np.zeros_like(moved)})
    assert stored["student.conv.step"].tolist() == [[1 / 4], [1 / 2], [1]]
    assert stored["student.conv"].tolist() == [[127, 0], [2, -64], [0, 0]]


def test_a_students_file_is_half_as_large_again_as_its_models(model: Checkpoint, tmp_path: Path) -> None:
    stored = student_tensors(model.student_weights or {}, as_small(model.weights))
    sizes = [sum(array.nbytes for array in arrays.values()) for arrays in (as_small(model.weights), stored)]
    assert 0.5 < sizes[1] / sizes[0] < 0.7


def test_a_student_that_was_stored_whole_is_read(model: Checkpoint, tmp_path: Path) -> None:
    """As files had it first."""
    path = write(model, tmp_path / "model.safetensors")
    student = {STUDENT + name: weight.astype(np.float16) for name, weight in (model.student_weights or {}).items()}

    def whole(arrays: Arrays) -> Arrays:
        return {name: array for name, array in arrays.items() if not name.startswith(STUDENT)} | student

    read = load_checkpoint(changed(path, whole)).student_weights
    assert read is not None
    for name, weight in student.items():
        np.testing.assert_array_equal(read[name.removeprefix(STUDENT)], weight)


def test_one_that_has_diverged_is_refused(model: Checkpoint, tmp_path: Path) -> None:
    student = {name: np.full_like(weight, np.nan) for name, weight in (model.student_weights or {}).items()}
    path = write(replace(model, student_weights=student), tmp_path / "model.safetensors")
    with pytest.raises(CheckpointError, match="holds numbers that are not finite"):
        load_checkpoint(path)


def changed(path: Path, change: Callable[[Arrays], Arrays]) -> Path:
    """A model file with other tensors under the same header."""
    with safe_open(path, framework="numpy") as file:
        metadata = file.metadata()
    save_file(change(load_file(path)), path, metadata=metadata)
    return path


@pytest.mark.parametrize(
    ("name", "array", "told"),
    [
        (CONV, None, r"weights are missing \(student.mid.0.conv1.weight first\)"),
        (f"{CONV}.step", None, "is stored as I8"),
        (f"{CONV}.step", np.ones(3, np.float32), r"is \(3,\) where"),
        (f"{CONV}.step", np.int8, "is stored as I8"),
        (f"{CONV}.step", np.inf, "not finite"),
        (f"{CONV}.step", 3e38, "not finite"),
        ("student.guidance_mlp.0.weight.step", np.ones(1, np.float32), "belongs to no weight of both"),
        ("student.nothing.step", np.ones(1, np.float32), "belongs to no weight of both"),
        ("student.nothing", np.ones(1, np.float32), "weights are unknown"),
        (CONV, np.float16, "is stored as F16"),
    ],
)
def test_an_odd_one_is_refused_in_words(
    name: str,
    array: float | type[np.generic] | NDArray[np.generic] | None,
    told: str,
    model: Checkpoint,
    tmp_path: Path,
) -> None:
    def broken(arrays: Arrays) -> Arrays:
        if array is None:
            return {key: value for key, value in arrays.items() if key != name}
        if isinstance(array, type):
            return arrays | {name: arrays[name].astype(array)}
        value = np.full_like(arrays[name], array) if isinstance(array, float) else array
        return arrays | {name: value}

    path = changed(write(model, tmp_path / "model.safetensors"), broken)
    with pytest.raises(CheckpointError, match=told):
        load_checkpoint(path)
