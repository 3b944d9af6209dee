"""A network begun from one that is trained already: what of its weights fits a new data set."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import Checkpoint
from pixelforge.core.condition import NULL, ClassVocabulary, Condition, Vocabulary
from pixelforge.core.config import ModelConfig, Prediction
from pixelforge.core.header import ModelHeader, Provenance
from pixelforge.core.schemes import SchemeBank
from pixelforge.core.vocabulary import Words, WordVocabulary
from pixelforge.errors import RequestError
from pixelforge.oklab import to_oklab
from training.learning.parents import unfit
from training.learning.word_rows import joined_rows

LABEL_TABLE = "label_emb.weight"
HEAD = ("out_conv.weight", "out_conv.bias")


def shape_of(parent: ModelHeader, image_size: int, prediction: Prediction | None = None) -> ModelConfig:
    """The network to begin from. Raises TrainingError for one that cannot be trained at that size, or to that."""
    shape = parent.model
    if refusal := unfit(shape, image_size, prediction):
        raise refusal
    return shape


def weights_from(parent: Checkpoint, model: ModelConfig, class_names: tuple[str, ...]) -> dict[str, Tensor]:
    """The weights that a network of the parent's shape begins with, for other classes, kinds, colours or prediction.

    Classes and kinds of the same name keep their rows of the embedding; a new class begins as the null class, a new
    kind as its class. A new colour of the palette begins as the nearest of the parent's, and a new kind of prediction
    with a new last layer.
    """
    weights = dict(parent.network.state_dict())
    weights[LABEL_TABLE] = _label_table(parent.header, weights[LABEL_TABLE], class_names, model)
    weights.update(_head(parent.header.model, model, weights))
    return weights


def weights_in_words(
    parent: Checkpoint, class_names: tuple[str, ...], words: Words, told: SchemeBank
) -> dict[str, Tensor]:
    """The weights that a `pointer` network begins with, in the words of its parent and of other sprites.

    All is the parent's, which can draw in their palette already; only the embedding has new rows (see `joined_rows`).
    told: the schemes of those sprites.
    """
    before, bank = parent.header.vocabulary, parent.bank
    assert isinstance(before, WordVocabulary)
    assert bank is not None
    weights = dict(parent.network.state_dict())
    after = WordVocabulary(class_names, words)
    weights[LABEL_TABLE] = joined_rows(weights[LABEL_TABLE], before, after, bank, told)
    return weights


def inherited_provenance(own: Provenance, parent: ModelHeader, name: str) -> Provenance:
    """The provenance of a model begun from `parent`: its credits stay due, and on the same data its steps count on."""
    before = parent.provenance
    if before.data == own.data:
        credits, licence = own.credits or before.credits, own.licence or before.licence
        return replace(own, steps=before.steps, credits=credits, licence=licence)
    due = f"begun from {name}" + (f": {before.credits} ({before.licence})" if before.credits else "")
    return replace(own, credits=f"{own.credits}; {due}" if own.credits else due)


def _label_table(parent: ModelHeader, table: Tensor, class_names: tuple[str, ...], model: ModelConfig) -> Tensor:
    before = parent.vocabulary
    words = ClassVocabulary(class_names, model.kinds).every()
    return table[torch.tensor([_nearest_row(before, condition) for condition in words])]


def _nearest_row(vocabulary: Vocabulary, condition: Condition) -> int:
    """The row of a condition, or of what it is a kind of, where it is new."""
    for known in (condition, Condition(class_name=condition.class_name), NULL):
        with suppress(RequestError):
            return vocabulary.rows(known)[0]
    raise AssertionError("the null condition has a row")


def _head(before: ModelConfig, after: ModelConfig, weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The last layer's weights."""
    if (before.prediction, before.palette) == (after.prediction, after.palette):
        return {}
    if before.prediction != "palette" or after.prediction != "palette":
        fresh = build_network(after).state_dict()
        return {name: fresh[name] for name in HEAD}
    first = before.num_colours - len(before.palette)  # transparent comes before the colours
    old, new = (to_oklab(np.array(palette, np.uint8)) for palette in (before.palette, after.palette))
    nearest = ((new[:, None] - old[None]) ** 2).sum(axis=2).argmin(axis=1)
    rows = torch.tensor([*range(first), *(first + nearest).tolist()])
    return {name: weights[name][rows] for name in HEAD}
