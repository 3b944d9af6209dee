"""What the app remembers from one start to the next."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, Signal

from pixelforge.errors import PixelForgeError
from pixelforge.gui.generation_model import GenerationModel
from pixelforge.gui.messages import Messages
from pixelforge.gui.tray_model import TrayModel
from pixelforge.services.settings import AppSettings, GenerationChoice, load_settings, save_settings


class Session(QObject):
    """The settings file, read once and written whenever something is worth remembering."""

    changed = Signal()

    def __init__(self, path: Path, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._messages = messages
        self._settings, notice = load_settings(path)
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

    def keep_window(self, geometry: QByteArray, docks: QByteArray) -> None:
        """Keep where the window stands and how its docks lie."""
        self.take(replace(self._settings, window=_to_text(geometry), docks=_to_text(docks)))

    def window(self) -> tuple[QByteArray, QByteArray]:
        """Where the window stood and how its docks lay; empty at the first start."""
        return _from_text(self._settings.window), _from_text(self._settings.docks)

    def save(self) -> None:
        """Write the file; a failure is said, and the app goes on."""
        try:
            save_settings(self._path, self._settings)
        except PixelForgeError as error:
            self._messages.warn(f"{error} The settings will not be there at the next start.")

    def restore(self, generation: GenerationModel, tray: TrayModel) -> None:
        """Set model, controls and tray as they were left, as far as the model still allows it."""
        entry = next((e for e in generation.entries if e.name == self._settings.model and e.header), None)
        if entry is not None:
            generation.choose_model(entry)
        choice, current, header = self._settings.generation, generation.settings, generation.header
        if choice is not None and current is not None and header is not None:
            names = tuple(name for name in choice.class_names if name in header.class_names)
            generation.take(
                replace(
                    current,
                    class_names=names or current.class_names,
                    guidance_scale=choice.guidance_scale,
                    sampler=choice.sampler,
                    steps=min(choice.steps, header.diffusion.num_timesteps),
                    seed=choice.seed,
                    seed_locked=choice.seed_locked,
                    count=choice.count,
                    palette=choice.palette,
                )
            )
        tray.set_columns(self._settings.tray_columns or None)
        tray.set_padding(self._settings.tray_padding)

    def remember(self, generation: GenerationModel, tray: TrayModel) -> None:
        """Keep model, controls and tray for the next start."""
        settings = self._settings
        if generation.entry is not None and (now := generation.settings) is not None:
            choice = GenerationChoice(
                class_names=now.class_names,
                guidance_scale=now.guidance_scale,
                sampler=now.sampler,
                steps=now.steps,
                seed=now.seed,
                seed_locked=now.seed_locked,
                count=now.count,
                palette=now.palette,
            )
            settings = replace(settings, model=generation.entry.name, generation=choice)
        options = tray.options
        self.take(replace(settings, tray_columns=options.columns or 0, tray_padding=options.padding))


def _to_text(state: QByteArray) -> str:
    return base64.b64encode(state.data()).decode()


def _from_text(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode())
