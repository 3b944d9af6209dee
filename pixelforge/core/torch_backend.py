"""The backend that runs a network in torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from pixelforge.core.backend import Answer
from pixelforge.core.colours import stack_palettes
from pixelforge.core.condition import Cue, stacked
from pixelforge.core.device import is_out_of_memory
from pixelforge.core.exact import at_least_two
from pixelforge.core.network import Network
from pixelforge.core.weights import Floats

MOST_EMBEDDED = 1024  # timesteps times cues that are embedded together
CHUNK = 32  # timesteps at most


class TorchBackend:
    """A network on a device; see `Backend`."""

    name = "torch"

    def __init__(self, network: Network, device: torch.device | str = "cpu") -> None:
        self._place = torch.device(device)
        self.network = network.to(self._place)

    @property
    def device(self) -> str:
        """Its kind: cuda, mps or cpu."""
        return self._place.type

    def prepare(self, cues: Sequence[Cue], timesteps: Sequence[int]) -> Answer:
        """The network for one run of these cues."""
        return _Prepared(self.network, cues, timesteps, self._place)

    def is_out_of_memory(self, error: Exception) -> bool:
        """Whether torch, or numpy beside it, failed for want of memory."""
        return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and is_out_of_memory(error))


class _Prepared:
    """Makes what the blocks are conditioned on for many timesteps at once.

    Time and condition go through two dozen small matrix products, the same for every sprite of a condition. Made one
    timestep at a time they cost a lone sprite 7 % of its run (tests/benchmarks/sampling.py); made for many they cost
    nothing.
    """

    def __init__(self, network: Network, cues: Sequence[Cue], timesteps: Sequence[int], device: torch.device) -> None:
        self._network = network
        self._device = device
        self._timesteps = tuple(timesteps)
        distinct = list(dict.fromkeys(cues))
        self._rows = torch.from_numpy(stacked([cue.rows for cue in distinct])).to(device)
        self._palettes = torch.from_numpy(stack_palettes([cue.palette for cue in distinct])).to(device)
        self._guidance = torch.tensor([cue.guidance_scale for cue in distinct], device=device)
        self._chunk = max(1, min(CHUNK, MOST_EMBEDDED // len(distinct)))
        number = {cue: index for index, cue in enumerate(distinct)}
        self._cue_of_row = at_least_two(torch.tensor([number[cue] for cue in cues], device=device))
        self._made: dict[int, list[Tensor]] = {}

    @torch.inference_mode()
    def __call__(self, x_t: Floats, timestep: int) -> Floats:
        if timestep not in self._made:
            self._make(timestep)
        embedded = [made[self._cue_of_row] for made in self._made[timestep]]
        x = torch.from_numpy(np.ascontiguousarray(x_t)).to(self._device)
        output: Floats = self._network.run(at_least_two(x), embedded)[: len(x_t)].float().cpu().numpy()
        return output

    def _make(self, timestep: int) -> None:
        promised = timestep in self._timesteps
        first = self._timesteps.index(timestep) if promised else 0
        chunk = self._timesteps[first : first + self._chunk] if promised else (timestep,)
        size = len(self._rows)
        t = torch.tensor(chunk, device=self._rows.device).repeat_interleave(size)
        times = len(chunk)
        rows, palettes = self._rows.repeat(times, 1), self._palettes.repeat(times, 1, 1)
        embedded = self._network.embed(t, rows, palettes, guidance=self._guidance.repeat(times))
        self._made = {step: [made[i * size : (i + 1) * size] for made in embedded] for i, step in enumerate(chunk)}
