"""The formats that a sheet can be exported in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pixelforge.services.saving import SheetOptions, export_sheet
from pixelforge.services.sprites import Sprite


@dataclass(frozen=True)
class ExportFormat:
    """A way to write sprites; `write` raises OutputError and then leaves the target as it was."""

    name: str
    suffix: str
    write: Callable[[Path, Sequence[Sprite], SheetOptions], None]


FORMATS = (ExportFormat("PNG sheet", ".png", export_sheet),)
