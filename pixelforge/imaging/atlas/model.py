"""What an engine's file tells of a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pixelforge.hex_colours import Colour
from pixelforge.imaging.pixels import Pixels


@dataclass(frozen=True)
class Frame:
    """A sprite of the sheet; lengths in pixels, y from the top."""

    name: str  # one of its own in the atlas
    tag: str  # its sprite's class; of a sprite that does something the sprite's name and its action
    x: int
    y: int
    width: int
    height: int
    column: int
    row: int
    pixels: Pixels = field(repr=False, compare=False)  # (H, W, 4), not scaled
    texts: Mapping[str, str] = field(default_factory=dict)  # JSON by keyword: how it was made; empty: nothing is told
    duration: int | None = None  # milliseconds; None: it belongs to no action


@dataclass(frozen=True)
class Part:
    """A file of a folder."""

    name: str  # which becomes a file's, as far as it can
    ending: str  # of the file's name, which stays as it is
    content: str | bytes


Content = str | bytes | tuple[Part, ...]
"""Of a file, or of a folder."""


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
    scale: int = 1  # of the sheet, by which its sprites are larger than their own pixels
    background: Colour | None = None  # where the sprites are transparent
    colours: tuple[Colour, ...] = ()  # of the palette that was asked for, in its order
    identity: str = ""  # a text that no other sheet of the game has, for ids that come out the same again; empty: none

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

    def acts(self) -> dict[str, range]:
        """The tags that are what a sprite does: each of their frames has its duration."""
        return {tag: span for tag, span in self.tags().items() if self.frames[span.start].duration is not None}
