"""Unity's .meta beside a sheet: the importer's settings with the rectangles of its sprites.

Keys and their order are those of a sheet of pixel art in Unity's own samples (2d-techdemos, importer version 13), all
of them, since nobody outside knows what Unity takes for one that is absent. It was not opened in Unity. Rectangles have
y from the bottom.
"""

from __future__ import annotations

import hashlib
import uuid

from pixelforge.imaging.atlas.model import Atlas, Frame
from pixelforge.imaging.atlas.text import yaml_value

SPRITE_CLASS = 213  # Unity's class id of Sprite
LEAST_SIZE, MOST_SIZE = 2048, 16_384  # of a texture: Unity shrinks what is larger than the file allows

TEXTURE = """
  externalObjects: {{}}
  serializedVersion: 13
  mipmaps:
    mipMapMode: 0
    enableMipMap: 0
    sRGBTexture: 1
    linearTexture: 0
    fadeOut: 0
    borderMipMap: 0
    mipMapsPreserveCoverage: 0
    alphaTestReferenceValue: 0.5
    mipMapFadeDistanceStart: 1
    mipMapFadeDistanceEnd: 3
  bumpmap:
    convertToNormalMap: 0
    externalNormalMap: 0
    heightScale: 0.25
    normalMapFilter: 0
    flipGreenChannel: 0
  isReadable: 0
  streamingMipmaps: 0
  streamingMipmapsPriority: 0
  vTOnly: 0
  ignoreMipmapLimit: 0
  grayScaleToAlpha: 0
  generateCubemap: 6
  cubemapConvolution: 0
  seamlessCubemap: 0
  textureFormat: 1
  maxTextureSize: {size}
  textureSettings:
    serializedVersion: 2
    filterMode: 0
    aniso: 1
    mipBias: 0
    wrapU: 1
    wrapV: 1
    wrapW: 1
  nPOTScale: 0
  lightmap: 0
  compressionQuality: 50
  spriteMode: 2
  spriteExtrude: 1
  spriteMeshType: 0
  alignment: 0
  spritePivot: {{x: 0.5, y: 0.5}}
  spritePixelsToUnits: {units}
  spriteBorder: {{x: 0, y: 0, z: 0, w: 0}}
  spriteGenerateFallbackPhysicsShape: 1
  alphaUsage: 1
  alphaIsTransparency: 1
  spriteTessellationDetail: -1
  textureType: 8
  textureShape: 1
  singleChannelComponent: 0
  flipbookRows: 1
  flipbookColumns: 1
  maxTextureSizeSet: 0
  compressionQualitySet: 0
  textureFormatSet: 0
  ignorePngGamma: 0
  applyGammaDecoding: 0
  swizzle: 50462976
  cookieLightType: 0
  platformSettings:
  - serializedVersion: 4
    buildTarget: DefaultTexturePlatform
    maxTextureSize: {size}
    resizeAlgorithm: 0
    textureFormat: -1
    textureCompression: 0
    compressionQuality: 50
    crunchedCompression: 0
    allowsAlphaSplitting: 0
    overridden: 0
    ignorePlatformSupport: 0
    androidETC2FallbackOverride: 0
    forceMaximumCompressionQuality_BC6H_BC7: 0"""
"""Exact pixels: no filter, no mip maps, no compression, no rounding to a power of two."""

NO_SHAPE = ("outline: []", "physicsShape: []", "bones: []", "vertices: []", "indices:", "edges: []", "weights: []")


def encode(atlas: Atlas) -> str:
    """The .meta with a new guid: where one stands already it must be kept, or scenes lose the sheet.

    A sheet that has an identity always gets the same guid.
    """
    size = min(max(LEAST_SIZE, 1 << (max(atlas.width, atlas.height) - 1).bit_length()), MOST_SIZE)
    lines = [
        "fileFormatVersion: 2",
        f"guid: {_guid(atlas).hex}",
        "TextureImporter:",
        "  internalIDToNameTable:",
        *(line for frame in atlas.frames for line in _name(frame)),
        *TEXTURE.format(size=size, units=atlas.side).split("\n")[1:],
        "  spriteSheet:",
        "    serializedVersion: 2",
        "    sprites:",
        *(line for frame in atlas.frames for line in _sprite(atlas, frame)),
        *(f"    {line}" for line in NO_SHAPE),
        "    spriteID:",
        "    internalID: 0",
        "    secondaryTextures: []",
        "    nameFileIdTable:",
        *(f"      {yaml_value(frame.name)}: {_id(frame)}" for frame in atlas.frames),
        "  mipmapLimitGroupName:",
        "  pSDRemoveMatte: 0",
        "  userData:",
        "  assetBundleName:",
        "  assetBundleVariant:",
    ]
    return "\n".join(lines) + "\n"


def _guid(atlas: Atlas) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"pixelforge:{atlas.identity}") if atlas.identity else uuid.uuid4()


def _name(frame: Frame) -> list[str]:
    return ["  - first:", f"      {SPRITE_CLASS}: {_id(frame)}", f"    second: {yaml_value(frame.name)}"]


def _sprite(atlas: Atlas, frame: Frame) -> list[str]:
    return [
        "    - serializedVersion: 2",
        f"      name: {yaml_value(frame.name)}",
        "      rect:",
        "        serializedVersion: 2",
        f"        x: {frame.x}",
        f"        y: {atlas.height - frame.y - frame.height}",
        f"        width: {frame.width}",
        f"        height: {frame.height}",
        "      alignment: 0",
        "      pivot: {x: 0.5, y: 0.5}",
        "      border: {x: 0, y: 0, z: 0, w: 0}",
        "      tessellationDetail: 0",
        *(f"      {line}" for line in NO_SHAPE),
        f"      spriteID: {hashlib.md5(frame.name.encode(), usedforsecurity=False).hexdigest()}",
        f"      internalID: {_id(frame)}",
    ]


def _id(frame: Frame) -> int:
    """A signed 64-bit number that the name alone decides, never 0."""
    digest = hashlib.sha256(frame.name.encode()).digest()
    return int.from_bytes(digest[:8], "little", signed=True) or 1
