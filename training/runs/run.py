"""A training run: a trainer, its data and its folder, begun or resumed, and the generator that makes its steps."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import numpy as np
import torch

from pixelforge.core.checkpoint import Checkpoint
from pixelforge.core.schemes import SchemeBank
from pixelforge.errors import TrainingError
from pixelforge.imaging.pixels import enlarge
from pixelforge.imaging.png import write_png
from training.data.indexed import styled
from training.data.joining import joined_banks
from training.data.sprites import SpriteDataset, split_holdout
from training.learning.batch_source import heldout_of
from training.learning.batches import HELDOUT_ROUNDS
from training.learning.distillation import Distiller
from training.learning.distributed import Processes
from training.learning.finishing import Finisher
from training.learning.loop import StepResult, Trainer
from training.learning.samples import PASSES, SAMPLES_A_CLASS, draw_samples, own_sprites
from training.learning.warm_start import weights_from, weights_in_words
from training.runs.clock import SECOND, Stopwatch
from training.runs.config import RunConfig
from training.runs.events import Stepped
from training.runs.folder import SAMPLE_SCALE, StatsRow
from training.runs.product import Product
from training.runs.state import RunStorage, State
from training.runs.timetable import Due, Work, timetable


@dataclass(frozen=True)
class Best:
    """The least held-out loss of a run."""

    step: int = 0  # 0 before the first
    loss: float = math.inf


class Run:
    """A run in its folder; iterate `steps()` to carry it on. watch: running since the run was begun or resumed."""

    def __init__(
        self,
        storage: RunStorage,
        config: RunConfig,
        data: SpriteDataset,
        device: str = "auto",
        processes: Processes | None = None,
        watch: Stopwatch | None = None,
        teacher: Checkpoint | None = None,
    ) -> None:
        """teacher: of a run that distils a student of it."""
        self.storage = storage
        self.config = config
        parts = split_holdout(data, config.training.holdout, config.training.seed)
        self.training, self.heldout = (_in_words(part, config) for part in parts)
        self.classes = np.unique(self.training.labels)  # those of the model that the sprites are of
        self.processes = processes or Processes()
        self.watch = watch or Stopwatch()
        place = self.processes.device(device)
        self._teacher = teacher
        self.trainer = self._trainer(place)
        self._bank = self.trainer.batches.bank if teacher is None else teacher.bank
        # How like its teacher's answers those of a finished student are says nothing of how good they are.
        by_loss = len(self.heldout) and not (config.distillation and config.distillation.adversarial)
        self._judged = heldout_of(self.heldout, config.model, config.words) if by_loss else None
        images: dict[Work, int] = {
            "figures": HELDOUT_ROUNDS * len(self.heldout),
            "samples": PASSES * SAMPLES_A_CLASS * len(self.classes),
        }
        self._timetable = timetable(config.training, self.watch, self.processes, images)
        self._stepping = 0  # nanoseconds spent on steps
        self._unreported: list[tuple[float, float]] = []  # loss and seconds of each step since the last line of figures
        self._best = Best()
        self._without_gain = 0  # held-out losses since the least one

    def _trainer(self, device: torch.device) -> Trainer:
        config, common = self.config, (self.training, device, self.processes, self.config.words)
        if config.distillation is None:
            return Trainer(config.model, config.diffusion, config.training, *common)
        assert self._teacher is not None
        kind = Finisher if config.distillation.adversarial else Distiller
        return kind(config.model, self._teacher, config.training, *common, config.distillation)

    def begin_from(self, parent: Checkpoint) -> None:
        """Begin with the weights, and the colour schemes, of another model; call before the first step."""
        names, words = self.config.class_names, self.config.words
        if words is None:
            self.trainer.begin_from(weights_from(parent, self.config.model, names))
            return
        assert self._bank is not None
        assert parent.bank is not None
        self.trainer.begin_from(weights_in_words(parent, names, words, self._bank))
        self._bank = joined_banks(parent.bank, self._bank)

    def show_own(self) -> None:
        """Write the picture of sprites that the run learns from, to be looked at beside its samples."""
        write_png(self.storage.own_path, enlarge(own_sprites(self.training, self.classes), SAMPLE_SCALE))

    def restore(self, state: State | None) -> None:
        """Resume from a saved state; None: from the beginning. Raises TrainingError if it is none of this run's."""
        if state is not None:
            try:
                self._restore(state)
            except (KeyError, RuntimeError, ValueError, TypeError, OverflowError) as error:
                raise TrainingError(f"{self.storage.state_path} does not fit the run's config.json.") from error
        if self.processes.leads:
            self.storage.trim_stats(self.trainer.step_count)

    def _restore(self, state: State) -> None:
        self.trainer.load_state_dict(state)
        if "bank" in state:  # a parent's schemes are in it, which nothing else of the run has
            self._bank = SchemeBank.of({name: tensor.numpy() for name, tensor in state["bank"].items()})
        self._unreported = [(float(loss), float(seconds)) for loss, seconds in state["unreported"]]
        self._best = Best(int(state["best_step"]), float(state["best_loss"]))
        if "elapsed" in state:
            self._stepping = int(state["stepping"])
            self._without_gain = int(state["without_gain"])
            self._timetable.load_state_dict(state["timetable"])
        else:  # of version 0.1, which knew the time of its steps alone
            self._stepping = round(float(state["seconds"]) * SECOND)
            since = self.trainer.step_count - self._best.step
            self._without_gain = since // self.config.training.evaluate_every if self._best.step else 0
        self.watch.add(self.storage.had(state)[1])

    def keep_settings(self) -> None:
        """Keep that the run is longer than it was, or its batch another: first the state, then the settings."""
        self._without_gain = 0
        self.save()
        if self.processes.leads:
            self.storage.write_config(self.config)

    def steps(self) -> Generator[Stepped]:
        """Train to the end. However the caller stops pulling, the state is saved before this returns."""
        if self.has_turned():
            return
        try:
            self._timetable.start(self.trainer.step_count)
            while not self._timetable.over(self.trainer.step_count):
                result = self._step()
                due = self._timetable.after(result.step)
                row = self._follow_up(result, due)
                yield Stepped(
                    step=result.step,
                    total=self.config.training.steps,
                    fraction=self.fraction,
                    loss=result.loss,
                    seconds_left=due.seconds_left,
                    best_step=self._best.step,
                    stats=row,
                )
                if row is not None and self.has_turned():
                    return
        finally:
            self.save()

    def save(self) -> None:
        """Write the snapshot, and the state to resume from. Raises OutputError."""
        if not self.processes.leads:
            return
        state = {
            **self.trainer.state_dict(),
            "elapsed": self.watch.elapsed(),
            "stepping": self._stepping,
            "timetable": self._timetable.state_dict(),
            "unreported": list(self._unreported),
            "best_step": self._best.step,
            "best_loss": self._best.loss,
            "without_gain": self._without_gain,
        }
        if self._bank is not None:
            state["bank"] = {name: torch.from_numpy(array) for name, array in asdict(self._bank).items()}
        self.storage.save(self.product.written(), state)

    @property
    def best(self) -> Best:
        """The step of the least held-out loss so far, whose weights stand in `storage.best_path`."""
        return self._best

    @property
    def over(self) -> bool:
        """Whether the run has had all its steps, or all its minutes."""
        return self._timetable.over(self.trainer.step_count)

    @property
    def fraction(self) -> float:
        """The part of the run that is done, 0 to 1."""
        return self._timetable.fraction(self.trainer.step_count)

    def has_turned(self) -> bool:
        """Whether the held-out loss has not fallen for so long that it is of no use to continue."""
        return 0 < self.config.training.patient_figures <= self._without_gain

    @property
    def product(self) -> Product:
        """The model as it is now."""
        return Product(self.config, self.trainer, len(self.training), self._bank, self._teacher)

    def _step(self) -> StepResult:
        begun = self.watch.elapsed()
        result = self.trainer.step(self._timetable.progress)
        spent = self.watch.elapsed() - begun
        self._timetable.took("step", spent)
        self._stepping += spent
        self._unreported.append((result.loss, spent / SECOND))
        return result

    def _follow_up(self, result: StepResult, due: Due) -> StatsRow | None:
        """Draw, report and save what is due after a step; the figures if there are any."""
        row = None
        if due.samples and self.processes.leads:
            with self._timed("samples"):
                self._draw_samples(result.step)
        if due.figures:
            with self._timed("figures"):
                row = self._report(result)
        if due.save:
            with self._timed("save"):
                self.save()
        return row

    @contextmanager
    def _timed(self, work: Work) -> Iterator[None]:
        begun = self.watch.elapsed()
        yield
        self._timetable.took(work, self.watch.elapsed() - begun)

    def _report(self, result: StepResult) -> StatsRow:
        losses, seconds = zip(*self._unreported, strict=True)
        row = StatsRow(
            step=result.step,
            loss=math.fsum(losses) / len(losses),
            heldout_loss=self._heldout_loss(),
            images_per_second=self.config.training.batch_size * len(losses) / max(math.fsum(seconds), 1e-9),
            learning_rate=result.learning_rate,
            seconds=self._stepping / SECOND,
        )
        self._unreported.clear()
        if self.processes.leads:
            self.storage.append_stats(row)
        self._judge(row)
        return row

    def _judge(self, row: StatsRow) -> None:
        """Keep the model if its held-out loss is the least so far."""
        if row.heldout_loss is None:
            return
        self._without_gain += 1
        if row.heldout_loss < self._best.loss:
            self._best, self._without_gain = Best(row.step, row.heldout_loss), 0
            if self.processes.leads:
                self.storage.save_best(self.product.written())

    def _heldout_loss(self) -> float | None:
        """None where nothing is held out. All processes must agree on it, for it decides when the run ends."""
        if self._judged is None:
            return None
        return self.processes.mean(torch.tensor(self.trainer.heldout_loss(self._judged), dtype=torch.float64))

    def _draw_samples(self, step: int) -> None:
        checkpoint = self.product.checkpoint()
        sheet = draw_samples(checkpoint, str(self.trainer.device), self.classes)
        write_png(self.storage.samples_folder / f"{step:07}.png", enlarge(sheet, SAMPLE_SCALE))


def _in_words(data: SpriteDataset, config: RunConfig) -> SpriteDataset:
    """Sprites in the words of the run's model, which may have more classes than they."""
    return data if config.words is None else styled(data, config.unnamed_style).in_classes(config.class_names)
