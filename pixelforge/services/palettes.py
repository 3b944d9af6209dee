"""The palettes that sprites can be snapped to."""

from __future__ import annotations

from pathlib import Path

from pixelforge.core.condition import WHOLE, Scheme
from pixelforge.core.header import ModelHeader
from pixelforge.errors import RequestError
from pixelforge.imaging.palette import Palette, parse_colours, rule_of
from pixelforge.imaging.palette_files import READERS, read_gpl, read_palette
from pixelforge.services.paths import resources_folder


def bundled_palettes() -> tuple[Palette, ...]:
    """Those that are shipped with the app, by name."""
    files = sorted((resources_folder() / "palettes").glob("*.gpl"))
    return tuple(sorted((read_gpl(path) for path in files), key=lambda palette: palette.name.lower()))


def palette_of(header: ModelHeader) -> Palette | None:
    """The palette that a model was trained on; None if it was trained on more colours than a palette has."""
    return Palette("The model's", header.model.palette) if header.model.palette else None


def find_scheme(text: str) -> Scheme:
    """What a sprite is to be drawn in: `whole`, colours "#rrggbb,#rrggbb", or as `find_palette`; a sprite will do.

    Raises RequestError or PaletteError.
    """
    if text == WHOLE:
        return WHOLE
    if text.startswith("#"):
        return rule_of(Palette("scheme", parse_colours([colour.strip() for colour in text.split(",")]))).colours
    return rule_of(find_palette(text)).colours


def find_palette(name_or_path: str) -> Palette:
    """A bundled palette by its name, whatever its capitals, or a palette file. Raises RequestError or PaletteError."""
    bundled = bundled_palettes()
    for palette in bundled:
        if palette.name.lower() == name_or_path.lower():
            return palette
    path = Path(name_or_path)
    if path.suffix and (path.exists() or path.suffix.lower() in READERS):
        return read_palette(path)
    known = ", ".join(palette.name for palette in bundled)
    raise RequestError(f"There is no palette {name_or_path!r}; there are {known}, or give a palette file.")
