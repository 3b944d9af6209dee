"""A model of the task `frames`: reads a frame, makes the next one. In numpy, as it is too small for an engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from pixelforge.core.config import AB_SCALE, TRANSPARENT, Colour
from pixelforge.core.copying import from_indexed, indexed, likeliest, paints_of
from pixelforge.core.embedding import Embedding
from pixelforge.core.header import FRAMES, ModelHeader, open_model_file, parse_header
from pixelforge.core.numpy_unet import NumpyUNet
from pixelforge.core.onnx_unet import blocks_of
from pixelforge.core.weights import Floats, Weights
from pixelforge.errors import CheckpointError, RequestError
from pixelforge.oklab import to_oklab

MAX_SIDE = 64  # pixels: attention over more takes seconds


class FrameModel:
    """A CopyUNet (core/copy_unet.py) with what it was told."""

    def __init__(self, path: Path) -> None:
        """Read and try it. Raises CheckpointError that says which file and what is wrong with it."""
        with open_model_file(path) as file:
            self.header: ModelHeader = parse_header(path, file.metadata())
            if self.header.task != FRAMES:
                raise CheckpointError(f"{path} is a model for {self.header.task}, not for {FRAMES}.")
            weights = Weights({name: _weight(path, file, name) for name in file.keys()})  # noqa: SIM118 - no mapping
        try:
            self._embedding = Embedding(self.header.model, weights, blocks_of(weights))
            self._network = NumpyUNet(self.header.model, weights)
            side = self.header.model.image_size
            logits = self._logits(np.zeros((side, side), np.int64), (), 0)
        except (KeyError, ValueError, IndexError, TypeError, StopIteration) as error:
            raise CheckpointError(f"{path} does not fit its own description: {error}.") from error
        if not np.isfinite(logits).all():
            raise CheckpointError(f"{path} is damaged: what it computes is not finite.")

    def next_frame(self, picture: NDArray[np.uint8], action: str) -> NDArray[np.uint8]:
        """The frame (H, W, 4) that follows one of RGBA, in its own colours. Raises RequestError."""
        height, width = picture.shape[:2]
        if action not in self.header.class_names:
            raise RequestError(f"There is no action {action!r}; there are {', '.join(self.header.class_names)}.")
        if max(height, width) > MAX_SIDE:
            raise RequestError(f"{action} is for sprites of up to {MAX_SIDE} pixels a side, not of {width} x {height}.")
        indices, palette = indexed(picture)
        factor = 2 ** (len(self.header.model.multipliers) - 1)
        whole = np.pad(indices, ((0, -height % factor), (0, -width % factor)))
        logits = self._logits(whole, palette, self.header.class_names.index(action))
        return from_indexed(likeliest(logits, whole, 1 + len(palette))[:height, :width], palette)

    @np.errstate(over="ignore", invalid="ignore")  # SiLU of a large negative number; weights that are damaged
    def _logits(self, indices: NDArray[np.int64], palette: tuple[Colour, ...], row: int) -> Floats:
        """(9 + 1 + K, H, W), as `core.copying.likeliest` takes them."""
        paints, values = paints_of(palette), _values(palette)
        palettes = np.zeros((1, max(1, len(paints)), 4), np.float32)
        palettes[0, : len(paints)] = values[1 : 1 + len(paints)]
        rows, unguided = np.full((1, 1), row, np.int64), np.ones(1, np.float32)
        modulation, keys = self._embedding(np.zeros(1, np.int64), rows, palettes, unguided)
        vectors = self._network(values[indices].transpose(2, 0, 1), modulation[0])
        present = keys[0][: 1 + len(paints)]
        colours = np.tensordot(present, vectors, axes=1) * np.float32(len(vectors) ** -0.5)
        return np.concatenate([self._network.pointwise(vectors, "places"), colours])


def _weight(path: Path, file: safe_open, name: str) -> Floats:
    """One of a file's weights. Raises CheckpointError."""
    try:
        weight = file.get_tensor(name)  # type: ignore[no-untyped-call]
    except TypeError:  # numpy has no such numbers
        weight = np.empty(0, np.void)
    if weight.dtype not in (np.float32, np.float16):
        raise CheckpointError(f"{path} cannot be used: {name} is stored neither as float32 nor as float16.")
    if not np.isfinite(weight).all():
        raise CheckpointError(f"{path} is damaged: {name} holds numbers that are not finite.")
    return np.asarray(weight, np.float32)


def _values(palette: tuple[Colour, ...]) -> Floats:
    """What a pixel can be, (1 + K, 4), transparent first: `core.colours.choices` of one palette."""
    values = np.ones((1 + len(palette), 4), np.float32)
    values[0] = TRANSPARENT
    if palette:
        values[1:, :3] = to_oklab(np.array(palette, np.uint8)) * (2, AB_SCALE, AB_SCALE) - (1, 0, 0)
    return values
