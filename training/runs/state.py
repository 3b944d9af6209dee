"""What a run keeps of itself: settings, state and models, written so that a power cut leaves a run that resumes."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import torch

from pixelforge.core.checkpoint import Stored, save_checkpoint
from pixelforge.core.critic import NumpyCritic
from pixelforge.core.header import ModelHeader
from pixelforge.core.schemes import SchemeBank
from pixelforge.core.unpickle import load_without_code
from pixelforge.errors import OutputError, TrainingError
from pixelforge.files import check_writable, is_there, parse_json, read_at_most, replacing, sync_folders
from training.runs.clock import SECOND
from training.runs.config import RunConfig
from training.runs.folder import MAX_CONFIG, RunFolder

MAX_STATE = 4 * 2**30  # bytes: of the largest network that is trained it is less

State = dict[str, Any]
"""What a run is resumed from: plain values and tensors."""


@dataclass(frozen=True, eq=False)
class Written:
    """A model as it is written; see `save_checkpoint`."""

    header: ModelHeader
    weights: Stored
    bank: SchemeBank | None = None
    student: Stored | None = None
    critic: NumpyCritic | None = None

    def write(self, path: Path) -> None:
        """Write it. Raises OutputError."""
        save_checkpoint(path, self.header, self.weights, self.bank, student=self.student, critic=self.critic)


class RunStorage(RunFolder):
    """What the run itself writes into its folder, and reads to resume."""

    def create(self, config: RunConfig) -> None:
        """Begin a run. Raises TrainingError if one stands there already, OutputError if the folder is not writable."""
        self.check_new()
        check_writable(self.root)
        self.write_config(config)

    def write_config(self, config: RunConfig) -> None:
        """Write the settings, or replace them. Raises OutputError."""
        with replacing(self.config_path) as part:
            part.write_bytes(msgspec.json.format(msgspec.json.encode(config), indent=2))
        sync_folders([self.config_path])

    def read_config(self) -> RunConfig:
        """The settings that the run was begun with. Raises TrainingError."""
        if not is_there(self.config_path):
            raise TrainingError(f"{self.root} holds no run to resume.")
        try:
            return parse_json(read_at_most(self.config_path, MAX_CONFIG, TrainingError), RunConfig)
        except msgspec.MsgspecError as error:
            raise TrainingError(f"{self.config_path} cannot be read: {error}.") from error

    def save(self, model: Written, state: State) -> None:
        """Write the model as it is now, ready to use, and all that resuming needs. Raises OutputError."""
        model.write(self.snapshot_path)
        with replacing(self.state_path) as part:
            try:
                torch.save(state, part)
            except RuntimeError as error:  # what torch makes of a full disk
                raise OutputError(f"{self.state_path} cannot be written whole: is the disk full?") from error
        sync_folders([self.state_path])

    def read_state(self) -> State | None:
        """The last saved state, or None where the run had not come that far. Raises TrainingError."""
        if not is_there(self.state_path):
            return None
        content = read_at_most(self.state_path, MAX_STATE, TrainingError)
        try:
            state = load_without_code(content)
        except (ValueError, pickle.UnpicklingError) as error:
            raise TrainingError(f"{self.state_path} is damaged, so the run cannot be resumed.") from error
        if not isinstance(state, dict):
            raise TrainingError(f"{self.state_path} is not a training state.")
        return state

    def had(self, state: State | None) -> tuple[int, int]:
        """Steps and nanoseconds that a saved run had had. Raises TrainingError."""
        if state is None:
            return 0, 0
        try:
            # Version 0.1 knew the time of its steps alone.
            had = state["elapsed"] if "elapsed" in state else round(float(state["seconds"]) * SECOND)
            steps, nanoseconds = int(state["step"]), int(had)
            if min(steps, nanoseconds) < 0 or max(steps, nanoseconds) >= 2**63:
                raise ValueError("no run takes so long")
            return steps, nanoseconds
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise TrainingError(f"{self.state_path} does not say how far the run is.") from error

    def save_best(self, model: Written) -> None:
        """Write the model of the least held-out loss so far."""
        model.write(self.best_path)
