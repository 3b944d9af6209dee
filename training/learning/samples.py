"""The pictures of samples that show how a run gets on."""

from __future__ import annotations

import numpy as np
import torch

from pixelforge.core.checkpoint import Checkpoint
from pixelforge.core.pipeline import SamplingSettings
from pixelforge.imaging.pixels import Pixels
from pixelforge.imaging.sheet import lay_out
from training.evaluation.judges import draw_sprites

SAMPLES_A_CLASS = 8
SETTINGS = SamplingSettings(sampler="dpm++2m", steps=20, guidance_scale=2.0)


def draw_samples(checkpoint: Checkpoint, device: torch.device) -> Pixels:
    """Sprites of every class, a class a row and always of the same seeds, as one picture (H, W, 4)."""
    labels = np.repeat(np.arange(len(checkpoint.header.class_names)), SAMPLES_A_CLASS)
    return lay_out(np.concatenate(list(draw_sprites(checkpoint, labels, SETTINGS, 0, device))), SAMPLES_A_CLASS)
