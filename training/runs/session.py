"""A training from its beginning, or from where it was left, to its end: the generator of events that everybody pulls.

The command line prints them, the tests look at them; whoever only watches reads the run's folder.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from pixelforge.core.checkpoint import Checkpoint, load_checkpoint
from pixelforge.errors import Remedy, RequestError, TrainingError
from pixelforge.processes import Place
from pixelforge.words import counted
from training.data.choosing import of_style
from training.data.leaving import read_names
from training.data.naming import style_of
from training.data.sprites import SpriteDataset, load_sprites
from training.learning.distillation import with_student_like
from training.learning.distributed import Processes, joined
from training.learning.loop import best_precision
from training.learning.parents import unfit
from training.runs.clock import SECOND, Clock, Stopwatch
from training.runs.config import lengthened
from training.runs.distil_request import DistillRequest
from training.runs.distilling import distillation_plan, known_to
from training.runs.events import Begun, Continued, Ended, Noted, Paused, RunEvent
from training.runs.folder import Command, RunPhase
from training.runs.plan import Parent, changed_config, plan
from training.runs.request import NOTHING, TrainingRequest
from training.runs.run import Run
from training.runs.state import RunStorage
from training.runs.status import StatusFile

BUNDLED = "pixelforge16.safetensors"  # what is begun from where it fits and nothing else is asked for
NAP = 0.2  # seconds between looks at whether a pause is over

logger = logging.getLogger(__name__)

Notes = tuple[tuple[str, ...], ...]


def carry(
    folder: Path | None,
    out: Path,
    request: TrainingRequest | DistillRequest,
    *,
    resume: bool = False,
    stopped: Callable[[], bool] = lambda: False,
    clock: Clock = time.perf_counter_ns,
) -> Generator[RunEvent]:
    """Begin a run of the sprites in `folder`, or resume the one in `out`, and train it to its end.

    A run that is resumed is as long as it was, or as the request says. stopped: asked after every step; true has the
    run stop, to be resumed later, as closing the generator does. Of several processes all must pull, but only the
    leading one gets events. Raises a PixelForgeError.
    """
    storage = RunStorage(out)
    events = _Session(storage, request, resume, stopped, Stopwatch(clock)).events(folder)
    if Place.of_this().rank > 0:
        yield from events
        return
    storage.check_own()
    if resume:
        storage.read_config()  # what is wrong is said before anything is touched
    else:
        storage.check_free()
    with storage.locked():
        storage.send(None)
        status = StatusFile(storage)
        try:
            for event in events:
                status.follow(event)
                yield event
        except GeneratorExit:
            events.close()
            status.leave()
            raise
        finally:
            storage.remove_if_not_begun()


@dataclass(frozen=True)
class _Session:
    """One process's part in a run; the parameters are those of `carry`."""

    storage: RunStorage
    request: TrainingRequest | DistillRequest
    resume: bool
    stopped: Callable[[], bool]
    watch: Stopwatch

    def events(self, folder: Path | None) -> Generator[RunEvent]:
        """Those of the leading process; of others none."""
        with joined() as processes:
            if self.resume:
                run, notes = self._resume(folder, processes)
            elif folder is not None and isinstance(self.request, DistillRequest):
                run, notes = self._begin_student(self.request, folder, processes)
            elif folder is not None and isinstance(self.request, TrainingRequest):
                run, notes = self._begin(self.request, folder, processes)
            else:
                raise RequestError("There is nothing to train on.", Remedy.NAME_SPRITES, Remedy.RESUME)
            if processes.leads:
                logger.info("%s on %s at step %d", _begun(run).about, run.trainer.device, run.trainer.step_count)
                yield from (Noted(lines) for lines in notes if lines)
                run.show_own()
                yield _begun(run)
            yield from self._train(run)

    def _begin(self, request: TrainingRequest, folder: Path, processes: Processes) -> tuple[Run, Notes]:
        """A new run; the leading process plans it and writes it down, the others read that."""
        leave_out = () if request.leave_out is None else read_names(request.leave_out)
        data = _load(folder, request.size, request.keep_background, leave_out, request.style)
        name, model = processes.led(lambda: self._plan(request, data, leave_out)) or ("", None)
        config = self.storage.read_config()
        run = Run(self.storage, config, data, request.device, processes, self.watch)
        if model is not None:
            run.begin_from(model)
        # Saved, a run that is cut off before its first save begins from them again; the other processes begin so.
        processes.led(lambda: run.save() if model is not None else None)
        if not processes.leads:
            run.restore(self.storage.read_state())
        return run, (data.warnings, (f"Begins from {name}.",))

    def _plan(
        self, request: TrainingRequest, data: SpriteDataset, leave_out: tuple[str, ...]
    ) -> tuple[str, Checkpoint | None]:
        """Write the settings down; the model to begin from and its name."""
        name, model = _parent(request)
        parent = Parent(name, model.header) if model is not None else None
        self.storage.create(plan(request, data, parent, best_precision(request.device), leave_out))
        return name, model

    def _begin_student(self, request: DistillRequest, folder: Path, processes: Processes) -> tuple[Run, Notes]:
        """A new run that distils a student; it saves at once, with its teacher, which it needs no more then."""
        teacher = load_checkpoint(request.teacher)
        if request.like is not None:
            teacher = with_student_like(teacher, load_checkpoint(request.like))
        header, style = teacher.header, style_of(str(folder.resolve()))
        data = known_to(load_sprites(folder, header.model.image_size, request.keep_background), header, style)
        precision = best_precision(request.device)
        processes.led(lambda: self.storage.create(distillation_plan(request, data, header, style, precision)))
        run = Run(self.storage, self.storage.read_config(), data, request.device, processes, self.watch, teacher)
        processes.led(run.save)
        return run, (data.warnings, (f"Distils a student of {request.teacher.stem}.",))

    def _resume(self, folder: Path | None, processes: Processes) -> tuple[Run, Notes]:
        """The run as it was last saved, with the length, batch and EMA it had or those that are asked for.

        folder: where its sprites are now.
        """
        config, state = self.storage.read_config(), self.storage.read_state()
        before = config
        steps, minutes = self.request.budget()
        longer = steps is not None or minutes is not None
        if longer:
            _check_longer(self.storage.root, self.storage.had(state), steps, minutes)
            config = replace(config, training=lengthened(config.training, steps, minutes))
        training = changed_config(config.training, self.request.batch, self.request.ema_decay)
        config = replace(config, training=training)
        where, size = folder or Path(config.data), config.model.image_size
        data = _load(where, size, config.keep_background, config.leave_out, config.only_style)
        teacher = None
        if config.distillation is not None:
            teacher = load_checkpoint(self.storage.snapshot_path)
            data = known_to(data, teacher.header, config.unnamed_style)
        if data.fingerprint() != config.fingerprint:
            raise TrainingError(
                f"The sprites in {data.source} have changed since the run in {self.storage.root} was begun, "
                "which so cannot be resumed.",
                Remedy.OTHER_RUN,
            )
        run = Run(self.storage, config, data, self.request.device, processes, self.watch, teacher)
        run.restore(state)
        if config != before:
            run.keep_settings()
        return run, (("This run is at its end already.",) if run.over else (),)

    def _train(self, run: Run) -> Generator[RunEvent]:
        """Make the steps that are left, unless somebody has the run stop."""
        command: Command | None = None
        with closing(run.steps()) as steps:
            for step in steps:
                if run.processes.leads:
                    yield step
                    command = self.storage.command()
                    if command == "pause":
                        run.save()
                        yield Paused(step.step)
                        command = self._wait(run)
                        yield Continued(step.step)
                if run.processes.any(self.stopped() or command in ("halt", "end")):
                    break
        if run.processes.leads:
            stopped: RunPhase = "ended" if command == "end" else "halted"
            phase: RunPhase = "finished" if run.over else "turned" if run.has_turned() else stopped
            model = self.storage.best_path if run.best.step else self.storage.snapshot_path
            logger.info("The run is %s at step %d", phase, run.trainer.step_count)
            yield Ended(phase, run.trainer.step_count, run.best.step, model)

    def _wait(self, run: Run) -> Command | None:
        """The command after a pause, which `stopped` ends as well."""
        with run.watch.paused():
            while (command := self.storage.command()) == "pause" and not self.stopped():
                time.sleep(NAP)
        return command


def _load(
    folder: Path, size: int, keep_background: bool, leave_out: tuple[str, ...], style: str | None
) -> SpriteDataset:
    """The sprites of a folder, or those of a style among them. Raises DatasetError."""
    data = load_sprites(folder, size, keep_background, leave_out)
    return data if style is None else of_style(data, style)


def _parent(request: TrainingRequest) -> tuple[str, Checkpoint | None]:
    """The model to begin from, and its name. Raises TrainingError or CheckpointError."""
    if request.parent is not None and request.parent != NOTHING:
        if request.width is not None:
            raise TrainingError("A model that is begun from another has its width.", Remedy.PARENTS_WIDTH)
        return Path(request.parent).stem, load_checkpoint(Path(request.parent))
    bundled = Path(str(files("resources"))) / "models" / BUNDLED
    if request.parent is None and request.width is None and request.tell and bundled.exists():
        checkpoint = load_checkpoint(bundled)
        if not unfit(checkpoint.header.model, request.size, request.prediction):
            return bundled.stem, checkpoint
    return NOTHING, None


def _check_longer(out: Path, had: tuple[int, int], steps: int | None, minutes: float | None) -> None:
    """Raises RequestError if a run has had more than it is to have. had: steps and nanoseconds."""
    had_steps, had_minutes = had[0], had[1] / SECOND / 60
    if steps is not None and steps < had_steps:
        raise RequestError(f"The run in {out} has had {had_steps:,} steps already, more than {steps:,}.")
    if minutes is not None and minutes < had_minutes:
        raise RequestError(f"The run in {out} has had {had_minutes:.3g} minutes already, more than {minutes:g}.")


def _begun(run: Run) -> Begun:
    config, step = run.config, run.trainer.step_count
    about = f"{counted(len(run.training), 'sprite')}, {len(run.heldout)} held out, {counted(len(run.classes), 'class')}"
    how = f"{config.model.prediction}, {config.training.precision}, on {run.trainer.device}"
    classes = tuple(config.class_names[label] for label in run.classes)
    return Begun(about, how, step, config.training.steps, run.fraction, classes)
