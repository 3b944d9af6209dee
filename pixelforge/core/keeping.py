"""What of sprites stays in their variations: which pixels are opaque, and which colours there are.

Both restrict a denoiser's estimate, so that all the rest is made to fit from the first step on, instead of being cut
and recoloured once it is finished.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.colours import colours_of
from pixelforge.core.config import Colour
from pixelforge.core.start import Keep
from pixelforge.core.weights import Floats
from pixelforge.oklab import to_oklab


@dataclass(frozen=True, eq=False)
class Kept:
    """What stays of B sprites. None: that is free."""

    opaque: NDArray[np.bool_] | None = None  # (B, H, W): where a pixel has a colour
    colours: tuple[tuple[Colour, ...], ...] | None = None  # that there are in each, at least one

    @classmethod
    def of(cls, starts: Floats, keep: Keep) -> Kept:
        """What stays of RGBA (B, 4, H, W), or of RGB (B, 3, H, W), which is opaque all over; in [-1, 1]."""
        rgba = starts if starts.shape[1] == 4 else np.concatenate([starts, np.ones_like(starts[:, :1])], axis=1)
        opaque = rgba[:, 3] > 0 if keep.silhouette else None
        return cls(opaque, tuple(map(colours_of, rgba)) if keep.colours else None)

    def forbidden(self, choices: Floats, palette: tuple[Colour, ...] = ()) -> NDArray[np.bool_] | None:
        """Which choices a pixel may not take, (B or 1, K, H or 1, W or 1); None where it may take any.

        choices: (K, C) or (B, K, C), as a pixel can be, alpha the fourth of C. palette: a model's own colours, of which
        those may be taken that are nearest to a sprite's; none: the choices were made of the sprites' already.
        """
        shape = choices if choices.ndim == 3 else choices[None]
        has_alpha = shape.shape[2] == 4
        coloured = shape[..., 3] > 0 if has_alpha else np.ones_like(shape[..., 0], np.bool_)
        forbidden = np.zeros_like(coloured)[..., None, None]
        if self.opaque is not None and has_alpha:
            forbidden = coloured[..., None, None] != self.opaque[:, None]
        if self.colours is not None and palette:
            first = len(coloured[0]) - len(palette)  # transparent stands before them, and stays
            others = np.ones((len(self.colours), len(coloured[0])), np.bool_)
            others[:, :first] = False
            for row, colours in zip(others, self.colours, strict=True):
                row[[first + index for index in nearest_colours(colours, palette)]] = False
            forbidden = forbidden | others[..., None, None]
        return forbidden if forbidden.any() else None

    def with_alpha(self, pred_x0: Floats) -> Floats:
        """An estimate (B, 4, H, W) of pixels that are numbers, its alpha that of the sprite; (B, 3, H, W) as it is."""
        if self.opaque is None or pred_x0.shape[1] == 3:
            return pred_x0
        visible = np.concatenate([pred_x0[:, :3], np.ones_like(pred_x0[:, 3:])], axis=1)
        return np.where(self.opaque[:, None], visible, np.float32(-1))


def nearest_colours(colours: tuple[Colour, ...], palette: tuple[Colour, ...]) -> list[int]:
    """The indices in a palette of the colours that are nearest to these, in OKLab; each once."""
    ours, theirs = (to_oklab(np.array(part, np.uint8)) for part in (colours, palette))
    distances = np.linalg.norm(ours[:, None] - theirs[None], axis=2)
    return sorted({int(index) for index in distances.argmin(axis=1)})
