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
from pixelforge.gui.generating.jobs import Completed, Failed, Imported, Job, Loaded, Measured, Report
from pixelforge.gui.generating.pace import Pace
from pixelforge.gui.generating.states import (
    MAX_DRAWN_SEED,
    MOST_TRIED,
    TRIED_AT_ONCE,
    Phase,
    RunState,
    Waiting,
    trial_of,
)
from pixelforge.gui.generating.trials import Trials
from pixelforge.gui.shared.library import Library
from pixelforge.gui.shared.messages import Messages
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.quality import for_fillings
from pixelforge.services.requests import Finished, Notice, Progress
from pixelforge.words import counted

MOST_FRAMED = 64  # sprites of a batch whose forming is kept: each frame holds all of them


class GenerationModel(Trials):
    """The settings, and the run that is made by them. Knows no threads: jobs go out by signal, reports come in.

    clock: seconds. library, draw_seed: as SettingsModel takes them. The base class says what is made, and when.
    """

    run_changed = Signal()
    device_changed = Signal()
    measured = Signal(float)  # seconds that a trial takes, as `Measured` has them

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
        super().__init__(library, draw_seed, clock, parent)
        self._messages = messages
        self._run_number = 0
        self._run = RunState()
        self._shows_noise = False
        self._pace = Pace(clock)
        self._done = 0  # how many of those are finished, the first ones
        self._frames: list[Pixels] = []  # of the current run or the last
        self._device = self._engine = ""
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
        return None if self._tried is None else self._tried.sprites

    @property
    def frames(self) -> tuple[Pixels, ...]:
        """How the sprites of the last run formed, (N, H, W, 4) each; none while a run goes on."""
        return () if self._run.running else tuple(self._frames)

    @property
    def device(self) -> str:
        """Where the network runs; empty until it is known."""
        return self._device

    @property
    def engine(self) -> str:
        """What runs the network there, as `core.backend` names it; empty until it is known."""
        return self._engine

    def load(self) -> None:
        """Have the chosen model loaded ahead of its first run; not while a run is going on."""
        if self.entry is not None and not self._run.running:
            self.job_submitted.emit(Job(self._run_number, self.entry.path, None))

    def measure(self) -> None:
        """Have it measured how long a trial of the chosen model takes; not while a run is going on."""
        if self.entry is not None and self.entry.header is not None and self._settings and not self._run.running:
            whole = replace(self._settings.request, start=None, count=MOST_TRIED)
            request = trial_of(self._coloured(whole), self.entry.header)
            job = Job(self._run_number, self.entry.path, request, measures=True, at_once=TRIED_AT_ONCE)
            self.job_submitted.emit(job)

    def redo(self, start: Start, count: int) -> None:
        """Make a part of a sprite anew, so many times, of what is asked for now and fast; for the desk alone."""
        if self.entry is None or self.entry.header is None or self._settings is None:
            return
        fast = for_fillings(self.entry.header)
        sampling = replace(self._settings.request.sampling, sampler=fast.sampler, steps=fast.steps)
        asked = replace(self._settings.request, start=start, count=count, blends=(), best_of=1)
        request = replace(asked, palette=None, sampling=sampling, seed=self._draw_seed())
        batch = Waiting(self.entry, request, for_desk=True)
        self._submit(batch, first=True)

    def stop(self) -> None:
        """Give up the current run and those that wait. Finished sprites are kept."""
        if self._run.running:
            if self._queue:
                self._messages.inform(f"{counted(len(self._queue), 'waiting batch')} cancelled.")
            self._set_queue(())
            self._give_up()
            self._end(Phase.STOPPED)
        elif self._tried is not None:
            self._tried = None
            self.forming_changed.emit()

    def suspend(self) -> None:
        """Give up the current run until the user wants it again. What is finished is kept, the rest waits."""
        current, done = self._current, self._done
        if current is None or not self._run.running:
            return
        self._give_up()
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
            case Loaded() as loaded:
                self._on_loaded(loaded)
            case Progress() as progress:
                self._on_progress(progress)
            case Finished() as finished:
                self._put(finished.first, finished.sprites)
                self._done = finished.first + len(finished.sprites)
                if self._making is not None:
                    self._making = self._making.with_told(finished)
            case Notice(text=text):
                self._messages.warn(text)
            case Imported(entry=entry):
                self._on_imported(entry)
            case Measured(seconds=seconds):
                self.measured.emit(seconds)
            case Completed():
                self._end(Phase.FINISHED)
            case Failed(text=text):
                self._messages.complain(text)
                if self._run.running:
                    self._end(Phase.FAILED)

    def _begin(self, batch: Waiting) -> None:
        assert batch.entry.header is not None
        side = batch.entry.header.model.image_size
        self._run_number += 1
        self._current = batch
        first = np.zeros((batch.request.count, side, side, 4), np.uint8)
        before = self._tried.sprites if self._tried is not None else self._shown if batch.trial else None
        if before is not None and before.shape == first.shape and not batch.for_desk:
            first = before  # what it becomes is like it
        self._tried = None
        self._making = batch.begun(first)
        self._done = 0
        self._frames = []
        self._pace = Pace(self._clock)
        self._set_run(RunState(Phase.STARTING, count=batch.request.count))
        self._messages.dismiss()
        if not batch.for_desk:
            self.forming_changed.emit()
        at_once = TRIED_AT_ONCE if batch.trial else None
        self.job_submitted.emit(Job(self._run_number, batch.entry.path, batch.request, at_once=at_once))
        self.pending_changed.emit()

    def _on_loaded(self, loaded: Loaded) -> None:
        if self._making is not None:
            self._making = replace(self._making, model_sha256=loaded.sha256)
        self._engine = loaded.engine
        if loaded.device != self._device:
            self._device = loaded.device
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
            self._end_trial(made, whole=phase is Phase.FINISHED)
            return
        self._set_run(replace(self._run, phase=phase, seconds=self._pace.seconds, seconds_left=None))
        if made is not None and not made.for_desk:
            self.forming_changed.emit()
        if made is not None and self._done:
            self._shown = self._shown if made.for_desk else made.sprites
            self.batch_finished.emit(replace(made, sprites=made.sprites[: self._done]))
        self._current = None
        if not self._paused:
            self.go_on()
        self.pending_changed.emit()

    def _give_up(self) -> None:
        self._run_number += 1  # what is still on its way from the worker belongs to nobody
        self.stop_requested.emit()

    def _show_end(self, whole: bool) -> None:
        phase = Phase.FINISHED if whole else Phase.STOPPED
        self._set_run(replace(self._run, phase=phase, seconds=self._pace.seconds, seconds_left=None))

    def _set_run(self, run: RunState) -> None:
        self._run = run
        self.run_changed.emit()
