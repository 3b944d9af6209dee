"""The n-th call of a kind fails, or kills the process: work that writes files, and what must hold afterwards.

As SQLite's own tests do it (sqlite.org/testing.html, "I/O Error Tests"): n = 0, 1, 2 … until the work ends before it
comes to its n-th call. `python -m tests.robustness.faults [--long | --short] [SCENE …]` prints a line a scene, exits
with 1 where a rule was broken, builds the library beside this file and begins itself anew with it preloaded.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from pixelforge.errors import PixelForgeError
from pixelforge.files import PART_SUFFIX
from tests.robustness.preloading import preloaded
from tests.robustness.scenes import SCENES, Scene

FINE, WORDS, TRACE = 0, 1, 2  # how the work ends, where nobody kills it
MEMORY = Path("/dev/shm")  # where syncing costs nothing, if there is such a folder
MOST = 200  # calls of a kind; no scene has as many
STRIDE = 6  # of the calls in the short run: the first, and from another one on for each fault, every sixth


class Kind(IntEnum):
    """Calls of the system, numbered as in faults.c."""

    OPEN = 0
    READ = 1
    WRITE = 2
    SYNC = 3
    RENAME = 4
    LINK = 5
    UNLINK = 6
    CLOSE = 7
    MKDIR = 8
    MAP = 9
    TRUNCATE = 10


class How(IntEnum):
    """What becomes of the n-th one."""

    FAILS = 0
    HALF = 1
    KILLS = 2


@dataclass(frozen=True)
class Fault:
    """The n-th call of a kind, and what becomes of it."""

    kind: Kind
    how: How
    error: int = errno.EIO
    sticky: bool = False  # all from then on fail

    def __str__(self) -> str:
        what = "killed" if self.how is How.KILLS else errno.errorcode[self.error].lower()
        return f"{self.kind.name.lower()} {self.how.name.lower()} {what}{' and all after' if self.sticky else ''}"


FAULTS = (
    *(Fault(kind, How.FAILS) for kind in Kind),
    *(Fault(kind, How.KILLS) for kind in Kind),
    Fault(Kind.WRITE, How.FAILS, errno.ENOSPC, sticky=True),
    Fault(Kind.WRITE, How.HALF, errno.ENOSPC, sticky=True),
    Fault(Kind.OPEN, How.FAILS, errno.EMFILE, sticky=True),
    Fault(Kind.RENAME, How.FAILS, errno.EACCES),
    Fault(Kind.MAP, How.FAILS, errno.ENOMEM),
)
LONG_FAULTS = tuple(Fault(kind, How.FAILS, sticky=True) for kind in Kind if kind is not Kind.UNLINK)
"""Where nothing can be removed any more, nothing can be taken back either."""

Numbers = Callable[[int], Iterable[int]]
"""The calls that are to fail, by the fault's place in the table."""


def injections(
    library: ctypes.CDLL, scene: Scene, home: Path, numbers: Numbers, faults: Sequence[Fault] = FAULTS
) -> Iterator[tuple[str, str]]:
    """Every fault and n: what it was, and an empty line where all rules hold after it, else what was broken."""
    before, after = home / "before", home / "after"
    before.mkdir()
    scene.prepare(before)
    shutil.copytree(before, after)
    scene.work(after)
    states = scene.whole(before), scene.whole(after)
    for place, fault in enumerate(faults):
        for number in numbers(place):
            folder = home / "work"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(before, folder)
            ended, struck, said = _tried(library, scene, fault, number, folder)
            if not struck:
                break
            yield f"{fault}, call {number}", _judge(scene, fault, folder, ended, states, said)
        else:
            raise AssertionError(f"{scene.name} has no end of calls")


def every(place: int) -> Iterable[int]:
    """Each call."""
    del place
    return range(MOST)


def some(place: int) -> Iterable[int]:
    """The first call, and of the others those that the fault at this place is for: together the faults try all."""
    return 0, *range(1 + place % STRIDE, MOST, STRIDE)


def _tried(library: ctypes.CDLL, scene: Scene, fault: Fault, number: int, folder: Path) -> tuple[int, bool, str]:
    """How the work ended in a process of its own (negative: killed), whether it came to its n-th call, what it said."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        code = FINE
        library.faults_arm(fault.kind, number, fault.error, fault.how, fault.sticky, os.fsencode(folder))
        try:
            scene.work(folder)
            said = ""
        except PixelForgeError as error:
            code, said = WORDS, str(error)
        except BaseException:  # noqa: BLE001 - it is told to the parent, and nothing may leave the child
            code, said = TRACE, traceback.format_exc()
        seen = library.faults_disarm()
        os.write(tell, f"{int(seen > number)}{said}".encode()[:60_000])
        os._exit(code)
    os.close(tell)
    with os.fdopen(told, "rb") as pipe:
        answer = pipe.read().decode()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status, status == -signal.SIGKILL or answer[:1] == "1", answer[1:]


def _judge(scene: Scene, fault: Fault, folder: Path, ended: int, states: tuple[object, object], said: str) -> str:
    """What was broken, in a line; empty: nothing."""
    old, new = states
    now = scene.whole(folder)
    if ended == TRACE:
        return f"a trace: {said}"
    if ended == WORDS and ("\n" in said or not said.endswith((".", "?"))):
        return f"no sentence: {said!r}"
    if ended == WORDS and now != old:
        return f"not as it was after an error ({said})"
    if ended == FINE and now != new:
        return "done, but not as it should be"
    if ended < 0 and isinstance(now, dict) and isinstance(old, dict) and isinstance(new, dict):
        strange = [name for name, content in now.items() if content not in (old.get(name), new.get(name))]
        if strange:
            return f"neither old nor new after a kill: {strange}"
    left = [path.name for path in folder.rglob(f"*{PART_SUFFIX}")]
    if ended >= 0 and left and fault.kind is not Kind.UNLINK:
        return f"temporary files are left: {left}"
    try:
        scene.check(folder, ended)
    except AssertionError as error:
        return str(error)
    return ""


def main() -> int:
    """Try all faults on all scenes; 1 where a rule was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--long", action="store_true", help="scenes that load torch or Qt, and every format, as well")
    length.add_argument("--short", action="store_true", help=f"of the calls the first, and every {STRIDE}th")
    parser.add_argument("scenes", nargs="*", help="these alone")
    options = parser.parse_args()
    library, broken = preloaded("faults"), 0
    numbers, faults = some if options.short else every, (*FAULTS, *LONG_FAULTS) if options.long else FAULTS
    scenes = list(SCENES)
    if options.long:
        from tests.robustness.later_scenes import LATER_SCENES
        from tests.robustness.long_scenes import LONG_SCENES
        from tests.robustness.reading_scenes import READING_SCENES

        scenes += (*LONG_SCENES, *LATER_SCENES, *READING_SCENES)
    for scene in scenes:
        if options.scenes and scene.name not in options.scenes:
            continue
        tried = failed = 0
        with tempfile.TemporaryDirectory(prefix="faults-", dir=MEMORY if MEMORY.is_dir() else None) as home:
            for fault, what in injections(library, scene, Path(home).resolve(), numbers, faults):
                tried += 1
                if what:
                    failed += 1
                    print(f"{scene.name}, {fault}: {what}", file=sys.stderr)
        broken += failed
        print(f"{scene.name}: {tried} faults, {failed} against a rule", flush=True)
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
