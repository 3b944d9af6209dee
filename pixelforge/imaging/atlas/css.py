"""A style sheet: one class a sprite."""

from __future__ import annotations

import re
from urllib.parse import quote

from pixelforge.imaging.atlas.model import Atlas


def encode(atlas: Atlas) -> str:
    """Rules for `<i class="sprite NAME"></i>`. What is no letter, digit or dash in a name becomes a dash."""
    rules = [
        ".sprite {",
        "  display: inline-block;",
        f'  background-image: url("{quote(atlas.image)}");',
        "  background-repeat: no-repeat;",
        "  image-rendering: pixelated;",
        "}",
    ]
    taken: dict[str, int] = {}
    for frame in atlas.frames:
        name = _identifier(frame.name)
        taken[name] = taken.get(name, 0) + 1
        unique = name if taken[name] == 1 else f"{name}--{taken[name]}"
        rules.append(
            f".sprite.{unique} {{ width: {frame.width}px; height: {frame.height}px; "
            f"background-position: {-frame.x}px {-frame.y}px; }}"
        )
    return "\n".join(rules) + "\n"


def _identifier(name: str) -> str:
    """CSS 2.1, section 4.1.3: it must not begin with a digit, or with a dash and a digit."""
    cleaned = re.sub(r"[^\w-]+", "-", name)
    return cleaned if re.match(r"-?[^\W\d]", cleaned) else f"s{cleaned}"
