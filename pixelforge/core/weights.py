"""The weights of a network by name, for engines that have no network in torch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Weights:
    """Weights under names such as `downs.0.block.conv1.weight`, which remember whether somebody asked for them."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self._arrays = arrays
        self._used: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def __getitem__(self, name: str) -> Floats:
        self._used.add(name)
        return np.asarray(self._arrays[name], np.float32)

    def pair(self, layer: str) -> tuple[Floats, Floats]:
        """The weight and the bias of a layer."""
        return self[f"{layer}.weight"], self[f"{layer}.bias"]

    def unused(self) -> list[str]:
        """Those that nobody asked for: parts of a network that an engine does not know."""
        return sorted(self._arrays.keys() - self._used)
