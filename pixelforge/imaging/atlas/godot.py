"""Godot 4's SpriteFrames resource (.tres): an animation a class, an AtlasTexture a sprite, under its name.

A path without res:// is looked up beside the .tres (resource_format_text.cpp); what an animation must have is told by
sprite_frames.cpp.
"""

from __future__ import annotations

from pixelforge.imaging.atlas.model import Atlas, Frame
from pixelforge.imaging.atlas.text import quoted

SPEED = "5.0"  # frames a second


def encode(atlas: Atlas) -> str:
    """The text of the resource."""
    blocks = [
        f'[gd_resource type="SpriteFrames" load_steps={len(atlas.frames) + 2} format=3]\n',
        f'[ext_resource type="Texture2D" path={quoted(atlas.image)} id="1"]\n',
        *(_texture(index, frame) for index, frame in enumerate(atlas.frames)),
        "[resource]\nanimations = [" + ", ".join(_animation(tag, span) for tag, span in atlas.tags().items()) + "]\n",
    ]
    return "\n".join(blocks)


def _texture(index: int, frame: Frame) -> str:
    region = f"Rect2({frame.x}, {frame.y}, {frame.width}, {frame.height})"
    header = f'[sub_resource type="AtlasTexture" id="s{index}"]'
    return f'{header}\nresource_name = {quoted(frame.name)}\natlas = ExtResource("1")\nregion = {region}\n'


def _animation(tag: str, span: range) -> str:
    frames = ", ".join(f'{{\n"duration": 1.0,\n"texture": SubResource("s{index}")\n}}' for index in span)
    return f'{{\n"frames": [{frames}],\n"loop": true,\n"name": &{quoted(tag)},\n"speed": {SPEED}\n}}'
