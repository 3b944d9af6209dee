"""CopyUNet: from a frame to where each pixel of the next is copied from, or in which colour it is painted.

A PointerUNet whose picture is the frame at hand, without noise, and whose classes are the actions. Beside the logits of
the palette's colours it has one for each of `core.copying.OFFSETS`: pointer-generator networks, See et al. 2017, eq. 9,
with neighbours in place of words.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from pixelforge.core.config import ModelConfig
from pixelforge.core.copying import OFFSETS
from pixelforge.core.exact import PointwiseConv
from pixelforge.core.pointer_unet import PointerUNet
from pixelforge.core.unet import ContextUNet


class CopyUNet(PointerUNet):
    """See `Network`; x is a frame as x_0 is, t is 0, and the palettes are the frames' own colours."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.places = PointwiseConv(config.pointer_width, len(OFFSETS))

    def run(self, x: Tensor, embedded: Sequence[Tensor]) -> Tensor:
        """The logits (B, 9 + 1 + K, H, W): of OFFSETS, of transparent, of the colours."""
        *modulations, keys, present = embedded
        vectors = ContextUNet.run(self, x, modulations)
        return torch.cat([self.places(vectors).float(), self.pointed(vectors, keys, present)], dim=1)
