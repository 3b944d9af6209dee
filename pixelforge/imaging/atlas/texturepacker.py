"""The XML of Starling and Sparrow, which Kenney's readers, HaxeFlixel and Phaser take."""

from __future__ import annotations

from xml.etree import ElementTree

from pixelforge.imaging.atlas.model import Atlas
from pixelforge.imaging.atlas.text import xml_text, xml_value


def encode(atlas: Atlas) -> str:
    """The document, its declaration first."""
    size = {"width": str(atlas.width), "height": str(atlas.height)}
    root = ElementTree.Element("TextureAtlas", {"imagePath": xml_value(atlas.image), **size})
    for frame in atlas.frames:
        place = {"x": frame.x, "y": frame.y, "width": frame.width, "height": frame.height}
        ElementTree.SubElement(
            root, "SubTexture", {"name": xml_value(frame.name), **{key: str(value) for key, value in place.items()}}
        )
    return xml_text(root)
