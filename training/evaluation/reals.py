"""The real sprites that a model is judged by, and what it is asked for to make sprites as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.condition import ClassVocabulary, Condition
from pixelforge.core.header import ModelHeader
from pixelforge.errors import DatasetError, Remedy
from pixelforge.words import counted
from training.data.indexed import styled
from training.data.sprites import SpriteDataset, load_sprites, split_holdout
from training.evaluation.among import Among, words_by_sprite

WORTH = (2, 1, 4)  # of class, kind and style that a sprite shares with its counterpart: the style before all
MOST_LISTED = 10  # words in a message
FEWEST = 2  # sprites that a distance can be told of

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Reals:
    """Real sprites, split as in training, each with a style."""

    training: SpriteDataset
    reference: SpriteDataset  # those of the training part that made ones are to be like
    heldout: SpriteDataset  # those of the held-out part, likewise
    warnings: tuple[str, ...] = ()  # on the files, for the user

    @classmethod
    def load(
        cls,
        folder: Path,
        image_size: int,
        holdout: float = 0.1,
        seed: int = 0,
        keep_background: bool = False,
        among: Among | None = None,
        leave_out: Sequence[str] = (),
    ) -> Reals:
        """Read a folder as a training does. Raises DatasetError, or RequestError for words that it does not have."""
        among = among or Among()
        data = styled(load_sprites(folder, image_size, keep_background, leave_out))
        among.check(data)
        training, heldout = split_holdout(data, holdout, seed)
        reals = cls(training, among.of(training), among.of(heldout), data.warnings)
        if len(reals.reference) < FEWEST:
            raise DatasetError(
                f"{folder} has {counted(len(reals.reference), 'such sprite')} to compare with, which is too few: "
                "leave the class, kind or style open."
            )
        return reals


def evenly(data: SpriteDataset, count: int) -> SpriteDataset:
    """`count` sprites in the proportions of a data set: class by class, in each style by style and kind by kind."""
    order = np.lexsort((np.array(data.kinds), np.array(data.styles), data.labels))
    positions = (np.arange(count) + 0.5) / count * len(data)
    return taken(data, order[positions.astype(np.int64)])


def counterparts(of: SpriteDataset, among: SpriteDataset, seed: int) -> SpriteDataset:
    """For each sprite of one set another's that shares as many of its words as one does, its style before all.

    Where several do, it is of the figure that was taken the least so far, so that frames of one do not make up all.
    """
    rng = np.random.default_rng(seed)
    figures = np.unique(among.groups, return_inverse=True)[1]
    used = np.zeros(len(among), np.int64)
    words, theirs = words_by_sprite(of), words_by_sprite(among)
    chosen = []
    for index in range(len(of)):
        shared = sum(
            worth * (of_them == of_it[index]) for worth, of_it, of_them in zip(WORTH, words, theirs, strict=True)
        )
        best = np.flatnonzero(shared == shared.max())
        best = best[used[best] == used[best].min()]
        chosen.append(rng.choice(best))
        used[figures == figures[chosen[-1]]] += 1
    return taken(among, np.array(chosen))


def taken(data: SpriteDataset, chosen: Numbers) -> SpriteDataset:
    """The sprites at these places (M,), in this order, which may repeat some."""
    return replace(
        data,
        sprites=data.sprites[chosen],
        labels=data.labels[chosen],
        groups=tuple(data.groups[index] for index in chosen),
        kinds=tuple(data.kinds[index] for index in chosen),
        styles=tuple(data.styles[index] for index in chosen),
        facings=tuple(data.facings[index] for index in chosen),
        warnings=(),
    )


def conditions_like(real: SpriteDataset, header: ModelHeader) -> list[Condition]:
    """What to ask of a model for sprites as these: class, and kind, style and facing as far as it knows the words.

    A model of classes alone is asked for those; a sprite's seed draws the kind. Raises DatasetError for classes that
    the model does not make.
    """
    vocabulary = header.vocabulary
    check_classes(header.class_names, real)
    classes = [real.class_names[label] for label in real.labels]
    if isinstance(vocabulary, ClassVocabulary):
        return [Condition(class_name=name) for name in classes]
    told = {"kind": real.kinds, "style": real.styles, "facing": real.facings}
    known = {part: set(vocabulary.parts[part]) for part in told}
    asked = []
    for name, *words in zip(classes, *told.values(), strict=True):
        parts = {part: word for part, word in zip(told, words, strict=True) if word in known[part]}
        asked.append(Condition(class_name=name, **parts))
    return asked


def unknown_words(real: SpriteDataset, header: ModelHeader) -> list[str]:
    """A line on the kinds, and one on the styles, of real sprites that a model does not know, for the user."""
    vocabulary = header.vocabulary
    if isinstance(vocabulary, ClassVocabulary):
        return []
    lines = []
    for part, words in (("kind", real.kinds), ("style", real.styles)):
        strange = sorted(set(words) - {"", *vocabulary.parts[part]})
        if strange:
            few = ", ".join(strange[:MOST_LISTED]) + ", …" * (len(strange) > MOST_LISTED)
            lines.append(f"Not asked for, as the model does not know them: {counted(len(strange), part)} ({few}).")
    return lines


def check_classes(model_classes: tuple[str, ...], data: SpriteDataset) -> None:
    """Raises DatasetError unless a model makes the classes of all these sprites."""
    classes = [data.class_names[label] for label in np.unique(data.labels)]
    if strange := [name for name in classes if name not in model_classes]:
        raise DatasetError(
            f"The model does not make {', '.join(strange)}, which the folder has; it makes {', '.join(model_classes)}.",
            Remedy.KNOWN_CLASSES,
        )
