"""PNG files and the texts that they carry."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pixelforge.files import replacing
from pixelforge.imaging import xmp
from pixelforge.imaging.pixels import Pixels

LEAST_COMPRESSED = 200  # bytes of a text; below, compressing gains nothing, and simple readers read it as it is
MOST_COMPRESSED = 2**20  # bytes of a text that Pillow is willing to inflate (PngImagePlugin.MAX_TEXT_CHUNK)


def encode_png(pixels: Pixels, texts: Mapping[str, str] | None = None, compress_texts: bool = True) -> bytes:
    """(H, W, 4) as a PNG with iTXt entries, by keyword.

    compress_texts: False where somebody looks for words among the bytes.
    """
    return _encode(Image.fromarray(pixels), texts, compress_texts)


def encode_indexed_png(
    indices: Pixels, colours: Sequence[tuple[int, int, int]], texts: Mapping[str, str] | None = None
) -> bytes:
    """Indices (H, W) as a PNG of a palette: 0 is transparent, i is `colours[i - 1]`, in that order."""
    height, width = indices.shape
    image = Image.frombytes("P", (width, height), indices.tobytes())
    image.putpalette([0, 0, 0, *(value for colour in colours for value in colour)])
    return _encode(image, texts, transparency=0)


def write_png(target: Path, pixels: Pixels, texts: Mapping[str, str] | None = None) -> None:
    """Write (H, W, 4) as PNG with iTXt entries; whole or not at all. Raises OutputError."""
    with replacing(target) as part:
        part.write_bytes(encode_png(pixels, texts))


def _encode(image: Image.Image, texts: Mapping[str, str] | None, compress_texts: bool = True, **options: int) -> bytes:
    buffer = io.BytesIO()
    # Not `optimize`: of a sheet of 500 sprites it takes 0.18 s in place of 0.02, for 0.4 % (indexed) to 3 % less.
    image.save(buffer, format="PNG", pnginfo=itxt(texts or {}, compress_texts), **options)
    return buffer.getvalue()


def itxt(texts: Mapping[str, str], compress: bool = True) -> PngInfo:
    """Texts by keyword as Pillow writes them."""
    info = PngInfo()
    for keyword, text in texts.items():
        zip_ = compress and keyword != xmp.KEYWORD and LEAST_COMPRESSED <= len(text.encode()) <= MOST_COMPRESSED
        info.add_itxt(keyword, text, zip=zip_)
    return info
