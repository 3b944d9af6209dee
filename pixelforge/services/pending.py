"""The batches that were asked for and are not made yet, kept so that neither a restart nor a kill loses them.

They stand in the history's file. Where several windows share that, the first of them keeps its batches: it holds a
lock, which the system lets go when its process ends, however it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from filelock import FileLock, Timeout

from pixelforge.errors import RequestError
from pixelforge.files import parse_json
from pixelforge.services.database import Database
from pixelforge.services.recipe import start_fields, start_of
from pixelforge.services.requests import GenerationRequest


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A batch."""

    model: str  # its name
    request: GenerationRequest
    set_name: str = ""  # of the set that its sprites become; empty: none
    sprite_names: tuple[str, ...] = ()


class PendingStore:
    """The table of batches. Every method may raise HistoryError, and has then changed nothing."""

    def __init__(self, database: Database, lock: Path) -> None:
        """lock: a file that only the window whose batches are kept holds."""
        self._database = database
        self._kept: tuple[Pending, ...] | None = None  # what the table holds, once that is known
        self._lock = FileLock(lock)
        with suppress(Timeout, OSError, NotImplementedError):  # another window has it, or nothing can be written there
            self._lock.acquire(timeout=0)

    @property
    def keeps(self) -> bool:
        """Whether it is this window's batches that are kept."""
        return self._lock.is_locked

    def read(self) -> tuple[Pending, ...]:
        """The batches in their order, the next one first; those that cannot be read are left out."""
        if not self.keeps:
            return ()
        found = []
        for (content,) in self._database.read("SELECT content FROM pending ORDER BY position"):
            with suppress(msgspec.DecodeError, RequestError, TypeError):
                found.append(_decoded(content))
        return tuple(found)

    def keep(self, batches: Sequence[Pending]) -> None:
        """Keep these in place of those that were kept."""
        now = tuple(batches)
        if not self.keeps or now == self._kept:
            return
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM pending")
            connection.executemany(
                "INSERT INTO pending VALUES (?, ?)", [(place, _encoded(one)) for place, one in enumerate(now)]
            )
        self._kept = now

    def close(self) -> None:
        """Let another window keep its batches."""
        self._lock.release()


def _encoded(batch: Pending) -> bytes:
    bare = replace(batch, request=replace(batch.request, start=None))
    return msgspec.json.encode({"batch": bare, **start_fields(batch.request.start)})


def _decoded(content: bytes) -> Pending:
    """Raises msgspec.DecodeError, RequestError, or TypeError for what is no text."""
    found = parse_json(content, dict[str, Any])
    batch: Pending = msgspec.convert(found.get("batch"), Pending)
    return replace(batch, request=replace(batch.request, start=start_of(found)))
