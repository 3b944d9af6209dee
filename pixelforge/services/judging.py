"""What was measured of a model, in a sentence for whoever trained it."""

from __future__ import annotations

from collections.abc import Sequence

from pixelforge.services.model_library import FiguresRow

LEAST = 20  # real sprites held out: with fewer, other draws of them give other figures, and none says anything
REALS = "held-out reals"  # the row of them, as `evaluate` names it

# By the area under the ROC curve of a classifier that tells made from real: of a pair, one made and one real, it is the
# share in which the made one is found. 0.5 is guessing. The steps between are a matter of words.
WORDS = (
    (0.65, "can hardly be told from yours"),
    (0.8, "are close to yours"),
    (0.95, "are like yours, but can be told from them"),
    (1.0, "are not like yours yet"),
)
APART = 0.15  # of class accuracy: where the best and the worst class differ by less, chance may have done it


def verdict_of(rows: Sequence[FiguresRow]) -> str:
    """The verdict on a model, by the rows of its figures; empty where they say too little for one."""
    made = next((row for row in rows if row.name != REALS), None)
    real = next((row for row in rows if row.name == REALS), None)
    if made is None or real is None:
        return ""
    if real.sprites < LEAST:
        return f"Only {real.sprites} of your sprites were held out, too few to measure by: judge by the samples."
    if made.two_sample is None:
        return ""
    words = next((words for most, words in WORDS if made.two_sample <= most), WORDS[-1][1])
    found = f"of 100 pairs with one of yours, the made one is found in {made.two_sample * 100:.0f}"
    return f"Its sprites {words} ({found}, where 50 is guessing).{_of_classes(made)}"


def _of_classes(made: FiguresRow) -> str:
    known = {name: part.class_accuracy for name, part in made.by_class.items() if part.class_accuracy is not None}
    if len(known) < 2:
        return ""
    best, worst = max(known, key=known.__getitem__), min(known, key=known.__getitem__)
    if known[best] - known[worst] < APART:
        return ""
    return f" It makes {best} better than {worst}: {known[best]:.0%} against {known[worst]:.0%} are known for such."
