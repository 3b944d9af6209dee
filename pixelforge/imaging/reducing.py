"""The few of its own colours that stand best for all that a picture has: k-means, for many pictures at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pixelforge.imaging.dither import BLOCK
from pixelforge.oklab import Floats

MAX_ROUNDS = 50  # of k-means; sprites settle in a handful
MOST_LOOKED_AT = 2**22  # colours of a picture in all its rounds

Indices = NDArray[np.intp]


def representatives(lab: Floats, frequency: Indices, sizes: Indices, count: int) -> Indices:
    """Which of the different colours (P, 3) of G pictures, one picture's after another's, stand for each: (G, count).

    sizes: (G,) how many colours each picture has, more than `count`; frequency: (P,) how often each occurs. Weighted
    k-means in OKLab, begun with the most frequent colour and then always the farthest; no chance in it. Each picture
    is looked at by itself, and comes out as it does alone.
    """
    picture = np.repeat(np.arange(len(sizes)), sizes)
    chosen = _farthest(lab, frequency, sizes, count)
    limits = np.clip(MOST_LOOKED_AT // sizes, 1, MAX_ROUNDS)
    moving = np.arange(len(sizes))
    for number in range(MAX_ROUNDS):
        moving = moving[number < limits[moving]]
        if not len(moving):
            break
        place = np.full(len(sizes), -1)
        place[moving] = np.arange(len(moving))
        points = np.flatnonzero(place[picture] >= 0)
        settled = points[_middles(lab[points], frequency[points], place[picture[points]], lab[chosen[moving]])]
        changed = (settled != chosen[moving]).any(axis=1)
        chosen[moving] = settled
        moving = moving[changed]
    return chosen


def nearest(points: Floats, targets: Floats, picture: Indices | None = None) -> Indices:
    """Which of the targets (T, 3) is nearest to each point (P, 3), or of those of its picture (G, T, 3)."""
    found = np.empty(len(points), np.intp)
    for start in range(0, len(points), BLOCK):
        part = slice(start, start + BLOCK)
        own = targets[None] if picture is None else targets[picture[part]]
        found[part] = _apart(points[part, None], own).argmin(axis=1)
    return found


def _farthest(lab: Floats, frequency: Indices, sizes: Indices, count: int) -> Indices:
    """(G, count): the most frequent, and then always the one that is farthest from those that are chosen."""
    starts = np.cumsum(sizes) - sizes
    picture = np.repeat(np.arange(len(sizes)), sizes)
    chosen = np.empty((len(sizes), count), np.intp)
    chosen[:, 0] = _first_greatest(frequency, starts, picture)
    distance = np.full(len(lab), np.inf)
    for number in range(1, count):
        distance = np.minimum(distance, _apart(lab, lab[chosen[picture, number - 1]]))
        chosen[:, number] = _first_greatest(distance, starts, picture)
    return chosen


def _first_greatest(values: NDArray[np.generic], starts: Indices, picture: Indices) -> Indices:
    """(G,): where each picture's greatest value is first."""
    greatest = np.flatnonzero(values == np.maximum.reduceat(values, starts)[picture])
    return greatest[np.searchsorted(picture[greatest], np.arange(len(starts)))]


def _middles(lab: Floats, frequency: Indices, picture: Indices, targets: Floats) -> Indices:
    """(G, T): of what lies nearest to each target (G, T, 3), the colour that is nearest to its weighted mean."""
    groups, count = targets.shape[:2]
    member = picture * count + nearest(lab, targets, picture)
    whole = np.bincount(member, frequency, groups * count)
    sums = [np.bincount(member, lab[:, axis] * frequency, groups * count) for axis in range(3)]
    mean = np.stack(sums, axis=1) / whole[:, None]  # no cluster is empty: the target is a colour of its own
    order = np.lexsort((_apart(lab, mean[member]), member))
    first: Indices = order[np.searchsorted(member[order], np.arange(groups * count))]
    return first.reshape(groups, count)


def _apart(some: Floats, others: Floats) -> Floats:
    """Squared distances over the last axis, of three: written out, as numpy's sum over so few takes thrice as long."""
    lightness, a, b = (some[..., axis] - others[..., axis] for axis in range(3))
    return lightness * lightness + a * a + b * b
