"""Classifier-free guidance: away from what a network makes of anything, towards what it makes of the condition."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from pixelforge.core.backend import Answer, Backend
from pixelforge.core.condition import Rows


def guided(
    backend: Backend, rows: Sequence[Rows], null: Rows, guidance_scale: float, timesteps: Sequence[int]
) -> Answer:
    """The outputs for B conditions under guidance, both halves in one forward.

    Ho & Salimans 2022: out = out_null + w (out - out_null), on eps, v or the log-probabilities of colours (up to a
    constant a pixel these are the logits). w = 1 is off, and runs the conditions alone.
    """
    if guidance_scale == 1:
        return backend.prepare(rows, timesteps)
    both = backend.prepare([*rows, *[null] * len(rows)], timesteps)

    def answer(x_t: Tensor, timestep: int) -> Tensor:
        conditional, unconditional = both(torch.cat([x_t, x_t]), timestep).chunk(2)
        return unconditional + guidance_scale * (conditional - unconditional)

    return answer
