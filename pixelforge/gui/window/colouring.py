"""Colour schemes of the chosen sprites: seen, shuffled, kept for what is made next, taken from another picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QImage

from pixelforge.core.blend import Blend
from pixelforge.errors import RequestError
from pixelforge.gui.generating.scheme_field import SchemeField
from pixelforge.gui.shared.mime import from_mime
from pixelforge.gui.shared.qimage import from_qimage
from pixelforge.gui.stage.stage_model import StageCell
from pixelforge.gui.window.studio import Studio
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.recipe import Recipe
from pixelforge.services.requests import GenerationRequest
from pixelforge.services.schemes import Colours, colours_in, other_schemes, scheme_of
from pixelforge.services.sprites import read_sprites

SHUFFLES = 9  # schemes in which a sprite that is chosen alone is made again


class Colouring(QObject):
    """Ties the strip of swatches to the chosen sprites and to what is asked for. chosen: the sprites that are."""

    def __init__(
        self, studio: Studio, field: SchemeField, chosen: Callable[[], tuple[StageCell, ...]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._field = field
        self._chosen = chosen
        field.shuffle_requested.connect(lambda: self.shuffle(chosen()))
        field.lock_changed.connect(self._lock)
        field.dropped.connect(self._take_from)
        studio.generation.settings_changed.connect(self.refresh)

    @property
    def possible(self) -> bool:
        """Whether the chosen model draws in schemes."""
        header = self._studio.generation.header
        return header is not None and header.model.prediction == "pointer"

    def refresh(self) -> None:
        """Show the scheme of the first of the chosen sprites, and the one that is kept."""
        chosen = self._chosen()
        self._field.set_seen(scheme_of(chosen[0].sprite) if chosen else (), shuffles=self.possible and bool(chosen))
        self._field.set_kept(self._studio.generation.scheme)

    def toggle_kept(self, cells: Sequence[StageCell]) -> None:
        """Draw the next sprites in the scheme of the first of these, or by their seeds again where that is so."""
        scheme = scheme_of(cells[0].sprite)
        self._keep(None if scheme == self._studio.generation.scheme else scheme)

    def shuffle(self, cells: Sequence[StageCell]) -> None:
        """Make sprites again in other schemes: one that is alone in several, of several each in one."""
        made = [cell.sprite.recipe for cell in cells if cell.sprite.recipe is not None]
        alike = [recipe for recipe in made if _alike(recipe, made[0])]
        entry = self._studio.generation.entry
        task = self._studio.background.run("Looking for other colours", lambda: [_shuffled(alike, entry)])
        task.done.connect(lambda parts: self._make(parts[0], entry, len(cells) - len(alike)))

    def _make(self, request: GenerationRequest, entry: ModelEntry | None, left_out: int) -> None:
        self._studio.generation.make(request, entry)
        if left_out:
            self._studio.messages.warn(f"{left_out} of the sprites were not made as the first is, and are left out.")

    def _lock(self, on: bool) -> None:
        chosen = self._chosen()
        self._keep(scheme_of(chosen[0].sprite) if on and chosen else None)

    def _keep(self, scheme: Colours | None) -> None:
        self._studio.generation.set_scheme(scheme or None)
        self.refresh()

    def _take_from(self, mime: QMimeData) -> None:
        """Out of the first sprite or picture in it; a file is not read in the window's thread."""
        path = next((Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()), None)
        if sprites := from_mime(mime):
            self._take(scheme_of(sprites[0]))
        elif path is not None:
            task = self._studio.background.run(f"Reading {path.name}", lambda: [scheme_of(read_sprites(path)[0])])
            task.done.connect(lambda parts: self._take(parts[0]))
        else:
            image = mime.imageData()
            whole = isinstance(image, QImage) and not image.isNull()
            self._take(colours_in(from_qimage(image)) if whole else ())

    def _take(self, scheme: Colours) -> None:
        if not scheme:
            self._studio.messages.warn("There are no colours in that picture.")
            return
        self._keep(scheme)
        self._studio.messages.inform(f"New sprites are drawn in its {len(scheme)} colours.")


def _alike(one: Recipe, other: Recipe) -> bool:
    """Whether one request can make both again; variations start from a picture of their own."""
    first, second = one.request, other.request
    parts = [(request.sampling, request.palette, bool(request.blends)) for request in (first, second)]
    return one.model == other.model and parts[0] == parts[1] and first.start is None and second.start is None


def _shuffled(recipes: Sequence[Recipe], entry: ModelEntry | None) -> GenerationRequest:
    """Raises CheckpointError, or RequestError where the chosen model cannot make them again."""
    if not recipes or entry is None or entry.header is None or recipes[0].model != entry.name:
        model = f"{recipes[0].model}, which is not the chosen model" if recipes else "hand"
        raise RequestError(f"The colours can be shuffled of what the chosen model made; this was made by {model}.")
    count = SHUFFLES if len(recipes) == 1 else 1
    conditions, seeds = [], []
    blends: list[Blend] = []
    for recipe in recipes:
        asked = recipe.request.conditions[0]
        for scheme in other_schemes(entry.path, entry.header, asked, count, recipe.seed + 1):
            conditions.append(replace(asked, scheme=scheme))
            seeds.append(recipe.seed)
            blends += recipe.request.blends
    first = recipes[0].request
    alike = replace(first, count=1, seed=0, blends=())
    several = replace(alike, conditions=tuple(conditions), count=len(seeds), seeds=tuple(seeds))
    return replace(several, blends=tuple(blends))
