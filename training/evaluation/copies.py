"""The made sprites that are nearest to drawn ones, beside those: a picture to look for copies in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixelforge.imaging.numbered import numbered
from pixelforge.imaging.pixels import Pixels
from training.data.sprites import SpriteDataset
from training.evaluation.metrics import nearest_of

PAIRS = 24
COLUMNS = 6  # pairs in a row
SCALE = 6
GAP = 1  # empty pixel between the two of a pair


@dataclass(frozen=True, eq=False)
class NearestPairs:
    """Made sprites and the training sprites nearest to them, the nearest first."""

    made: Pixels  # (K, S, S, 4)
    drawn: Pixels  # (K, S, S, 4), as they were drawn: mirrored or shifted by a pixel they may be nearer
    distances: NDArray[np.float64]  # (K,), as `metrics.nearest_of` measures them

    @classmethod
    def of(cls, made: Pixels, training: SpriteDataset, count: int = PAIRS) -> NearestPairs:
        """The `count` nearest pairs of made sprites (N, S, S, 4), in which no drawn figure is there twice."""
        distances, which = nearest_of(made, training.sprites)
        figures = [training.groups[index] for index in which]
        chosen: dict[str, int] = {}
        for index in np.argsort(distances, kind="stable").tolist():
            chosen.setdefault(figures[index], index)
        kept = list(chosen.values())[:count]
        return cls(made[kept], training.sprites[which[kept]], distances[kept])

    def picture(self) -> Pixels:
        """Each pair made | drawn, numbered from 0 on, six a row."""
        gap = np.zeros((*self.made.shape[:2], GAP, 4), np.uint8)
        return numbered(np.concatenate([self.made, gap, self.drawn], axis=2), COLUMNS, SCALE)
