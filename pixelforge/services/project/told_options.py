"""How a set is exported, as keys of `pixelforge.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pixelforge.errors import RequestError
from pixelforge.hex_colours import to_text
from pixelforge.imaging.palette import PaletteRule
from pixelforge.services.export import ExportOptions
from pixelforge.services.palettes import bundled_palettes
from pixelforge.services.project.keys import SHEET, SHEETS_ALONE

OUT_OF_FILES = "The palette {name} is none that every PixelForge has: save it as a file of the game, and name that."


def told(options: ExportOptions) -> dict[str, Any]:
    """The values of all keys but those of the palette; None: what is so where nothing is said, and cannot be said."""
    values: dict[str, Any] = {key: getattr(options.sheet, field) for key, (field, _) in SHEET.items()}
    if options.sheet.background is not None:
        values["background"] = to_text(options.sheet.background)
    return values | {
        "format": options.formats or None,
        "pattern": options.names,
        "recipes": options.recipes,
        "indexed": options.indexed,
        "disclosure": options.disclosure,
    }


def told_palette(rule: PaletteRule | None) -> dict[str, Any]:
    """The values of the keys of a palette; None: not said. Raises RequestError for one that has no name."""
    none = dict.fromkeys(("palette", "reduce", "dither"))
    if rule is None:
        return none
    dither = {"dither": rule.dither or None}
    if rule.reduce_to is not None:
        return none | {"reduce": rule.reduce_to} | dither
    name = next((one.name for one in bundled_palettes() if tuple(map(to_text, one.colours)) == rule.colours), None)
    if name is None:
        raise RequestError(OUT_OF_FILES.format(name=rule.name or "in use"))
    return none | {"palette": name} | dither


def changed_keys(before: ExportOptions, now: ExportOptions, sheet: bool) -> Mapping[str, Any]:
    """The keys whose values are others now. sheet: whether it is one; single files have a use for fewer keys."""
    was, values = told(before), told(now)
    changes = {key: value for key, value in values.items() if value != was[key] and (sheet or key not in SHEETS_ALONE)}
    return changes if before.palette == now.palette else changes | told_palette(now.palette)
