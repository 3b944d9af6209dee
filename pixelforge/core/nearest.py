"""Words that a model does not know, and those that may have been meant."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

MOST_LISTED = 20  # words in a message


def known(asked: str, names: Sequence[str], verb: str = "knows") -> str:
    """The end of a sentence on a word that is not among `names`: the nearest ones, whatever their capitals, or all."""
    by_folded = {name.casefold(): name for name in names}
    near = [by_folded[folded] for folded in get_close_matches(asked.casefold(), by_folded)]
    if near:
        return f"the nearest {'is' if len(near) == 1 else 'are'} {', '.join(near)}"
    more = ", …" if len(names) > MOST_LISTED else ""
    return f"it {verb} {', '.join(names[:MOST_LISTED]) or 'none'}{more}"
