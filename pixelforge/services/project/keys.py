"""The keys that a set of `pixelforge.toml` may have. What belongs to a record is named and typed there alone."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, get_type_hints

from pixelforge.core.nearest import known
from pixelforge.core.sampling import Sampling
from pixelforge.errors import RequestError
from pixelforge.fields import settings_of
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.asking import SINGLE

MOST_SHOWN = 40  # letters of a value in a message


class ValueKind(Enum):
    """What a key takes; the value is how that is told."""

    TEXT = 'a text, such as "red"'
    TEXTS = 'a text or a list of texts, such as ["undead", "bat"]'
    WHOLE = "a whole number"
    NUMBER = "a number"
    FLAG = "true or false"


Values = Mapping[str, Any]
"""Checked values by key: str, tuple[str, ...], int, float or bool."""


def _of_record(record: type) -> dict[str, tuple[str, ValueKind]]:
    """Key, field and kind of what may be set of a record."""
    hints = get_type_hints(record)
    told = settings_of(record)
    kinds = {int: ValueKind.WHOLE, float: ValueKind.NUMBER, bool: ValueKind.FLAG, str: ValueKind.TEXT}
    found = {}
    for field in told or hints:
        flag = told[field].flag if field in told else None
        hint = next((kind for kind in kinds if hints[field] in (kind, kind | None)), str)
        found[(flag or field).removeprefix("--").replace("_", "-")] = (field, kinds[hint])
    return found


SAMPLING = _of_record(Sampling)
SHEET = _of_record(SheetOptions)
SOURCES = {
    "list": ValueKind.TEXT,
    "pictures": ValueKind.TEXTS,
    "sets": ValueKind.TEXTS,
}  # a set has one of them, or asks by itself
ASKING = {"class": ValueKind.TEXTS, "kind": ValueKind.TEXTS, "count": ValueKind.WHOLE}
OWN = {"names": ValueKind.TEXTS, "out": ValueKind.TEXT}  # of every set, and no two share them
DRAWING = {
    "model": ValueKind.TEXT,
    **dict.fromkeys(SINGLE, ValueKind.TEXT),
    "scheme": ValueKind.TEXT,
    "seed": ValueKind.WHOLE,
    "best-of": ValueKind.WHOLE,
    "quality": ValueKind.TEXT,  # in place of sampler and steps
    **{key: kind for key, (_, kind) in SAMPLING.items()},
}
EXPORT = {
    "palette": ValueKind.TEXT,
    "reduce": ValueKind.WHOLE,
    "dither": ValueKind.WHOLE,
    "pattern": ValueKind.TEXT,
    "recipes": ValueKind.FLAG,
}
SHEETS_ALONE = {  # of no use to single files
    "format": ValueKind.TEXTS,
    "indexed": ValueKind.FLAG,
    "disclosure": ValueKind.FLAG,
    **{key: kind for key, (_, kind) in SHEET.items() if key not in ("scale", "background")},
}
EVERY = {
    **SOURCES,
    **ASKING,
    **DRAWING,
    **OWN,
    **EXPORT,
    **{key: kind for key, (_, kind) in SHEET.items()},
    **SHEETS_ALONE,
}
SHARED = {key: kind for key, kind in EVERY.items() if key not in (*SOURCES, *ASKING, *OWN)}
"""Those that `[defaults]` may have."""


def checked(table: Mapping[str, Any], keys: Mapping[str, ValueKind], place: str) -> dict[str, Any]:
    """A table's values, each of its kind. Raises RequestError that names the place and the key."""
    found = {}
    for key, value in table.items():
        if key not in keys:
            if key in EVERY:
                raise RequestError(f"{place}: {key} belongs into a set, because no two sets share it.")
            raise RequestError(f"{place}: there is no key {key[:MOST_SHOWN]!r}; {known(key, list(keys), 'has')}.")
        found[key] = _checked(value, keys[key], f"{place}: {key}")
    return found


def _checked(value: Any, kind: ValueKind, place: str) -> Any:
    """Raises RequestError for a value of another kind; a text alone is a list of one."""
    if kind is ValueKind.TEXTS:
        texts = [value] if isinstance(value, str) else value
        if isinstance(texts, list) and texts and all(isinstance(text, str) and text.strip() for text in texts):
            return tuple(texts)
    elif kind is ValueKind.TEXT:
        if isinstance(value, str) and value.strip():
            return value
    elif kind is ValueKind.FLAG:
        if isinstance(value, bool):
            return value
    elif not isinstance(value, bool) and isinstance(value, int if kind is ValueKind.WHOLE else int | float):
        return value if kind is ValueKind.WHOLE else float(value)
    raise RequestError(f"{place} is {kind.value}, not {_shown(value)}.")


def _shown(value: Any) -> str:
    """A value of TOML, roughly as it was written."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
