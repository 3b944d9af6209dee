"""Classifier-free guidance: away from what a network makes of anything, towards what it makes of the condition."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pixelforge.core.backend import Answer, Backend
from pixelforge.core.condition import Cue
from pixelforge.core.weights import Floats


def guided(
    backend: Backend, cues: Sequence[Cue], weak: Sequence[Cue], guidance_scale: float, timesteps: Sequence[int]
) -> Answer:
    """The outputs for B cues under guidance away from B weak ones, both halves in one forward.

    Ho & Salimans 2022: out = out_weak + w (out - out_weak), on eps, v or the log-probabilities of colours (up to a
    constant a pixel these are the logits). w = 1 is off, and runs the cues alone.
    """
    if guidance_scale == 1:
        return backend.prepare(cues, timesteps)
    both = backend.prepare([*cues, *weak], timesteps)

    def answer(x_t: Floats, timestep: int) -> Floats:
        conditional, unconditional = np.split(both(np.concatenate([x_t, x_t]), timestep), 2)
        return unconditional + np.float32(guidance_scale) * (conditional - unconditional)

    return answer
