"""Tiled's tilesets, as XML (.tsx) and as JSON (.tsj), for Tiled 1.8 and later.

Tiled counts columns by the picture's width (Tileset::columnCountForWidth), whatever the file says; so do these. Phaser
takes the margin off at both sides first, so it must be shorter than a column: what is longer is told as empty tiles.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from pixelforge.imaging.atlas.model import Atlas, Frame
from pixelforge.imaging.atlas.text import json_text, xml_text, xml_value

FORMAT = "1.8"


def encode_xml(atlas: Atlas) -> str:
    """The .tsx; every tile's class is a property of it."""
    root = ElementTree.Element("tileset", {"version": FORMAT, **{k: xml_value(v) for k, v in _fields(atlas).items()}})
    size = {"width": str(atlas.width), "height": str(atlas.height)}
    ElementTree.SubElement(root, "image", {"source": xml_value(atlas.image), **size})
    acts = _acts(atlas)
    for frame, tile_id in _tiles(atlas):
        tile = ElementTree.SubElement(root, "tile", {"id": str(tile_id)})
        properties = ElementTree.SubElement(tile, "properties")
        for name, value in _properties(frame).items():
            ElementTree.SubElement(properties, "property", {"name": name, "value": xml_value(value)})
        if tile_id in acts:
            animation = ElementTree.SubElement(tile, "animation")
            for shown in acts[tile_id]:
                ElementTree.SubElement(animation, "frame", {key: str(value) for key, value in shown.items()})
    return xml_text(root)


def encode_json(atlas: Atlas) -> str:
    """The .tsj; every tile's class is a property of it."""
    acts = _acts(atlas)
    content: dict[str, Any] = {
        "type": "tileset",
        "version": FORMAT,
        **_fields(atlas),
        "image": atlas.image,
        "imagewidth": atlas.width,
        "imageheight": atlas.height,
        "tiles": [
            {
                "id": tile_id,
                "properties": [{"name": n, "type": "string", "value": v} for n, v in _properties(frame).items()],
                **({"animation": acts[tile_id]} if tile_id in acts else {}),
            }
            for frame, tile_id in _tiles(atlas)
        ],
    }
    return json_text(content)


def _fields(atlas: Atlas) -> dict[str, Any]:
    columns, rows = _count(atlas, atlas.width), _count(atlas, atlas.height)
    return {
        "name": atlas.stem,
        "tilewidth": atlas.side,
        "tileheight": atlas.side,
        "spacing": atlas.spacing,
        "margin": _margin(atlas),
        "tilecount": columns * rows,
        "columns": columns,
    }


def _tiles(atlas: Atlas) -> list[tuple[Frame, int]]:
    columns, skipped = _count(atlas, atlas.width), atlas.margin // _pitch(atlas)
    tiles = [(frame, (frame.row + skipped) * columns + frame.column + skipped) for frame in atlas.frames]
    return sorted(tiles, key=lambda tile: tile[1])


def _acts(atlas: Atlas) -> dict[int, list[dict[str, int]]]:
    """The frames of each action, by the tile of its first: there Tiled has the animation."""
    tiles = {id(frame): tile_id for frame, tile_id in _tiles(atlas)}
    acts = {}
    for span in atlas.acts().values():
        frames = atlas.frames[span.start : span.stop]
        acts[tiles[id(frames[0])]] = [{"tileid": tiles[id(f)], "duration": f.duration or 0} for f in frames]
    return acts


def _properties(frame: Frame) -> dict[str, str]:
    return {"class": frame.tag, "name": frame.name}


def _count(atlas: Atlas, length: int) -> int:
    return (length - _margin(atlas) + atlas.spacing) // _pitch(atlas)


def _margin(atlas: Atlas) -> int:
    return atlas.margin % _pitch(atlas)


def _pitch(atlas: Atlas) -> int:
    return atlas.side + atlas.spacing
