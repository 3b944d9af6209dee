"""The palettes that sprites can be snapped to."""

from __future__ import annotations

from pixelforge.imaging.palette import Palette
from pixelforge.imaging.palette_files import read_gpl
from pixelforge.services.paths import resources_folder


def bundled_palettes() -> tuple[Palette, ...]:
    """Those that are shipped with the app, by name."""
    files = sorted((resources_folder() / "palettes").glob("*.gpl"))
    return tuple(sorted((read_gpl(path) for path in files), key=lambda palette: palette.name.lower()))
