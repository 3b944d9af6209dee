"""The palettes that sprites can be snapped to."""

from __future__ import annotations

from pathlib import Path

from pixelforge.core.header import ModelHeader
from pixelforge.errors import RequestError
from pixelforge.imaging.palette import Palette
from pixelforge.imaging.palette_files import READERS, read_gpl, read_palette
from pixelforge.services.paths import resources_folder


def bundled_palettes() -> tuple[Palette, ...]:
    """Those that are shipped with the app, by name."""
    files = sorted((resources_folder() / "palettes").glob("*.gpl"))
    return tuple(sorted((read_gpl(path) for path in files), key=lambda palette: palette.name.lower()))


def palette_of(header: ModelHeader) -> Palette | None:
    """The palette that a model was trained on; None if it was trained on more colours than a palette has."""
    return Palette("The model's", header.model.palette) if header.model.palette else None


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
