"""The window: controls on the left, the stage beside them, the run in the status bar."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QStandardPaths, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from pixelforge.gui.generation_model import GenerationModel
from pixelforge.gui.states import Batch
from pixelforge.gui.widgets.canvas import Canvas
from pixelforge.gui.widgets.controls import Controls
from pixelforge.gui.widgets.message_bar import MessageBar
from pixelforge.gui.widgets.run_status import RunStatus
from pixelforge.services.saving import safe_name

AskPath = Callable[[QWidget, Path], Path | None]
"""(parent, suggestion) to the file to write; None if the user thinks better of it."""


def ask_png_path(parent: QWidget, suggestion: Path) -> Path | None:
    """The system's dialog for saving a PNG."""
    dialog = QFileDialog(parent, "Save sprites", str(suggestion.parent), "PNG picture (*.png)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("png")
    dialog.selectFile(suggestion.name)
    chosen = Path(dialog.selectedFiles()[0]) if dialog.exec() else None
    dialog.deleteLater()
    return chosen


class MainWindow(QMainWindow):
    """Shows a GenerationModel and passes the user's wishes on to it."""

    painted = Signal()  # once, when the window stands on the screen
    closed = Signal()

    def __init__(self, model: GenerationModel, ask_path: AskPath = ask_png_path) -> None:
        super().__init__()
        self._model = model
        self._ask_path = ask_path
        self._save_folder: Path | None = None
        self._was_painted = False
        self.setWindowTitle("PixelForge")
        self.controls = Controls()
        self.canvas = Canvas("Press Generate, or Ctrl+Enter, to make sprites.")
        self.message_bar = MessageBar()
        self.status = RunStatus()
        self._make_actions()
        self._lay_out()
        self._connect_controls()
        self._connect_model()
        self._show_everything()

    def event(self, event: QEvent) -> bool:
        """Tells of the first paint, after which slow things may begin."""
        if event.type() == QEvent.Type.Paint and not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Out of sight at once; whoever listens to `closed` ends what is still running."""
        self.hide()
        self._model.stop()
        self.closed.emit()
        super().closeEvent(event)

    def _make_actions(self) -> None:
        self.generate_action = self._action("Generate", ["Ctrl+Return", "Ctrl+Enter"], self._model.generate)
        self.stop_action = self._action("Stop", ["Esc"], self._model.stop)
        self.save_action = self._action("Save", [QKeySequence(QKeySequence.StandardKey.Save)], self._save)
        for button, action, what in (
            (self.controls.generate_button, self.generate_action, "Make sprites with these settings"),
            (self.controls.stop_button, self.stop_action, "Stop making sprites"),
            (self.controls.save_button, self.save_action, "Save the sprites as one picture, a pixel a pixel"),
        ):
            button.clicked.connect(action.trigger)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText).replace("Return", "Enter")
            button.setToolTip(f"{what} ({keys}).")

    def _action(self, text: str, keys: list[str] | list[QKeySequence], slot: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.triggered.connect(lambda: slot())
        self.addAction(action)
        return action

    def _lay_out(self) -> None:
        stage = QVBoxLayout()
        stage.setContentsMargins(0, 12, 12, 0)
        stage.addWidget(self.message_bar)
        stage.addWidget(self.canvas, 1)
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.controls)
        row.addLayout(stage, 1)
        self.setCentralWidget(content)
        self.setStatusBar(self.status)
        self.resize(1024, 700)

    def _connect_controls(self) -> None:
        controls, model = self.controls, self._model
        controls.model_chosen.connect(model.choose_model)
        controls.class_names_chosen.connect(model.set_class_names)
        controls.guidance_changed.connect(model.set_guidance_scale)
        controls.sampler_chosen.connect(model.set_sampler)
        controls.steps_changed.connect(model.set_steps)
        controls.count_chosen.connect(model.set_count)
        controls.seed.seed_changed.connect(model.set_seed)
        controls.seed.lock_changed.connect(model.set_seed_locked)
        controls.seed.roll_requested.connect(model.roll_seed)
        self.message_bar.dismissed.connect(model.dismiss_message)

    def _connect_model(self) -> None:
        self._model.model_changed.connect(self._show_model)
        self._model.settings_changed.connect(self._show_settings)
        self._model.run_changed.connect(self._show_run)
        self._model.stage_changed.connect(self._show_stage)
        self._model.message_changed.connect(self._show_message)
        self._model.device_changed.connect(self._show_device)

    def _show_everything(self) -> None:
        self._show_model()
        self._show_settings()
        self._show_run()
        self._show_stage()
        self._show_message()
        self._show_device()

    def _show_model(self) -> None:
        self.controls.set_models(self._model.entries, self._model.entry)
        self.controls.set_header(self._model.header)

    def _show_settings(self) -> None:
        if self._model.settings is not None:
            self.controls.set_settings(self._model.settings)

    def _show_run(self) -> None:
        self.status.set_run(self._model.run)
        self._show_available()

    def _show_stage(self) -> None:
        self.canvas.set_sprites(self._model.sprites)
        self._show_available()

    def _show_available(self) -> None:
        generate, stop, save = self._model.entry is not None, self._model.run.running, self._model.can_save
        self.generate_action.setEnabled(generate)
        self.stop_action.setEnabled(stop)
        self.save_action.setEnabled(save)
        self.controls.set_available(generate=generate, stop=stop, save=save)

    def _show_message(self) -> None:
        self.message_bar.set_message(self._model.message)

    def _show_device(self) -> None:
        self.status.set_device(self._model.device)

    def _save(self) -> None:
        batch = self._model.batch
        if batch is None:
            return
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        path = self._ask_path(self, (self._save_folder or Path(pictures)) / _file_name(batch))
        if path is not None:
            self._save_folder = path.parent
            self._model.save(path, batch)


def _file_name(batch: Batch) -> str:
    return f"{safe_name('-'.join(batch.request.class_names))}_{batch.request.seed:05}.png"
