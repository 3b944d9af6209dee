"""Finished sprites to files, with their recipes: a sheet, or a folder of single sprites."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pixelforge.errors import OutputError
from pixelforge.files import check_writable
from pixelforge.imaging.pixels import Pixels, enlarge
from pixelforge.imaging.png import write_png
from pixelforge.imaging.sheet import lay_out, lay_out_any
from pixelforge.services.recipe import Recipe, png_texts, recipe_of
from pixelforge.services.requests import GenerationRequest
from pixelforge.services.sprites import Sprite

SHEET_SUFFIX = ".png"
NAME_LENGTH = 60
RESERVED_NAMES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def save_sheet(path: Path, sprites: Pixels, recipes: Sequence[Recipe], columns: int | None = None) -> None:
    """Write sprites (N, H, W, 4) as one PNG, a pixel a pixel, row by row; one recipe a sprite.

    columns: None for the most nearly square grid. Raises OutputError, and then leaves `path` as it was.
    """
    sheet = lay_out(sprites, columns)
    height, width = sheet.shape[:2]
    write_png(path, sheet, png_texts(recipes, width, height))


@dataclass(frozen=True)
class SheetOptions:
    """How a sheet is laid out."""

    columns: int | None = None  # None: the most nearly square grid
    padding: int = 0  # transparent pixels between sprites, before scaling
    scale: int = 1  # 1 to 16, by nearest neighbour


def draw_sheet(sprites: Sequence[Sprite], options: SheetOptions) -> Pixels:
    """The picture of a sheet, (H, W, 4). At least one sprite; they may have several sizes."""
    sheet = lay_out_any([sprite.pixels for sprite in sprites], options.columns, options.padding)
    return enlarge(sheet, options.scale)


def export_sheet(path: Path, sprites: Sequence[Sprite], options: SheetOptions) -> None:
    """Write sprites as one PNG with all their recipes. Raises OutputError, and then leaves `path` as it was."""
    sheet = draw_sheet(sprites, options)
    height, width = sheet.shape[:2]
    write_png(path, sheet, png_texts([sprite.recipe for sprite in sprites], width, height))


def save_sprite(path: Path, sprite: Pixels, recipe: Recipe) -> None:
    """Write one sprite (H, W, 4) as PNG. Raises OutputError, and then leaves `path` as it was."""
    height, width = sprite.shape[:2]
    write_png(path, sprite, png_texts([recipe], width, height))


def safe_name(name: str) -> str:
    """A file name for a class: letters, digits, dash, underscore and inner dots and spaces; never empty or reserved."""
    cleaned = re.sub(r"[^\w\-. ]+", "_", name)[:NAME_LENGTH].strip(" .") or "_"
    return f"_{cleaned}" if cleaned.split(".")[0].lower() in RESERVED_NAMES else cleaned


class SpriteWriter:
    """Takes the sprites of a request as they are done: into one sheet on `close`, or each into a file at once.

    A target that ends in .png is a sheet; anything else is a folder with a folder a class. Raises OutputError from the
    start if the target cannot be written.
    """

    def __init__(self, target: Path, request: GenerationRequest, model: str, model_sha256: str) -> None:
        self.model_sha256 = model_sha256
        self._target = target
        self._request = request
        self._model = model
        self._is_sheet = target.suffix.lower() == SHEET_SUFFIX
        self._batches: list[Pixels] = []
        if self._is_sheet and target.is_dir():
            raise OutputError(
                f"{target} is a folder: name a PNG file, or a folder that does not end in {SHEET_SUFFIX}."
            )
        if not self._is_sheet and target.exists() and not target.is_dir():
            raise OutputError(f"{target} is a file: name a folder, or a file that ends in {SHEET_SUFFIX} for a sheet.")
        check_writable(target.parent if self._is_sheet else target)

    def add(self, first: int, sprites: Pixels) -> None:
        """Take the sprites from index `first` on."""
        if self._is_sheet:
            self._batches.append(sprites)
            return
        for index, sprite in enumerate(sprites, start=first):
            recipe = self._recipe(index)
            folder = self._target / safe_name(recipe.class_name)
            save_sprite(folder / f"{folder.name}_{recipe.seed:05}.png", sprite, recipe)

    def close(self) -> None:
        """Write the sheet, if it is one."""
        if self._is_sheet:
            sprites = np.concatenate(self._batches)
            save_sheet(self._target, sprites, [self._recipe(index) for index in range(len(sprites))])

    def _recipe(self, index: int) -> Recipe:
        return recipe_of(self._request, index, self._model, self.model_sha256)
