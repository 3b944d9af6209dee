"""What one can do with sprites: it joins the run, the stage, the history and the sets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from pixelforge.core.condition import Condition
from pixelforge.gui.generating.generation_model import GenerationModel
from pixelforge.gui.generating.recipe_settings import recall
from pixelforge.gui.generating.states import Batch, knows
from pixelforge.gui.history.history_model import HistoryModel
from pixelforge.gui.shared.background import Background, Task, Work
from pixelforge.gui.shared.messages import MessageAction, Messages
from pixelforge.gui.stage.stage_model import StageCell, StageModel
from pixelforge.gui.tray.tray_model import TrayModel
from pixelforge.gui.window.undo import DeleteSprites
from pixelforge.gui.window.visit import Visit
from pixelforge.imaging.pixels import Pixels, resize_nearest
from pixelforge.services.animating import write_animation
from pixelforge.services.export import ExportOptions, export_sprites
from pixelforge.services.history import Entry
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.recipe import Recipe
from pixelforge.services.settings import COUNTS, GenerationSettings
from pixelforge.services.sprites import Sprite
from pixelforge.words import counted

Asked = tuple[Condition, ...]
UNDO = "Undo"
TAKE_BACK = "As before"
MOST_PARENTS = max(COUNTS)
VARIATIONS = 16  # of a sprite, where the count is set to 1


class Studio(QObject):
    """The user's actions on sprites, without any widget. What goes wrong is said in a message."""

    varied = Signal()  # variations of a sprite are asked for: how far they go is the next question
    project_given = Signal(object)  # Path of a project's file or folder, that is to be opened

    def __init__(
        self,
        generation: GenerationModel,
        stage: StageModel,
        history: HistoryModel,
        tray: TrayModel,
        messages: Messages,
        undo: QUndoStack,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.generation = generation
        self.stage = stage
        self.history = history
        self.tray = tray
        self.messages = messages
        self.undo = undo
        self.visit = Visit(stage, history, self)
        self.background = background
        self._before: tuple[StageCell, ...] = ()  # on the stage before the run that is going on
        self._asked_before: Asked = ()  # what was asked for before a start brought what it shows with it,
        self._lent: Asked = ()  # and that
        generation.forming_changed.connect(self._show_forming)
        generation.batch_finished.connect(self._keep)
        history.starred_changed.connect(self._show_stars)
        undo.setParent(self)  # at its end it tells of an index once more, and must not find half of this gone
        undo.indexChanged.connect(self._drop_undo)

    def show(self, cells: Sequence[StageCell]) -> None:
        """Look at sprites of the history; a run that is going on is given up."""
        self.generation.stop()
        self.visit.begin(cells)

    def welcome(self, samples: Sequence[Sprite]) -> None:
        """Where nothing was made yet: show samples, and say what to press."""
        if self.history.rowCount() == 0 and self.generation.entry is not None:
            self.stage.show_finished([StageCell(sprite, None) for sprite in samples])
            if self.messages.current is None:  # a warning of settings or history counts for more
                self.messages.inform(
                    "These are samples. Choose a class and press Generate (Ctrl+Enter) to make your own."
                )

    def use_seed(self, cell: StageCell) -> None:
        """Set and lock the seed of a sprite; where several classes are chosen, its class as well.

        Which of several a lone sprite takes does not depend on its seed, so without that it would come out as another.
        """
        sprite, settings = cell.sprite, self.generation.settings
        self.generation.set_seed(sprite.seed)
        conditions = settings.request.conditions if settings is not None else ()
        own = sprite.recipe.request.conditions if sprite.recipe is not None else ()
        if len(conditions) > 1 and set(own) <= set(conditions):
            self.generation.set_conditions(own)

    def use_recipe(self, recipe: Recipe, of: int = 1) -> None:
        """Set everything as it was for a sprite: the next Generate makes it again, alone.

        of: how many sprites its picture holds, of which it is the first.
        """
        generation = self.generation
        if generation.entry is None or generation.settings is None:
            return
        before = partial(self._take_back, generation.entry, generation.settings)
        recalled = recall(recipe, generation.library.entries, generation.entry, generation.settings)
        generation.library.choose(recalled.entry)
        generation.take(recalled.settings)
        back = MessageAction(TAKE_BACK, before)
        if recalled.problems:
            self.messages.warn(" ".join(("The recipe cannot be followed wholly.", *recalled.problems)), back)
        else:
            which = "this sprite" if of == 1 else f"the first of the {of} sprites"
            self.messages.inform(f"The recipe is set: Generate makes {which} again.", back)

    def _take_back(self, entry: ModelEntry, settings: GenerationSettings) -> None:
        """Set everything as it was before a recipe was."""
        self.generation.library.choose(entry)
        self.generation.take(settings)

    def vary(self, cells: Sequence[StageCell]) -> None:
        """Have the next run make variations of sprites, of what each was made for; they share the count."""
        sprites = [cell.sprite for cell in cells[:MOST_PARENTS]]
        asked = [told for sprite in sprites if (told := _asked_of(sprite)) is not None]
        self.start_from([sprite.pixels for sprite in sprites], asked if len(asked) == len(sprites) else ())
        if len(cells) > MOST_PARENTS:
            self.messages.warn(f"Variations are made of the first {MOST_PARENTS} of the {len(cells):,} sprites.")
        self.varied.emit()

    def start_from(self, pictures: Sequence[Pixels], asked: Sequence[Condition] = ()) -> None:
        """Have the next runs make variations of pictures (H, W, 4), brought to the model's size.

        asked: what each of them shows, which its variations show too where the model knows all of it.
        """
        generation = self.generation
        if generation.header is None or generation.settings is None:
            return
        header, side = generation.header, generation.header.model.image_size
        generation.set_start([one if one.shape[:2] == (side, side) else resize_nearest(one, side) for one in pictures])
        if asked and all(knows(header, one) for one in asked):
            now = generation.settings.request.conditions
            self._asked_before = self._asked_before if now == self._lent else now
            self._lent = tuple(asked) if len(set(asked)) > 1 else (asked[0],)
            generation.set_conditions(self._lent)
        if generation.settings.request.count == 1:
            generation.set_count(VARIATIONS)
        if generation.settings.request.count < len(pictures):
            generation.set_count(next(count for count in COUNTS if count >= len(pictures)))

    def try_variations(self) -> None:
        """Show at once how far variations go now; where there is no start any more, what was there before."""
        settings = self.generation.settings
        if settings is not None and settings.request.start is not None:
            self.generation.try_out()
            return
        if self.generation.trying:
            self.generation.stop()
        if settings is not None:
            self._take_back_lent(settings.request.conditions)

    def _take_back_lent(self, now: Asked) -> None:
        """Ask again for what was asked for before the start; of what the user has asked for since, take the colours."""
        brought = {one.scheme for one in self._lent} - {one.scheme for one in self._asked_before}
        if now == self._lent:
            self.generation.set_conditions(self._asked_before)
        elif self.generation.scheme in brought:
            self.generation.set_scheme(None)
        self._asked_before, self._lent = (), ()

    def vary_further(self) -> None:
        """Make the variations that are set, unless others are being made."""
        if self.generation.trying:
            self.generation.keep_tried()
        elif not self.generation.run.running:
            self.generation.generate()

    def escape(self) -> None:
        """End what was begun last: the run, the look at a colour, at one sprite or at the history, the selection."""
        if self.generation.run.running or self.generation.trying:
            self.generation.stop()
        elif self.stage.pointed is not None:
            self.stage.point_out(None)
        elif self.stage.enlarged:
            self.stage.set_enlarged(False)
        elif not self.visit.end():
            self.stage.clear_selection()

    def star(self, cells: Sequence[StageCell]) -> None:
        """Star sprites, or take the stars away if all of them have one."""
        ids = [cell.id for cell in cells if cell.id is not None]
        if cells and not ids:
            self.messages.warn("Only sprites in the history can be starred.")
        elif ids:
            self.history.set_starred(ids, not all(cell.starred for cell in cells if cell.id is not None))

    def add_to_tray(self, cells: Sequence[StageCell]) -> None:
        """Put sprites, as they are shown, at the end of the shown set."""
        if cells:
            self.tray.add([cell.sprite for cell in cells])

    def delete(self, cells: Sequence[StageCell]) -> None:
        """Take sprites from the history and from the stage; it can be undone."""
        if cells:
            self.undo.push(DeleteSprites(self.history, self.stage, cells))

    def delete_entries(self, ids: Sequence[int]) -> None:
        """Delete sprites of the history; it can be undone."""
        self.undo.push(DeleteSprites(self.history, self.stage, (), ids))
        self.say_undoable(f"Deleted {counted(len(ids), 'sprite')}.")

    def restore(self, ids: Sequence[int]) -> None:
        """Bring sprites back from the bin, and say so."""
        if back := self.history.restore(ids):
            self.messages.inform(f"Restored {counted(len(back), 'sprite')}.")

    def say_undoable(self, text: str) -> None:
        """Say what was done last, with a button that undoes it."""
        self.messages.inform(text, MessageAction(UNDO, self.undo.undo))

    def save(self, path: Path, cells: Sequence[StageCell]) -> None:
        """Write sprites as one PNG with their recipes, and say so; a failure is said as well, and loses nothing."""
        sprites = [cell.sprite for cell in cells]
        remedy = " The sprites are still here: save them somewhere else."
        self._write(path, partial(export_sprites, path, sprites, ExportOptions()), remedy)

    def save_forming(self, path: Path, frames: Sequence[Pixels]) -> None:
        """Write how sprites formed, and say so; a failure is said as well."""
        self._write(path, partial(write_animation, path, tuple(frames)))

    def _write(self, path: Path, work: Work, remedy: str = "") -> None:
        task = self.background.run(f"Saving {path.name}", work)
        task.done.connect(lambda _: self.messages.tell_written(f"Saved {path}.", path.parent))
        task.failed.connect(partial(self._on_unwritten, task, remedy))

    def _on_unwritten(self, task: Task, remedy: str, error: str, _: object) -> None:
        task.shown = True
        self.messages.complain(f"{error}{remedy}")

    def _drop_undo(self) -> None:
        """The button undoes what the message is about, or nothing."""
        current = self.messages.current
        if current is not None and current.action is not None and current.action.label == UNDO:
            self.messages.dismiss()

    def _show_forming(self) -> None:
        forming = self.generation.forming
        if forming is None:
            self.stage.show_finished(self._before)
            return
        if self.stage.cells:
            self._before = self.stage.cells
        self.stage.show_forming(forming)

    def _keep(self, batch: Batch) -> None:
        if batch.for_desk:
            return
        self.visit.forget()
        sprites = batch.finished
        if batch.set_name:
            self.tray.begin_set(batch.set_name, sprites)
        ids: Sequence[int | None] = self.history.add(sprites) or [None] * len(sprites)
        self.stage.show_finished([StageCell(sprite, id_) for sprite, id_ in zip(sprites, ids, strict=True)])

    def _show_stars(self, ids: Sequence[int]) -> None:
        entries = self.history.entries_of(ids)
        for starred in (True, False):
            self.stage.set_starred([entry.id for entry in entries if entry.starred is starred], starred)


def _asked_of(sprite: Sprite) -> Condition | None:
    """What a sprite was made for, or its class; None where it has none."""
    if sprite.made_from is not None:
        return sprite.made_from.request.conditions[0]
    return Condition(class_name=sprite.class_name) if sprite.class_name else None


def cell_of(entry: Entry) -> StageCell:
    """A sprite of the history as a cell of the stage."""
    return StageCell(entry.sprite, entry.id, entry.starred)
