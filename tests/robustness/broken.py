"""The program with one of its precautions taken away: what looks for faults must find it then.

`python -m tests.robustness.broken NAME` ends as what it runs does, so with 1 where a rule was broken. For the tests.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from pixelforge import files

LATE = 0.05  # seconds between reading and writing, in which another can come between
TRIES = 8  # for want of luck


def _without_syncing() -> int:
    _put(os, "fsync", lambda fd: None)
    return _replayed()


def _without_syncing_folders() -> int:
    from pixelforge.services import settings

    _put(settings, "sync_folders", lambda paths: None)
    return _replayed()


def _without_putting_back() -> int:
    _put(files, "_put_back", lambda old, target: True)
    return _faulty("new sheet")


def _without_removing() -> int:
    _put(Path, "unlink", lambda self, missing_ok=False: None)
    return _faulty("settings")


def _without_words() -> int:
    _put(files, "_told_of", lambda target: nullcontext())
    return _faulty("settings")


def _without_waiting() -> int:
    """Command lines describe one model at once, and none waits until another is done."""
    from pixelforge.core.header import ModelHeader
    from pixelforge.services import model_library
    from tests.robustness import two_at_once
    from tests.robustness.sharing import commands

    read = model_library.read_header

    def late(path: Path) -> ModelHeader:
        header = read(path)
        time.sleep(LATE)
        return header

    _put(model_library, "read_header", late)
    _put(model_library, "_changing", nullcontext)
    two_at_once.WINDOWS, commands.WORK = 0, (commands.CommandLine.describe,)
    # Whether what is lost is seen in the end depends on who is last: some tries are enough, if not always the first.
    return int(any(_run(two_at_once.main, "--operations", "24", "--seed", f"{seed}") for seed in range(TRIES)))


def _replayed() -> int:
    from tests.robustness import replay

    return _run(replay.main, "settings")


def _faulty(scene: str) -> int:
    """With the fault by which it shows."""
    from tests.robustness import faults

    faults.FAULTS = (faults.Fault(faults.Kind.RENAME, faults.How.FAILS),)
    return _run(faults.main, scene)


def _put(where: object, name: str, stand_in: Callable[..., object]) -> None:
    """In the place of what the program has there."""
    setattr(where, name, stand_in)


def _run(main: Callable[[], int], *arguments: str) -> int:
    sys.argv[1:] = arguments
    return main()


TAKEN_AWAY: dict[str, Callable[[], int]] = {
    "syncing": _without_syncing,
    "syncing folders": _without_syncing_folders,
    "putting back": _without_putting_back,
    "removing": _without_removing,
    "words": _without_words,
    "waiting": _without_waiting,
}

if __name__ == "__main__":
    sys.exit(TAKEN_AWAY[sys.argv[1]]())
