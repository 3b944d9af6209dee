"""What a set comes from, in one hash: its keys, the files that it reads, its model, the version of PixelForge."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path, PurePosixPath

import msgspec

from pixelforge import __version__
from pixelforge.core.header import file_sha256
from pixelforge.errors import DatasetError
from pixelforge.files import read_at_most
from pixelforge.services.model_library import find_model
from pixelforge.services.project.keys import EVERY
from pixelforge.services.project.places import inside
from pixelforge.services.project.project_file import Project, ProjectSet, is_model_file, told_at
from pixelforge.services.sprites import MAX_BYTES

SUFFIX = ".png"  # of the pictures in a folder


class Fingerprints:
    """Hashes of a project's sets. Each file is read once; the same files give the same hashes on every machine."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._found: dict[str, str] = {}
        self.model_path = cache(self._model_path)
        self.model_sha256 = cache(lambda name: file_sha256(self.model_path(name)))
        self._digest = cache(self._digest_of)

    def of_all(self) -> Mapping[str, str]:
        """The hash of every set, by name. Raises what is wrong with a file or model, naming set and file."""
        for name, one in self._project.sets.items():  # those that others are made of come first
            if name not in self._found:
                with told_at(f"{self._project.file}: [sets.{name}]"):
                    self._found[name] = self._of(one)
        return self._found

    def _of(self, one: ProjectSet) -> str:
        parts = {
            "version": __version__,
            "set": one.name,
            "out": one.out.as_posix(),
            "values": sorted((key, value) for key, value in one.values.items() if key in EVERY),
            "files": [(path.as_posix(), self._digest(path)) for path in self._files(one)],
            "model": self.model_sha256(one.values["model"]) if one.draws else "",
            "of": [self._found[member] for member in one.together],
        }
        return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()

    def _files(self, one: ProjectSet) -> Iterator[PurePosixPath]:
        for path in one.inputs:
            if not is_model_file(path.name):
                yield from pictures_in(self._project.root, path)

    def _digest_of(self, path: PurePosixPath) -> str:
        return hashlib.sha256(read_at_most(self._project.root / path, MAX_BYTES, DatasetError)).hexdigest()

    def _model_path(self, name: str) -> Path:
        return self._project.root / name if is_model_file(name) else find_model(name)


def pictures_in(root: Path, path: PurePosixPath) -> list[PurePosixPath]:
    """A file, or in place of a folder all PNGs in it, in an order that is the same on every system.

    Raises DatasetError for a folder without any, RequestError for one that another system could not have.
    """
    if not (root / path).is_dir():
        return [path]
    files = (file for file in (root / path).rglob("*") if file.suffix.lower() == SUFFIX and file.is_file())
    found = sorted(file.relative_to(root).as_posix() for file in files)
    if not found:
        raise DatasetError(f"The folder {path} holds no PNG.")
    return [inside(text, root) for text in found]
