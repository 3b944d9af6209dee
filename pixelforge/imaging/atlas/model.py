"""What an engine's file tells of a sheet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Frame:
    """A picture of the sheet; lengths in pixels, y from the top."""

    name: str  # one of its own in the atlas
    tag: str  # its sprite's class; of a sprite that does something the sprite's name and its action
    x: int
    y: int
    width: int
    height: int
    column: int
    row: int
    duration: int | None = None  # milliseconds; None: it belongs to no action


@dataclass(frozen=True)
class Atlas:
    """A sheet with its frames, which stand class by class whatever their places in the sheet are."""

    image: str  # the sheet's file name, without a folder
    width: int
    height: int
    indexed: bool  # whether the sheet is a PNG of a palette
    side: int  # of a cell of the grid
    margin: int  # from the sheet's edge to the first cell
    spacing: int  # from a cell to the next
    frames: tuple[Frame, ...]

    @property
    def stem(self) -> str:
        """The sheet's name without its suffix."""
        return self.image.rpartition(".")[0] or self.image

    def tags(self) -> dict[str, range]:
        """The frames of each class, by their positions in `frames`."""
        ranges: dict[str, range] = {}
        for index, frame in enumerate(self.frames):
            first = ranges[frame.tag].start if frame.tag in ranges else index
            ranges[frame.tag] = range(first, index + 1)
        return ranges
