"""A ContextUNet for one sampling run: the classes of its rows stand, and what its blocks hear is made beforehand."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from pixelforge.core.unet import ContextUNet

CHUNK = 32  # timesteps whose conditions are made together


class ConditionedUNet:
    """(x_t (B, C, H, W), timestep) to the network's output for the labels (B,).

    Time and class go through two dozen small matrix products, the same for every row of a class. Made one timestep at a
    time they cost a lone sprite 7 % of its run (tests/benchmarks/sampling.py); made for many they cost nothing.
    """

    def __init__(self, network: ContextUNet, labels: Tensor, timesteps: Sequence[int]) -> None:
        self._network = network
        self._timesteps = tuple(timesteps)
        self._classes, self._class_of_row = torch.unique(labels, return_inverse=True)
        self._made: dict[int, list[Tensor]] = {}

    def __call__(self, x_t: Tensor, timestep: int) -> Tensor:
        """The network's output (B, out_channels, H, W). The timestep must be one of those promised."""
        if timestep not in self._made:
            self._make(self._timesteps.index(timestep))
        return self._network.run(x_t, [condition[self._class_of_row] for condition in self._made[timestep]])

    def _make(self, first: int) -> None:
        chunk = self._timesteps[first : first + CHUNK]
        size = len(self._classes)
        t = torch.tensor(chunk, device=self._classes.device).repeat_interleave(size)
        conditions = self._network.conditions(t, self._classes.repeat(len(chunk)))
        self._made = {
            timestep: [condition[i * size : (i + 1) * size] for condition in conditions]
            for i, timestep in enumerate(chunk)
        }
