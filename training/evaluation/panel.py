"""The blind panel: made and drawn sprites, shuffled and numbered, for somebody who has seen neither set nor key.

Classifiers as small as the judges call mush as good as real. People do not: they see faces without eyes, single odd
pixels, broken outlines. So it is they who say how good a model is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from pixelforge.files import replacing
from pixelforge.imaging.numbered import numbered
from pixelforge.imaging.png import write_png
from training.data.sprites import SpriteDataset
from training.evaluation.making import MadeSprites
from training.evaluation.reals import Numbers, Reals, taken

COLUMNS = 10
SCALE = 6

Origin = Literal["real", "made"]


class KeyCell(msgspec.Struct, frozen=True, kw_only=True, rename={"origin": "is", "class_name": "class"}):
    """What a cell of the picture is."""

    file: str  # the real sprite's figure, or the model and the seed
    origin: Origin
    style: str = ""
    class_name: str = ""
    kind: str = ""
    label: str = ""  # style, class and kind in one line
    held_out: bool = False  # a real one that the model was not trained on
    seed: int | None = None  # of a made one


@dataclass(frozen=True, eq=False)
class PanelReals:
    """The real half of a panel; the made half is made for the same words."""

    sprites: SpriteDataset
    held_out: int  # the first ones, that the model was not trained on

    @classmethod
    def choose(cls, reals: Reals, count: int, seed: int) -> PanelReals:
        """`count` figures, held-out ones as far as they go: a sprite of each, styles and in them classes by turns."""
        first = _by_turns(reals.heldout, seed)[:count]
        more = _by_turns(reals.reference, seed)[: count - len(first)]
        parts = [taken(reals.heldout, first), taken(reals.reference, more)]
        return cls(_joined(*parts), len(first))


def write_panel(path: Path, real: PanelReals, made: MadeSprites, model: str, seed: int) -> Path:
    """Write the picture of real and made sprites, and its key beside it, whose path comes back.

    `seed` shuffles. Raises OutputError.
    """
    count = len(real.sprites)
    order = np.random.default_rng(seed).permutation(count + len(made.sprites))
    cells = [*_real_cells(real), *_made_cells(real.sprites, model, made.seeds)]
    sprites = np.concatenate([real.sprites.sprites, made.sprites])
    key = [cells[index] for index in order]
    write_png(path, numbered(sprites[order], COLUMNS, SCALE))
    target = picture_key(path)
    with replacing(target) as part:
        part.write_bytes(msgspec.json.format(msgspec.json.encode(key), indent=1))
    return target


def picture_key(path: Path) -> Path:
    """Where the key of a panel's picture is."""
    return path.with_suffix(".key.json")


def _real_cells(real: PanelReals) -> Iterable[KeyCell]:
    for index, told in enumerate(_told(real.sprites)):
        yield _cell(told, real.sprites.groups[index], "real", held_out=index < real.held_out)


def _made_cells(like: SpriteDataset, model: str, seeds: Sequence[int]) -> Iterable[KeyCell]:
    for seed, told in zip(seeds, _told(like), strict=True):
        yield _cell(told, f"{model} seed {seed}", "made", seed=seed)


def _told(sprites: SpriteDataset) -> list[tuple[str, str, str]]:
    """The style, class and kind of each."""
    classes = [sprites.class_names[label] for label in sprites.labels]
    return list(zip(sprites.styles, classes, sprites.kinds, strict=True))


def _cell(
    told: tuple[str, str, str], file: str, origin: Origin, held_out: bool = False, seed: int | None = None
) -> KeyCell:
    style, class_name, kind = told
    label = " ".join(word for word in told if word)
    return KeyCell(
        file=file,
        origin=origin,
        style=style,
        class_name=class_name,
        kind=kind,
        label=label,
        held_out=held_out,
        seed=seed,
    )


def _by_turns(data: SpriteDataset, seed: int) -> Numbers:
    """One sprite of each figure, drawn by a seed, in an order that takes styles by turns, and in each its classes."""
    figures: dict[str, int] = {}
    for index in np.random.default_rng(seed).permutation(len(data)).tolist():
        figures.setdefault(data.groups[index], index)
    by_style: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for index in figures.values():
        by_style[data.styles[index]][int(data.labels[index])].append(index)
    return np.array(_turns([_turns(list(classes.values())) for classes in by_style.values()]), np.int64)


def _turns(rows: Sequence[Sequence[int]]) -> list[int]:
    """The first of each row, then the second of each, and so on."""
    longest = max(map(len, rows), default=0)
    return [row[place] for place in range(longest) for row in rows if place < len(row)]


def _joined(a: SpriteDataset, b: SpriteDataset) -> SpriteDataset:
    """Two sets of the same classes in one."""
    return SpriteDataset(
        sprites=np.concatenate([a.sprites, b.sprites]),
        labels=np.concatenate([a.labels, b.labels]),
        class_names=a.class_names,
        groups=a.groups + b.groups,
        kinds=a.kinds + b.kinds,
        styles=a.styles + b.styles,
        facings=a.facings + b.facings,
    )
