"""What variations start from, and which part of it is made anew. Without torch."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pixelforge.errors import RequestError
from pixelforge.fields import check, setting


@dataclass(frozen=True, kw_only=True)
class Keep:
    """What of a sprite stays, whatever is made of it."""

    silhouette: bool = setting(
        False,
        "Keep the silhouette",
        "What is opaque stays opaque, what is transparent stays transparent",
        flag="--keep-silhouette",
    )
    colours: bool = setting(
        False,
        "Keep the colours",
        "Draw in the sprite's own colours and no others, whatever palette is chosen",
        flag="--keep-colours",
    )


@dataclass(frozen=True, kw_only=True)
class Start:
    """A sprite to make variations of, or of whose part. Raises RequestError."""

    picture: NDArray[np.uint8]  # (S, S, 4), of the model's size
    others: tuple[NDArray[np.uint8], ...] = ()  # likewise: the sprites of a request share it and these, in their order
    mask: NDArray[np.bool_] | None = None  # (S, S), true where it is made anew and nowhere else; None: all of it
    strength: float = setting(
        0.5,
        "Strength",
        "How far the variations go: low keeps the sprite nearly as it is, 100 % leaves nothing of it",
        least=0.05,
        most=1.0,
        step=0.05,
    )
    keep: Keep = Keep()

    def __post_init__(self) -> None:
        check(self)
        if any(other.shape != self.picture.shape for other in self.others):
            raise RequestError("The sprites that variations start from must be of one size.")
        if self.mask is not None and self.mask.shape != self.picture.shape[:2]:
            sides = [f"{shape[1]} x {shape[0]}" for shape in (self.mask.shape, self.picture.shape)]
            raise RequestError(f"The mask has {sides[0]} pixels, the sprite {sides[1]}.")
        if self.mask is not None and not self.mask.any():
            raise RequestError("The mask marks nothing: mark the part that is to be made anew.")

    @property
    def opaque(self) -> NDArray[np.bool_]:
        """(S, S): its silhouette."""
        return self.picture[..., 3] > 0

    def check_keep(self) -> None:
        """Raises RequestError where so much is kept that nothing can be made."""
        if (self.keep.silhouette or self.keep.colours) and not self.opaque.any():
            kept = "silhouette" if self.keep.silhouette else "colours"
            raise RequestError(f"The sprite is transparent all over, so it has no {kept} to keep.")
        if self.keep.silhouette and self.mask is not None and not (self.mask & self.opaque).any():
            raise RequestError("The mask marks nothing of the silhouette, which is to be kept: mark a part of it.")

    @property
    def pictures(self) -> tuple[NDArray[np.uint8], ...]:
        """The picture and the others."""
        return self.picture, *self.others

    def alone(self, index: int, count: int) -> Start:
        """That of sprite `index` of `count`."""
        if not self.others:
            return self
        return replace(self, picture=self.pictures[index * len(self.pictures) // count], others=())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Start) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        """A mask of everything is not none: what is made anew under it fits what is known by other steps."""
        mask = None if self.mask is None else self.mask.tobytes()
        pictures = tuple(picture.tobytes() for picture in self.pictures)
        return self.strength, self.keep, self.picture.shape, pictures, mask
