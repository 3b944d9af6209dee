"""The window: controls, stage, history and set around one studio."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QColor, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QMainWindow

from pixelforge.gui.desk.desk_model import DeskModel
from pixelforge.gui.generating.controls import Controls
from pixelforge.gui.generating.controls_binding import ControlsBinding
from pixelforge.gui.history.history_strip import HistoryStrip
from pixelforge.gui.shared.system_dialogs import SystemDialogs
from pixelforge.gui.training.training_model import TrainingModel
from pixelforge.gui.tray.tray import Tray
from pixelforge.gui.window import drops
from pixelforge.gui.window.active_pane import ActivePane
from pixelforge.gui.window.closing import Closing
from pixelforge.gui.window.colouring import Colouring
from pixelforge.gui.window.docks import lay_out_docks
from pixelforge.gui.window.exploring import Exploring
from pixelforge.gui.window.exports import Exports
from pixelforge.gui.window.following import Following
from pixelforge.gui.window.in_step import InStep, InStepSwitch
from pixelforge.gui.window.mending import Mending
from pixelforge.gui.window.middle import Middle
from pixelforge.gui.window.moving import Moving
from pixelforge.gui.window.panes import Panes
from pixelforge.gui.window.project_switch import ProjectSwitch
from pixelforge.gui.window.projects import Projects
from pixelforge.gui.window.recent_menu import RecentMenu
from pixelforge.gui.window.recolouring import Recolouring
from pixelforge.gui.window.run_status import RunStatus
from pixelforge.gui.window.session import Session
from pixelforge.gui.window.set_actions import SetActions
from pixelforge.gui.window.shortcuts_dialog import keys_of
from pixelforge.gui.window.sprite_actions import SpriteActions
from pixelforge.gui.window.studio import Studio, cell_of
from pixelforge.gui.window.trying_on import TryingOn
from pixelforge.gui.window.window_actions import Slots, WindowActions
from pixelforge.gui.window.window_dialogs import WindowDialogs
from pixelforge.imaging.palette import Palette
from pixelforge.services.history import Entry


class MainWindow(QMainWindow):
    """Shows what the studio and the session hold, and passes what the user does on to them."""

    painted = Signal()  # once, when the window stands on the screen
    closed = Signal()

    def __init__(
        self,
        studio: Studio,
        training: TrainingModel,
        session: Session,
        exports: Exports,
        palettes: Sequence[Palette],
        drag_folder: Path,
        system: SystemDialogs,
    ) -> None:
        super().__init__()
        self._studio = studio
        self._session = session
        self._dialogs = WindowDialogs(self, studio, training, session, exports, system, drag_folder, palettes)
        self._closing = Closing(studio.background, studio.messages, self)
        self.projects = Projects(studio, exports, session, self)
        self._in_step = InStep(exports, studio.background, studio.messages, self)
        self._was_painted = False
        self.setWindowTitle("PixelForge")
        self.setAcceptDrops(True)
        self.controls = Controls(palettes)
        self.history = HistoryStrip(studio.history)
        self.tray = Tray(studio.tray)
        ProjectSwitch(self.projects.membership, self.tray, self)
        InStepSwitch(self._in_step, self.tray, self._dialogs.export, self)
        self._mending = Mending(DeskModel(self), studio.stage, studio.history, studio.generation, studio.messages, self)
        self.middle = Middle(studio.stage, self._mending, studio.messages, system.ask_colour)
        self.stage, self.desk, self.message_bar = self.middle.stage, self.middle.desk, self.middle.message_bar
        self.stage.put_above(self.controls.variation)
        self.status = RunStatus()
        pane = self._pane = ActivePane(self.stage, studio.stage, self.history, self)
        self.chosen, self.shown = pane.chosen, pane.shown
        self._moving = Moving(studio.stage, studio.history, studio.messages, self.stage.hover, self.shown, self)
        self.sprite_actions = self._new_sprite_actions()
        self.stage.buttons.set_actions(*self.sprite_actions.of_one_sprite)
        self.set_actions = SetActions(studio, self.tray.view, self.sprite_actions.vary, self.history.reveal, self)
        self.actions_ = WindowActions(self._slots(), studio.undo, self)
        self.setCentralWidget(self.middle)
        self.setStatusBar(self.status)
        self.docks = lay_out_docks(self, self.controls, self.history, self.tray)
        self._panes = Panes(self.controls, self.middle, self.history, self.tray, self)
        self._fill_menus()
        ControlsBinding(self.controls, studio.generation, self)
        self.following = Following(studio, self.controls, self._mending, session, self)
        Recolouring(studio, self.controls.used, system.ask_colour, self)
        TryingOn(studio, self.controls.palette_field, self)
        self._connect(training)
        for show in (self._show_settings, self._show_run, self._show_preferences, self._restore):
            show()
        self.stage.setFocus()

    def open(self, path: Path) -> None:
        """Open a file or folder, as if it were dropped."""
        drops.open_path(path, self._studio, self._dialogs.train_on)

    def event(self, event: QEvent) -> bool:
        """Tells of the first paint, after which slow things may begin."""
        if event.type() == QEvent.Type.Paint and not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)
        return super().event(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Out of sight at once; whoever listens to `closed` ends what is still running."""
        self.projects.flush()
        self._in_step.flush()
        if not self._closing.may_close() or not self._dialogs.may_close():
            event.ignore()
            return
        self._session.keep_window(self.saveGeometry(), self.saveState())
        self.hide()
        self._studio.generation.suspend()
        self._session.remember(self._studio.generation, self._studio.tray)
        self.closed.emit()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and pictures from elsewhere; the window's own sprites go to the set alone."""
        if event.source() is None and drops.can_take(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        drops.take(event.mimeData(), self._studio, self._dialogs.train_on)
        event.acceptProposedAction()

    def _new_sprite_actions(self) -> SpriteActions:
        return SpriteActions(
            self._studio,
            self._mending,
            self._moving,
            Colouring(self._studio, self.controls.scheme, self.chosen, self),
            Exploring(self._studio, self),
            self.chosen,
            self.shown,
            self._save_chosen,
            self.history.show_like,
            self,
        )

    def _restore(self) -> None:
        """Stand as the window did when it was last closed."""
        geometry, docks = self._session.window()
        self.restoreGeometry(geometry)
        self.restoreState(docks)
        self.controls.more.setChecked(self._session.settings.more_open)
        self.controls.more.toggled.connect(self._session.keep_more_open)

    def _slots(self) -> Slots:
        generation, canvas = self._studio.generation, self.stage.canvas
        return Slots(
            generate=self._generate,
            new_sprite=self._mending.begin_blank,
            escape=self._studio.escape,
            open_file=self._dialogs.open_file,
            open_project=self._dialogs.open_project,
            import_model=self._dialogs.import_model,
            train=self._dialogs.train,
            models=self._dialogs.models,
            save=self._save_chosen,
            save_forming=self._dialogs.save_forming,
            export=self._dialogs.export,
            export_again=self._dialogs.export_again,
            preferences=self._dialogs.preferences,
            close=self.close,
            lock_seed=generation.toggle_seed_lock,
            roll_seed=generation.roll_seed,
            select_all=self._studio.stage.select_all,
            paste=lambda: drops.paste(self._studio, self._dialogs.train_on),
            back=self._studio.visit.end,
            bin=self._dialogs.bin,
            show_noise=self._session.keep_noise,
            show_grid=self._session.keep_grid,
            zoom_in=canvas.zoom_in,
            zoom_out=canvas.zoom_out,
            zoom_to_fit=canvas.zoom_to_fit,
            search=self.controls.what.search.setFocus,
            shortcuts=lambda: self._dialogs.shortcuts(self._with_keys(), self.desk.keys()),
            show_log=self._dialogs.show_log,
            about=self._dialogs.about,
        )

    def _with_keys(self) -> list[QAction]:
        return [*self.actions_.all(), *self._panes.actions, *self.sprite_actions.list(), *self.set_actions.of_the_set()]

    def _fill_menus(self) -> None:
        actions, controls = self.actions_, self.controls
        views = [*self._panes.actions, *(dock.toggleViewAction() for dock in self.docks)]
        actions.fill(self.menuBar(), self.sprite_actions, RecentMenu(self.projects, self), views)
        self.stage.canvas.addAction(actions.select_all)  # not the slider above it, whose keys are its own
        self.sprite_actions.listen_in(self.stage.canvas, self.history)
        for button, action, what in (
            (controls.generate_button, actions.generate, "Make sprites with these settings"),
            (controls.save_button, actions.save, "Save the selected sprites, or all, as one picture"),
            (controls.stop_button, actions.escape, "Stop making sprites"),
        ):
            button.clicked.connect(action.trigger)
            button.clicked.connect(self._to_stage)
            button.setToolTip(f"{what} ({keys_of(action).split(',')[0]}).")

    def _connect(self, training: TrainingModel) -> None:
        studio, generation = self._studio, self._studio.generation
        for signal, slot in (
            (studio.varied, self.controls.variation.setFocus),
            (self.controls.variation.tried, studio.try_variations),
            (self.controls.variation.confirmed, self._vary_further),
            (self.controls.what.confirmed, self.actions_.generate.trigger),
            (self.controls.what.confirmed, self.stage.setFocus),
            (self.controls.import_requested, self._dialogs.import_model),
            (self.stage.context_menu_requested, self.sprite_actions.pop_up),
            (self.stage.drag_started, lambda: self._dialogs.drag(self.shown())),
            (self.history.context_menu_requested, self.sprite_actions.pop_up),
            (self.history.selection_changed, self.sprite_actions.refresh),
            (self.history.activated, lambda entry: self._look_at([entry])),
            (self.history.batch_activated, self._look_at),
            (self.history.filter_changed, studio.history.set_filter),
            (self.history.purge_requested, self._dialogs.purge),
            (self.history.bin_requested, self._dialogs.bin),
            (studio.visit.changed, self._show_available),
            (self.tray.export_requested, self._dialogs.export),
            (self.tray.export_again_requested, self._dialogs.export_again),
            (studio.background.failed, studio.messages.complain),
            (studio.messages.folder_wanted, self._dialogs.show_folder),
            (studio.background.changed, lambda: self.status.set_work(studio.background.words)),
            (studio.stage.selection_changed, self.sprite_actions.refresh),
            (self._pane.changed, self.sprite_actions.refresh),
            (studio.stage.changed, self._show_available),
            (studio.history.failed, studio.messages.warn),
            (generation.model_changed, self._show_available),
            (generation.settings_changed, self._show_settings),
            (generation.run_changed, self._show_run),
            (generation.device_changed, self._show_run),
            (training.changed, lambda: self.status.set_training(training.watched)),
            (self._session.changed, self._show_preferences),
        ):
            signal.connect(slot)
        self._closing.ready.connect(self.close, Qt.ConnectionType.QueuedConnection)

    def _show_settings(self) -> None:
        settings = self._studio.generation.settings
        self.actions_.lock_seed.setChecked(settings is not None and settings.seed_locked)
        self._studio.stage.set_rule(None if settings is None else settings.request.palette)

    def _show_run(self) -> None:
        self.status.set_run(self._studio.generation.run)
        self.status.set_device(self._studio.generation.device)
        self._show_available()

    def _show_available(self) -> None:
        generation, save = self._studio.generation, bool(self._studio.stage.cells)
        can_generate, can_stop = generation.entry is not None, generation.run.running
        self.actions_.generate.setEnabled(can_generate)
        self.actions_.save.setEnabled(save)
        self.actions_.back.setEnabled(bool(self._studio.visit.home))
        self.controls.set_available(generate=can_generate, stop=can_stop, save=save)
        self.sprite_actions.refresh()

    def _show_preferences(self) -> None:
        settings = self._session.settings
        self.stage.canvas.set_background(QColor(settings.background) if settings.background else None)
        self.stage.canvas.set_pixel_grid(settings.pixel_grid)
        self.history.set_thumbnails(settings.thumbnail)
        self.actions_.show_grid.setChecked(settings.pixel_grid)
        self.actions_.show_noise.setChecked(settings.show_noise)
        self._studio.generation.show_noise(settings.show_noise)

    def _generate(self) -> None:
        self._mending.end()
        self._studio.generation.generate()

    def _vary_further(self) -> None:
        self._mending.end()
        self._studio.vary_further()

    def _look_at(self, entries: Sequence[Entry]) -> None:
        self._mending.end()
        self._studio.show(list(map(cell_of, entries)))

    def _save_chosen(self) -> None:
        self._dialogs.save(self.shown() or self._studio.stage.as_shown(self._studio.stage.cells))

    def _to_stage(self) -> None:
        if not isinstance(QApplication.focusWidget(), QAbstractButton):  # it was the mouse: go on with what is made
            self.stage.setFocus()
