"""A small picture for each class and kind of a model, made by the model itself and kept beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pixelforge.core.header import read_header
from pixelforge.errors import DatasetError
from pixelforge.imaging.pixels import Pixels, read_sprite
from pixelforge.imaging.png import write_png
from pixelforge.imaging.sheet import lay_out
from pixelforge.services.asking import Ask, Offer, offer_of
from pixelforge.services.requests import Finished, GenerationEvent, make_request

COLUMNS = 16  # of the sheet: the classes, then the kinds by name, in rows

Icons = dict[tuple[str, str], Pixels]
"""The picture (H, W, 4) of ("class", name) and ("kind", name)."""


def icons_path(model: Path) -> Path:
    """The sheet of a model's icons, which may be there."""
    return model.with_suffix(".icons.png")


def words_of(offer: Offer) -> list[tuple[str, str]]:
    """What has an icon, in the order of the sheet."""
    return [*(("class", name) for name in offer.classes), *(("kind", name) for name in offer.every_kind)]


def read_icons(model: Path, offer: Offer, side: int) -> Icons:
    """The icons of a model whose sprites have that side; none where there is no sheet, or one of other words."""
    try:
        sheet = read_sprite(icons_path(model))
    except DatasetError:
        return {}
    words = words_of(offer)
    rows = -(-len(words) // COLUMNS)
    if sheet.shape[:2] != (rows * side, COLUMNS * side):
        return {}
    cells = sheet.reshape(rows, side, COLUMNS, side, 4).swapaxes(1, 2).reshape(-1, side, side, 4)
    return dict(zip(words, cells, strict=False))


def make_icons(
    model: Path, *, style: str | None = None, seed: int = 0, device: str = "auto"
) -> Iterator[GenerationEvent]:
    """Have a model draw its icons, all of them in one style if one is given, and keep them beside it.

    Yields what `generate` does. Raises CheckpointError, RequestError or OutputError.
    """
    from pixelforge.services.generation import generate, load_model  # they load torch, which reading icons must not

    header = read_header(model)
    offer = offer_of(model, header)
    conditions = [
        (Ask(classes=(name,), style=style) if part == "class" else Ask(kinds=(name,), style=style)).conditions(offer)[0]
        for part, name in words_of(offer)
    ]
    request = make_request(header, conditions, count=len(conditions), seed=seed)
    icons = []
    for event in generate(load_model(model, device), request):
        if isinstance(event, Finished):
            icons.append(event.sprites)
        yield event
    write_png(icons_path(model), lay_out(np.concatenate(icons), COLUMNS))
