"""What a network must be able to do to be sampled, whatever runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from pixelforge.core.condition import Cue


class Answer(Protocol):
    """A network for one run, its conditions prepared."""

    def __call__(self, x_t: Tensor, timestep: int) -> Tensor:
        """x_t (B, C, H, W) to the network's output, float32: (B, channels or colours, H, W)."""


class Backend(Protocol):
    """A network on the engine that runs it."""

    @property
    def name(self) -> str:
        """Of the engine."""

    @property
    def device(self) -> torch.device:
        """Where x_t must lie."""

    def prepare(self, cues: Sequence[Cue], timesteps: Sequence[int]) -> Answer:
        """Get ready for a run of B cues, which will be asked at these timesteps; others only take longer."""

    def is_out_of_memory(self, error: Exception) -> bool:
        """Whether a run failed for want of memory, so that fewer sprites at a time may go through."""
