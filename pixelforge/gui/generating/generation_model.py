"""The state behind the window, observable; widgets show it and pass on to it what the user does."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from pixelforge.core.condition import Condition
from pixelforge.core.header import ModelHeader
from pixelforge.core.sampling import Sampling
from pixelforge.core.start import Start
from pixelforge.fields import in_range, setting_of
from pixelforge.gui.generating.jobs import Completed, Failed, Imported, Job, Loaded, Report
from pixelforge.gui.generating.pace import Pace
from pixelforge.gui.generating.states import (
    MAX_DRAWN_SEED,
    MAX_TYPED_SEED,
    Batch,
    Phase,
    RunState,
    settings_for,
)
from pixelforge.gui.shared.library import Library
from pixelforge.gui.shared.messages import Messages
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.requests import Finished, GenerationRequest, Notice, Progress, of_classes
from pixelforge.services.settings import GenerationSettings


class GenerationModel(QObject):
    """Settings and the current run. Knows no widgets and no threads: jobs go out by signal, reports come in.

    library: the models, and which is chosen. clock: seconds. draw_seed: a new seed from 0 to MAX_DRAWN_SEED.
    """

    model_changed = Signal()
    settings_changed = Signal()
    run_changed = Signal()
    forming_changed = Signal()
    batch_finished = Signal(object)  # Batch
    device_changed = Signal()

    job_submitted = Signal(object)  # Job
    stop_requested = Signal()

    def __init__(
        self,
        library: Library,
        messages: Messages,
        clock: Callable[[], float] = time.monotonic,
        draw_seed: Callable[[], int] = lambda: random.randint(0, MAX_DRAWN_SEED),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.library = library
        self._messages = messages
        self._clock = clock
        self._draw_seed = draw_seed
        self._settings = None if library.header is None else settings_for(library.header, None)
        self._strength: float = Start.strength  # of the variations to come
        self._run_number = 0
        self._run = RunState()
        self._pace = Pace(clock)
        self._making: Batch | None = None  # the current run: its request, its model, its sprites as they stand
        self._done = 0  # how many of those are finished, the first ones
        self._frames: list[Pixels] = []  # of the current run or the last
        self._device = ""
        library.entry_changed.connect(self._on_entry_changed)

    @property
    def entry(self) -> ModelEntry | None:
        """The chosen model; None where there is none that can be read."""
        return self.library.entry

    @property
    def header(self) -> ModelHeader | None:
        """The chosen model's header."""
        return self.library.header

    @property
    def settings(self) -> GenerationSettings | None:
        """What the controls stand at; None as long as there is no model."""
        return self._settings

    @property
    def run(self) -> RunState:
        """The current run, or how the last one ended."""
        return self._run

    @property
    def forming(self) -> Pixels | None:
        """The sprites of the current run as they stand, (N, H, W, 4); None between runs."""
        return self._making.sprites if self._making else None

    @property
    def frames(self) -> tuple[Pixels, ...]:
        """How the sprites of the last run formed, (N, H, W, 4) each; none while a run goes on."""
        return () if self._run.running else tuple(self._frames)

    @property
    def device(self) -> str:
        """Where the network runs; empty until it is known."""
        return self._device

    def load(self) -> None:
        """Have the chosen model loaded ahead of its first run; not while a run is going on."""
        if self.entry is not None and not self._run.running:
            self.job_submitted.emit(Job(self._run_number, self.entry.path, None))

    def set_class_names(self, names: tuple[str, ...]) -> None:
        """The classes to make, in order."""
        self._change(conditions=of_classes(names))

    def set_conditions(self, conditions: tuple[Condition, ...]) -> None:
        """What to make, in order."""
        self._change(conditions=conditions)

    def ask_for_classes_alone(self) -> None:
        """Drop what is asked for beside the classes."""
        if self._settings is not None and self.header is not None:
            names = [asked.class_name for asked in self._settings.request.conditions if asked.class_name]
            self._change(conditions=of_classes(dict.fromkeys(names or self.header.class_names[:1])))

    def set_sampling(self, **fields: Any) -> None:
        """Fields of `Sampling`, brought into their ranges."""
        if self._settings is not None:
            self._change(sampling=replace(self._settings.request.sampling, **in_range(Sampling, fields)))

    def set_palette(self, rule: PaletteRule | None) -> None:
        """How the finished sprites are recoloured; None leaves them as the model makes them."""
        self._change(palette=rule)

    def set_start(self, picture: Pixels | None) -> None:
        """Make variations of this sprite, which has the model's size; None makes sprites from noise alone again."""
        self._change(start=None if picture is None else Start(picture=picture, strength=self._strength))

    def set_strength(self, strength: float) -> None:
        """How far variations go from their start, also from those to come."""
        self._strength = setting_of(Start, "strength").clamp(strength)
        if self._settings is not None and (start := self._settings.request.start) is not None:
            self._change(start=replace(start, strength=self._strength))

    def take(self, settings: GenerationSettings) -> None:
        """Take over settings as a whole."""
        if settings != self._settings:
            self._settings = settings
            if settings.request.start is not None:
                self._strength = settings.request.start.strength
            self.settings_changed.emit()

    def set_seed(self, seed: int) -> None:
        """A seed that the user chose: it is locked, or the next Generate would throw it away."""
        if self._settings is not None:
            request = replace(self._settings.request, seed=min(max(seed, 0), MAX_TYPED_SEED))
            self.take(GenerationSettings(request=request, seed_locked=True))

    def set_seed_locked(self, locked: bool) -> None:
        """Locked, every run has the same seed; unlocked, every run draws a new one."""
        if self._settings is not None:
            self.take(replace(self._settings, seed_locked=locked))

    def toggle_seed_lock(self) -> None:
        """Lock the seed, or let it go."""
        if self._settings is not None:
            self.set_seed_locked(not self._settings.seed_locked)

    def roll_seed(self) -> None:
        """Draw a new seed, whether locked or not."""
        self._change(seed=self._draw_seed())

    def set_count(self, count: int) -> None:
        """Sprites to make."""
        self._change(count=count)

    def generate(self) -> None:
        """Begin a run with the settings as they stand; one that is going on is given up."""
        if self.entry is None or self._settings is None:
            return
        if not self._settings.seed_locked:
            self.roll_seed()
        request = self._settings.request
        self._run_number += 1
        self._making = Batch(self._empty_sprites(request), request, self.entry.name, "")
        self._done = 0
        self._frames = []
        self._pace = Pace(self._clock)
        self._set_run(RunState(Phase.STARTING, count=request.count))
        self._messages.dismiss()
        self.forming_changed.emit()
        self.job_submitted.emit(Job(self._run_number, self.entry.path, request))

    def stop(self) -> None:
        """Give up the current run. Sprites of it that are finished are kept."""
        if self._run.running:
            self._run_number += 1  # what is still on its way from the worker belongs to nobody
            self.stop_requested.emit()
            self._end(Phase.STOPPED)

    def import_model(self, source: Path) -> None:
        """Have a model file checked and put among the user's own; not while a run is going on."""
        if self._run.running:
            self._messages.warn(f"Stop the run (Esc) or let it end, then open {source.name} again.")
            return
        self._messages.inform(f"Reading {source.name}…")
        self.job_submitted.emit(Job(self._run_number, source, None, imports=True))

    def receive(self, report: Report) -> None:
        """Take in what the worker reports; those of a run that was given up are passed over."""
        if report.run != self._run_number and not isinstance(report.event, Imported):
            return
        match report.event:
            case Loaded(device=device, sha256=sha256):
                self._on_loaded(device, sha256)
            case Progress() as progress:
                self._on_progress(progress)
            case Finished(first=first, sprites=sprites, conditions=conditions):
                self._put(first, sprites)
                self._done = first + len(sprites)
                if self._making is not None:
                    self._making = replace(self._making, conditions=(*self._making.conditions, *conditions))
            case Notice(text=text):
                self._messages.warn(text)
            case Imported(entry=entry):
                self._on_imported(entry)
            case Completed():
                self._end(Phase.FINISHED)
            case Failed(text=text):
                self._messages.complain(text)
                if self._run.running:
                    self._end(Phase.FAILED)

    def _on_entry_changed(self) -> None:
        """Take the recommended settings, and the class of before where the model knows it."""
        if self.header is not None:
            self._settings = settings_for(self.header, self._settings)
            self.model_changed.emit()
            self.settings_changed.emit()
            self.load()

    def _on_loaded(self, device: str, sha256: str) -> None:
        if self._making is not None:
            self._making = replace(self._making, model_sha256=sha256)
        if device != self._device:
            self._device = device
            self.device_changed.emit()

    def _on_imported(self, entry: ModelEntry) -> None:
        self.library.add(entry)
        self._messages.inform(f"{entry.name} is among your models now.")
        if not self._run.running:
            self.library.choose(entry)

    def _on_progress(self, progress: Progress) -> None:
        if self._making is None:
            return
        count = self._making.request.count
        fraction = (progress.first + progress.size * progress.step / progress.steps) / count
        left = self._pace.seconds_left(fraction)
        state = RunState(Phase.SAMPLING, count, progress.step, progress.steps, fraction, self._pace.seconds, left)
        self._set_run(state)
        if progress.preview is not None:
            self._put(progress.first, progress.preview)

    def _put(self, first: int, sprites: Pixels) -> None:
        if self._making is not None:
            stage = self._making.sprites.copy()  # whoever holds the old array keeps the old picture
            stage[first : first + len(sprites)] = sprites
            self._making = replace(self._making, sprites=stage)
            self._frames.append(stage)
            self.forming_changed.emit()

    def _end(self, phase: Phase) -> None:
        made, self._making = self._making, None
        self._set_run(replace(self._run, phase=phase, seconds=self._pace.seconds, seconds_left=None))
        self.forming_changed.emit()
        if made is not None and self._done:
            self.batch_finished.emit(replace(made, sprites=made.sprites[: self._done]))

    def _empty_sprites(self, request: GenerationRequest) -> Pixels:
        assert self.header is not None
        side = self.header.model.image_size
        return np.zeros((request.count, side, side, 4), np.uint8)

    def _change(self, **fields: Any) -> None:
        if self._settings is not None:
            self.take(replace(self._settings, request=replace(self._settings.request, **fields)))

    def _set_run(self, run: RunState) -> None:
        self._run = run
        self.run_changed.emit()
