"""The window of training: first what to train, then how it goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QDialog, QStackedLayout, QWidget

from pixelforge.errors import PixelForgeError
from pixelforge.gui.shared.background import Background
from pixelforge.gui.shared.fitting import fit_in
from pixelforge.gui.shared.library import Library
from pixelforge.gui.shared.system_dialogs import SystemDialogs
from pixelforge.gui.training.data_check import DataCheck
from pixelforge.gui.training.slice_dialog import SliceDialog
from pixelforge.gui.training.training_model import TrainingModel
from pixelforge.gui.training.training_progress import TrainingProgress
from pixelforge.gui.training.training_setup import TrainingSetup
from pixelforge.services.training_runs import NewRun, is_trained, unfinished_runs
from training.runs.folder import RunFolder

ARCHIVES = "Sprites in an archive (*.zip)"
USUAL_SIZE = (980, 720)  # logical pixels


class TrainingWindow(QDialog):
    """Closing it ends nothing: the run goes on, and the window shows it again when it is opened."""

    def __init__(
        self,
        training: TrainingModel,
        library: Library,
        system: SystemDialogs,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._training = training
        self._library = library
        self._system = system
        self.setWindowTitle("Train a model")
        self.check = DataCheck(self)
        self.setup = TrainingSetup(self.check)
        self.progress = TrainingProgress(training)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.setup)
        self._pages.addWidget(self.progress)
        self.setup.browse_requested.connect(self._browse)
        self.setup.archive_requested.connect(self._browse_archives)
        self.setup.slice_requested.connect(self._slice)
        self.setup.begin_requested.connect(self._begin)
        self.setup.resume_requested.connect(self._resume)
        self.setup.discard_requested.connect(self._discard)
        self.progress.new_button.clicked.connect(self.show_setup)
        library.entries_changed.connect(self._show_models)
        self._show_models()
        self.resize(*USUAL_SIZE)
        fit_in(self, (parent or self).screen().availableSize())
        if training.running:
            self._pages.setCurrentWidget(self.progress)
        else:
            self.show_setup()

    def take(self, data: Path) -> None:
        """Offer a training on these sprites, unless one is going on."""
        if not self._training.running:
            self.show_setup()
            self.setup.set_data(data)

    def show_setup(self) -> None:
        """Offer a new training, and those that are not finished."""
        self._show_runs()
        self._pages.setCurrentWidget(self.setup)

    def done(self, result: int) -> None:
        """Leave nothing behind that still reads sprites, however the window is closed."""
        self.check.close()
        super().done(result)

    def _show_models(self) -> None:
        self.setup.set_models(self._library.entries)

    def _browse(self) -> None:
        folder = self._system.ask_folder(self, "The folder of your sprites")
        if folder is not None:
            self.setup.set_data(folder)

    def _browse_archives(self) -> None:
        archive = self._system.ask_open_path(self, "The .zip of your sprites", ARCHIVES)
        if archive is not None:
            self.setup.set_data(archive)

    def _slice(self) -> None:
        dialog = SliceDialog(self._system, self._background, self)
        dialog.sliced.connect(self.setup.set_data)
        dialog.open()

    def _begin(self, new: NewRun) -> None:
        self._try(lambda: self._training.begin(new))

    def _resume(self, files: RunFolder) -> None:
        self._try(lambda: self._training.resume(files))

    def _discard(self, files: RunFolder) -> None:
        trained = is_trained(files)
        if trained:
            self.setup.complain(f"{files.root.name} is being trained now, by another window or command: stop it first.")
        elif trained is None:
            self.setup.complain(
                f"Whether {files.root.name} is being trained cannot be told: its lock cannot be opened."
            )
        elif not self._system.move_to_bin(files.root):
            self.setup.complain(f"{files.root} could not be put into the bin; delete it yourself.")
        self._show_runs()

    def _show_runs(self) -> None:
        self.setup.set_runs([files for files in unfinished_runs() if is_trained(files) is False])

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except PixelForgeError as error:
            self.setup.complain(str(error))
        else:
            self._pages.setCurrentWidget(self.progress)
