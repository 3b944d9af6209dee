"""What variations start from. Without torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pixelforge.fields import check, setting


@dataclass(frozen=True, kw_only=True)
class Start:
    """A sprite to make variations of. Raises RequestError."""

    picture: NDArray[np.uint8]  # (S, S, 4), of the model's size
    strength: float = setting(
        0.5,
        "Strength",
        "How far the variations go: low keeps the sprite nearly as it is, 100 % leaves nothing of it",
        least=0.05,
        most=1.0,
        step=0.05,
    )

    def __post_init__(self) -> None:
        check(self)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Start)
            and self.strength == other.strength
            and (self.picture is other.picture or np.array_equal(self.picture, other.picture))
        )

    def __hash__(self) -> int:
        return hash((self.strength, self.picture.tobytes()))
