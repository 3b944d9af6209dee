"""PNG files and the texts that they carry."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pixelforge.files import replacing
from pixelforge.imaging.pixels import Pixels


def encode_png(pixels: Pixels, texts: Mapping[str, str] | None = None) -> bytes:
    """(H, W, 4) as a PNG with iTXt entries, by keyword."""
    info = PngInfo()
    for keyword, text in (texts or {}).items():
        info.add_itxt(keyword, text)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG", pnginfo=info, optimize=True)
    return buffer.getvalue()


def write_png(target: Path, pixels: Pixels, texts: Mapping[str, str] | None = None) -> None:
    """Write (H, W, 4) as PNG with iTXt entries; whole or not at all. Raises OutputError."""
    with replacing(target) as part:
        part.write_bytes(encode_png(pixels, texts))
