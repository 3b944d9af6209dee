"""The two-sample test: how well can a classifier that never saw these very sprites tell made from real ones?

Lopez-Paz & Oquab 2017, cross-fitted: for each fold a classifier is fitted to the others and asked about it. What comes
out is the area under the ROC curve: 0.5 cannot tell, 1 tells every one. It is small and sees but a thousand sprites:
0.5 says that it found nothing, not that there is nothing to find.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from pixelforge.imaging.pixels import Pixels, to_values
from training.evaluation.fitting import as_values, augmented, fit
from training.evaluation.regularity import NUMBERS, regularity

FOLDS = 4
STEPS = 100
WIDTHS = (32, 64, 64)
HIDDEN = 32
# 256 monsters and others of version 0.1's model against real ones, of which people tell 92%: an area of 0.55 without
# these planes and numbers, 0.85 with the planes, 0.86 by a logistic regression on the numbers, 0.87 with both.
NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))  # down, right
REAL, MADE = 0, 1
BLOCK = 512

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class MadeOrReal(nn.Module):
    """Sprites (B, 4, S, S) in [-1, 1], and their `regularity` (B, 6), to a logit each (B,): above 0 for made."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in zip((4 + len(NEIGHBOURS), *WIDTHS[:-1]), WIDTHS, strict=True):
            layers += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.SiLU(), nn.MaxPool2d(2)]
        self.body = nn.Sequential(*layers[:-1])
        self.norm = nn.BatchNorm1d(NUMBERS)
        self.head = nn.Sequential(
            nn.Dropout(0.3), nn.Linear(WIDTHS[-1] + NUMBERS, HIDDEN), nn.SiLU(), nn.Linear(HIDDEN, 1)
        )

    def forward(self, x: Tensor, numbers: Tensor) -> Tensor:
        """What it takes stands at its class."""
        looks = self.body(torch.cat([x, *alike(x)], dim=1)).mean(dim=(2, 3))
        return self.head(torch.cat([looks, self.norm(numbers)], dim=1)).squeeze(1)  # type: ignore[no-any-return]


def alike(x: Tensor) -> Iterator[Tensor]:
    """For four of the neighbours, planes (B, 1, S, S) of 1 where a pixel of (B, C, S, S) is like it, else -1."""
    side = x.shape[-1]
    padded = F.pad(x, (1, 1, 1, 1), value=-1)
    for down, right in NEIGHBOURS:
        there = padded[:, :, 1 + down : 1 + down + side, 1 + right : 1 + right + side]
        yield (there == x).all(dim=1, keepdim=True).float() * 2 - 1


@dataclass(frozen=True, eq=False)
class Suspicions:
    """How much each sprite looked made to a classifier that had not seen its fold."""

    made: Floats  # (N,), of made sprites
    real: Floats  # (M,), of real ones
    made_folds: Numbers  # (N,)
    real_folds: Numbers  # (M,)

    def area(self, made: Flags | None = None, real: Flags | None = None) -> float:
        """Area under the ROC curve, of all or of those where (N,) and (M,) are true; nan where there are no pairs.

        Only sprites of one fold are compared, as only they were judged by one classifier; all pairs count alike.
        """
        made = np.ones(len(self.made), np.bool_) if made is None else made
        real = np.ones(len(self.real), np.bool_) if real is None else real
        won, pairs = 0.0, 0
        for fold in range(FOLDS):
            a, b = self.made[made & (self.made_folds == fold)], self.real[real & (self.real_folds == fold)]
            won += wins(a, b)
            pairs += len(a) * len(b)
        return won / pairs if pairs else float("nan")


def wins(a: Floats, b: Floats) -> float:
    """How many of all pairs have the one of (N,) above the one of (M,), a tie being half: Mann and Whitney's U."""
    ordered = np.sort(b)
    return float(np.searchsorted(ordered, a, "left").sum() + np.searchsorted(ordered, a, "right").sum()) / 2


def cross_fitted(
    made: Pixels, real: Pixels, made_figures: Sequence[str], real_figures: Sequence[str], seed: int = 0
) -> Suspicions:
    """What classifiers make of sprites (N, S, S, 4) and (M, S, S, 4) that they were not fitted to.

    A figure's sprites, and those made as they are, are all in one fold, so that a pose does not give away the next.
    """
    made_folds, real_folds = _folds(made_figures, real_figures, seed)
    sprites, folds = np.concatenate([made, real]), np.concatenate([made_folds, real_folds])
    of = np.repeat([MADE, REAL], [len(made), len(real)])
    logits = np.zeros(len(sprites))
    for fold in np.unique(folds):
        known = folds != fold
        if len(np.unique(of[known])) == 2:  # or there is nothing to tell apart
            logits[~known] = _asked(_fitted(sprites[known], of[known], seed + int(fold)), sprites[~known])
    return Suspicions(logits[: len(made)], logits[len(made) :], made_folds, real_folds)


def _folds(made: Sequence[str], real: Sequence[str], seed: int) -> tuple[Numbers, Numbers]:
    """The fold of each sprite, drawn figure by figure."""
    figures, number = np.unique([*made, *real], return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(figures)) % FOLDS
    return fold[number[: len(made)]], fold[number[len(made) :]]


def _fitted(sprites: Pixels, of: Numbers, seed: int) -> MadeOrReal:
    torch.manual_seed(seed)
    model = MadeOrReal()
    fit(model, _losses(model, sprites, of, seed), STEPS)
    return model


def _losses(model: MadeOrReal, sprites: Pixels, of: Numbers, seed: int) -> Iterator[Tensor]:
    """Binary cross-entropy of batches in which made and real ones are drawn alike."""
    target = torch.from_numpy(of).float()
    weights, numbers = torch.from_numpy(1 / np.bincount(of)[of]), torch.from_numpy(regularity(sprites)).float()
    generator = torch.Generator().manual_seed(seed)
    for chosen, planes in augmented(sprites, weights, STEPS, generator):
        yield F.binary_cross_entropy_with_logits(model(as_values(planes), numbers[chosen]), target[chosen])


@torch.inference_mode()
def _asked(model: MadeOrReal, sprites: Pixels) -> Floats:
    numbers = torch.from_numpy(regularity(sprites)).float()
    parts = [
        model(torch.from_numpy(to_values(sprites[start : start + BLOCK], 4)), numbers[start : start + BLOCK])
        for start in range(0, len(sprites), BLOCK)
    ]
    return torch.cat(parts).double().numpy()
