"""The embedding of a model's words and of new ones."""

from __future__ import annotations

import numpy as np
import torch

from pixelforge.core.schemes import SchemeBank
from pixelforge.core.vocabulary import Style, Words, WordVocabulary
from training.learning.word_rows import joined_rows

RED = ((255, 0, 0),)
BEFORE = WordVocabulary(
    ("beasts", "food"),
    Words(kinds=("bat", "bread", "cat"), styles=(Style(name="dawn", palette=RED), Style(name="grey", palette=RED))),
)
AFTER = WordVocabulary(
    ("beasts", "food", "tools"),
    Words(
        kinds=("bat", "bread", "cat", "dog", "axe"),
        styles=(*BEFORE.words.styles, Style(name="mine", palette=RED)),
        colours=("red",),
    ),
)


def bank(*class_and_kind: tuple[int, int]) -> SchemeBank:
    words = np.array([(label, kind, 0, -1, -1, -1) for label, kind in class_and_kind], np.int16)
    return SchemeBank(
        words, np.ones((len(words), 8), np.uint8), np.ones(len(words), np.float32), np.zeros(len(words), np.uint8)
    )


def test_known_words_keep_their_rows_and_new_ones_begin_among_their_like() -> None:
    table = torch.randn(BEFORE.num_rows, 6)
    beasts, food, bat, bread, cat, dawn, grey = table
    known = bank((0, 0), (0, 2), (0, -1), (1, 1))
    made = joined_rows(table, BEFORE, AFTER, known, bank((0, 3), (2, 4)))
    expected = [
        *(beasts, food, (beasts + food) / 2),
        *(bat, bread, cat, (bat + cat) / 2, (bat + bread + cat) / 3),  # no kind is of a class like that of axes
        *(dawn, grey, (dawn + grey) / 2),
        torch.zeros(6),  # the model knew no colours
    ]
    torch.testing.assert_close(made, torch.stack(expected))


def test_the_same_words_have_the_same_rows() -> None:
    table = torch.randn(BEFORE.num_rows, 6)
    assert torch.equal(joined_rows(table, BEFORE, BEFORE, bank((0, 0)), bank((0, 0))), table)
