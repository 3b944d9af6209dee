"""Figures that compare two sets of sprites, as functions of arrays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pixelforge.imaging.pixels import Pixels

NEAR_COPY = 0.15  # nearest_distances below this: a pixel here and there differs from a known sprite

Features = NDArray[np.float64]

BLOCK = 2048  # columns of a distance matrix that are held at once


def kernel_distance(a: Features, b: Features) -> float:
    """KID: the unbiased squared MMD under (x·y / d + 1)^3 of (N, d) and (M, d); Binkowski et al. 2018, section 3.1.

    0 in expectation for two samples of one distribution, whatever their sizes; it can come out below 0.
    """
    n, m, d = len(a), len(b), a.shape[1]
    aa, bb, ab = ((x @ y.T / d + 1) ** 3 for x, y in ((a, a), (b, b), (a, b)))
    within_a = (aa.sum() - np.trace(aa)) / (n * (n - 1))
    within_b = (bb.sum() - np.trace(bb)) / (m * (m - 1))
    return float(within_a + within_b - 2 * ab.mean())


def frechet_distance(a: Features, b: Features) -> float:
    """FID: |mu_a - mu_b|^2 + tr(A + B - 2 (A^1/2 B A^1/2)^1/2); Heusel et al. 2017, eq. 6. Grows as samples shrink."""
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root_a = _symmetric_root(cov_a)
    cross = np.linalg.eigvalsh(root_a @ cov_b @ root_a).clip(min=0)
    mean_gap = a.mean(axis=0) - b.mean(axis=0)
    return float(mean_gap @ mean_gap + np.trace(cov_a) + np.trace(cov_b) - 2 * np.sqrt(cross).sum())


def nearest_of(sprites: Pixels, references: Pixels) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """How far each sprite (N,) is from the nearest reference over mirrorings and shifts by up to one pixel, and which.

    The distance is the root mean square difference of premultiplied RGBA in [0, 1], over as many pixels as the fuller
    of the two sprites has opaque ones: 0 is a copy, about 1 has nothing in common. Sprites: (N, H, W, 4).
    """
    a = _flattened(sprites)
    squared_a, opaque_a = (a**2).sum(axis=1)[:, None], _opaque(a)[:, None]
    nearest, which = np.full(len(a), np.inf), np.zeros(len(a), np.int64)
    for start in range(0, len(references), BLOCK):
        for variant in _variants(references[start : start + BLOCK]):
            b = _flattened(variant)
            squared = squared_a + (b**2).sum(axis=1) - 2 * a @ b.T
            apart = squared.clip(min=0) / np.maximum(opaque_a, _opaque(b)).clip(min=1)
            place = apart.argmin(axis=1)
            least = apart[np.arange(len(a)), place]
            which = np.where(least < nearest, start + place, which)
            nearest = np.minimum(nearest, least)
    return np.sqrt(nearest), which


def nearest_distances(sprites: Pixels, references: Pixels) -> NDArray[np.float64]:
    """(N,): how far each sprite is from the nearest reference, as `nearest_of` measures it."""
    return nearest_of(sprites, references)[0]


def mean_pairwise_distance(features: Features) -> float:
    """Mean Euclidean distance between two different rows of (N, d)."""
    squared = (features**2).sum(axis=1)
    distances = np.sqrt((squared[:, None] + squared - 2 * features @ features.T).clip(min=0))
    n = len(features)
    return float(distances.sum() / (n * (n - 1)))


def _symmetric_root(matrix: Features) -> Features:
    values, vectors = np.linalg.eigh(matrix)
    root: Features = (vectors * np.sqrt(values.clip(min=0))) @ vectors.T
    return root


def _flattened(sprites: Pixels) -> NDArray[np.float32]:
    """(N, H W 4), colours multiplied by alpha."""
    values: NDArray[np.float32] = sprites.astype(np.float32) / np.float32(255)
    values[..., :3] *= values[..., 3:]
    flat: NDArray[np.float32] = values.reshape(len(sprites), -1)
    return flat


def _opaque(flat: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N,): the opaque pixels of flattened sprites."""
    counts: NDArray[np.float32] = flat.reshape(len(flat), -1, 4)[..., 3].sum(axis=1)
    return counts


def _variants(sprites: Pixels) -> Iterator[Pixels]:
    """Sprites as they are and mirrored, each shifted by up to a pixel."""
    for mirrored in (sprites, sprites[:, :, ::-1]):
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                yield _shifted(mirrored, dx, dy)


def _shifted(sprites: Pixels, dx: int, dy: int) -> Pixels:
    padded = np.pad(sprites, ((0, 0), (1, 1), (1, 1), (0, 0)))
    height, width = sprites.shape[1:3]
    return padded[:, 1 - dy : 1 - dy + height, 1 - dx : 1 - dx + width]
