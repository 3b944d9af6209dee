"""Godot 4's TileSet (.tres) of one atlas: class and name of every tile are custom data.

Keys are those of tile_set.cpp: `column:row/0` makes a tile, `custom_data_N` is its value in layer N of the TileSet.
"""

from __future__ import annotations

from pixelforge.imaging.atlas.model import Atlas, Frame
from pixelforge.imaging.atlas.text import quoted

STRING = 4  # Variant::STRING
LAYERS = ("class", "name")


def encode(atlas: Atlas) -> str:
    """The text of the resource; margin and spacing of the sheet are those of the atlas."""
    size = f"Vector2i({atlas.side}, {atlas.side})"
    source = [
        '[sub_resource type="TileSetAtlasSource" id="tiles"]',
        f"resource_name = {quoted(atlas.stem)}",
        'texture = ExtResource("1")',
        f"margins = Vector2i({atlas.margin}, {atlas.margin})",
        f"separation = Vector2i({atlas.spacing}, {atlas.spacing})",
        f"texture_region_size = {size}",
        *(line for frame in atlas.frames for line in _tile(frame)),
    ]
    resource = [
        "[resource]",
        f"tile_size = {size}",
        *(
            line
            for number, name in enumerate(LAYERS)
            for line in (f'custom_data_layer_{number}/name = "{name}"', f"custom_data_layer_{number}/type = {STRING}")
        ),
        'sources/0 = SubResource("tiles")',
    ]
    blocks = [
        '[gd_resource type="TileSet" load_steps=3 format=3]\n',
        f'[ext_resource type="Texture2D" path={quoted(atlas.image)} id="1"]\n',
        "\n".join(source) + "\n",
        "\n".join(resource) + "\n",
    ]
    return "\n".join(blocks)


def _tile(frame: Frame) -> list[str]:
    tile = f"{frame.column}:{frame.row}/0"
    values = (frame.tag, frame.name)
    return [
        f"{tile} = 0",
        *(f"{tile}/custom_data_{number} = {quoted(value)}" for number, value in enumerate(values)),
    ]
