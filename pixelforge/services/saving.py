"""The sprites of a request to files as they are done: a sheet, or a folder of single sprites."""

from __future__ import annotations

from pathlib import Path

from pixelforge.errors import OutputError
from pixelforge.files import check_writable
from pixelforge.imaging.pixels import Pixels, enlarge
from pixelforge.imaging.png import write_png
from pixelforge.services.export import (
    SHEET_SUFFIX,
    ExportOptions,
    check_free,
    export_sprites,
    recoloured_alone,
)
from pixelforge.services.naming import safe_name
from pixelforge.services.recipe import Recipe, png_texts, recipe_of
from pixelforge.services.requests import GenerationRequest
from pixelforge.services.sprites import Sprite, places_text


class SpriteWriter:
    """Takes the sprites of a request as they are done: into one sheet on `close`, or each into a file at once.

    A target that ends in .png is a sheet; anything else is a folder with a folder a class, whose files know of the
    options' scale, palette and recipes alone. Raises OutputError from the start if the target cannot be written, and
    unless `force`, if a sheet's files are there already.
    """

    def __init__(
        self,
        target: Path,
        request: GenerationRequest,
        model: str,
        model_sha256: str,
        options: ExportOptions | None = None,
        force: bool = True,
    ) -> None:
        self.model_sha256 = model_sha256
        self.written: tuple[Path, ...] = ()
        self._target = target
        self._request = request
        self._model = model
        self._options = options or ExportOptions()
        self._is_sheet = target.suffix.lower() == SHEET_SUFFIX
        self._sprites: list[Sprite] = []
        if self._is_sheet and target.is_dir():
            raise OutputError(
                f"{target} is a folder: name a PNG file, or a folder that does not end in {SHEET_SUFFIX}."
            )
        if not self._is_sheet and target.exists() and not target.is_dir():
            raise OutputError(f"{target} is a file: name a folder, or a file that ends in {SHEET_SUFFIX} for a sheet.")
        if not self._is_sheet and self._options.formats:
            raise OutputError(f"Engine files stand beside a sheet: name a file that ends in {SHEET_SUFFIX}.")
        if self._is_sheet and not force:
            check_free(target, self._options)
        check_writable(target.parent if self._is_sheet else target)

    def add(self, first: int, sprites: Pixels) -> None:
        """Take the sprites from index `first` on."""
        made = [Sprite(pixels, self._recipe(index)) for index, pixels in enumerate(sprites, start=first)]
        if self._is_sheet:
            self._sprites += made
            return
        for sprite in recoloured_alone(made, self._options.palette):
            self._save(sprite)

    def preview(self, first: int, sprites: Pixels) -> None:
        """Sprites as they form are of no use here."""

    def close(self) -> None:
        """Write the sheet, if it is one."""
        self.written = export_sprites(self._target, self._sprites, self._options) if self._is_sheet else (self._target,)

    def _save(self, sprite: Sprite) -> None:
        folder = self._target / safe_name(sprite.recipe.class_name)
        pixels = enlarge(sprite.pixels, self._options.sheet.scale)
        texts = {}
        if self._options.recipes:
            height, width = pixels.shape[:2]
            places = places_text([(0, 0, width, height)], self._options.sheet.scale)
            texts = {**png_texts([sprite.recipe], width, height), **places}
        write_png(folder / f"{folder.name}_{sprite.recipe.seed:05}.png", pixels, texts)

    def _recipe(self, index: int) -> Recipe:
        return recipe_of(self._request, index, self._model, self.model_sha256)
