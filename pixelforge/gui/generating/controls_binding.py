"""Ties the control panel to the generation model, both ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, SignalInstance
from PySide6.QtGui import QGuiApplication

from pixelforge.gui.generating.controls import Controls
from pixelforge.gui.generating.generation_model import GenerationModel
from pixelforge.services.settings import GenerationSettings

Bound = tuple[SignalInstance, Callable[..., None], Callable[..., None], Callable[[GenerationSettings], Any]]


class ControlsBinding(QObject):
    """Shows models and settings in the controls, and passes what the user changes there on to the model.

    A control is a line of `_bound`: what it says, who takes that, how it shows a value, and which value that is. The
    settings are stored and restored as a whole, so nothing else has to know of it.
    """

    def __init__(self, controls: Controls, generation: GenerationModel, parent: QObject) -> None:
        super().__init__(parent)
        self._controls = controls
        self._generation = generation
        what, rest, palette, start = controls.what, controls.words, controls.palette_field, controls.variation
        count, best, seed, model = controls.count_box, controls.best_of, controls.seed, generation
        self._bound: tuple[Bound, ...] = (
            (what.value_changed, model.set_ask, what.set_value, lambda _: model.ask),
            (rest.removed, model.drop_the_rest, rest.set_value, lambda _: model.rest),
            (palette.palette_chosen, model.set_palette, palette.set_rule, lambda s: s.request.palette),
            (start.value_changed, model.set_variation, start.set_value, lambda s: s.request.start),
            (controls.sampling_changed, self._set_sampling, controls.set_sampling, lambda s: s.request.sampling),
            (count.value_changed, model.set_count, count.set_value, lambda s: s.request.count),
            (best.value_changed, model.set_best_of, best.set_value, lambda s: s.request.best_of),
            (seed.seed_changed, model.set_seed, seed.set_seed, lambda s: s.request.seed),
            (seed.lock_changed, model.set_seed_locked, seed.set_locked, lambda s: s.seed_locked),
        )
        for changed, take, _, _ in self._bound:
            changed.connect(take)
        for signal, slot in (
            (controls.model_chosen, generation.library.choose),
            (controls.queue.cancelled, generation.cancel),
            (controls.queue.go_on_requested, generation.go_on),
            (generation.queue_changed, self._show_queue),
            (seed.roll_requested, generation.roll_seed),
            (seed.copy_requested, self._copy_seed),
            (generation.library.entries_changed, self._show_entries),
            (generation.model_changed, self._show_model),
            (generation.settings_changed, self._show_settings),
        ):
            signal.connect(slot)
        self._show_model()
        self._show_queue()

    def _show_queue(self) -> None:
        self._controls.queue.set_waiting(self._generation.queue, paused=self._generation.paused)

    def _show_entries(self) -> None:
        self._controls.set_models(self._generation.library.entries, self._generation.entry)

    def _show_model(self) -> None:
        self._show_entries()
        self._controls.set_header(self._generation.header, self._generation.offer, self._generation.icons)
        self._show_settings()

    def _show_settings(self) -> None:
        settings: GenerationSettings | None = self._generation.settings
        if settings is not None:
            for _, _, show, value_of in self._bound:
                show(value_of(settings))

    def _set_sampling(self, fields: dict[str, Any]) -> None:
        self._generation.set_sampling(**fields)

    def _copy_seed(self) -> None:
        if (settings := self._generation.settings) is not None:
            QGuiApplication.clipboard().setText(str(settings.request.seed))
