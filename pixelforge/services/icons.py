"""A small picture for each class and kind of a model, made by the model itself and kept beside it."""

from __future__ import annotations

from pathlib import Path

from pixelforge.errors import DatasetError
from pixelforge.imaging.pixels import Pixels, read_sprite
from pixelforge.services.asking import Offer

COLUMNS = 16  # of the sheet: the classes, then the kinds by name, in rows

Icons = dict[tuple[str, str], Pixels]
"""The picture (H, W, 4) of ("class", name) and ("kind", name)."""


def icons_path(model: Path) -> Path:
    """The sheet of a model's icons, which may be there."""
    return model.with_suffix(".icons.png")


def words_with_icons(offer: Offer) -> list[tuple[str, str]]:
    """What has an icon, in the order of the sheet."""
    return [*(("class", name) for name in offer.classes), *(("kind", name) for name in offer.every_kind)]


def read_icons(model: Path, offer: Offer, side: int) -> Icons:
    """The icons of a model whose sprites have that side; none where there is no sheet, or one of other words."""
    try:
        sheet = read_sprite(icons_path(model))
    except DatasetError:
        return {}
    words = words_with_icons(offer)
    rows = -(-len(words) // COLUMNS)
    if sheet.shape[:2] != (rows * side, COLUMNS * side):
        return {}
    cells = sheet.reshape(rows, side, COLUMNS, side, 4).swapaxes(1, 2).reshape(-1, side, side, 4)
    return dict(zip(words, cells, strict=False))
