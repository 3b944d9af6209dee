"""What the app remembers from one start to the next."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QTimer, Signal

from pixelforge.core.header import ModelHeader
from pixelforge.errors import PixelForgeError
from pixelforge.gui.generating.generation_model import GenerationModel
from pixelforge.gui.generating.states import MAX_TYPED_SEED, USUAL_COUNT, possible, settings_for
from pixelforge.gui.shared.messages import Messages
from pixelforge.gui.tray.tray_model import TrayModel
from pixelforge.services.settings import (
    COUNTS,
    AppSettings,
    GenerationSettings,
    change_settings,
    load_settings,
    merged_settings,
)

REST = 500  # milliseconds after which what is asked for is kept: a slider that moves writes no file


class Session(QObject):
    """The settings file, written whenever something is worth remembering; several windows share it."""

    changed = Signal()

    def __init__(self, path: Path, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._messages = messages
        self._settings, notice = load_settings(path)
        self._kept = self._settings  # as the file was when it was read or written last
        self._seen = self._changed_at()
        self._resting = QTimer(self, singleShot=True, interval=REST)
        if notice:
            messages.warn(notice)

    @property
    def settings(self) -> AppSettings:
        """As they stand."""
        return self._settings

    def take(self, settings: AppSettings) -> None:
        """Other settings, from now on and for the next start."""
        if settings != self._settings:
            self._settings = settings
            self.save()
            self.changed.emit()

    def remember_folder(self, folder: Path) -> None:
        """Propose this folder the next time something is saved."""
        self.take(replace(self._settings, save_folder=str(folder)))

    def keep_noise(self, shown: bool) -> None:
        """Keep whether previews show the noise."""
        self.take(replace(self._settings, show_noise=shown))

    def keep_grid(self, shown: bool) -> None:
        """Keep whether there are lines between pixels."""
        self.take(replace(self._settings, pixel_grid=shown))

    def keep_more_open(self, opened: bool) -> None:
        """Keep whether the controls that few change are unfolded."""
        self.take(replace(self._settings, more_open=opened))

    def keep_losses_open(self, opened: bool) -> None:
        """Keep whether the chart of a training is unfolded."""
        self.take(replace(self._settings, losses_open=opened))

    def keep_window(self, geometry: QByteArray, docks: QByteArray) -> None:
        """Keep where the window stands and how its docks lie."""
        self.take(replace(self._settings, window=_to_text(geometry), docks=_to_text(docks)))

    def window(self) -> tuple[QByteArray, QByteArray]:
        """Where the window stood and how its docks lay; empty at the first start."""
        return _from_text(self._settings.window), _from_text(self._settings.docks)

    def save(self) -> None:
        """Write what was changed here into the file; a failure is said, and the app goes on."""
        try:
            self._settings = self._kept = change_settings(self._path, self._kept, self._settings)
            self._seen = self._changed_at()
        except PixelForgeError as error:
            self._messages.warn(f"{error} The settings will not be there at the next start.")

    def refresh_if_changed(self) -> None:
        """Take over what another window has changed, such as how much the history keeps."""
        if (seen := self._changed_at()) == self._seen:
            return
        self._seen = seen
        there, notice = load_settings(self._path)
        if seen and not notice:
            before, self._settings = self._settings, merged_settings(self._kept, self._settings, there)
            self._kept = there
            if self._settings != before:
                self.changed.emit()

    def _changed_at(self) -> int:
        """When the file was written last, in nanoseconds; 0: it is not there."""
        try:
            return self._path.stat().st_mtime_ns
        except OSError:
            return 0

    def restore(self, generation: GenerationModel, tray: TrayModel) -> None:
        """Set model, controls and tray as they were left, as far as the model still allows it."""
        entry = next((e for e in generation.library.entries if e.name == self._settings.model and e.header), None)
        if entry is not None:
            generation.library.choose(entry)
        if (chosen := self._settings.generation) is not None and generation.header is not None:
            generation.take(_allowed(chosen, generation.header))
        tray.set_columns(self._settings.tray_columns or None)
        tray.set_padding(self._settings.tray_padding)

    def follow(self, generation: GenerationModel, tray: TrayModel) -> None:
        """Keep model, controls and tray whenever they were changed and rest, so that a kill costs no more than that."""
        self._resting.timeout.connect(lambda: self.remember(generation, tray))
        for signal in (generation.settings_changed, generation.model_changed, tray.sheet_changed):
            signal.connect(lambda *_: self._resting.start())

    def remember(self, generation: GenerationModel, tray: TrayModel) -> None:
        """Keep model, controls and tray for the next start."""
        self._resting.stop()
        settings = self._settings
        if generation.entry is not None:
            settings = replace(settings, model=generation.entry.name, generation=generation.settings)
        options = tray.options
        self.take(replace(settings, tray_columns=options.columns or 0, tray_padding=options.padding))


def _allowed(chosen: GenerationSettings, header: ModelHeader) -> GenerationSettings:
    """Stored settings, as far as a model and the window allow them."""
    settings = settings_for(header, chosen)
    sampling = possible(header, chosen.request.sampling)
    count = chosen.request.count if chosen.request.count in COUNTS else USUAL_COUNT
    seed = min(chosen.request.seed, MAX_TYPED_SEED)
    return replace(settings, request=replace(settings.request, sampling=sampling, count=count, seed=seed))


def _to_text(state: QByteArray) -> str:
    return base64.b64encode(state.data()).decode()


def _from_text(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode())
