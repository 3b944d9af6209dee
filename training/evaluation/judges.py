"""How good a model is: its sprites against the real ones, those it learnt from and those it never saw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from pixelforge.core.checkpoint import Checkpoint, replace_header
from pixelforge.core.header import read_header
from pixelforge.core.sampling import Sampling
from pixelforge.errors import DatasetError
from pixelforge.imaging.pixels import Pixels
from training.data.sprites import SpriteSet, load_sprites, split_holdout
from training.evaluation.classifier import SpriteClassifier, classify, train_classifier
from training.evaluation.metrics import frechet_distance, kernel_distance, mean_pairwise_distance, nearest_distances
from training.learning.samples import draw_sprites

NEAR_COPY = 0.15  # nearest_distances below this: a pixel here and there differs from a known sprite
SAME = 1e-4  # mean distance of features, of length sqrt(128), that differ by rounding alone
JUDGES = 5  # one classifier's KID is off by a quarter or so, according to the seed that it began from


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One row of the table. The real sprites that were held out give the row to compare with.

    KID, FID, class accuracy and diversity are means over the judges.
    """

    name: str
    sprites: int
    kid: float  # times 1000, against the training sprites; less is better
    kid_error: float  # standard error of `kid` among the judges; that of sampling the sprites is not in it
    fid: float  # less is better; grows as `sprites` shrinks, so compare rows of one size
    class_accuracy: float  # share that the classifier puts into the class they were made for
    near_copies: float  # share with a training sprite nearer than NEAR_COPY
    nearest: float  # median distance to the nearest training sprite
    diversity: float  # mean distance of a class's sprites in features, 1 for those held out; nan if too few or alike
    colours: float  # mean number of opaque colours in a sprite


@dataclass(frozen=True, eq=False)
class Judge:
    """A classifier fitted to the training part, and what it sees in the real sprites."""

    classifier: SpriteClassifier
    real: NDArray[np.float64]  # (N, 128), of the training part
    spread: float  # diversity of the held-out part; nan if it has too few sprites or they are alike

    @classmethod
    def fit(cls, training: SpriteSet, heldout: SpriteSet, seed: int) -> Judge:
        """One of several that differ by their seed."""
        classifier = train_classifier(training, seed)
        real, _ = classify(classifier, training.sprites)
        unseen, _ = classify(classifier, heldout.sprites)
        spread = _diversity(unseen, heldout.labels)
        return cls(classifier, real, spread if spread > SAME else float("nan"))

    def compare(self, sprites: Pixels, labels: NDArray[np.int64]) -> tuple[float, float, float, float]:
        """(KID times 1000, FID, class accuracy, diversity) of sprites (N, S, S, 4) made for classes `labels` (N,)."""
        features, predicted = classify(self.classifier, sprites)
        return (
            1000 * kernel_distance(features, self.real),
            frechet_distance(features, self.real),
            float((predicted == labels).mean()),
            _diversity(features, labels) / self.spread,
        )


class Evaluator:
    """Real sprites, split as in training, and judges fitted to the training part."""

    def __init__(
        self, folder: Path, image_size: int, holdout: float = 0.1, seed: int = 0, keep_background: bool = False
    ) -> None:
        data = load_sprites(folder, image_size, keep_background)
        self.training, self.heldout = split_holdout(data, holdout, seed)
        if len(self.heldout) < 2:
            raise DatasetError(f"{folder} is too small to hold sprites out for a comparison.")
        self.warnings = data.warnings
        self._judges = [Judge.fit(self.training, self.heldout, number) for number in range(JUDGES)]

    def score(self, name: str, sprites: Pixels, labels: NDArray[np.int64]) -> Figures:
        """The figures of sprites (N, S, S, 4) made for classes `labels` (N,)."""
        opinions = np.array([judge.compare(sprites, labels) for judge in self._judges])
        kid, fid, class_accuracy, diversity = opinions.mean(axis=0).tolist()
        distances = nearest_distances(sprites, self.training.sprites)
        return Figures(
            name=name,
            sprites=len(sprites),
            kid=kid,
            kid_error=float(opinions[:, 0].std(ddof=1) / JUDGES**0.5),
            fid=fid,
            class_accuracy=class_accuracy,
            diversity=diversity,
            near_copies=float((distances < NEAR_COPY).mean()),
            nearest=float(np.median(distances)),
            colours=float(np.mean([_colour_count(sprite) for sprite in sprites])),
        )

    def score_heldout(self) -> Figures:
        """The held-out real sprites' own figures: what a perfect model would come to."""
        return self.score("held-out reals", self.heldout.sprites, self.heldout.labels)

    def drawn_labels(self, count: int) -> NDArray[np.int64]:
        """`count` labels in the proportions of the training part."""
        positions = (np.arange(count) + 0.5) / count * len(self.training)
        labels: NDArray[np.int64] = np.sort(self.training.labels)[positions.astype(np.int64)]
        return labels


def score_settings(
    evaluator: Evaluator,
    checkpoint: Checkpoint,
    name: str,
    sampling: Sampling,
    count: int,
    device: torch.device,
) -> Iterator[int | Figures]:
    """Make `count` sprites in the training part's class proportions; yields each batch's size, then the figures."""
    labels = evaluator.drawn_labels(count)
    sprites = []
    for batch in draw_sprites(checkpoint, labels, sampling, 0, device):
        sprites.append(batch)
        yield len(batch)
    yield evaluator.score(name, np.concatenate(sprites), labels)


def write_recommendation(model: Path, sampling: Sampling) -> None:
    """Make `sampling` the default in a model file; the weights stay. Raises CheckpointError or OutputError."""
    replace_header(model, replace(read_header(model), recommended=sampling))


def check_classes(model_classes: tuple[str, ...], data: SpriteSet) -> None:
    """Raises DatasetError unless a folder has the classes that the model makes."""
    if set(model_classes) != set(data.class_names):
        raise DatasetError(
            f"The folder's classes ({', '.join(data.class_names)}) are not the model's ({', '.join(model_classes)})."
        )


def _diversity(features: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    classes = [features[labels == label] for label in np.unique(labels)]
    distances = [mean_pairwise_distance(part) for part in classes if len(part) > 1]
    return float(np.mean(distances)) if distances else float("nan")


def _colour_count(sprite: Pixels) -> int:
    return len(np.unique(sprite[sprite[..., 3] == 255][:, :3], axis=0))
