"""What a network must be able to do to be sampled, whatever runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pixelforge.core.condition import Cue
from pixelforge.core.weights import Floats


class Answer(Protocol):
    """A network for one run, its conditions prepared."""

    def __call__(self, x_t: Floats, timestep: int) -> Floats:
        """x_t (B, C, H, W) to the network's output, float32: (B, channels or colours, H, W)."""


class Backend(Protocol):
    """A network on the engine that runs it."""

    @property
    def name(self) -> str:
        """The engine's name."""

    @property
    def device(self) -> str:
        """The kind of device that the engine runs on, of `core.device.DEVICES`; arrays come and go in main memory."""

    def prepare(self, cues: Sequence[Cue], timesteps: Sequence[int]) -> Answer:
        """Get ready for a run of B cues, which will be asked at these timesteps; others only take longer."""

    def is_out_of_memory(self, error: Exception) -> bool:
        """Whether a run failed for want of memory, so that fewer sprites at a time may go through."""
