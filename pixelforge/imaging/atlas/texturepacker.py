"""What TexturePacker writes: JSON with the frames by their names, and the XML of Starling and Sparrow.

PixiJS and Phaser take the JSON, whose `animations` are PixiJS's; HaxeFlixel, Phaser and Kenney's readers the XML.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from pixelforge import __version__
from pixelforge.imaging.atlas.model import Atlas, Frame
from pixelforge.imaging.atlas.text import json_text, xml_text, xml_value


def encode_json(atlas: Atlas) -> str:
    """Frames by name. `trimmed` must be told, or PixiJS (Spritesheet.ts) takes spriteSourceSize for a trimming."""
    animations = {tag: [atlas.frames[index].name for index in span] for tag, span in atlas.tags().items()}
    meta = {
        "app": "PixelForge",
        "version": __version__,
        "image": atlas.image,
        "format": "I8" if atlas.indexed else "RGBA8888",
        "size": {"w": atlas.width, "h": atlas.height},
        "scale": "1",
    }
    frames = {frame.name: _rectangle(frame) for frame in atlas.frames}
    return json_text({"frames": frames, "meta": meta, "animations": animations})


def encode_xml(atlas: Atlas) -> str:
    """The document, its declaration first."""
    size = {"width": str(atlas.width), "height": str(atlas.height)}
    root = ElementTree.Element("TextureAtlas", {"imagePath": xml_value(atlas.image), **size})
    for frame in atlas.frames:
        place = {"x": frame.x, "y": frame.y, "width": frame.width, "height": frame.height}
        ElementTree.SubElement(
            root, "SubTexture", {"name": xml_value(frame.name), **{key: str(value) for key, value in place.items()}}
        )
    return xml_text(root)


def _rectangle(frame: Frame) -> dict[str, Any]:
    size = {"w": frame.width, "h": frame.height}
    return {
        "frame": {"x": frame.x, "y": frame.y, **size},
        "rotated": False,
        "trimmed": False,
        "spriteSourceSize": {"x": 0, "y": 0, **size},
        "sourceSize": size,
    }
