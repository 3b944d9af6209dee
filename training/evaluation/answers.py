"""What somebody said of a panel, counted: how many were told right, how many could be named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from pixelforge.errors import RequestError
from pixelforge.files import parse_json, read_at_most
from pixelforge.words import counted
from training.evaluation.panel import KeyCell, Origin

UNNAMED = ("", "?")  # answers of who cannot tell what it is
MAX_BYTES = 2**22
TABLE = ("sprites", "n", "told right", "made taken for real", "real named", "made named")


@dataclass(frozen=True)
class Answers:
    """The key of a panel and what was said of its sprites, in the order of their numbers."""

    key: Sequence[KeyCell]
    said: Sequence[Origin]
    names: Sequence[str] | None  # None where nobody was asked for them

    @classmethod
    def read(cls, key: Path, said: Path, names: Path | None) -> Answers:
        """Read three files of JSON lists. Raises RequestError that names the file and what is wrong with it."""
        cells: list[KeyCell] = _read(key, list[KeyCell])
        told: list[Origin] = _read(said, list[Origin])
        words: list[str] | None = None if names is None else _read(names, list[str])
        for path, answers in ((said, told), (names, words)):
            if answers is not None and len(answers) != len(cells):
                raise RequestError(
                    f"{path} has {counted(len(answers), 'answer')} for {counted(len(cells), 'sprite')}: "
                    "there must be one for each, in the order of the numbers."
                )
        return cls(cells, told, words)


@dataclass(frozen=True, kw_only=True)
class Score:
    """What came out for some sprites of a panel."""

    name: str
    sprites: int
    right: int  # told right; half of them by chance
    real: int
    made: int
    taken_for_real: int  # made ones
    real_named: int | None  # None where nobody was asked
    made_named: int | None


def scores(answers: Answers) -> list[Score]:
    """The scores of all, of each style, of each class; those of styles and classes where there are several."""
    found = [_score(answers, "all", range(len(answers.key)))]
    for words in ([cell.style for cell in answers.key], [cell.class_name for cell in answers.key]):
        places = defaultdict[str, list[int]](list)
        for at, word in enumerate(words):
            places[word].append(at)
        if len(places) > 1:
            found += [_score(answers, word, places[word]) for word in sorted(places)]
    return found


def score_table(found: Sequence[Score]) -> str:
    """The scores as a table."""
    lines = [TABLE, ("---",) * len(TABLE), *map(_line, found)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _score(answers: Answers, name: str, places: Sequence[int]) -> Score:
    real = [place for place in places if answers.key[place].origin == "real"]
    made = [place for place in places if answers.key[place].origin == "made"]
    return Score(
        name=name,
        sprites=len(places),
        right=sum(answers.said[place] == answers.key[place].origin for place in places),
        real=len(real),
        made=len(made),
        taken_for_real=sum(answers.said[place] == "real" for place in made),
        real_named=_named(answers, real),
        made_named=_named(answers, made),
    )


def _named(answers: Answers, places: Sequence[int]) -> int | None:
    names = answers.names
    return None if names is None else sum(names[place].strip() not in UNNAMED for place in places)


def _line(score: Score) -> tuple[str, ...]:
    def share(part: int | None, of: int) -> str:
        return "-" if part is None or not of else f"{part} of {of} ({part / of:.0%})"

    return (
        score.name or "(none)",
        str(score.sprites),
        share(score.right, score.sprites),
        share(score.taken_for_real, score.made),
        share(score.real_named, score.real),
        share(score.made_named, score.made),
    )


def _read(path: Path, kind: Any) -> Any:
    try:
        return parse_json(read_at_most(path, MAX_BYTES, RequestError), kind)
    except msgspec.MsgspecError as error:
        raise RequestError(f"{path} is not the JSON list that it should be: {error}.") from error
