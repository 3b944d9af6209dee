"""`pixelforge.lock`: what the last build made of what, so that the next makes nothing again. It can be committed.

JSON: {"format": 1, "sets": {NAME: {"from": FINGERPRINT, "files": {PATH: SHA-256}}}}. Names and paths are sorted, and
each stands on a line of its own, so that version control merges it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from pixelforge.errors import OutputError
from pixelforge.files import is_there, parse_json, read_at_most
from pixelforge.services.engine_files import KEPT_SUFFIX

LOCK_FILE = "pixelforge.lock"
FORMAT = 1
MAX_BYTES = 256 * 2**20
KEPT = ""  # in place of a digest: of files that are written once and then are the engine's


@dataclass(frozen=True, kw_only=True)
class LockedSet:
    """What was made of a set."""

    fingerprint: str  # of all that it came from
    files: dict[str, str]  # by path from the project's folder on, in the form of POSIX: digest, or KEPT


@dataclass(frozen=True, kw_only=True)
class Lock:
    """What stands in the file."""

    sets: dict[str, LockedSet] = field(default_factory=dict)
    problem: str = ""  # why the file there could not be read; empty: it could, or there is none

    @property
    def files(self) -> dict[str, str]:
        """All files with their digests."""
        return {path: digest for one in self.sets.values() for path, digest in one.files.items()}


class _Set(msgspec.Struct, forbid_unknown_fields=True):
    fingerprint: str = msgspec.field(name="from")
    files: dict[str, str]


class _File(msgspec.Struct):
    format: int
    sets: dict[str, _Set] = {}


def read_lock(root: Path) -> Lock:
    """The lock in a project's folder. What cannot be read is told and passed over: all is made again then."""
    path = root / LOCK_FILE
    if not is_there(path):
        return Lock()
    try:
        content = parse_json(read_at_most(path, MAX_BYTES, OutputError), _File)
    except (msgspec.DecodeError, OutputError) as error:
        return Lock(problem=f"{path} cannot be read, so that nothing counts as made: {str(error).rstrip('.')}.")
    if content.format != FORMAT:
        return Lock(problem=f"{path} is of format {content.format}, of another PixelForge: nothing counts as made.")
    return Lock(
        sets={name: LockedSet(fingerprint=one.fingerprint, files=one.files) for name, one in content.sets.items()}
    )


def encode_lock(lock: Lock) -> bytes:
    """A lock as it stands in its file; the same lock is the same bytes."""
    sets = {name: _Set(one.fingerprint, dict(sorted(one.files.items()))) for name, one in sorted(lock.sets.items())}
    return msgspec.json.format(msgspec.json.encode(_File(FORMAT, sets)), indent=1) + b"\n"


def digest_of(path: str, content: bytes) -> str:
    """What a lock has of a file."""
    return KEPT if path.endswith(KEPT_SUFFIX) else hashlib.sha256(content).hexdigest()
