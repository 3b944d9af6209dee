"""How things are counted in messages."""


def counted(count: int, noun: str) -> str:
    """A number of things: `1 sprite`, `1,024 sprites`, `2 classes`, `3 batches`."""
    ending = "" if count == 1 else "es" if noun.endswith(("s", "ch")) else "s"
    return f"{count:,} {noun}{ending}"
