"""Godot 4's SpriteFrames (.tres), with an animation a class or a sprite; and its AtlasTextures, a .tres a sprite.

A path without res:// is looked up beside the .tres (resource_format_text.cpp); what an animation must have is told by
sprite_frames.cpp.
"""

from __future__ import annotations

from collections.abc import Mapping

from pixelforge.imaging.atlas.model import Atlas, Frame, Part
from pixelforge.imaging.atlas.text import quoted

SPEED = "5.0"  # frames a second
FRAME = 200  # milliseconds that a frame is shown at that speed


def encode(atlas: Atlas) -> str:
    """SpriteFrames whose animations are the classes."""
    return _sprite_frames(atlas, atlas.tags())


def encode_sprites(atlas: Atlas) -> str:
    """SpriteFrames whose animations are the sprites, by their names; of one that does something, what it does."""
    still = {f.name: range(index, index + 1) for index, f in enumerate(atlas.frames) if f.duration is None}
    return _sprite_frames(atlas, still | atlas.acts())


def encode_textures(atlas: Atlas) -> tuple[Part, ...]:
    """An AtlasTexture a sprite, in a folder beside the sheet."""
    return tuple(Part(frame.name, ".tres", _texture_resource(atlas, frame)) for frame in atlas.frames)


def _sprite_frames(atlas: Atlas, animations: Mapping[str, range]) -> str:
    told = ", ".join(_animation(atlas, name, span) for name, span in animations.items())
    blocks = [
        f'[gd_resource type="SpriteFrames" load_steps={len(atlas.frames) + 2} format=3]\n',
        f'[ext_resource type="Texture2D" path={quoted(atlas.image)} id="1"]\n',
        *(f'[sub_resource type="AtlasTexture" id="s{i}"]\n{_texture(frame)}' for i, frame in enumerate(atlas.frames)),
        f"[resource]\nanimations = [{told}]\n",
    ]
    return "\n".join(blocks)


def _texture_resource(atlas: Atlas, frame: Frame) -> str:
    blocks = [
        '[gd_resource type="AtlasTexture" load_steps=2 format=3]\n',
        f'[ext_resource type="Texture2D" path={quoted("../" + atlas.image)} id="1"]\n',
        f"[resource]\n{_texture(frame)}",
    ]
    return "\n".join(blocks)


def _texture(frame: Frame) -> str:
    region = f"Rect2({frame.x}, {frame.y}, {frame.width}, {frame.height})"
    return f'resource_name = {quoted(frame.name)}\natlas = ExtResource("1")\nregion = {region}\n'


def _animation(atlas: Atlas, name: str, span: range) -> str:
    """A frame's duration is told in frames of the animation's speed (SpriteFrames.get_frame_duration)."""
    durations = [(atlas.frames[index].duration or FRAME) / FRAME for index in span]
    frames = ", ".join(
        f'{{\n"duration": {duration},\n"texture": SubResource("s{index}")\n}}'
        for index, duration in zip(span, durations, strict=True)
    )
    return f'{{\n"frames": [{frames}],\n"loop": true,\n"name": &{quoted(name)},\n"speed": {SPEED}\n}}'
