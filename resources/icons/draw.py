"""Draws the app's icon, the fire on a forge's anvil: `python resources/icons/draw.py` writes all of its files.

The picture is 16x16 pixels in colours of the palette of DawnBringer 16; every size is the same pixels, enlarged.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageColor

FOLDER = Path(__file__).parent
SIDES = (16, 32, 48, 64, 128, 256, 512)
COLOURS = {
    "k": "#140c1c",  # outline
    "n": "#4e4a4e",
    "s": "#757161",
    "g": "#8595a1",
    "w": "#deeed6",
    "r": "#d04648",
    "o": "#d27d2c",
    "y": "#dad45e",
}
PICTURE = """
.......kk...y...
......krk.......
.....krrk..o....
.....krork......
....kroook......
...kroyyork..r..
...kroywyork....
...kroywyork....
....kroyyrk.....
.kkkkkkkkkkkkkk.
kwwwwwwwwwwgggsk
.kkgggggggssnnk.
...kkgggssnkk...
.....kgssnk.....
...kkggssnnkk...
..kggggsssnnnk..
"""


def draw() -> Image.Image:
    """The icon, 16x16."""
    icon = Image.new("RGBA", (16, 16))
    for y, row in enumerate(PICTURE.split()):
        for x, letter in enumerate(row):
            if letter in COLOURS:
                icon.putpixel((x, y), ImageColor.getrgb(COLOURS[letter] + "ff"))
    return icon


def main() -> None:
    """Write a PNG a size, and all sizes in one file for Windows and for macOS."""
    icon = draw()
    sizes = [icon.resize((side, side), Image.Resampling.NEAREST) for side in SIDES]
    for picture in sizes:
        picture.save(FOLDER / f"pixelforge-{picture.width}.png", optimize=True)
    # Pillow makes what it is not given by smoothing, so it is given every size.
    ico = [picture for picture in sizes if picture.width <= 256]
    ico[-1].save(FOLDER / "pixelforge.ico", sizes=[picture.size for picture in ico], append_images=ico[:-1])
    icns = [icon.resize((side, side), Image.Resampling.NEAREST) for side in (16, 32, 64, 128, 256, 512, 1024)]
    icns[-1].save(FOLDER / "pixelforge.icns", append_images=icns[:-1])


if __name__ == "__main__":
    main()
