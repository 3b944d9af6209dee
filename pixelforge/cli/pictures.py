"""Picture files that a command is told of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

SUFFIX = ".png"


def pictures(paths: Sequence[Path]) -> list[Path]:
    """The files named, and in the place of a folder all PNGs in it, by name. Raises DatasetError for an empty one."""
    from pixelforge.errors import DatasetError

    found = []
    for path in paths:
        inside = sorted(file for file in path.rglob("*") if file.suffix.lower() == SUFFIX) if path.is_dir() else [path]
        if not inside:
            raise DatasetError(f"The folder {path} holds no PNG.")
        found += inside
    return found
