"""The frames on the desk: every change gives another film and leaves the old one as it was."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pixelforge.imaging.frames import MAX_DURATION, MIN_DURATION, Frames
from pixelforge.imaging.pixels import MAX_FRAMES, Pixels
from pixelforge.services.sprites import Sprite

USUAL = 200  # milliseconds of a frame
ACTION = "idle"  # of a sprite that is given its second frame


@dataclass(frozen=True, eq=False)
class Film:
    """At least one picture (H, W, 4), all of one size, and which of them is worked on."""

    pictures: tuple[Pixels, ...]
    durations: tuple[int, ...]  # milliseconds
    action: str = ACTION
    at: int = 0

    @classmethod
    def of(cls, sprite: Sprite) -> Film:
        """A sprite's frames; one that does nothing is one frame."""
        if sprite.frames is None:
            return cls((sprite.pixels,), (USUAL,))
        return cls(sprite.frames.pictures, sprite.frames.durations, sprite.frames.action)

    @property
    def picture(self) -> Pixels:
        """What is worked on."""
        return self.pictures[self.at]

    def frames(self) -> Frames | None:
        """As a sprite has them; None for a single picture."""
        if len(self.pictures) == 1:
            return None
        copies = [picture.copy() for picture in self.pictures]
        return Frames.of(self.action, list(zip(copies, self.durations, strict=True)))

    def seen(self, at: int) -> Film:
        """The film with another picture worked on; beyond the last comes the first."""
        return replace(self, at=at % len(self.pictures))

    def painted(self, picture: Pixels) -> Film:
        """The film with another picture in the place of what is worked on."""
        return replace(self, pictures=(*self.pictures[: self.at], picture, *self.pictures[self.at + 1 :]))

    def duplicated(self) -> Film:
        """The film with what is worked on twice, the second of them worked on; as it is where there are too many."""
        if len(self.pictures) == MAX_FRAMES:
            return self
        at = self.at + 1
        return replace(
            self,
            pictures=(*self.pictures[:at], self.picture, *self.pictures[at:]),
            durations=(*self.durations[:at], self.durations[self.at], *self.durations[at:]),
            at=at,
        )

    def removed(self) -> Film:
        """The film without what is worked on; the last one stays."""
        if len(self.pictures) == 1:
            return self
        return replace(
            self,
            pictures=self.pictures[: self.at] + self.pictures[self.at + 1 :],
            durations=self.durations[: self.at] + self.durations[self.at + 1 :],
            at=min(self.at, len(self.pictures) - 2),
        )

    def moved(self, to: int) -> Film:
        """The film with what is worked on at another place among the others, as far as there are any."""
        to = min(max(to, 0), len(self.pictures) - 1)
        order = [index for index in range(len(self.pictures)) if index != self.at]
        order.insert(to, self.at)
        return replace(
            self,
            pictures=tuple(self.pictures[index] for index in order),
            durations=tuple(self.durations[index] for index in order),
            at=to,
        )

    def timed(self, duration: int) -> Film:
        """The film with what is worked on shown for so many milliseconds."""
        duration = min(MAX_DURATION, max(MIN_DURATION, duration))
        return replace(self, durations=(*self.durations[: self.at], duration, *self.durations[self.at + 1 :]))
