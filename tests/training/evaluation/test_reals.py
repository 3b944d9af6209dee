"""What made sprites are compared with, and what is asked for to be compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pixelforge.core.condition import Condition
from pixelforge.core.config import Kind, ModelConfig
from pixelforge.core.header import ModelHeader
from pixelforge.core.vocabulary import Style, Words
from pixelforge.errors import DatasetError, RequestError
from training.data.indexed import OWN_STYLE
from training.data.sprites import SpriteDataset, split_holdout
from training.evaluation.among import Among, words_by_sprite
from training.evaluation.reals import (
    Reals,
    check_classes,
    conditions_like,
    counterparts,
    evenly,
    taken,
    unknown_words,
)


@pytest.fixture
def told(data: SpriteDataset) -> SpriteDataset:
    """Two styles, and of the first every second sprite a kind."""
    styles = tuple("bright" if number % 3 else "dark" for number in range(len(data)))
    kinds = tuple("cat" if number % 2 and style == "bright" else "" for number, style in enumerate(styles))
    return replace(data, styles=styles, kinds=kinds)


def with_words(kinds: tuple[str, ...], styles: tuple[str, ...]) -> ModelHeader:
    words = Words(kinds=kinds, styles=tuple(Style(name=name, palette=((0, 0, 0),)) for name in styles))
    model = ModelConfig(num_classes=2, prediction="pointer", embedding_rows=2 + len(kinds) + len(styles))
    return ModelHeader(model=model, class_names=("tools", "beasts"), words=words)


def test_even_draws_have_the_proportions_of_the_words(told: SpriteDataset) -> None:
    drawn = evenly(told, 200)
    assert len(drawn) == 200
    of_all, of_drawn = (Counter(zip(*map(list, words_by_sprite(data)), strict=True)) for data in (told, drawn))
    for words, count in of_all.items():
        assert of_drawn[words] / 200 == pytest.approx(count / len(told), abs=0.011)
    assert (np.diff(drawn.labels) >= 0).all()  # as version 0.1 asked for them


def test_taken_sprites_keep_all_that_is_told_of_them(told: SpriteDataset) -> None:
    chosen = np.array([5, 5, 0])
    some = taken(told, chosen)
    np.testing.assert_array_equal(some.sprites, told.sprites[chosen])
    for name in ("groups", "kinds", "styles"):
        assert getattr(some, name) == tuple(getattr(told, name)[index] for index in chosen)


def test_counterparts_share_what_they_can_the_style_before_all(told: SpriteDataset) -> None:
    half = np.arange(len(told)) % 2 == 0
    a, b = told.subset(half), told.subset(~half)
    found = counterparts(a, b, 0)
    assert len(found) == len(a)
    assert found.styles == a.styles
    np.testing.assert_array_equal(found.labels, a.labels)
    there = set(zip(*map(list, words_by_sprite(b)), strict=True))
    for mine, theirs in zip(
        zip(*words_by_sprite(a), strict=True), zip(*words_by_sprite(found), strict=True), strict=True
    ):
        assert mine == theirs or mine not in there
    only_bright = counterparts(a, b.subset(np.array(b.styles) == "bright"), 0)
    np.testing.assert_array_equal(only_bright.labels, a.labels)


def test_counterparts_are_of_many_figures(told: SpriteDataset) -> None:
    one_word = replace(told, styles=("x",) * len(told), kinds=("",) * len(told), labels=np.zeros_like(told.labels))
    figures = Counter(counterparts(one_word, one_word, 0).groups)
    assert set(figures) == set(told.groups)
    assert max(figures.values()) - min(figures.values()) <= 1


def test_a_model_with_words_is_asked_for_those_that_it_knows(told: SpriteDataset) -> None:
    asked = conditions_like(told, with_words(("cat", "dog"), ("bright",)))
    for condition, class_, kind, style in zip(asked, *words_by_sprite(told), strict=True):
        expected = Condition(class_name=class_, kind=kind or None, style="bright" if style == "bright" else None)
        assert condition == expected
    assert {condition.kind for condition in conditions_like(told, with_words((), ("dark",)))} == {None}
    assert unknown_words(told, with_words((), ("dark",))) == [
        "Not asked for, as the model does not know them: 1 kind (cat).",
        "Not asked for, as the model does not know them: 1 style (bright).",
    ]
    assert unknown_words(told, with_words(("cat",), ("dark", "bright"))) == []


def test_a_model_of_classes_is_asked_for_those(told: SpriteDataset) -> None:
    model = ModelConfig(num_classes=2, palette=((0, 0, 0), (1, 1, 1)), kinds=(Kind(name="cat", label=0, share=0.5),))
    header = ModelHeader(model=model, class_names=("tools", "beasts"))  # in another order than the folder's
    asked = conditions_like(told, header)
    assert asked == [Condition(class_name=name) for name in words_by_sprite(told)[0]]
    assert unknown_words(told, header) == []


def test_other_classes_than_the_model_s_are_an_error(data: SpriteDataset) -> None:
    check_classes(("tools", "beasts"), data)
    check_classes(("tools", "beasts", "dragons"), data)
    with pytest.raises(DatasetError, match="does not make beasts, tools, which the folder has; it makes dragons"):
        check_classes(("dragons",), data)
    check_classes(("tools",), data.subset(data.labels == data.class_names.index("tools")))


def test_the_split_is_that_of_training_whatever_is_looked_at(folder: Path, data: SpriteDataset) -> None:
    training, heldout = split_holdout(data, 0.25, 3)
    reals = Reals.load(folder, 8, holdout=0.25, seed=3)
    assert (reals.training.groups, reals.heldout.groups) == (training.groups, heldout.groups)
    tools = Reals.load(folder, 8, holdout=0.25, seed=3, among=Among(classes=["tools"], style=OWN_STYLE))
    assert tools.training.groups == training.groups
    for part, whole in ((tools.reference, training), (tools.heldout, heldout)):
        assert part.groups == tuple(group for group in whole.groups if group.startswith("tools/"))


@pytest.mark.parametrize(
    ("among", "message"),
    [
        (Among(classes=["tools", "tool"]), "no class 'tool'; the nearest is tools"),
        (Among(kind="dragon"), "no kind 'dragon'; it has beast, tool"),
        (Among(style="Own"), "no style 'Own'; the nearest is own"),
    ],
)
def test_words_that_the_folder_does_not_have(folder: Path, among: Among, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        Reals.load(folder, 8, among=among)


def test_words_that_no_sprite_has_together(folder: Path) -> None:
    with pytest.raises(DatasetError, match="0 such sprites to compare with"):
        Reals.load(folder, 8, among=Among(classes=["tools"], kind="beast"))
