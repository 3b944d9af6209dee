"""One process at a time: whoever reads a file, changes what it holds and writes it again loses nothing of another's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

PATIENCE = 10.0  # seconds; what is done in turns takes a fraction of one
FOR_EVER = -1.0


@contextmanager
def turn(lock: Path, patience: float = PATIENCE, waits: Callable[[], object] | None = None) -> Iterator[None]:
    """Nobody else is within it for the same lock file, which is made and stays; the system frees it after a kill.

    patience: seconds to wait for another one. After them, and where no lock can be had, it goes on without: better a
    file of two than none. waits: called once where another one is within it.
    """
    held = FileLock(lock)
    with suppress(OSError, NotImplementedError):
        lock.parent.mkdir(parents=True, exist_ok=True)
        _acquire(held, patience, waits)
    try:
        yield
    finally:
        with suppress(OSError):
            held.release()


def _acquire(held: FileLock, patience: float, waits: Callable[[], object] | None) -> None:
    with suppress(Timeout):
        held.acquire(timeout=0)
        return
    if waits is not None:
        waits()
    with suppress(Timeout):
        held.acquire(timeout=patience)
