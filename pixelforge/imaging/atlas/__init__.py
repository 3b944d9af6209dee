"""Data files that game engines read beside a sheet, one small writer a format. This is the registry of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pixelforge.imaging.atlas import (
    aseprite,
    aseprite_file,
    css,
    defold,
    gamemaker,
    godot,
    godot_tileset,
    libgdx,
    rpgmaker,
    texturepacker,
    tiled,
    unity,
)
from pixelforge.imaging.atlas.model import Atlas, Content


@dataclass(frozen=True)
class AtlasFormat:
    """A file that an engine reads beside the sheet, or a folder of them."""

    name: str  # as it is chosen on the command line
    serves: str
    suffix: str  # takes the place of the sheet's .png, or follows it where it begins with .png
    encode: Callable[[Atlas], Content]  # the text or bytes of a file; the parts of a folder
    is_folder: bool = False
    tells_recipes: bool = False  # whether it holds `Frame.texts`


ATLAS_FORMATS = (
    AtlasFormat("aseprite", "Phaser, PixiJS, melonJS", ".json", aseprite.encode_hash),
    AtlasFormat("aseprite-array", "kaplay, LÖVE, Phaser by name", ".array.json", aseprite.encode_array),
    AtlasFormat("tiled", "Tiled", ".tsx", tiled.encode_xml),
    AtlasFormat("tiled-json", "Tiled", ".tsj", tiled.encode_json),
    AtlasFormat("godot", "Godot 4, an animation a class", ".tres", godot.encode),
    AtlasFormat("texturepacker-xml", "Starling, HaxeFlixel", ".xml", texturepacker.encode_xml),
    AtlasFormat("css", "Web pages", ".css", css.encode),
    AtlasFormat("unity", "Unity", ".png.meta", unity.encode),
    AtlasFormat("aseprite-file", "Aseprite itself", ".aseprite", aseprite_file.encode, tells_recipes=True),
    AtlasFormat("texturepacker-json", "PixiJS, Phaser by name", ".hash.json", texturepacker.encode_json),
    AtlasFormat("godot-sprites", "Godot 4, an animation a sprite", ".sprites.tres", godot.encode_sprites),
    AtlasFormat("godot-tileset", "Godot 4, a TileSet", ".tileset.tres", godot_tileset.encode),
    AtlasFormat("godot-textures", "Godot 4, a texture a sprite", "-textures", godot.encode_textures, is_folder=True),
    AtlasFormat("defold", "Defold", ".tilesource", defold.encode),
    AtlasFormat("libgdx", "libGDX", ".atlas", libgdx.encode),
    AtlasFormat("gamemaker", "GameMaker, a strip a class", "-strips", gamemaker.encode, is_folder=True),
    AtlasFormat("rpgmaker", "RPG Maker MV and MZ, icons", ".iconset.png", rpgmaker.encode),
)
