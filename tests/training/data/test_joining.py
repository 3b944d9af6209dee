"""A model's words and schemes beside those of other sprites."""

from __future__ import annotations

import numpy as np
import pytest

from pixelforge.core.condition import Condition
from pixelforge.core.schemes import NO_WORD, PARTS, SchemeBank, mask_of
from pixelforge.core.vocabulary import Style, Words, WordVocabulary
from training.data.joining import OTHERS, joined_banks, joined_words
from training.data.naming import style_of

RED, GREEN, BLUE, GREY = (255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128)
MODEL = WordVocabulary(
    ("beasts", "food"),
    Words(
        kinds=("bat", "bread"),
        styles=(Style(name="dawn", palette=(RED, GREEN), credits="Ann"), Style(name="grey", palette=(GREY,))),
        colours=("red", "green"),
        sizes=("small", "large"),
        facings=("down",),
    ),
)
OWN = WordVocabulary(
    ("tools", "food"),
    Words(
        kinds=("axe", "bread"),
        styles=(Style(name="grey", palette=(BLUE, GREY), credits="me"), Style(name="mine", palette=(BLUE,))),
        colours=("red", "green"),
        sizes=("small", "large"),
        facings=("up", "down"),
    ),
)


def bank(*rows: tuple[tuple[int, ...], tuple[int, ...], float]) -> SchemeBank:
    """Of words, colours and weights."""
    words, colours, weights = zip(*rows, strict=True)
    masks = np.stack([mask_of(np.array(each)) for each in colours])
    told = [(*row, *[NO_WORD] * (PARTS - len(row))) for row in words]  # what is not given is told of none
    return SchemeBank(np.array(told, np.int16), masks, np.array(weights, np.float32), np.zeros(len(told), np.uint8))


def test_new_words_stand_behind_the_old_ones_of_their_part() -> None:
    both = joined_words(MODEL, OWN)
    assert list(both.parts.values()) == [
        ("beasts", "food", "tools"),
        ("bat", "bread", "axe"),
        ("dawn", "grey", "mine"),
        ("red", "green"),
        ("small", "large"),
        ("down", "up"),
    ]
    assert joined_words(MODEL, MODEL) == MODEL


def test_a_style_that_is_known_keeps_its_colours_and_gets_those_it_lacks() -> None:
    dawn, grey, mine = joined_words(MODEL, OWN).words.styles
    assert (dawn.palette, dawn.credits) == ((RED, GREEN), "Ann")
    assert (grey.palette, grey.credits) == ((GREY, BLUE), "me")
    assert mine.palette == (BLUE,)


def test_a_palette_is_widened_no_further_than_64() -> None:
    many = tuple((number, 0, 0) for number in range(60))
    more = tuple((number, 1, 0) for number in range(30))
    model, own = (
        WordVocabulary(("a",), Words(kinds=(), styles=(Style(name="s", palette=colours),))) for colours in (many, more)
    )
    assert joined_words(model, own).words.styles[0].palette == (*many, *more[:4])


def test_the_new_schemes_come_first_and_what_both_banks_have_is_kept_once() -> None:
    old = ((0, 0, 0, 0, 1), (0, 1), 6.0)
    model = bank(old, ((1, 1, 1, -1, 0), (0,), 2.0))
    own = bank(((2, 2, 2, 0, 0), (0,), 0.5), ((1, 1, 1, -1, 0), (0,), 0.5))
    both = joined_banks(model, own)
    both.check(joined_words(MODEL, OWN))
    assert len(both.words) == 3
    weights = {tuple(row[:5]): weight for row, weight in zip(both.words.tolist(), both.weights.tolist(), strict=True)}
    assert weights == pytest.approx(
        {old[0]: 0.75 * OTHERS, (1, 1, 1, -1, 0): 0.25 * OTHERS + 0.5, (2, 2, 2, 0, 0): 0.5}
    )


def test_a_scheme_whose_sprite_is_only_now_told_to_look_some_way_is_kept_once() -> None:
    """As a model of before there were facings goes on with its sprites."""
    model = bank(((0, 0, 0, 0, 1), (0, 1), 6.0), ((1, 1, 1, -1, 0), (0,), 2.0))
    own = bank(((0, 0, 0, 0, 1, 0), (0, 1), 6.0), ((0, 0, 0, 0, 1, 1), (0, 1), 6.0))
    both = joined_banks(model, own)
    told = {tuple(row) for row in both.words.tolist()}
    assert told == {(0, 0, 0, 0, 1, 0), (0, 0, 0, 0, 1, 1), (1, 1, 1, -1, 0, NO_WORD)}


def test_only_where_no_new_sprite_fits_is_an_old_scheme_drawn() -> None:
    model = bank(((0, 0, 0, 0, 1), (0, 1), 6.0), ((1, 1, 1, -1, 0), (0,), 2.0))
    both = joined_banks(model, bank(((1, 2, 2, 0, 0), (0,), 0.5)))
    vocabulary = joined_words(MODEL, OWN)
    asked = {
        Condition(): "mine",
        Condition(class_name="food"): "mine",
        Condition(class_name="beasts"): "dawn",
        Condition(kind="bread"): "grey",
        Condition(style="dawn"): "dawn",
    }
    for condition, style in asked.items():
        assert {both.drawn(condition, seed, vocabulary).condition.style for seed in range(20)} == {style}, condition


@pytest.mark.parametrize(
    ("source", "name"),
    [("/a/My Sprites", "my sprites"), ("/a/pack.ZIP", "pack"), ("/a/v1.2", "v1.2"), ("/", "own"), ("/a/\x07", "own")],
)
def test_sprites_without_a_style_are_of_that_of_their_folder(source: str, name: str) -> None:
    assert style_of(source) == name
