"""Sprites between two chosen ones and around one, laid on the stage together with those that they are of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from pixelforge.errors import RequestError
from pixelforge.gui.generating.states import Batch
from pixelforge.gui.stage.stage_model import StageCell
from pixelforge.gui.window.studio import Studio
from pixelforge.services import between
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.requests import GenerationRequest

Cells = tuple[StageCell, ...]
Asked = tuple[ModelEntry, GenerationRequest, str]  # who makes it, what, and what there is to say of it
ON_PICTURES = "No one model made both from noise of its own: these are variations of pictures on the way."


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
        self._make(lambda: self._between(first, second), lambda made: (first, *made, second), between.USUAL_COUNT + 2)

    def around(self, cell: StageCell) -> None:
        """Make a map of the sprites around one."""
        middle = between.SIDE**2 // 2
        self._make(lambda: self._around(cell), lambda made: (*made[:middle], cell, *made[middle:]), between.SIDE)

    def _make(self, ask: Callable[[], Asked], laid: Callable[[Cells], Cells], columns: int) -> None:
        if self._studio.generation.header is None:
            return
        try:
            entry, request, told = ask()
        except RequestError as error:
            self._studio.messages.complain(str(error))
            return
        self._asked, self._laid, self._columns = request, laid, columns
        self._studio.generation.make(request, entry)
        if told:
            self._studio.messages.inform(told)

    def _between(self, first: StageCell, second: StageCell) -> Asked:
        entry = between.maker_of((first.sprite, second.sprite), self._studio.generation.library.entries)
        one, other = first.sprite.recipe, second.sprite.recipe
        if entry is not None and one is not None and other is not None and between.meet(one, other):
            return entry, between.between_noise(one, other, between.USUAL_COUNT), ""
        entry, asked = self._chosen()
        assert entry.header is not None
        pair = first.sprite, second.sprite
        return entry, between.between_pictures(*pair, between.USUAL_COUNT, entry.header, asked), ON_PICTURES

    def _around(self, cell: StageCell) -> Asked:
        entry = between.maker_of((cell.sprite,), self._studio.generation.library.entries)
        if entry is not None and cell.sprite.recipe is not None:
            return entry, between.around(cell.sprite.recipe), ""
        entry, asked = self._chosen()
        assert entry.header is not None
        return entry, between.around_picture(cell.sprite, entry.header, asked), ""

    def _chosen(self) -> tuple[ModelEntry, GenerationRequest]:
        generation = self._studio.generation
        assert generation.entry is not None
        assert generation.settings is not None
        return generation.entry, generation.settings.request

    def _lay_out(self, batch: Batch) -> None:
        """A batch that was stopped, or waited for another start, has not all of them: it stays as it is."""
        if batch.request is self._asked and len(batch.sprites) == batch.request.count:
            self._studio.stage.show_finished(self._laid(self._studio.stage.cells), self._columns)
