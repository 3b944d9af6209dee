"""Archives and recipes whose parts overlap, nest, or are many."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable

from PIL import Image, PngImagePlugin

from tests.made import made
from tests.robustness.costly.pictures import SIDE, plain_png, png, saved
from tests.robustness.costly.special import MEGA


def packed(entries: Iterable[tuple[str, bytes]], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def zip_of_one_place() -> bytes:
    """20,000 entries, all of which lie in the same bytes; after Fifield 2019, "A better zip bomb"."""
    once = packed([("cats/0.png", png(8, 8, data=zlib.compress(bytes(264))))], zipfile.ZIP_STORED)
    at = once.index(b"PK\1\2")
    entry, end = once[at : once.index(b"PK\5\6")], once[once.index(b"PK\5\6") :]
    count = 20_000
    return once[:at] + entry * count + end[:8] + struct.pack("<2HI", count, count, len(entry) * count) + end[16:]


def zip_of_many() -> bytes:
    """A hundred thousand entries without content."""
    entry = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    count = 100_000
    total = len(entry) * count
    far = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, total, 0)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, total, 1)
    return (
        entry * count
        + far
        + locator
        + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    )


def zip_of_zips() -> bytes:
    inner = packed([("0.png", bytes(31 * MEGA))])
    for _ in range(5):
        inner = packed((f"cats/{number}.zip", inner) for number in range(10))
    return packed([("cats/0.zip", inner), ("cats/1.png", inner), ("cats/2.png", bytes(64 * MEGA))])


ZIPS: dict[str, Callable[[], bytes]] = {
    "one place.zip": zip_of_one_place,
    "many.zip": zip_of_many,
    "zips.zip": zip_of_zips,
    "lzma.zip": lambda: packed([("cats/0.png", bytes(64 * MEGA))], zipfile.ZIP_LZMA),
}


def recipe_png(texts: dict[str, str], side: int = SIDE) -> bytes:
    info = PngImagePlugin.PngInfo()
    for keyword, text in texts.items():
        info.add_itxt(keyword, text, zip=True)
    return saved(Image.new("RGBA", (side, side), (9, 9, 9, 255)), "PNG", pnginfo=info)


def overlapping_recipes() -> bytes:
    """1,000 recipes, each of which claims the whole of a large picture."""
    from pixelforge.services.recipe import png_texts

    recipe = made(0).recipe
    assert recipe is not None
    texts = png_texts([recipe] * 1000, SIDE, SIDE)
    places = ",".join([f"[0,0,{SIDE},{SIDE}]"] * 1000)
    return recipe_png({**texts, "pixelforge-places": f'{{"scale":1,"sprites":[{places}]}}'})


def recipe_with_start() -> bytes:
    """A recipe that begins from a picture which says that it is huge."""
    from pixelforge.services.recipe import png_texts

    recipe = made(0).recipe
    assert recipe is not None
    texts = png_texts([recipe], 8, 8)
    start = base64.b64encode(plain_png()).decode()
    text = texts["pixelforge"].replace('"start":null', f'"start":"{start}"')
    assert start in text
    return recipe_png({"pixelforge": f"[{','.join([text] * 8)}]"}, 8)


RECIPES: dict[str, Callable[[], bytes]] = {
    "overlaps.png": overlapping_recipes,
    "start.png": recipe_with_start,
    "deep.png": lambda: recipe_png({"pixelforge": '{"palette":' * 90_000}, 8),
    "places.png": lambda: recipe_png({"pixelforge-places": "[" * 900_000}, 8),
}
