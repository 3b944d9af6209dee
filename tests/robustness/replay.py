"""A power cut after every call: what is found then is old or new, and new where the work had said that it was done.

`python -m tests.robustness.replay [SCENE …]`: each piece of work is recorded call by call (`recorder.c`); what a disk
holds after each of them (`disk.py`), with all that was not synced and without it, is opened again. A line a scene; exit
code 1 where a rule was broken.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

from pixelforge.files import PART_SUFFIX
from tests.robustness.disk import Disk, State, entries
from tests.robustness.faults import MEMORY
from tests.robustness.preloading import preloaded
from tests.robustness.scenes import SCENES, Scene

KILLED = -9
REPLAYED = ("sheet over another", "settings", "history", "set", "queue", "build")
NAMES_STAY = ("sheet over another", "settings", "build")  # at their end the new files outlive a power cut


def found(scene: Scene, home: Path, library: ctypes.CDLL) -> Iterator[str]:
    """What is found after each call, if it is another than before: an empty line, or what was broken."""
    before, after = home / "work", home / "after"
    before.mkdir()
    scene.prepare(before)
    old, disk = scene.whole(before), Disk.of(before)
    book = _recorded(scene, before, library)
    new, seen = scene.whole(before), set[int]()
    (home / "said").unlink(missing_ok=True)  # what was said to be kept; a power cut may take the last of it
    calls = list(entries(book))
    for number, entry in enumerate(calls):
        disk.take(entry)
        for how, state in disk.states():
            if (mark := _mark(state)) not in seen:
                seen.add(mark)
                _lay_out(state, before, after)
                what = _judged(scene, after, old, new)
                yield what and f"{how} after call {number} of {len(calls)}: {what}"
    if scene.name in NAMES_STAY:
        *_, (how, state) = disk.states()
        _lay_out(state, before, after)
        yield "" if scene.whole(after) == new else f"{how} at the end: what was said to be done is gone"


def _recorded(scene: Scene, folder: Path, library: ctypes.CDLL) -> bytes:
    """The work, done in a process of its own, call by call."""
    with tempfile.TemporaryFile() as book:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                library.recorder_begin(book.fileno(), os.fsencode(folder))
                scene.work(folder)
                library.recorder_end()
                code = 0
            finally:
                os._exit(code)
        assert os.waitpid(child, 0)[1] == 0, f"{scene.name} fails"
        book.seek(0)
        return book.read()


def _mark(state: State) -> int:
    """Unlike for states that a program can tell apart: it looks at no temporary file."""
    return hash(tuple(sorted(file for file in state.items() if not file[0].endswith(PART_SUFFIX))))


def _lay_out(state: State, work: Path, to: Path) -> None:
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir()
    for name, content in state.items():
        path = to / Path(name).relative_to(work)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _judged(scene: Scene, folder: Path, old: object, new: object) -> str:
    now = scene.whole(folder)
    if isinstance(now, dict) and isinstance(old, dict) and isinstance(new, dict):
        if strange := [name for name, content in now.items() if content not in (old.get(name), new.get(name))]:
            return f"neither old nor new: {strange}"
        if gone := [name for name in old if name in new and name not in now]:
            return f"gone: {gone}"
    try:
        scene.check(folder, KILLED)
    except Exception:  # noqa: BLE001 - whatever opening it raises is what is found here
        return traceback.format_exc()
    return ""


def _scenes(names: list[str]) -> list[Scene]:
    """Those of these names, or all. What Qt and torch are for is imported if it is asked for, and begun anew before."""
    scenes = [scene for scene in SCENES if scene.name in REPLAYED]
    if not {scene.name for scene in scenes}.issuperset(names or [""]):
        from tests.robustness.long_scenes import SAVE, STROKE

        scenes += [STROKE, SAVE]
    return [scene for scene in scenes if not names or scene.name in names]


def main() -> int:
    """Replay them all; 1 where a rule was broken."""
    library, broken = preloaded("recorder"), 0
    for scene in _scenes(sys.argv[1:]):
        with tempfile.TemporaryDirectory(prefix="replay-", dir=MEMORY if MEMORY.is_dir() else None) as home:
            said = list(found(scene, Path(home).resolve(), library))
        wrong = [what for what in said if what]
        broken += len(wrong)
        for what in wrong[:5]:
            print(f"{scene.name}, {what}", file=sys.stderr)
        print(f"{scene.name}: {len(said)} states, {len(wrong)} against a rule", flush=True)
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
