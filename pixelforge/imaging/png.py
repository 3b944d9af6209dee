"""PNG files and the recipe that they carry."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pixelforge.files import replacing
from pixelforge.imaging.pixels import Pixels


def write_png(target: Path, pixels: Pixels, texts: Mapping[str, str] | None = None) -> None:
    """Write (H, W, 4) as PNG with iTXt entries; whole or not at all. Raises OutputError."""
    info = PngInfo()
    for keyword, text in (texts or {}).items():
        info.add_itxt(keyword, text)
    with replacing(target) as part:
        Image.fromarray(pixels).save(part, format="PNG", pnginfo=info, optimize=True)
