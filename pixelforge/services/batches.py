"""What a batch of the history is, in a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pixelforge.core.condition import Condition
from pixelforge.services.asking import SINGLE
from pixelforge.services.sprites import Sprite
from pixelforge.words import counted

MOST_WORDS = 4  # kinds or classes that are named
DOT = " \N{MIDDLE DOT} "


@dataclass(frozen=True)
class MadeBatch:
    """Sprites that were kept together, by their ids, in the order in which they were made."""

    made_at: float  # seconds since 1970
    ids: tuple[int, ...]


def when(made_at: float, today: date) -> str:
    """A moment as one speaks of it: the time, before it the day unless that is today."""
    moment = datetime.fromtimestamp(made_at).astimezone()
    day = moment.date()
    if day == today:
        return f"Today {moment:%H:%M}"
    return f"Yesterday {moment:%H:%M}" if day == today - timedelta(days=1) else f"{moment:%Y-%m-%d %H:%M}"


def line_of(batch: MadeBatch, sprites: Sequence[Sprite], today: date) -> str:
    """Date and request of a batch. sprites: of it, as many as are at hand."""
    told = [sprite.recipe.request for sprite in sprites if sprite.recipe is not None]
    words = list(dict.fromkeys(_word(sprite) for sprite in sprites))
    named = ", ".join(words[:MOST_WORDS]) + (", …" if len(words) > MOST_WORDS else "")
    parts = [when(batch.made_at, today), counted(len(batch.ids), "sprite") + (f" of {named}" if named else "")]
    for part in SINGLE:
        shared = {getattr(request.conditions[0], part) for request in told}
        if len(shared) == 1 and None not in shared:
            parts.append(str(shared.pop()))
    if any(request.start is not None for request in told):
        parts.append("variations")
    elif any(request.blends for request in told):
        parts.append("between")
    if told:
        parts += [f"seed {told[0].seed}", sprites[0].model or "drawn"]
    else:
        parts.append("drawn by hand")
    return DOT.join(parts)


def _word(sprite: Sprite) -> str:
    recipe = sprite.made_from
    asked = Condition(class_name=sprite.class_name or None) if recipe is None else recipe.request.conditions[0]
    return asked.kind or asked.label
