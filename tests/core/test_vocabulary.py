"""Words and their rows, and the colour schemes that are drawn for them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from pixelforge.core.condition import NULL, Condition
from pixelforge.core.schemes import NO_WORD, PARTS, SchemeBank, colours_in, mask_of, moved_to_palette
from pixelforge.core.vocabulary import Style, Words, WordVocabulary
from pixelforge.errors import ConfigError, RequestError

WORDS = Words(
    kinds=("cat", "dragon", "sword"),
    styles=(Style(name="dawn", palette=((0, 0, 0), (255, 255, 255))), Style(name="tiny", palette=((9, 9, 9),))),
    colours=("red", "blue"),
    sizes=("small",),
    facings=("down", "up"),
)
VOCABULARY = WordVocabulary(("beasts", "things"), WORDS)


def bank(*rows: tuple[int, int, int, int, int, float], facings: tuple[int, ...] = ()) -> SchemeBank:
    """Of class, kind, style, colour, size and weight each."""
    looks = facings or (NO_WORD,) * len(rows)
    words = np.array([(*row[:5], facing) for row, facing in zip(rows, looks, strict=True)], np.int16)
    masks = np.stack([mask_of(np.array([number])) for number in range(len(rows))])
    return SchemeBank(words, masks, np.array([row[5] for row in rows], np.float32), np.zeros(len(rows), np.uint8))


def drawn_of(made: SchemeBank, asked: Condition, seed: int) -> tuple[Condition, list[int]]:
    """The condition and the colours that a seed draws."""
    drawn = made.drawn(asked, seed, VOCABULARY)
    return drawn.condition, list(drawn.colours)


def test_every_word_has_a_row_and_the_null_condition_none() -> None:
    everything = Condition(class_name="things", kind="sword", style="tiny", colour="blue", size="small", facing="up")
    assert VOCABULARY.rows(everything) == (1, 4, 6, 8, 9, 11)
    assert VOCABULARY.rows(Condition(kind="cat")) == (2,)
    assert VOCABULARY.rows(NULL) == ()
    assert VOCABULARY.num_rows == 12


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (Condition(kind="dragn"), "no kind 'dragn'; the nearest is dragon"),
        (Condition(kind="DRAGON"), "no kind 'DRAGON'; the nearest is dragon"),
        (Condition(style="pico"), "no style 'pico'; it knows dawn, tiny"),
        (Condition(class_name="beast"), "no class 'beast'; the nearest is beasts"),
        (Condition(colour="rde"), "no colour 'rde'; the nearest is red"),
    ],
)
def test_words_that_are_not_known(condition: Condition, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        VOCABULARY.rows(condition)


def test_words_that_cannot_be() -> None:
    with pytest.raises(ConfigError):
        Words(kinds=("cat", "cat"), styles=())
    with pytest.raises(ConfigError):
        Style(name="empty", palette=())


def test_masks_hold_64_colours() -> None:
    for indices in ([], [0], [63], [0, 7, 8, 40, 63], list(range(64))):
        assert colours_in(mask_of(np.array(indices, np.int64))) == indices


def test_a_scheme_is_drawn_from_what_fits_by_weight() -> None:
    made = bank((0, 0, 0, 0, -1, 3), (0, 1, 0, 0, -1, 1), (1, 2, 0, 1, 0, 100))
    drawn = Counter(
        (condition.kind, tuple(scheme))
        for condition, scheme in (drawn_of(made, Condition(class_name="beasts"), s) for s in range(4000))
    )
    assert set(drawn) == {("cat", (0,)), ("dragon", (1,))}
    assert drawn["cat", (0,)] / 4000 == pytest.approx(0.75, abs=0.03)


def test_the_drawn_row_tells_what_was_left_open_and_nothing_that_was_asked() -> None:
    made = bank((0, 0, 0, 0, 0, 1), (1, 2, 1, 1, 0, 1))
    condition, scheme = drawn_of(made, Condition(kind="sword"), 5)
    assert condition == Condition(class_name="things", kind="sword", style="tiny")
    assert scheme == [1]


def test_what_nobody_drew_is_widened_to_the_nearest() -> None:
    """A tiny dragon: its scheme is another beast's of that style, but it stays a tiny dragon."""
    made = bank((0, 1, 0, 0, 0, 1), (0, 0, 1, 0, 0, 1), (1, 2, 1, 0, 0, 1))
    condition, scheme = drawn_of(made, Condition(kind="dragon", class_name="beasts", style="tiny"), 1)
    assert (condition.kind, condition.style, scheme) == ("dragon", "tiny", [1])


def test_a_seed_always_draws_the_same() -> None:
    made = bank(*((0, 0, 0, 0, 0, 1) for _ in range(50)))
    chosen = [drawn_of(made, NULL, seed)[1][0] for seed in (0, 1, 2**32 - 1)]
    assert chosen == [drawn_of(made, NULL, seed)[1][0] for seed in (0, 1, 2**32 - 1)]
    assert len({drawn_of(made, NULL, seed)[1][0] for seed in range(300)}) == 50


def test_a_sprite_without_a_kind_is_drawn_without_one() -> None:
    made = bank((1, -1, 0, -1, -1, 1))
    condition, _ = drawn_of(made, Condition(class_name="things"), 3)
    assert condition == Condition(class_name="things", style="dawn")
    few = WordVocabulary(("beasts", "things"), Words(kinds=(), styles=WORDS.styles))
    assert made.drawn(NULL, 3, few).condition.kind is None


def test_a_style_that_nobody_drew_in_has_no_scheme() -> None:
    made = bank((1, -1, 0, -1, -1, 1))
    assert drawn_of(made, Condition(style="tiny"), 3) == (Condition(style="tiny"), [])


def test_things_that_look_no_way_are_asked_for_without_a_facing() -> None:
    """Beasts look down and up, things do not; where it is left open it is that of the sprite whose scheme is drawn."""
    made = bank((0, 0, 0, 0, 0, 1), (0, 1, 0, 0, 0, 1), (1, 2, 0, 0, 0, 1), facings=(0, 1, NO_WORD))
    for seed in range(20):
        up, scheme = drawn_of(made, Condition(class_name="beasts", facing="up"), seed)
        assert (up.kind, up.facing, scheme) == ("dragon", "up", [1])
        cat, scheme = drawn_of(made, Condition(kind="cat", facing="up"), seed)
        assert (cat.class_name, cat.facing, scheme) == ("beasts", "up", [0])  # nobody drew one, but other beasts
        sword, scheme = drawn_of(made, Condition(kind="sword", facing="up"), seed)
        assert (sword.class_name, sword.facing, scheme) == ("things", None, [2])
        assert drawn_of(made, Condition(kind="dragon"), seed)[0].facing == "up"


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="no such shapes"):
        SchemeBank(
            np.zeros((2, PARTS), np.int16), np.zeros((1, 8), np.uint8), np.ones(2, np.float32), np.zeros(2, np.uint8)
        )
    for weight in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="weights"):
            bank((0, 0, 0, 0, 0, weight))


@pytest.mark.parametrize(
    "row", [(2, 0, 0, 0, 0, 1), (-1, 0, 0, 0, 0, 1), (0, 3, 0, 0, 0, 1), (0, 0, -1, 0, 0, 1), (0, 0, 0, 0, 9, 1)]
)
def test_a_bank_must_fit_its_vocabulary(row) -> None:
    bank((0, -1, 1, -1, -1, 1)).check(VOCABULARY)
    with pytest.raises(ValueError, match="there is not"):
        bank(row).check(VOCABULARY)
    with pytest.raises(ValueError, match="no colour"):
        bank((0, 0, 0, 0, 0, 1), (0, 0, 1, 0, 0, 1)).check(VOCABULARY)  # the second colour of a palette of one


def test_colours_go_to_the_nearest_each_to_another() -> None:
    palette = ((1, 1, 1), (2, 2, 2), (3, 3, 3))
    distances = np.array([[0.1, 0.2, 0.9], [0.15, 0.8, 0.9]])
    assert moved_to_palette([(0, 0, 0), (9, 9, 9)], palette, distances) == [palette[0], palette[1]]
    assert moved_to_palette([(0, 0, 0)] * 4, palette[:2], np.tile([0.1, 0.2], (4, 1))) == [palette[0], palette[1]]
