"""What a sprite of the history is, in words."""

from __future__ import annotations

from datetime import datetime

from pixelforge.services.history import Entry


def describe_entry(entry: Entry) -> str:
    """Class, seed, model, when it was made, and whether it has a star or was deleted."""
    sprite = entry.sprite
    made = datetime.fromtimestamp(entry.made_at).astimezone()
    star = ", starred" if entry.starred else ""
    gone = ""
    if entry.deleted_at is not None:
        gone = f", deleted {datetime.fromtimestamp(entry.deleted_at).astimezone():%Y-%m-%d}"
    return f"{sprite.class_name}, seed {sprite.seed}, {sprite.model}, {made:%Y-%m-%d %H:%M}{star}{gone}"
