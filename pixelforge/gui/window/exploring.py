"""Sprites between two chosen ones and around one, laid on the stage together with those that they are of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject

from pixelforge.gui.generating.states import Batch
from pixelforge.gui.stage.stage_model import StageCell
from pixelforge.gui.window.studio import Studio
from pixelforge.services import between
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.requests import GenerationRequest
from pixelforge.services.sprites import Sprite

Cells = tuple[StageCell, ...]
Asked = tuple[ModelEntry, GenerationRequest, str]  # who makes it, what, and what there is to say of it
ON_PICTURES = "No one model made both from noise of its own: these are variations of pictures on the way."


@dataclass(frozen=True, eq=False)
class Offered:
    """What there was to make them with when they were asked for."""

    entries: Sequence[ModelEntry]
    entry: ModelEntry  # the chosen one
    request: GenerationRequest  # as the controls stood


class Exploring(QObject):
    """Asks for such sprites. When they are made, those that they are of stand at the ends, or in the middle."""

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._asked: GenerationRequest | None = None  # the last of these
        self._laid: Callable[[Cells], Cells] = lambda cells: cells  # where its sprites come to lie
        self._columns = 0
        studio.generation.batch_finished.connect(self._lay_out)  # after the studio, which keeps them

    def between(self, cells: Sequence[StageCell]) -> None:
        """Make a row of the sprites between two."""
        first, second = cells
        ask = partial(_between, first.sprite, second.sprite)
        self._make(ask, lambda made: (first, *made, second), between.USUAL_COUNT + 2)

    def around(self, cell: StageCell) -> None:
        """Make a map of the sprites around one."""
        middle = between.SIDE**2 // 2
        self._make(partial(_around, cell.sprite), lambda made: (*made[:middle], cell, *made[middle:]), between.SIDE)

    def _make(self, ask: Callable[[Offered], Asked], laid: Callable[[Cells], Cells], columns: int) -> None:
        """Who made a sprite is told by the digests of model files, which are not read in the window's thread."""
        generation = self._studio.generation
        if generation.entry is None or generation.header is None or generation.settings is None:
            return
        offered = Offered(generation.library.entries, generation.entry, generation.settings.request)
        task = self._studio.background.run("Looking for their model", lambda: [ask(offered)])
        task.done.connect(lambda parts: self._begin(parts[0], laid, columns))

    def _begin(self, asked: Asked, laid: Callable[[Cells], Cells], columns: int) -> None:
        entry, request, told = asked
        self._asked, self._laid, self._columns = request, laid, columns
        self._studio.generation.make(request, entry)
        if told:
            self._studio.messages.inform(told)

    def _lay_out(self, batch: Batch) -> None:
        """A batch that was stopped, or waited for another start, has not all of them: it stays as it is."""
        if batch.request is self._asked and len(batch.sprites) == batch.request.count:
            self._studio.stage.show_finished(self._laid(self._studio.stage.cells), self._columns)


def _between(first: Sprite, second: Sprite, offered: Offered) -> Asked:
    """Raises RequestError."""
    entry = between.maker_of((first, second), offered.entries)
    one, other = first.recipe, second.recipe
    if entry is not None and one is not None and other is not None and between.meet(one, other):
        return entry, between.between_noise(one, other, between.USUAL_COUNT), ""
    header = offered.entry.header
    assert header is not None
    request = between.between_pictures(first, second, between.USUAL_COUNT, header, offered.request)
    return offered.entry, request, ON_PICTURES


def _around(sprite: Sprite, offered: Offered) -> Asked:
    """Raises RequestError."""
    entry = between.maker_of((sprite,), offered.entries)
    if entry is not None and sprite.recipe is not None:
        return entry, between.around(sprite.recipe), ""
    header = offered.entry.header
    assert header is not None
    return offered.entry, between.around_picture(sprite, header, offered.request), ""
