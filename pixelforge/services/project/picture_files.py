"""The files of sprites that no line of a project can ask for: PNGs in the project's folder, each with its recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from pixelforge.services.naming import DEFAULT_PATTERN, safe_name, sprite_names
from pixelforge.services.sprites import Sprite, encode_sprite

FOLDER = "pictures"  # in the project's


class PictureFiles:
    """Finds a file for each sprite of a set; nothing is written."""

    def __init__(self, root: Path) -> None:
        self.new: dict[Path, bytes] = {}  # what is to be written
        self._root = root

    def paths(self, name: str, sprites: Sequence[Sprite], known: Mapping[bytes, PurePosixPath]) -> tuple[str, ...]:
        """The file of each sprite of the set `name`, from the project's folder on.

        known: the files that hold one already, by its fingerprint. Those that no file holds come into new ones.
        """
        taken = {path.as_posix().casefold() for path in known.values()}
        found = []
        for sprite, own in zip(sprites, sprite_names(DEFAULT_PATTERN, sprites), strict=True):
            path = known.get(sprite.fingerprint)
            if path is None:
                folder = PurePosixPath(FOLDER, safe_name(name), safe_name(sprite.class_name or "sprites"))
                path = self._free(folder, safe_name(own), encode_sprite(sprite), taken)
            found.append(path.as_posix())
        return tuple(found)

    def _free(self, folder: PurePosixPath, name: str, content: bytes, taken: set[str]) -> PurePosixPath:
        """A path that nothing else has; a file with just that content is nothing else."""
        number = 1
        while True:
            path = folder / (f"{name}.png" if number == 1 else f"{name}_{number}.png")
            there = self._root / path
            if path.as_posix().casefold() not in taken and (not there.exists() or _holds(there, content)):
                taken.add(path.as_posix().casefold())
                self.new[there] = content
                return path
            number += 1


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:  # whatever it holds, another name is free
        return False
