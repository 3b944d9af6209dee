"""The run that makes sprites, observable; widgets show it and pass on to it what the user does."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from pixelforge.core.header import SPRITES
from pixelforge.core.start import Start
from pixelforge.gui.generating.batch_queue import BatchQueue
from pixelforge.gui.generating.jobs import Completed, Failed, Imported, Job, Loaded, Report
from pixelforge.gui.generating.pace import Pace
from pixelforge.gui.generating.states import MAX_DRAWN_SEED, Batch, Phase, RunState, Waiting, trial_of
from pixelforge.gui.shared.library import Library
from pixelforge.gui.shared.messages import Messages
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.quality import qualities
from pixelforge.services.requests import Finished, Notice, Progress
from pixelforge.words import counted

MOST_FRAMED = 64  # sprites of a batch whose forming is kept: each frame holds all of them


class GenerationModel(BatchQueue):
    """The settings, and the run that is made by them. Knows no threads: jobs go out by signal, reports come in.

    clock: seconds. library, draw_seed: as SettingsModel takes them. The base class says what is made, and when.
    """

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
        super().__init__(library, draw_seed, parent)
        self._messages = messages
        self._clock = clock
        self._run_number = 0
        self._run = RunState()
        self._shows_noise = False
        self._pace = Pace(clock)
        self._making: Batch | None = None  # the current run: its request, its model, its sprites as they stand
        self._done = 0  # how many of those are finished, the first ones
        self._tried: Pixels | None = None  # a finished trial, as long as it is to be seen
        self._outdated = False  # whether the settings have changed since the trial began
        self._frames: list[Pixels] = []  # of the current run or the last
        self._device = ""
        self.model_changed.connect(self.load)

    @property
    def run(self) -> RunState:
        """The current run, or how the last one ended."""
        return self._run

    @property
    def forming(self) -> Pixels | None:
        """The sprites of the current run as they stand, (N, H, W, 4); None between runs, and of the desk's.

        A trial stays until another run begins, or it is stopped.
        """
        if self._making is not None:
            return None if self._making.for_desk else self._making.sprites
        return self._tried

    @property
    def trying(self) -> bool:
        """Whether a trial is being made or is to be seen."""
        return self._tried is not None or (self._current is not None and self._current.trial)

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

    def redo(self, start: Start, count: int) -> None:
        """Make a part of a sprite anew, so many times, of what is asked for now and fast; for the desk alone."""
        if self.entry is None or self.entry.header is None or self._settings is None:
            return
        fast, *_ = qualities(self.entry.header)
        sampling = replace(self._settings.request.sampling, sampler=fast.sampler, steps=fast.steps)
        asked = replace(self._settings.request, start=start, count=count, blends=())
        request = replace(asked, palette=None, sampling=sampling, seed=self._draw_seed())
        batch = Waiting(self.entry, request, for_desk=True)
        self._submit(batch, first=True)

    def try_out(self) -> None:
        """Show at once, made fast and few, what the settings make; a trial that goes on is followed by another.

        Nothing happens while anything else is made.
        """
        if self.entry is None or self.entry.header is None or self._settings is None:
            return
        if self._current is not None:
            self._outdated = self._current.trial
            return
        request = trial_of(self._coloured(self._settings.request), self.entry.header)
        self._begin(Waiting(self.entry, request, trial=True))

    def keep_tried(self) -> None:
        """Make what was tried, with its seeds, as well as the settings say."""
        if self.entry is not None and self._settings is not None:
            self._submit(Waiting(self.entry, self._coloured(self._settings.request)))

    def stop(self) -> None:
        """Give up the current run and those that wait. Finished sprites are kept."""
        if self._run.running:
            if self._queue:
                self._messages.inform(f"{counted(len(self._queue), 'waiting batch')} cancelled.")
            self._set_queue(())
            self._run_number += 1  # what is still on its way from the worker belongs to nobody
            self.stop_requested.emit()
            self._end(Phase.STOPPED)
        elif self._tried is not None:
            self._tried = None
            self.forming_changed.emit()

    def suspend(self) -> None:
        """Give up the current run until the user wants it again. What is finished is kept, the rest waits."""
        current, done = self._current, self._done
        if current is None or not self._run.running:
            return
        self._run_number += 1
        self.stop_requested.emit()
        self._paused = True
        self._end(Phase.STOPPED)
        if current.kept:
            names = current.sprite_names[done:]
            rest = replace(current, request=current.request.after(done) if done else current.request)
            self._set_queue((replace(rest, sprite_names=names), *self._queue))

    def show_noise(self, shown: bool) -> None:
        """Whether one sees a run's noisy sprites forming, in place of what the network takes them for."""
        self._shows_noise = shown

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

    def _submit(self, batch: Waiting, *, first: bool = False) -> None:
        """As in the base class; a trial that goes on makes room, and what is seen of it stays."""
        if self._current is not None and self._current.trial:
            self._run_number += 1
            self.stop_requested.emit()
            self._tried = None if self._making is None else self._making.sprites
            self._making = self._current = None
            self._outdated = False
        super()._submit(batch, first=first)

    def _begin(self, batch: Waiting) -> None:
        assert batch.entry.header is not None
        side = batch.entry.header.model.image_size
        self._run_number += 1
        self._current = batch
        first = np.zeros((batch.request.count, side, side, 4), np.uint8)
        if self._tried is not None and self._tried.shape == first.shape and not batch.for_desk:
            first = self._tried  # what it becomes is like it
        self._tried = None
        self._making = batch.begun(first)
        self._done = 0
        self._frames = []
        self._pace = Pace(self._clock)
        self._set_run(RunState(Phase.STARTING, count=batch.request.count))
        self._messages.dismiss()
        if not batch.for_desk:
            self.forming_changed.emit()
        self.job_submitted.emit(Job(self._run_number, batch.entry.path, batch.request))
        self.pending_changed.emit()

    def _on_loaded(self, device: str, sha256: str) -> None:
        if self._making is not None:
            self._making = replace(self._making, model_sha256=sha256)
        if device != self._device:
            self._device = device
            self.device_changed.emit()

    def _on_imported(self, entry: ModelEntry) -> None:
        if entry.header is not None and entry.header.task != SPRITES:
            learnt = ", ".join(entry.header.class_names)
            self._messages.inform(f"{entry.name} is among your models now. It makes {entry.header.task}: {learnt}.")
            return
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
        shown = progress.noisy if self._shows_noise else progress.preview
        if shown is not None:
            self._put(progress.first, shown)

    def _put(self, first: int, sprites: Pixels) -> None:
        if self._making is not None:
            stage = self._making.sprites.copy()  # whoever holds the old array keeps the old picture
            stage[first : first + len(sprites)] = sprites
            self._making = replace(self._making, sprites=stage)
            if len(stage) <= MOST_FRAMED:
                self._frames.append(stage)
            if not self._making.for_desk:
                self.forming_changed.emit()

    def _end(self, phase: Phase) -> None:
        made, self._making = self._making, None
        if self._current is not None and self._current.trial:
            self._end_trial(made, phase)
            return
        self._set_run(replace(self._run, phase=phase, seconds=self._pace.seconds, seconds_left=None))
        if made is not None and not made.for_desk:
            self.forming_changed.emit()
        if made is not None and self._done:
            self.batch_finished.emit(replace(made, sprites=made.sprites[: self._done]))
        self._current = None
        if not self._paused:
            self.go_on()
        self.pending_changed.emit()

    def _end_trial(self, made: Batch | None, phase: Phase) -> None:
        again, self._outdated = self._outdated and phase is Phase.FINISHED, False
        if made is not None and phase is Phase.FINISHED:
            self._tried = made.sprites
        self._current = None
        self._set_run(replace(self._run, phase=phase, seconds=self._pace.seconds, seconds_left=None))
        if again:
            self.try_out()
        elif self._tried is None:
            self.forming_changed.emit()

    def _set_run(self, run: RunState) -> None:
        self._run = run
        self.run_changed.emit()
