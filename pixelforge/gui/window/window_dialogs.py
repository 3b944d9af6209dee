"""The dialogs that the window opens, none of which blocks it, and the drags that leave it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QWidget

from pixelforge.files import reason
from pixelforge.gui.export.export_dialog import ExportDialog
from pixelforge.gui.history.bin_dialog import BinDialog
from pixelforge.gui.history.history_model import HistoryModel
from pixelforge.gui.shared.background import Task
from pixelforge.gui.shared.mime import to_mime
from pixelforge.gui.shared.system_dialogs import MODELS, OPENABLE, PROJECTS, SystemDialogs
from pixelforge.gui.stage.stage_model import StageCell
from pixelforge.gui.training.training_model import TrainingModel
from pixelforge.gui.window import drops
from pixelforge.gui.window.exports import Exports
from pixelforge.gui.window.models_dialog import ModelsDialog
from pixelforge.gui.window.preferences_dialog import PreferencesDialog
from pixelforge.gui.window.session import Session
from pixelforge.gui.window.shortcuts_dialog import ShortcutsDialog
from pixelforge.gui.window.studio import Studio
from pixelforge.hex_colours import Colour
from pixelforge.imaging.palette import Palette, parse_colours
from pixelforge.services.history import BIN_DAYS
from pixelforge.services.naming import safe_name
from pixelforge.services.palettes import palette_of
from pixelforge.services.paths import log_folder
from pixelforge.words import counted

if TYPE_CHECKING:
    from pixelforge.gui.training.training_window import TrainingWindow


class WindowDialogs:
    """Asks the user, and passes the answers to studio and session."""

    def __init__(
        self,
        window: QWidget,
        studio: Studio,
        training: TrainingModel,
        session: Session,
        exports: Exports,
        system: SystemDialogs,
        drag_folder: Path,
        palettes: Sequence[Palette],
    ) -> None:
        self._window = window
        self._studio = studio
        self._training = training
        self._training_window: TrainingWindow | None = None
        self._session = session
        self._exports = exports
        self._system = system
        self._drag_folder = drag_folder
        self._palettes = tuple(palettes)
        exports.failed.connect(self._on_export_failed)

    def open_file(self) -> None:
        """Open a model, a sprite's recipe, a list, or a picture to start from."""
        path = self._system.ask_open_path(self._window, "Open a sprite, a model, a palette or a list", OPENABLE)
        if path is not None:
            drops.open_path(path, self._studio, self.train_on)

    def open_project(self) -> None:
        """Open a game's project."""
        path = self._system.ask_open_path(self._window, "Open a project", PROJECTS)
        if path is not None:
            self._studio.project_given.emit(path)

    def import_model(self) -> None:
        """Put a model file among the user's own."""
        path = self._system.ask_open_path(self._window, "Import a model", MODELS)
        if path is not None:
            self._studio.generation.import_model(path)

    def save(self, cells: Sequence[StageCell]) -> None:
        """Save sprites as one PNG."""
        if cells:
            path = self._system.ask_save_path(self._window, self._folder() / _file_name(cells))
            if path is not None:
                self._session.remember_folder(path.parent)
                self._studio.save(path, cells)

    def save_forming(self) -> None:
        """Save how the sprites of the last run formed, as an animation."""
        frames = self._studio.generation.frames
        if not frames:
            self._studio.messages.warn("Generate sprites first: then it can be saved how they formed.")
            return
        path = self._system.ask_animation_path(self._window, self._folder() / "forming.gif")
        if path is not None:
            self._session.remember_folder(path.parent)
            self._studio.save_forming(path, frames)

    def export(self) -> None:
        """Export what is in the shown set."""
        if self._exports.is_empty():
            return
        sprites = self._studio.tray.sprites
        export = self._exports.last or self._exports.suggestion(self._folder())
        begin = partial(self._exports.begin, sprites=sprites)  # what it shows, whatever the set holds by then
        self._open(ExportDialog(sprites, export, begin, self._choice(), self._window))

    def export_again(self) -> None:
        """Export as it was done last; ask, where that was never of this set."""
        if self._exports.last is None:
            self.export()
        else:
            self._exports.again()

    def purge(self) -> None:
        """Delete what the history shows without a star, if the user wants it."""
        ids = self._studio.history.unstarred()
        if not ids:
            self._studio.messages.inform("All sprites shown have a star.")
            return
        question = f"Delete the {len(ids):,} shown that have no star?"
        if len(ids) == 1:
            question = "Delete the one shown that has no star?"
        if self._system.ask_to_delete(self._window, question, f"The bin keeps what is deleted for {BIN_DAYS} days."):
            self._studio.delete_entries(ids)

    def bin(self) -> None:
        """Show what was deleted, to bring it back."""
        model = self._studio.history.bin()
        dialog = BinDialog(model, self._window)
        model.setParent(dialog)
        dialog.restore_requested.connect(self._studio.restore)
        dialog.restore_requested.connect(model.reload)
        dialog.empty_requested.connect(lambda: self._empty_bin(model))
        self._open(dialog)

    def train(self) -> None:
        """Show the window of training; it stays beside this one."""
        from pixelforge.gui.training.training_window import TrainingWindow

        if self._training_window is None:
            studio = self._studio
            window = TrainingWindow(
                self._training, studio.generation.library, self._system, studio.background, self._window
            )
            window.finished.connect(self._forget_training_window)
            window.progress.chart_button.setChecked(self._session.settings.losses_open)
            window.progress.chart_button.toggled.connect(self._session.keep_losses_open)
            window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self._training_window = window
        self._training_window.show()
        self._training_window.raise_()
        self._training_window.activateWindow()

    def train_on(self, data: Path) -> None:
        """Show the window of training with a folder or .zip of sprites in it, or the training that goes on."""
        self.train()
        if self._training.running:
            self._studio.messages.warn(f"One training goes on: drop {data.name} again when it is over.")
        elif self._training_window is not None:
            self._training_window.take(data)

    def models(self) -> None:
        """Show the models, to rename, export or delete them."""
        library, background = self._studio.generation.library, self._studio.background
        self._open(ModelsDialog(library, self._system, background, self._window))

    def may_close(self) -> bool:
        """Whether the window may be closed: a training that is going on is asked about."""
        watched = self._training.watched
        if watched is None or not watched.running:
            return True
        answer = self._system.ask_about_training(self._window, watched.name)
        if answer == "stop":
            self._training.halt()
        return answer is not None

    def preferences(self) -> None:
        """Change the settings of the app."""
        dialog = PreferencesDialog(self._session.settings, parent=self._window)
        dialog.changed.connect(self._session.take)
        self._open(dialog)

    def shortcuts(self, actions: Sequence[QAction], desk: Sequence[tuple[str, str]]) -> None:
        """Show the list of keys."""
        self._open(ShortcutsDialog(actions, desk, self._window))

    def about(self) -> None:
        """Show version, licence and credits."""
        from pixelforge.gui.window.about_dialog import AboutDialog  # which reads the installed packages' descriptions

        generation = self._studio.generation
        self._open(AboutDialog(generation.header, generation.engine, generation.device, self._window))

    def show_log(self) -> None:
        """Show the folder of the log."""
        self._system.open_folder(log_folder())

    def show_folder(self, folder: Path) -> None:
        """Show a folder that something was written to."""
        self._system.open_folder(folder)

    def drag(self, cells: Sequence[StageCell]) -> None:
        """Drag sprites out of the window, as files that carry their recipes."""
        if cells:
            try:
                mime = to_mime([cell.sprite for cell in cells], self._drag_folder)
            except OSError as error:
                self._studio.messages.complain(f"The sprites cannot be dragged: {reason(error)}.")
            else:
                self._system.start_drag(self._window, mime)

    def _empty_bin(self, model: HistoryModel) -> None:
        question = f"Delete the {counted(model.rowCount(), 'sprite')} in the bin for good?"
        if self._system.ask_to_delete(self._window, question, "There is no way back from that."):
            model.empty_bin()
            model.reload()

    def _forget_training_window(self) -> None:
        self._training_window = None

    def _on_export_failed(self, task: Task, text: str) -> None:
        dialogs = self._window.findChildren(ExportDialog)
        if not any(dialog.task is task and dialog.isVisible() for dialog in dialogs):  # else it says so itself
            self._studio.messages.complain(text)

    def _choice(self) -> tuple[Palette, ...]:
        """The palettes to export in: the model's, the one that new sprites take, the bundled ones."""
        generation = self._studio.generation
        own = palette_of(generation.header) if generation.header is not None else None
        rule = generation.settings.request.palette if generation.settings is not None else None
        used = Palette(rule.name, parse_colours(rule.colours)) if rule is not None and rule.colours else None
        unique: dict[tuple[Colour, ...], Palette] = {}
        for palette in (own, used, *self._palettes):
            if palette is not None:
                unique.setdefault(palette.colours, palette)
        return tuple(unique.values())

    def _folder(self) -> Path:
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        return Path(self._session.settings.save_folder or pictures)

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


def _file_name(cells: Sequence[StageCell]) -> str:
    classes = dict.fromkeys(cell.sprite.class_name for cell in cells)
    return f"{safe_name('-'.join(classes))}_{cells[0].sprite.seed:05}.png"
