"""The arrays of the notebook that this project descends from: sprites.npy beside sprites_labels.npy."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pixelforge.errors import DatasetError
from pixelforge.files import open_plain, reason
from pixelforge.imaging.pixels import Pixels, harden_alpha

SPRITES, LABELS = "sprites.npy", "sprites_labels.npy"
MAX_VALUES = 2**28  # of all sprites: three times those of the notebook
MAX_LABEL_VALUES = 2**25  # of all labels, which are one-hot
AT_ONCE = 2**22  # values that are turned into bytes at once: as float64 they take eight times the room
MAX_CLASSES = 1000


def read_arrays(source: Path) -> tuple[Path, list[Pixels], NDArray[np.int64]] | None:
    """The file of sprites, those (H, W, 4), and their class numbers from 0 on; None for a source of another kind.

    Sprites are (N, H, W, 3 or 4), uint8, or floats in [0, 1], [-1, 1] or [0, 255]; labels whole numbers or one-hot.
    Raises DatasetError that names the file.
    """
    path = source if source.suffix.lower() == ".npy" else source / SPRITES
    if path != source and not path.is_file():
        return None
    sprites, labels = _load(path, MAX_VALUES), _load(path.with_name(LABELS), MAX_LABEL_VALUES)
    if sprites.ndim != 4 or sprites.shape[-1] not in (3, 4) or not len(sprites):
        raise DatasetError(f"{path} has the shape {sprites.shape}; sprites are (N, H, W, 3 or 4).")
    if labels.shape[:1] != sprites.shape[:1]:
        counted = labels.shape[0] if labels.ndim else "no"
        raise DatasetError(f"{path} has {len(sprites)} sprites, but {path.with_name(LABELS)} has {counted} labels.")
    numbers, pixels = _to_numbers(labels, path.with_name(LABELS)), _to_bytes(sprites, path)
    if pixels.shape[-1] == 3:
        pixels = np.concatenate([pixels, np.full((*pixels.shape[:3], 1), 255, np.uint8)], axis=-1)
    return path, list(harden_alpha(pixels)), numbers


def _load(path: Path, most: int) -> NDArray[np.generic]:
    try:
        with open_plain(path):  # a pipe would be waited for without end
            pass
        with warnings.catch_warnings(action="ignore"):  # numpy's remarks on old files
            array: NDArray[np.generic] = np.lib.format.open_memmap(path, mode="r")
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {reason(error)}.") from error
    except Exception as error:  # numpy lets through whatever a broken description makes it stumble on
        raise DatasetError(f"{path} is not an array of numbers that can be read.") from error
    if array.dtype.kind not in "uifb" or not array.size:
        raise DatasetError(f"{path} is not an array of numbers that can be read.")
    if array.size > most:
        raise DatasetError(f"{path} holds {array.size:,} numbers; at most {most:,} can be read.")
    return array


def _to_bytes(sprites: NDArray[np.generic], path: Path) -> Pixels:
    if sprites.dtype == np.uint8:
        return np.asarray(sprites)
    step = max(1, AT_ONCE // sprites[0].size)
    parts = [slice(first, first + step) for first in range(0, len(sprites), step)]
    with np.errstate(invalid="ignore"):  # what is no number is refused
        ranges = [(float(np.min(sprites[part])), float(np.max(sprites[part]))) for part in parts]
        least, most = np.min(ranges), np.max(ranges)  # not a number where any is not one
        if not -1 <= least <= most <= 255:
            raise DatasetError(f"{path} holds values that are no colours.")
        factor, offset = (127.5, 1.0) if least < 0 else (255.0 if most <= 1 else 1.0, 0.0)
        pixels = np.empty(sprites.shape, np.uint8)
        for part in parts:
            values = (np.asarray(sprites[part], np.float64) + offset) * factor
            pixels[part] = np.rint(np.clip(values, 0, 255))
    return pixels


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
