"""How things are counted and quoted in messages."""

QUOTED = 80  # letters of what a message quotes


def counted(count: int, noun: str) -> str:
    """A number of things: `1 sprite`, `1,024 sprites`, `2 classes`, `3 batches`."""
    ending = "" if count == 1 else "es" if noun.endswith(("s", "ch")) else "s"
    return f"{count:,} {noun}{ending}"


def quoted(text: str) -> str:
    """What somebody else wrote, in quotation marks, and no longer than anybody reads."""
    return repr(text if len(text) <= QUOTED else f"{text[: QUOTED - 1]}…")
