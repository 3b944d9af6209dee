"""A training run: a trainer, its data and its folder, begun or resumed, and the generator that carries it on."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from pixelforge.core.checkpoint import Checkpoint
from pixelforge.core.config import DiffusionConfig, ModelConfig, Prediction
from pixelforge.core.device import pick_device
from pixelforge.core.header import ModelHeader, Provenance, Recommended
from pixelforge.errors import TrainingError
from pixelforge.files import as_text
from pixelforge.imaging.pixels import enlarge
from pixelforge.imaging.png import write_png
from training.data.sprites import SpriteSet, find_kinds, find_palette, load_sprites, split_holdout
from training.learning.augmentation import AUGMENT_DIM
from training.learning.config import Precision, TrainConfig
from training.learning.distributed import Processes
from training.learning.loop import StepResult, Trainer, train
from training.learning.samples import draw_samples
from training.runs.folder import SAMPLE_SCALE, StatsRow
from training.runs.state import RunConfig, RunDir

RECOMMENDED = Recommended(sampler="ddpm", steps=40, guidance_scale=1.5)  # until `evaluate --recommend` finds better


@dataclass(frozen=True)
class TrainStep:
    """What a run reports after every step."""

    step: int
    total: int
    loss: float
    seconds_left: float  # at the mean speed since the run was begun or resumed, with figures, samples and saves
    stats: StatsRow | None  # the line written to stats.jsonl at this step, if one was


@dataclass(frozen=True)
class Best:
    """The least held-out loss of a run."""

    step: int = 0  # 0 before the first
    loss: float = math.inf


class Run:
    """A run in its folder; iterate `steps()` to carry it on. `credits` and `licence` go into the model file."""

    def __init__(
        self,
        run_dir: RunDir,
        config: RunConfig,
        data: SpriteSet,
        device: str = "auto",
        processes: Processes | None = None,
    ) -> None:
        self.dir = run_dir
        self.config = config
        self.data = data
        self.training, self.heldout = split_holdout(data, config.training.holdout, config.training.seed)
        self.processes = processes or Processes()
        place = self.processes.device(device)
        self.trainer = Trainer(config.model, config.diffusion, config.training, self.training, place, self.processes)
        self._seconds = 0.0
        self._unreported: list[tuple[float, float]] = []  # loss and seconds of each step since the last line of figures
        self._best = Best()

    @classmethod
    def begin(
        cls,
        folder: Path,
        out: Path,
        model: ModelConfig,
        training: TrainConfig,
        data: SpriteSet,
        device: str = "auto",
        provenance: Provenance | None = None,
        weights: dict[str, torch.Tensor] | None = None,
        keep_background: bool = False,
    ) -> Run:
        """Start a run of `data`, read from `folder`, in the folder `out`, from `weights` or from nothing.

        Raises TrainingError or OutputError. provenance: its steps are those that the weights have had already.
        """
        config = RunConfig(
            data=as_text(folder.resolve()),
            fingerprint=data.fingerprint(),
            class_names=data.class_names,
            model=model,
            diffusion=DiffusionConfig(),
            training=training,
            keep_background=keep_background,
            provenance=provenance or Provenance(data=as_text(folder.resolve().name)),
        )
        run_dir = RunDir(out)
        run_dir.start(config)
        run = cls(run_dir, config, data, device)
        if weights is not None:
            run.trainer.begin_from(weights)
            run.save()  # a run that is cut off before its first save still goes on from them
        return run

    @classmethod
    def resume(
        cls, out: Path, folder: Path | None = None, device: str = "auto", processes: Processes | None = None
    ) -> Run:
        """Go on with the run in `out`; `folder` if its data has moved. Raises TrainingError if the data has changed."""
        run_dir = RunDir(out)
        config = run_dir.read_config()
        data = load_sprites(folder or Path(config.data), config.model.image_size, config.keep_background)
        if data.fingerprint() != config.fingerprint:
            raise TrainingError(
                f"The sprites in {folder or config.data} have changed since the run in {out} was begun: "
                "begin a new run with another --out."
            )
        run = cls(run_dir, config, data, device, processes)
        state = run_dir.read_state()
        if state is not None:
            run.restore(state)
        if run.processes.leads:
            run_dir.trim_stats(run.trainer.step_count)
        return run

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a saved state. Raises TrainingError if it is none of this run's."""
        try:
            self.trainer.load_state_dict(state)
            self._seconds = float(state["seconds"])
            self._unreported = [(float(loss), float(seconds)) for loss, seconds in state["unreported"]]
            self._best = Best(int(state["best_step"]), float(state["best_loss"]))
        except (KeyError, RuntimeError, ValueError, TypeError) as error:
            raise TrainingError(f"{self.dir.state_path} does not fit the run's config.json.") from error

    def steps(self) -> Iterator[TrainStep]:
        """Train to the end. However the caller stops pulling, the state is saved before this returns."""
        if self.has_turned():
            return
        total, begun_at = self.config.training.steps, self.trainer.step_count
        spent, resumed_at = 0.0, time.perf_counter()
        try:
            for result in train(self.trainer):
                self._unreported.append((result.loss, result.seconds))
                self._seconds += result.seconds
                row = self._record(result)
                spent += time.perf_counter() - resumed_at
                left = spent / (result.step - begun_at) * (total - result.step)
                yield TrainStep(result.step, total, result.loss, left, row)
                resumed_at = time.perf_counter()  # what the caller did meanwhile, as a pause, is not the run's
                if row is not None and self.has_turned():
                    return
        finally:
            self.save()

    def save(self) -> None:
        """Write the snapshot, and the state that resuming goes on from. Raises OutputError."""
        if not self.processes.leads:
            return
        self.dir.save_snapshot(self.snapshot_header(), self._weights())
        self.dir.save_state(
            {
                **self.trainer.state_dict(),
                "seconds": self._seconds,
                "unreported": list(self._unreported),
                "best_step": self._best.step,
                "best_loss": self._best.loss,
            }
        )

    @property
    def best(self) -> Best:
        """The step of the least held-out loss so far, whose weights stand in `dir.best_path`."""
        return self._best

    def has_turned(self) -> bool:
        """Whether the held-out loss has not fallen for so long that it is of no use to go on."""
        patience = self.config.training.patience
        return patience > 0 and self._best.step > 0 and self.trainer.step_count - self._best.step >= patience

    def snapshot_header(self) -> ModelHeader:
        """The description of the model as it is now."""
        provenance = replace(
            self.config.provenance,
            sprites=len(self.training),
            steps=self.config.provenance.steps + self.trainer.step_count,
            date=datetime.now(UTC).date().isoformat(),
        )
        return ModelHeader(
            model=self.config.model,
            diffusion=self.config.diffusion,
            class_names=self.config.class_names,
            recommended=RECOMMENDED,
            provenance=provenance,
        )

    def _record(self, result: StepResult) -> StatsRow | None:
        config, step = self.config.training, result.step
        last = step == config.steps
        if (step % config.sample_every == 0 or last) and self.processes.leads:
            self._draw_samples(step)
        row = self._report(result) if step % config.evaluate_every == 0 or last else None
        if step % config.save_every == 0 and not last:
            self.save()
        return row

    def _report(self, result: StepResult) -> StatsRow:
        config, losses = self.config.training, [loss for loss, _ in self._unreported]
        row = StatsRow(
            step=result.step,
            loss=math.fsum(losses) / len(losses),
            heldout_loss=self._heldout_loss(),
            images_per_second=config.batch_size * len(losses) / math.fsum(seconds for _, seconds in self._unreported),
            learning_rate=result.learning_rate,
            seconds=self._seconds,
        )
        self._unreported.clear()
        if self.processes.leads:
            self.dir.append_stats(row)
        if row.heldout_loss is not None and row.heldout_loss < self._best.loss:
            self._best = Best(result.step, row.heldout_loss)
            if self.processes.leads:
                self.dir.save_best(self.snapshot_header(), self._weights())
        return row

    def _heldout_loss(self) -> float | None:
        """None where nothing is held out. All processes must agree on it, for it decides when the run ends."""
        if not len(self.heldout):
            return None
        return self.processes.mean(torch.tensor(self.trainer.heldout_loss(self.heldout), dtype=torch.float64))

    def _weights(self) -> dict[str, torch.Tensor]:
        # Half precision halves the file; its rounding is far less than what a step moves the weights by.
        return {name: weight.half() for name, weight in self.trainer.ema_weights().items()}

    def _draw_samples(self, step: int) -> None:
        checkpoint = Checkpoint(self.snapshot_header(), self.trainer.ema.module.eval())
        sheet = draw_samples(checkpoint, self.trainer.device)
        write_png(self.dir.samples_folder / f"{step:07}.png", enlarge(sheet, SAMPLE_SCALE))


def choose_model(
    data: SpriteSet,
    image_size: int,
    prediction: Prediction | None,
    base_width: int,
    dropout: float,
    told: bool,
    kinds: bool = False,
) -> ModelConfig:
    """The network for a data set: `palette` where the sprites share at most 64 colours, else `v`.

    Raises TrainingError if `palette` is asked for and there are more. told: whether augmentations are told. kinds:
    whether the first words of the files' names tell sprites of a class apart.
    """
    palette = find_palette(data.sprites)
    if prediction == "palette" and len(palette) < 2:
        raise TrainingError(
            "The palette prediction needs sprites that share 2 to 64 colours: reduce their colours, "
            "or train with --prediction v."
        )
    return ModelConfig(
        num_classes=len(data.class_names),
        image_size=image_size,
        base_width=base_width,
        dropout=dropout,
        augment_dim=AUGMENT_DIM if told else 0,
        prediction=prediction or ("palette" if len(palette) >= 2 else "v"),
        palette=palette,
        kinds=find_kinds(data) if kinds else (),
    )


def best_precision(device: str = "auto") -> Precision:
    """bfloat16 where the hardware multiplies it faster than float32, else float32."""
    kind = pick_device(device).type
    if kind == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    capabilities = torch.cpu.get_capabilities() if kind == "cpu" else {}
    return "bfloat16" if capabilities.get("avx512_bf16") or capabilities.get("amx_bf16") else "float32"
