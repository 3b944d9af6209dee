"""Ties the control panel to the generation model, both ways."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from pixelforge.gui.generating.controls import Controls
from pixelforge.gui.generating.generation_model import GenerationModel


class ControlsBinding(QObject):
    """Shows models and settings in the controls, and passes what the user changes there on to the model."""

    def __init__(self, controls: Controls, generation: GenerationModel, parent: QObject) -> None:
        super().__init__(parent)
        self._controls = controls
        self._generation = generation
        for signal, slot in (
            (controls.model_chosen, generation.library.choose),
            (controls.classes.chosen, generation.set_class_names),
            (controls.sampling_changed, self._set_sampling),
            (controls.count_chosen, generation.set_count),
            (controls.palette_field.palette_chosen, generation.set_palette),
            (controls.variation.strength_changed, generation.set_strength),
            (controls.variation.removed, self._remove_start),
            (controls.words.removed, generation.ask_for_classes_alone),
            (controls.seed.seed_changed, generation.set_seed),
            (controls.seed.lock_changed, generation.set_seed_locked),
            (controls.seed.roll_requested, generation.roll_seed),
            (controls.seed.copy_requested, self._copy_seed),
            (generation.library.entries_changed, self._show_entries),
            (generation.model_changed, self._show_model),
            (generation.settings_changed, self._show_settings),
        ):
            signal.connect(slot)
        self._show_model()

    def _show_entries(self) -> None:
        self._controls.set_models(self._generation.library.entries, self._generation.entry)

    def _show_model(self) -> None:
        self._show_entries()
        self._controls.set_header(self._generation.header)
        self._show_settings()

    def _show_settings(self) -> None:
        if (settings := self._generation.settings) is not None:
            self._controls.set_settings(settings)

    def _set_sampling(self, fields: dict[str, Any]) -> None:
        self._generation.set_sampling(**fields)

    def _remove_start(self) -> None:
        self._generation.set_start(None)

    def _copy_seed(self) -> None:
        if (settings := self._generation.settings) is not None:
            QGuiApplication.clipboard().setText(str(settings.request.seed))
