"""What a CopyUNet is told of its answers."""

from __future__ import annotations

import torch
from torch import Tensor

from pixelforge.core.copying import OFFSETS
from training.frames.batches import FrameBatch


def copy_loss(logits: Tensor, batch: FrameBatch) -> Tensor:
    """-log of the sum of the probabilities of all sources that give the right colour, a visible pixel's mean.

    As for pointer-generators (See et al. 2017, eq. 9 and 6): a pixel that could be copied from two neighbours may be
    copied from either. A pixel whose colour no source has is passed over. logits: (B, 9 + 1 + K, H, W).
    """
    paints = torch.arange(logits.shape[1] - len(OFFSETS))[None, :, None, None].expand(len(logits), -1, 1, 1)
    colours = torch.cat([batch.sources, paints.expand(-1, -1, *logits.shape[2:])], dim=1)
    right = colours == batch.target[:, None]
    known = right.any(dim=1)
    likelihood = logits.log_softmax(dim=1).masked_fill(~right, -torch.inf).masked_fill(~known[:, None], 0)
    seen = known & ((batch.indices != 0) | (batch.target != 0))
    return -(likelihood.logsumexp(dim=1) * known).sum() / seen.sum()
