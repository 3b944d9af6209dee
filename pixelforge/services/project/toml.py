"""TOML, read by the standard library. That is loaded when it is needed: to the window it is a fortieth of its start."""

from __future__ import annotations

from typing import Any


def parsed(text: str) -> dict[str, Any]:
    """The tables of a text. Raises ValueError with the place, as tomllib words it."""
    import tomllib

    return tomllib.loads(text)
