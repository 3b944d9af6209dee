"""Conditions: the words that a model knows and the rows of the embedding that they stand for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from pixelforge.core.backend import Answer
from pixelforge.core.build import build_network
from pixelforge.core.condition import NULL, ClassVocabulary, Condition, Cue, stacked
from pixelforge.core.config import Kind, ModelConfig
from pixelforge.core.header import ModelHeader
from pixelforge.core.pipeline import Model, sprite_steps
from pixelforge.core.sampling import Sampling
from pixelforge.core.torch_backend import TorchBackend
from pixelforge.errors import ConfigError, RequestError
from tests.tiny import TINY

KINDS = (
    Kind(name="cat", label=1, share=0.5),
    Kind(name="bat", label=2, share=1.0),
    Kind(name="dog", label=1, share=0.3),
)


def config(**fields) -> ModelConfig:
    return replace(TINY, **{"num_classes": 3, "kinds": KINDS, "image_size": 16, **fields})


WORDS = ClassVocabulary(("stones", "beasts", "birds"), KINDS)
BEASTS = Condition(class_name="beasts")


def test_rows_are_the_classes_the_null_condition_and_the_kinds() -> None:
    assert [WORDS.rows(condition) for condition in WORDS.every()] == [(row,) for row in range(7)]
    assert WORDS.rows(NULL) == (3,)
    assert WORDS.rows(Condition(class_name="birds", kind="bat")) == (5,)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (Condition(class_name="fish"), "no class 'fish'; it knows stones, beasts, birds"),
        (Condition(class_name="Birds"), "no class 'Birds'; the nearest is birds"),
        (Condition(class_name="beasts", kind="bat"), "beasts has no kind 'bat'; it has cat, dog"),
        (Condition(class_name="stones", kind="cat"), "it has none"),
        (Condition(kind="cat"), "has to be told a class: stones, beasts, birds"),
        (Condition(class_name="beasts", style="tiny"), "no styles, colours, sizes or facings"),
        (Condition(class_name="beasts", drawn_in=("#000000",)), "its own colours alone"),
    ],
)
def test_words_that_a_model_does_not_know(condition: Condition, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        WORDS.rows(condition)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": ""},
        {"class_name": ""},
        {"drawn_in": ("red",)},
        {"drawn_in": ("#000000",) * 65},
        {"scheme": ()},
        {"scheme": ("red",)},
    ],
)
def test_conditions_that_cannot_be(fields) -> None:
    with pytest.raises(RequestError):
        Condition(**fields)


def test_kinds_come_by_their_shares_and_none_for_the_rest() -> None:
    drawn = Counter(WORDS.drawn(BEASTS, seed).kind for seed in range(20_000))
    assert set(drawn) == {"cat", "dog", None}
    assert drawn["cat"] / 20_000 == pytest.approx(0.5, abs=0.015)
    assert drawn["dog"] / 20_000 == pytest.approx(0.3, abs=0.015)
    assert {WORDS.drawn(Condition(class_name="stones"), seed).kind for seed in range(50)} == {None}
    assert {WORDS.drawn(Condition(class_name="birds"), seed).kind for seed in range(50)} == {"bat"}


def test_what_is_asked_for_is_not_drawn() -> None:
    asked = Condition(class_name="beasts", kind="dog")
    assert {WORDS.drawn(asked, seed) for seed in range(50)} == {asked}
    assert WORDS.drawn(NULL, 3) == NULL


def test_a_seed_always_draws_the_same() -> None:
    kinds = [WORDS.drawn(BEASTS, seed).kind for seed in (0, 1, 2**32 - 1)]
    assert kinds == ["dog", "cat", "cat"]  # so that recipes keep their meaning


def test_conditions_of_fewer_rows_are_filled_up() -> None:
    assert stacked([(1,), (2, 0)]).tolist() == [[1, -1], [2, 0]]


def test_the_embedding_has_a_row_for_each() -> None:
    network = build_network(config())
    assert network.label_emb.weight.shape[0] == config().num_conditions == 7
    assert build_network(config(kinds=())).label_emb.weight.shape[0] == 4


class Listener(TorchBackend):
    """A backend that keeps what it is asked to condition on."""

    def prepare(self, cues: Sequence[Cue], timesteps: Sequence[int]) -> Answer:
        self.asked = [cue.rows for cue in cues]
        return super().prepare(cues, timesteps)


@pytest.mark.parametrize(("strength", "rows"), [(1.0, [(6,), (1,), (3,), (3,)]), (0.5, [(1,), (1,), (3,), (3,)])])
def test_a_sprite_is_drawn_as_its_kind_and_a_variation_as_its_class(schedule, randomise, strength, rows) -> None:
    backend = Listener(randomise(build_network(config())))
    model = Model(ModelHeader(model=config(), class_names=WORDS.class_names), backend, schedule)
    seeds = [next(seed for seed in range(99) if WORDS.drawn(BEASTS, seed).kind == kind) for kind in ("dog", None)]
    start = np.zeros((4, 16, 16), np.float32) if strength < 1 else None
    next(sprite_steps(model, [BEASTS] * 2, seeds, Sampling(sampler="ddim", steps=4), start, strength))
    assert backend.asked == rows  # and the null condition's for guidance


def test_a_paused_run_leaves_no_mode_with_the_caller(schedule, randomise) -> None:
    backend = TorchBackend(randomise(build_network(config())))
    model = Model(ModelHeader(model=config(), class_names=WORDS.class_names), backend, schedule)
    steps = sprite_steps(model, [BEASTS], [0], Sampling(steps=4))
    next(steps)
    assert not torch.is_inference_mode_enabled()
    steps.close()


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Kind(name="owl", label=3, share=0.5), "class 3, which there is not"),
        (Kind(name="owl", label=-1, share=0.5), "class -1"),
        (Kind(name="owl", label=0, share=0.0), "share of 0"),
        (Kind(name="owl", label=1, share=0.3), "more than the whole"),
    ],
)
def test_kinds_that_cannot_be(kind, message) -> None:
    with pytest.raises(ConfigError, match=message):
        config(kinds=(*KINDS, kind))


def test_the_notebook_knows_none() -> None:
    fields = {"architecture": "notebook", "prediction": "eps", "channels": 3}
    with pytest.raises(ConfigError, match="no kinds"):
        replace(config(), **fields)
