"""Paths of a project: they stay in its folder, are written alike on every system, and no two sets write one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pixelforge.errors import RequestError
from pixelforge.files import replacing
from pixelforge.services.naming import NOT_IN_NAMES, RESERVED_NAMES, UNPRINTABLE

OWN_FOLDER = ".pixelforge"
IGNORE_ALL = b"*\n"


def begin_own_folder(root: Path) -> Path:
    """The folder of what PixelForge itself keeps in a project, which Git passes over. Raises OutputError."""
    ignore = root / OWN_FOLDER / ".gitignore"
    if not ignore.exists():
        with replacing(ignore, durable=False) as part:
            part.write_bytes(IGNORE_ALL)
    return ignore.parent


def inside(text: str, root: Path) -> PurePosixPath:
    """A path as a project file writes it, from the project's folder `root` on.

    Raises RequestError for one that is absolute, leads out of the folder (a link may as well), or that not every
    system can name.
    """
    path = PurePosixPath(text)
    if "\\" in text:
        raise RequestError(f"{text} has a backslash: write / between folders, which every system understands.")
    if path.is_absolute() or ":" in text or text.startswith("~"):
        raise RequestError(f"{text} is no path from the project's folder on, so another machine would not have it.")
    if ".." in path.parts:
        raise RequestError(f"{text} leads out of the project's folder by its '..': keep all of a project in it.")
    for part in path.parts:
        if UNPRINTABLE.search(part) or any(letter in NOT_IN_NAMES for letter in part):
            raise RequestError(f"{text!r} holds a letter that not every system has in names: {NOT_IN_NAMES}.")
        if part.split(".")[0].lower() in RESERVED_NAMES or (part != path.name and part.endswith((".", " "))):
            raise RequestError(f"{text}: no file or folder of Windows can be called {part!r}.")
    if path.parts[:1] == (OWN_FOLDER,):
        raise RequestError(f"{text} lies in {OWN_FOLDER}, which holds what is only kept for later builds.")
    try:
        leads_out = not (root / path).resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError) as error:  # links that go round in a circle
        raise RequestError(f"{text} cannot be followed: it goes through links without end.") from error
    if leads_out:
        raise RequestError(f"{text} leads out of the project's folder by a link: keep all of a project in it.")
    return path


@dataclass(frozen=True)
class Claim:
    """A file, or a folder with all that is in it, that a set writes."""

    path: PurePosixPath
    by: str  # the set's name


Claims = Mapping[str, Claim]
"""By folded path: on some systems capitals are no difference."""


def claimed(claims: Iterable[Claim], file: str) -> Claims:
    """Who writes what. Raises RequestError, naming the project file, where two sets write one thing."""
    found: dict[str, Claim] = {}
    for claim in claims:
        before = found.setdefault(_folded(claim.path), claim)
        if before is not claim:
            raise RequestError(f"{file}: the sets {before.by} and {claim.by} both write {claim.path}.")
    for claim in found.values():
        for parent in claim.path.parents:
            if (around := found.get(_folded(parent))) is not None:
                raise RequestError(
                    f"{file}: the set {claim.by} writes {claim.path} into what the set {around.by} writes, "
                    f"{around.path}: keep them apart."
                )
    return found


def check_read(paths: Sequence[PurePosixPath], claims: Claims, folders: Mapping[str, Claim]) -> None:
    """Raises RequestError for files or folders to read that a set of the project writes.

    folders: as `folders_of` has them.
    """
    for path in paths:
        around = [claims[folded] for part in (path, *path.parents) if (folded := _folded(part)) in claims]
        if claim := next(iter(around), folders.get(_folded(path))):
            raise RequestError(
                f'{path}: the set {claim.by} writes {claim.path}, so read it as sets = ["{claim.by}"] instead.'
            )


def folders_of(claims: Claims) -> dict[str, Claim]:
    """The folders in which something is written, by folded path, each with the first that is."""
    found: dict[str, Claim] = {}
    for claim in claims.values():
        for parent in claim.path.parents:
            found.setdefault(_folded(parent), claim)
    return found


def _folded(path: PurePosixPath) -> str:
    return path.as_posix().casefold()
