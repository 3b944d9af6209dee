"""A run's folder: what stands in it, and how it is written so that a power cut leaves a run that resumes."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import Any

import msgspec
import torch

from pixelforge.core.checkpoint import save_checkpoint
from pixelforge.core.config import DiffusionConfig, ModelConfig
from pixelforge.core.header import ModelHeader, Provenance
from pixelforge.core.unpickle import load_without_code
from pixelforge.errors import OutputError, TrainingError
from pixelforge.files import check_writable, parse_json, replacing
from training.learning.config import TrainConfig
from training.runs.folder import RunFiles


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """config.json: everything that makes the run what it is."""

    data: str  # the folder trained on
    fingerprint: str  # of the training part, so that a resumed run sees the same sprites
    class_names: tuple[str, ...]
    model: ModelConfig
    diffusion: DiffusionConfig
    training: TrainConfig
    keep_background: bool = False  # whether flat grounds of opaque pictures stay
    provenance: Provenance  # as the model file will carry it; counts and date are filled in when it is written


class RunDir(RunFiles):
    """What the run itself writes into its folder, and reads to go on."""

    def start(self, config: RunConfig) -> None:
        """Begin a run. Raises TrainingError if one stands there already, OutputError if the folder is not writable."""
        if self.config_path.exists():
            raise TrainingError(f"{self.root} holds a run already: go on with --resume, or choose another --out.")
        check_writable(self.root)
        with replacing(self.config_path) as part:
            part.write_bytes(msgspec.json.format(msgspec.json.encode(config), indent=2))

    def read_config(self) -> RunConfig:
        """The settings that the run was begun with. Raises TrainingError."""
        try:
            return parse_json(self.config_path.read_bytes(), RunConfig)
        except FileNotFoundError as error:
            raise TrainingError(f"{self.root} holds no run to resume.") from error
        except (OSError, msgspec.MsgspecError) as error:
            raise TrainingError(f"{self.config_path} cannot be read: {error}.") from error

    def save_state(self, state: dict[str, Any]) -> None:
        """Keep all that resuming needs. Raises OutputError."""
        with replacing(self.state_path) as part:
            try:
                torch.save(state, part)
            except RuntimeError as error:  # what torch makes of a full disk
                raise OutputError(f"{self.state_path} cannot be written whole: is the disk full?") from error

    def read_state(self) -> dict[str, Any] | None:
        """The last saved state, or None where the run had not come that far. Raises TrainingError."""
        try:
            content = self.state_path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            state = load_without_code(content)
        except (ValueError, pickle.UnpicklingError) as error:
            raise TrainingError(f"{self.state_path} is damaged, so the run cannot go on.") from error
        if not isinstance(state, dict):
            raise TrainingError(f"{self.state_path} is not a training state.")
        return state

    def save_snapshot(self, header: ModelHeader, weights: dict[str, torch.Tensor]) -> None:
        """Write the model as it is now, ready to use."""
        save_checkpoint(self.snapshot_path, header, weights)

    def save_best(self, header: ModelHeader, weights: dict[str, torch.Tensor]) -> None:
        """Write the model of the least held-out loss so far."""
        save_checkpoint(self.best_path, header, weights)
