"""The arrays of the notebook that this project descends from: sprites.npy beside sprites_labels.npy."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pixelforge.errors import DatasetError
from pixelforge.files import reason
from pixelforge.imaging.pixels import Pixels, harden_alpha

SPRITES, LABELS = "sprites.npy", "sprites_labels.npy"
MAX_VALUES = 2**31
MAX_CLASSES = 1000


def read_arrays(source: Path) -> tuple[Path, list[Pixels], NDArray[np.int64]] | None:
    """The file of sprites, those (H, W, 4), and their class numbers from 0 on; None for a source of another kind.

    Sprites are (N, H, W, 3 or 4), uint8, or floats in [0, 1], [-1, 1] or [0, 255]; labels whole numbers or one-hot.
    Raises DatasetError that names the file.
    """
    path = source if source.suffix.lower() == ".npy" else source / SPRITES
    if path != source and not path.is_file():
        return None
    sprites, labels = _load(path), _load(path.with_name(LABELS))
    if sprites.ndim != 4 or sprites.shape[-1] not in (3, 4) or not len(sprites):
        raise DatasetError(f"{path} has the shape {sprites.shape}; sprites are (N, H, W, 3 or 4).")
    if labels.shape[:1] != sprites.shape[:1]:
        counted = labels.shape[0] if labels.ndim else "no"
        raise DatasetError(f"{path} has {len(sprites)} sprites, but {path.with_name(LABELS)} has {counted} labels.")
    numbers, pixels = _to_numbers(labels, path.with_name(LABELS)), _to_bytes(sprites, path)
    if pixels.shape[-1] == 3:
        pixels = np.concatenate([pixels, np.full((*pixels.shape[:3], 1), 255, np.uint8)], axis=-1)
    return path, list(harden_alpha(pixels)), numbers


def _load(path: Path) -> NDArray[np.generic]:
    try:
        with warnings.catch_warnings(action="ignore"):  # numpy's remarks on old files
            array: NDArray[np.generic] = np.lib.format.open_memmap(path, mode="r")
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {reason(error)}.") from error
    except Exception as error:  # numpy lets through whatever a broken description makes it stumble on
        raise DatasetError(f"{path} is not an array of numbers that can be read.") from error
    if array.dtype.kind not in "uifb" or not 0 < array.size <= MAX_VALUES:
        raise DatasetError(f"{path} is not an array of numbers that can be read.")
    return array


def _to_bytes(sprites: NDArray[np.generic], path: Path) -> Pixels:
    if sprites.dtype == np.uint8:
        return np.asarray(sprites)
    with np.errstate(invalid="ignore"):  # what is no number is refused below
        values = np.asarray(sprites, np.float64)
    if not np.isfinite(values).all() or values.min() < -1 or values.max() > 255:
        raise DatasetError(f"{path} holds values that are no colours.")
    if values.min() < 0:
        values = (values + 1) * 127.5
    elif values.max() <= 1:
        values = values * 255
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8)


def _to_numbers(labels: NDArray[np.generic], path: Path) -> NDArray[np.int64]:
    with np.errstate(invalid="ignore"):
        values = np.asarray(labels, np.float64).reshape(len(labels), -1)
    if values.shape[1] > 1:
        if not ((values == 0) | (values == 1)).all() or not (values.sum(axis=1) == 1).all():
            raise DatasetError(f"{path} is not one-hot: every row needs a single 1.")
        return np.asarray(values.argmax(axis=1), np.int64)
    numbers = values[:, 0]
    if (numbers != np.rint(numbers)).any() or numbers.min() < 0 or numbers.max() >= MAX_CLASSES:
        raise DatasetError(f"{path} holds labels that are no class numbers from 0 to {MAX_CLASSES - 1}.")
    return numbers.astype(np.int64)
