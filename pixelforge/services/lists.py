"""Lists of sprites to make: a table, each line of which asks for a sprite, or for several.

The first line names the columns, any of `COLUMNS` in any order; a cell that is empty leaves its part open. All that is
wrong is told at once, before anything is made. A cell is text and nothing else: a spreadsheet's formula is not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pixelforge.core.condition import Condition
from pixelforge.core.nearest import known
from pixelforge.core.normal import MAX_SEED
from pixelforge.core.sampling import Sampling
from pixelforge.errors import DatasetError, RequestError
from pixelforge.files import read_at_most
from pixelforge.services.asking import SINGLE, Ask, Offer, understood
from pixelforge.services.naming import check_name, safe_name
from pixelforge.services.requests import GenerationRequest
from pixelforge.words import quoted
from training.data.table import read_table

LIST_SUFFIXES = (".csv", ".tsv")
WORDS = ("class", "kind", *SINGLE)
COLUMNS = (*WORDS, "count", "seed", "name")
MAX_SPRITES = 10_000  # of a list: half of what the history holds
MAX_BYTES = 8 * 2**20
MOST_TOLD = 20  # lines of which it is said what is wrong with them

Cells = Mapping[str, str]


@dataclass(frozen=True)
class SpriteList:
    """The sprites of a list, in its order; no two have the same name."""

    title: str  # the file's, for a set
    conditions: tuple[Condition, ...]
    seeds: tuple[int, ...]
    names: tuple[str, ...]

    def request(self, sampling: Sampling) -> GenerationRequest:
        """What makes them all."""
        return GenerationRequest(
            conditions=self.conditions, count=len(self.names), seed=0, sampling=sampling, seeds=self.seeds
        )


@dataclass(frozen=True)
class _Line:
    condition: Condition
    count: int
    seed: int | None
    name: str


def read_list(path: Path, offer: Offer, first_seed: int = 0, best_of: int = 1) -> SpriteList:
    """The sprites that a table asks for. Sprite i has seed `first_seed` + i, unless its line has a seed of its own.

    best_of: how many each is to be chosen from, of which every one takes a seed.
    A sprite without a name is called by its kind or class; a line of several numbers them. Raises RequestError that
    names the file and says of every line what is wrong with it.
    """
    lines: list[_Line] = []
    problems: list[str] = []
    taken: dict[str, int] = {}  # names, folded, and the lines that they stand in
    words = cache(lambda cells: _condition(dict(zip(WORDS, cells, strict=True)), offer))
    last = count = 0
    for number, cells in _rows(path):
        try:
            line = _line(cells, words(tuple(cells.get(part, "") for part in WORDS)), taken, number)
            lines.append(line)
            count += line.count
        except RequestError as error:
            problems.append(f"Line {number}: {error}")
        last = number
        if count > MAX_SPRITES or len(problems) == MOST_TOLD:
            break
    if problems:
        more = f" Below line {last} it was not read yet." if len(problems) == MOST_TOLD else ""
        raise RequestError(f"{path.name} cannot be made as it is. {' '.join(problems)}{more}")
    if count > MAX_SPRITES:
        raise RequestError(f"{path.name} asks for more than {MAX_SPRITES:,} sprites: cut it into several lists.")
    if not lines:
        raise RequestError(f"{path.name} has no lines below its first one, which names the columns.")
    return _told(safe_name(path.stem), lines, first_seed, best_of)


def _rows(path: Path) -> Iterator[tuple[int, Cells]]:
    """The lines that are not empty, by column, with their numbers. Raises RequestError."""
    columns: list[str] = []
    try:
        for number, cells in read_table(read_at_most(path, MAX_BYTES, DatasetError), path.name):
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if not columns:
                columns = [cell.lower() for cell in cells]
                _check_columns(columns, path.name)
            else:
                yield number, dict(zip(columns, cells, strict=False))
    except DatasetError as error:
        raise RequestError(str(error)) from error
    if not columns:
        raise RequestError(f"{path.name} is empty: its first line names the columns, such as kind,count,name.")


def _check_columns(columns: list[str], name: str) -> None:
    for column in columns:
        if column and column not in COLUMNS:
            raise RequestError(
                f"{name} has a column {quoted(column)} in its first line; {known(column, COLUMNS, 'may have')}."
            )
    twice = [column for column in columns if column and columns.count(column) > 1]
    if twice:
        raise RequestError(f"{name} has the column {quoted(twice[0])} twice.")


def _line(cells: Cells, condition: Condition, taken: dict[str, int], number: int) -> _Line:
    """Raises RequestError for a number or a name that cannot be."""
    count = _whole(cells, "count", 1, MAX_SPRITES) or 1
    seed = _whole(cells, "seed", 0, MAX_SEED - count + 1)
    if name := cells.get("name", ""):
        name = check_name(name, ())
        if (before := taken.setdefault(name.casefold(), number)) != number:
            raise RequestError(f"{name} is the name of line {before} already.")
    return _Line(condition, count, seed, name)


def _whole(cells: Cells, column: str, least: int, most: int) -> int | None:
    text = cells.get(column, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most):
        raise RequestError(f"{column.capitalize()} is a whole number from {least:,} to {most:,}, not {quoted(text)}.")
    return int(text)


def _condition(cells: Cells, offer: Offer) -> Condition:
    """What the words of a line ask for. Raises RequestError for those that the model does not know."""
    parts = {part: model_word(cells[part], part, names) for part, names in offer.single.items()}
    of_class = model_word(cells["class"], "class", offer.classes)
    ask = understood([cells["kind"]], offer) if cells["kind"] else Ask()
    told: dict[str, Any] = {part: word for part, word in parts.items() if word}
    ask = replace(ask, **told)
    ask = replace(ask, classes=tuple(dict.fromkeys((*ask.classes, *([of_class] if of_class else [])))))
    if ask == Ask() and offer.needs_class:
        raise RequestError("It names no kind and no class.")
    conditions = ask.conditions(offer)
    if len(conditions) > 1:
        both = " and ".join(asked.kind or asked.label for asked in conditions)
        raise RequestError(f"It asks for {both} at once: give each a line of its own.")
    return conditions[0]


def model_word(text: str, part: str, names: tuple[str, ...]) -> str | None:
    """The model's own spelling of a word; None for an empty one. Raises RequestError for one that it does not know."""
    if not text:
        return None
    by_folded = {name.casefold(): name for name in names}
    if (name := by_folded.get(text.casefold())) is not None:
        return name
    if not names:
        raise RequestError(f"The model knows no {part}s: leave {quoted(text)} out.")
    raise RequestError(f"The model knows no {part} {quoted(text)}; {known(text, names)}.")


def _told(title: str, lines: list[_Line], first_seed: int, best_of: int) -> SpriteList:
    """The lines, sprite by sprite. Raises RequestError where the last seed is too large."""
    conditions: list[Condition] = []
    seeds: list[int] = []
    given: list[str] = []
    names = _Names(line.name for line in lines if line.name and line.count == 1)
    for line in lines:
        stem = line.name or safe_name(line.condition.kind or line.condition.label)
        for at in range(line.count):
            own = at if line.seed is not None else len(seeds)
            seeds.append((first_seed if line.seed is None else line.seed) + own * best_of)
            conditions.append(line.condition)
            given.append(line.name if line.name and line.count == 1 else names.free(stem, numbered=line.count > 1))
    if max(seeds) + best_of - 1 > MAX_SEED:
        raise RequestError(f"The seeds of {len(seeds):,} sprites end above {MAX_SEED:,}: begin lower.")
    return SpriteList(title, tuple(conditions), tuple(seeds), tuple(given))


class _Names:
    """Gives names out, no two alike whatever their capitals."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = {name.casefold() for name in taken}
        self._numbers: Counter[str] = Counter()

    def free(self, stem: str, *, numbered: bool) -> str:
        """The stem, or with the next number that is free; numbered: with a number in any case."""
        name = stem
        while numbered or name.casefold() in self._taken:
            self._numbers[stem] += 1
            name, numbered = f"{stem}_{self._numbers[stem]}", False
        self._numbers[stem] = max(self._numbers[stem], 1)  # a stem that stands for itself is the first
        self._taken.add(name.casefold())
        return name
