"""Aseprite's JSON, which Phaser, PixiJS and every importer of Aseprite's read.

Keys and their order of words are those of Aseprite's doc_exporter.cpp; `animations` is PixiJS's addition.
"""

from __future__ import annotations

from typing import Any

from pixelforge import __version__
from pixelforge.imaging.atlas.model import Atlas, Frame
from pixelforge.imaging.atlas.text import json_text

DURATION = 100  # milliseconds a frame that is no action's
APP = "PixelForge (in Aseprite's format, http://www.aseprite.org/)"  # by whose name melonJS tells formats apart


def encode_hash(atlas: Atlas) -> str:
    """Frames by "0", "1", …: Phaser's createFromAseprite looks them up so. Their names are their `filename`."""
    frames = {str(index): _named(frame) for index, frame in enumerate(atlas.frames)}
    names = {tag: [str(index) for index in span] for tag, span in atlas.tags().items()}
    return json_text({"frames": frames, "meta": _meta(atlas), "animations": names})


def encode_array(atlas: Atlas) -> str:
    """A list of frames with their names as `filename`."""
    frames = [_named(frame) for frame in atlas.frames]
    return json_text({"frames": frames, "meta": _meta(atlas)})


def _named(frame: Frame) -> dict[str, Any]:
    size = {"w": frame.width, "h": frame.height}
    return {
        "filename": frame.name,
        "frame": {"x": frame.x, "y": frame.y, **size},
        "rotated": False,
        "trimmed": False,
        "spriteSourceSize": {"x": 0, "y": 0, **size},
        "sourceSize": size,
        "duration": frame.duration or DURATION,
    }


def _meta(atlas: Atlas) -> dict[str, Any]:
    return {
        "app": APP,
        "version": __version__,
        "image": atlas.image,
        "format": "I8" if atlas.indexed else "RGBA8888",
        "size": {"w": atlas.width, "h": atlas.height},
        "scale": "1",
        "frameTags": [
            {"name": tag, "from": span.start, "to": span.stop - 1, "direction": "forward"}
            for tag, span in atlas.tags().items()
        ],
    }
