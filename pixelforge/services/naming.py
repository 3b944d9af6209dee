"""Names of sprites in engine files and folders, by a pattern such as {class}_{index:03}, and names of files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from string import Formatter

from pixelforge.errors import RequestError
from pixelforge.services.sprites import Sprite

DEFAULT_PATTERN = "{class}_{index:03}"
FIELDS = (
    "class, kind, model, index (in its class, or kind if that is named, from 0), number (in the sheet, from 0), seed"
)
TEXTS, NUMBERS = ("class", "kind", "model"), ("index", "number", "seed")
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")  # not every format can hold them
MAX_NAME = 200
NAME_LENGTH = 60
NOT_IN_NAMES = '\\/:*?"<>|'  # names become those of files
RESERVED_NAMES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def check_pattern(pattern: str) -> None:
    """Raises RequestError for a pattern with fields that there are not."""
    _parts(pattern)


def check_name(name: str, taken: Iterable[str]) -> str:
    """A name that a user gives, without spaces around it. Raises RequestError for one that cannot be."""
    name = name.strip()
    if not name:
        raise RequestError("A name has at least one letter.")
    if len(name) > NAME_LENGTH:
        raise RequestError(f"A name has at most {NAME_LENGTH} letters; this one has {len(name)}.")
    if UNPRINTABLE.search(name) or any(letter in NOT_IN_NAMES for letter in name):
        raise RequestError(f"A name cannot hold {' '.join(NOT_IN_NAMES)}, because files are called by it.")
    if name.casefold() in {other.casefold() for other in taken}:
        raise RequestError(f"There is another {name} already.")
    return name


def sprite_names(pattern: str, sprites: Sequence[Sprite]) -> list[str]:
    """A name for each sprite, no two alike: its own, else that of the pattern. Raises RequestError.

    Where the pattern repeats one, or one that is a sprite's own, _2, _3, … follows. A sprite without a kind has its
    class's name for it.
    """
    parts = _parts(pattern)
    by_kind = any(field == "kind" for _, field, _ in parts)
    seen: Counter[str] = Counter()
    own = dict.fromkeys(sprite.name for sprite in sprites if sprite.name)
    names: dict[str, None] = {}
    ends: dict[str, int] = {}  # else a pattern that repeats one name would be searched from 2 on each time
    own_ends: dict[str, int] = {}  # a sprite's own may be what the pattern has to pass over
    for number, sprite in enumerate(sprites):
        class_name = sprite.class_name
        kind = _kind_of(sprite) if by_kind else class_name  # of which those before it are counted
        values = {
            "class": class_name,
            "kind": kind,
            "model": sprite.model,
            "index": seen[kind],
            "number": number,
            "seed": sprite.seed,
        }
        seen[kind] += 1
        if sprite.name:
            names[_unlike(sprite.name, own_ends, names)] = None
            continue
        text = "".join(literal + (format(values[field], spec) if field else "") for literal, field, spec in parts)
        text = UNPRINTABLE.sub(" ", text)
        names[_unlike(text[:MAX_NAME] or "sprite", ends, names, own)] = None
    return list(names)


def _kind_of(sprite: Sprite) -> str:
    """The kind that was asked for, also of a sprite that was mended since; else its class."""
    asked = None if sprite.made_from is None else sprite.made_from.request.conditions[0].kind
    return asked or sprite.class_name


def safe_name(name: str) -> str:
    """A file name for a class: letters, digits, dash, underscore and inner dots and spaces; never empty or reserved."""
    cleaned = re.sub(r"[^\w\-. ]+", "_", name)[:NAME_LENGTH].strip(" .") or "_"
    return f"_{cleaned}" if cleaned.split(".")[0].lower() in RESERVED_NAMES else cleaned


def _parts(pattern: str) -> list[tuple[str, str | None, str]]:
    """(literal, field, format) of a pattern; the field is None where only the literal is left."""
    try:
        parsed = list(Formatter().parse(pattern))
    except ValueError as error:
        raise RequestError(f"The pattern {pattern!r} cannot be read: {error}.") from error
    for _, field, spec, conversion in parsed:
        if field is None:
            continue
        if field not in (*TEXTS, *NUMBERS):
            raise RequestError(f"The pattern {pattern!r} names {field!r}; there are {FIELDS}.")
        if conversion or not re.fullmatch("(0?[1-9])?d?" if field in NUMBERS else "", spec or ""):
            raise RequestError(f"The pattern {pattern!r} formats {field!r} as it cannot be; write {{index:03}}.")
    return [(literal, field, spec or "") for literal, field, spec, _ in parsed]


def _unlike(name: str, ends: dict[str, int], *taken: dict[str, None]) -> str:
    """The name, or with the first number behind it that no other has. ends: where the last search for each ended."""
    number = ends.get(name, 1)
    while any((unique := f"{name}_{number}" if number > 1 else name) in names for names in taken):
        number += 1
    ends[name] = number
    return unique
