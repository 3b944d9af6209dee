"""Has a model draw its icons. Reading them is apart, in `icons`: it needs no torch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pixelforge.core.header import read_header
from pixelforge.imaging.png import write_png
from pixelforge.imaging.sheet import lay_out
from pixelforge.services.asking import Ask, offer_of
from pixelforge.services.generation import generate, load_model
from pixelforge.services.icons import COLUMNS, icons_path, words_with_icons
from pixelforge.services.requests import Finished, GenerationEvent, make_request


def make_icons(
    model: Path, *, style: str | None = None, seed: int = 0, device: str = "auto"
) -> Iterator[GenerationEvent]:
    """Have a model draw its icons, all of them in one style if one is given, and keep them beside it.

    Yields what `generate` does. Raises CheckpointError, RequestError or OutputError.
    """
    header = read_header(model)
    offer = offer_of(model, header)
    conditions = [
        (Ask(classes=(name,), style=style) if part == "class" else Ask(kinds=(name,), style=style)).conditions(offer)[0]
        for part, name in words_with_icons(offer)
    ]
    request = make_request(header, conditions, count=len(conditions), seed=seed)
    icons = []
    for event in generate(load_model(model, device), request):
        if isinstance(event, Finished):
            icons.append(event.sprites)
        yield event
    write_png(icons_path(model), lay_out(np.concatenate(icons), COLUMNS))
