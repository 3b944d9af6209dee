"""A verdict in words out of the figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixelforge.services.judging import verdict_of
from pixelforge.services.model_library import FiguresRow, ModelEntry, PartRow, figures_of, read_figures

REALS = FiguresRow(name="held-out reals", kid=20, class_accuracy=0.95, sprites=40, two_sample=0.5)


def made(two_sample: float | None, **by_class: float) -> FiguresRow:
    parts = {name: PartRow(class_accuracy=share) for name, share in by_class.items()}
    return FiguresRow(name="ddpm", kid=30, class_accuracy=0.9, sprites=40, two_sample=two_sample, by_class=parts)


@pytest.mark.parametrize(
    ("two_sample", "words"),
    [
        (0.4, "can hardly be told from yours"),
        (0.65, "can hardly be told from yours"),
        (0.7, "are close to yours (of 100 pairs with one of yours, the made one is found in 70"),
        (0.9, "can be told from them"),
        (0.99, "not like yours yet"),
        (1.0, "not like yours yet"),
    ],
)
def test_the_words_follow_how_often_made_sprites_are_found(two_sample: float, words: str) -> None:
    assert words in verdict_of([REALS, made(two_sample)])


def test_classes_are_named_where_they_differ_by_more_than_chance() -> None:
    assert "loot better than critters: 95% against 60%" in verdict_of([REALS, made(0.7, critters=0.6, loot=0.95)])
    assert "better" not in verdict_of([REALS, made(0.7, critters=0.9, loot=0.95)])
    assert "better" not in verdict_of([REALS, made(0.7, loot=0.95)])


def test_with_too_few_sprites_no_figure_pretends() -> None:
    few = FiguresRow(name="held-out reals", kid=20, class_accuracy=0.95, sprites=12, two_sample=0.5)
    assert verdict_of([few, made(0.7)]).startswith("Only 12 of your sprites")
    assert "70" not in verdict_of([few, made(0.7)])


def test_where_nothing_was_measured_there_is_no_verdict(tmp_path: Path) -> None:
    assert verdict_of([]) == verdict_of([REALS]) == verdict_of([made(0.7)]) == verdict_of([REALS, made(None)]) == ""


def test_figures_of_older_files_and_without_a_number_are_read(tmp_path: Path) -> None:
    entry = ModelEntry("m", tmp_path / "m.safetensors", False, None)
    figures_of(entry).write_text(
        '[{"name": "held-out reals", "kid": 3, "class_accuracy": 1, "sprites": 30, "two_sample": null, "by_class":'
        ' {"a": {"class_accuracy": null, "kid": 1}}}, {"name": "old", "kid": 3, "class_accuracy": 1}]'
    )
    first, second = read_figures(entry)
    assert (first.sprites, first.two_sample, first.by_class["a"].class_accuracy) == (30, None, None)
    assert (second.sprites, second.two_sample, second.by_class) == (0, None, {})
