"""The figures that a model comes to, and the tables that show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isnan

COLUMNS = (
    "n",
    "KID x1000",
    "FID",
    "two-sample",
    "class accuracy",
    "kind accuracy",
    "near copies",
    "nearest",
    "diversity",
    "colours",
)
PART_COLUMNS = ("n", "KID x1000", "two-sample", "class accuracy", "kind accuracy", "near copies")


@dataclass(frozen=True, kw_only=True)
class PartFigures:
    """Figures of a style or a class. nan: there is too little to tell it by, or nothing was asked for."""

    sprites: int
    kid: float  # times 1000, against the training sprites; less is better
    kid_error: float  # standard error of `kid` among the judges; that of sampling the sprites is not in it
    two_sample: float  # area under the ROC curve of a classifier of made and real: 0.5 cannot tell, 1 always can
    class_accuracy: float  # share that the judges put into the class they were made for
    kind_accuracy: float  # the same of kinds, of those that a kind was asked of
    near_copies: float  # share with a training sprite nearer than NEAR_COPY


@dataclass(frozen=True, kw_only=True)
class Figures(PartFigures):
    """One row of the table. The real sprites that were held out give the row to compare with.

    KID, FID, class accuracy and diversity are means over the judges.
    """

    name: str
    fid: float  # less is better; grows as `sprites` shrinks, so compare rows of one size
    nearest: float  # median distance to the nearest training sprite
    diversity: float  # mean distance of a class's sprites in features, 1 for those held out; nan if too few or alike
    colours: float  # mean number of opaque colours in a sprite
    by_style: dict[str, PartFigures] = field(default_factory=dict)
    by_class: dict[str, PartFigures] = field(default_factory=dict)


def tables(figures: Sequence[Figures]) -> str:
    """The table of all rows, and those of styles and classes where there are several."""
    rows = [[row.name, *_cells(row)] for row in figures]
    found = [_table(("sprites", *COLUMNS), rows)]
    for name, parts in (("style", [row.by_style for row in figures]), ("class", [row.by_class for row in figures])):
        words = sorted(set().union(*parts))
        if len(words) > 1:
            lines = [
                [word, row.name, *_part_cells(part[word])]
                for word in words
                for row, part in zip(figures, parts, strict=True)
                if word in part
            ]
            found.append(_table((name, "sprites", *PART_COLUMNS), lines))
    return "\n\n".join(found)


def _cells(row: Figures) -> list[str]:
    sprites, kid, *others, near_copies = _part_cells(row)
    last = [f"{row.nearest:.3f}", _ratio(row.diversity), f"{row.colours:.1f}"]
    return [sprites, kid, f"{row.fid:.1f}", *others, near_copies, *last]


def _part_cells(part: PartFigures) -> list[str]:
    kid = "-" if isnan(part.kid) else f"{part.kid:.1f} ± {part.kid_error:.1f}"
    ratios = [_ratio(value) for value in (part.two_sample, part.class_accuracy, part.kind_accuracy)]
    return [str(part.sprites), kid, *ratios, f"{part.near_copies:.1%}"]


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines).replace("| --- ", "|---").replace("|--- |", "|---|")


def _ratio(value: float) -> str:
    return "-" if isnan(value) else f"{value:.2f}"
