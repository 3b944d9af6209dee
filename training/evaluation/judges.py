"""How good a model is: its sprites against the real ones, those it learnt from and those it never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.checkpoint import replace_header
from pixelforge.core.header import read_header
from pixelforge.core.sampling import Sampling
from pixelforge.errors import DatasetError
from pixelforge.imaging.pixels import Pixels
from training.data.sprites import SpriteDataset
from training.evaluation.classifier import SpriteClassifier, classify, train_classifier
from training.evaluation.figures import Figures, PartFigures
from training.evaluation.kinds import KindJudge
from training.evaluation.metrics import (
    NEAR_COPY,
    frechet_distance,
    kernel_distance,
    mean_pairwise_distance,
    nearest_distances,
)
from training.evaluation.reals import Reals, counterparts
from training.evaluation.two_sample import Suspicions, cross_fitted

SAME = 1e-4  # mean distance of features, of length sqrt(128), that differ by rounding alone
JUDGES = 5  # one classifier's KID is off by a quarter or so, according to the seed that it began from
FEWEST_OF_PART = 8  # sprites of a style or class, made and real, that a KID or an area can be told of

Flags = NDArray[np.bool_]
Texts = NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Judge:
    """A classifier fitted to the training part, and what it sees in the real sprites."""

    classifier: SpriteClassifier
    real: NDArray[np.float64]  # (N, 128), of those that made ones are to be like
    spread: float  # diversity of the held-out part; nan if it has too few sprites or they are alike

    @classmethod
    def fit(cls, reals: Reals, seed: int) -> Judge:
        """One of several that differ by their seed."""
        classifier = train_classifier(reals.training, seed)
        real, _ = classify(classifier, reals.reference.sprites)
        unseen, _ = classify(classifier, reals.heldout.sprites)
        spread = _diversity(unseen, reals.heldout.labels)
        return cls(classifier, real, spread if spread > SAME else float("nan"))

    def look(self, sprites: Pixels, labels: NDArray[np.int64]) -> Opinion:
        """What it makes of sprites (N, S, S, 4) made for classes `labels` (N,)."""
        features, predicted = classify(self.classifier, sprites)
        fid, diversity = frechet_distance(features, self.real), _diversity(features, labels) / self.spread
        return Opinion(features, self.real, predicted == labels, fid, diversity)


@dataclass(frozen=True, eq=False)
class Opinion:
    """What a judge makes of some sprites."""

    features: NDArray[np.float64]  # (N, 128)
    real: NDArray[np.float64]  # (M, 128), of the real ones that they are to be like
    right: Flags  # (N,): their class was told
    fid: float
    diversity: float

    def kid(self, mine: Flags, theirs: Flags) -> float:
        """Times 1000, of those (N,) against those (M,); nan for too few."""
        if _too_few(mine) or _too_few(theirs):
            return float("nan")
        return 1000 * kernel_distance(self.features[mine], self.real[theirs])


@dataclass(frozen=True, eq=False)
class Findings:
    """All that is found of some sprites, one by one, from which the figures of all and of parts are taken."""

    opinions: Sequence[Opinion]
    suspicions: Suspicions
    right_kinds: NDArray[np.float64]  # (N,), nan where no kind was asked for
    distances: NDArray[np.float64]  # (N,), from the nearest training sprite

    def of_part(self, mine: Flags, theirs: Flags) -> PartFigures:
        """The figures of those where (N,) is true, against the real ones where (M,) is."""
        kids = np.array([opinion.kid(mine, theirs) for opinion in self.opinions])
        kinds = self.right_kinds[mine]
        asked = kinds[~np.isnan(kinds)]
        return PartFigures(
            sprites=int(mine.sum()),
            kid=float(kids.mean()),
            kid_error=float(kids.std(ddof=1) / len(kids) ** 0.5) if len(kids) > 1 else float("nan"),
            two_sample=float("nan") if _too_few(mine) else self.suspicions.area(mine, mine),
            class_accuracy=float(np.mean([opinion.right[mine].mean() for opinion in self.opinions])),
            kind_accuracy=float(asked.mean()) if len(asked) else float("nan"),
            near_copies=float((self.distances[mine] < NEAR_COPY).mean()),
        )


class Evaluator:
    """Real sprites, and judges fitted to their training part."""

    def __init__(self, reals: Reals, judges: int = JUDGES) -> None:
        if len(reals.heldout) < 2:
            raise DatasetError(
                "There are too few such sprites to hold any out for a comparison: name fewer words, or hold out more."
            )
        self.reals = reals
        self._judges = [Judge.fit(reals, number) for number in range(judges)]
        self._kinds = KindJudge.fit(reals.training)

    def score(self, name: str, sprites: Pixels, like: SpriteDataset, real: SpriteDataset | None = None) -> Figures:
        """The figures of sprites (N, S, S, 4), each made for the class, style and kind of one in `like`.

        real: (N) what the two-sample test is made against; the same ones if they are not given.
        """
        found = self._find(sprites, like, like if real is None else real)
        reference, opinions = self.reals.reference, found.opinions
        whole = found.of_part(np.ones(len(sprites), np.bool_), np.ones(len(reference), np.bool_))
        classes, theirs = (np.array(data.class_names)[data.labels] for data in (like, reference))
        return Figures(
            **{fact.name: getattr(whole, fact.name) for fact in fields(whole)},
            name=name,
            fid=float(np.mean([opinion.fid for opinion in opinions])),
            diversity=float(np.mean([opinion.diversity for opinion in opinions])),
            nearest=float(np.median(found.distances)),
            colours=float(np.mean([_colour_count(sprite) for sprite in sprites])),
            by_style=_by_part(found, np.array(like.styles), np.array(reference.styles)),
            by_class=_by_part(found, classes, theirs),
        )

    def score_heldout(self) -> Figures:
        """The held-out real sprites' own figures: what a perfect model would come to.

        For the two-sample test they are set against training sprites of the same words: it should find nothing.
        """
        heldout = self.reals.heldout
        real = counterparts(heldout, self.reals.reference, 0)
        return self.score("held-out reals", heldout.sprites, heldout, real)

    def _find(self, sprites: Pixels, like: SpriteDataset, real: SpriteDataset) -> Findings:
        nothing = np.full(len(sprites), np.nan)
        return Findings(
            opinions=[judge.look(sprites, like.labels) for judge in self._judges],
            suspicions=cross_fitted(sprites, real.sprites, like.groups, real.groups),
            right_kinds=nothing if self._kinds is None else self._kinds.right(sprites, like.kinds),
            distances=nearest_distances(sprites, self.reals.training.sprites),
        )


def write_recommendation(model: Path, sampling: Sampling) -> None:
    """Make `sampling` the default in a model file; the weights stay. Raises CheckpointError or OutputError."""
    replace_header(model, replace(read_header(model), recommended=sampling))


def _too_few(part: Flags) -> bool:
    return not part.all() and int(part.sum()) < FEWEST_OF_PART


def _by_part(found: Findings, mine: Texts, theirs: Texts) -> dict[str, PartFigures]:
    """The figures of each word that made sprites (N,) and real ones (M,) have."""
    return {str(word): found.of_part(mine == word, theirs == word) for word in np.unique(mine)}


def _diversity(features: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    classes = [features[labels == label] for label in np.unique(labels)]
    distances = [mean_pairwise_distance(part) for part in classes if len(part) > 1]
    return float(np.mean(distances)) if distances else float("nan")


def _colour_count(sprite: Pixels) -> int:
    return len(np.unique(sprite[sprite[..., 3] == 255][:, :3], axis=0))
