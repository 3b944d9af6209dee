"""A style sheet: one class a sprite, and one a sprite's action, which plays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from pixelforge.imaging.atlas.model import Atlas, Frame


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
    rules += [
        f".sprite.{_unlike(frame.name, taken)} {{ width: {frame.width}px; height: {frame.height}px; "
        f"background-position: {-frame.x}px {-frame.y}px; }}"
        for frame in atlas.frames
    ]
    for tag, span in atlas.acts().items():
        rules += _act(_unlike(tag, taken), atlas.frames[span.start : span.stop])
    return "\n".join(rules) + "\n"


def _act(name: str, frames: Sequence[Frame]) -> list[str]:
    """What a sprite does: its picture jumps from frame to frame, each for its time."""
    total = sum(frame.duration or 0 for frame in frames)
    steps, time = [], 0
    for frame in frames:
        steps.append(f"  {100 * time / total:.4g}% {{ background-position: {-frame.x}px {-frame.y}px; }}")
        time += frame.duration or 0
    size = f"width: {frames[0].width}px; height: {frames[0].height}px"
    return [
        f".sprite.{name} {{ {size}; animation: {name} {total}ms step-end infinite; }}",
        f"@keyframes {name} {{",
        *steps,
        "}",
    ]


def _unlike(name: str, taken: dict[str, int]) -> str:
    """An identifier that no other name has been given."""
    identifier = _identifier(name)
    taken[identifier] = taken.get(identifier, 0) + 1
    return identifier if taken[identifier] == 1 else f"{identifier}--{taken[identifier]}"


def _identifier(name: str) -> str:
    """CSS 2.1, section 4.1.3: it must not begin with a digit, or with a dash and a digit."""
    cleaned = re.sub(r"[^\w-]+", "-", name)
    return cleaned if re.match(r"-?[^\W\d]", cleaned) else f"s{cleaned}"
