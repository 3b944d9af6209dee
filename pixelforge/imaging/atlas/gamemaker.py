"""GameMaker's strips: a PNG a class whose name ends in _stripN, N being the frames side by side.

GameMaker's manual, "Strip Images": it divides the width by N, and takes _stripN off the sprite's name. Such a name has
letters, digits and underscores, and does not begin with a digit (manual, "Sprites").
"""

from __future__ import annotations

import re

from pixelforge.errors import OutputError
from pixelforge.imaging.atlas.model import Atlas, Frame, Part
from pixelforge.imaging.png import encode_png
from pixelforge.imaging.sheet import draw_sheet
from pixelforge.imaging.sheet_plan import MAX_COLUMNS, SheetOptions, plan_sheet


def encode(atlas: Atlas) -> tuple[Part, ...]:
    """The strips, scaled as the sheet and with its background. Raises OutputError for one that would be too long."""
    strips = []
    for tag, span in atlas.tags().items():
        if len(span) > MAX_COLUMNS:
            raise OutputError(
                f"A strip of {len(span)} sprites would be too long: at most {MAX_COLUMNS}. Split the set."
            )
        picture = _strip(atlas, atlas.frames[span.start : span.stop])
        strips.append(Part(_resource_name(tag), f"_strip{len(span)}.png", picture))
    return tuple(strips)


def _strip(atlas: Atlas, frames: tuple[Frame, ...]) -> bytes:
    options = SheetOptions(columns=len(frames), scale=atlas.scale, background=atlas.background)
    sizes = [(frame.pixels.shape[0], frame.pixels.shape[1]) for frame in frames]
    plan = plan_sheet(sizes, [frame.tag for frame in frames], options)
    return encode_png(draw_sheet([frame.pixels for frame in frames], plan, options))


def _resource_name(tag: str) -> str:
    name = re.sub("[^A-Za-z0-9_]+", "_", tag)
    return name if re.match("[A-Za-z_]", name) else f"s_{name}"
