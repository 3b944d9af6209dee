"""The n-th call of a kind fails, or kills the process: work that writes files, and what must hold afterwards.

As SQLite's own tests do it (sqlite.org/testing.html, "I/O Error Tests"): n = 0, 1, 2 … until the work ends before it
comes to its n-th call. The test builds the library beside this file and begins this program with it preloaded;
`python -m tests.robustness.faults LIBRARY` then prints a line a scene, and exits with 1 where a rule was broken.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path

from pixelforge.errors import PixelForgeError
from pixelforge.files import PART_SUFFIX
from pixelforge.imaging.atlas import ATLAS_FORMATS
from pixelforge.services import model_library
from pixelforge.services.export import ExportOptions, export_sprites
from pixelforge.services.history import HistoryFilter, open_history
from pixelforge.services.model_library import ModelEntry, rename_model
from pixelforge.services.settings import AppSettings, load_settings, save_settings
from tests.made import made

FINE, WORDS, TRACE = 0, 1, 2  # how the work ends, where nobody kills it
MEMORY = Path("/dev/shm")  # where syncing costs nothing, if there is such a folder
MOST = 200  # calls of a kind; no scene has as many


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
)


@dataclass(frozen=True)
class Scene:
    """Work in a folder. `check` gets the folder and how the work ended, and asserts what must hold of it."""

    name: str
    prepare: Callable[[Path], object]
    work: Callable[[Path], object]
    check: Callable[[Path, int], object]
    whole: Callable[[Path], object] = lambda folder: contents(folder)  # by which all old is told from all new


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder but for temporary ones; of Unity's, whose numbers are drawn, the names alone."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(PART_SUFFIX))
    return {path.name: b"" if path.suffix == ".meta" else path.read_bytes() for path in files}


ALL_FORMATS = ExportOptions(formats=tuple(format_.name for format_ in ATLAS_FORMATS))


def _export(folder: Path, count: int) -> None:
    export_sprites(folder / "sheet.png", [made(seed, side=8) for seed in range(count)], ALL_FORMATS)


def _prepare_rename(folder: Path) -> None:
    for suffix in (".safetensors", ".grid.png", ".figures.json"):
        (folder / f"old{suffix}").write_text(suffix)


def _rename(folder: Path) -> None:
    model_library.user_models_folder = lambda: folder
    rename_model(ModelEntry("old", folder / "old.safetensors", False, None), "new")


def _prepare_history(folder: Path) -> None:
    history, _ = open_history(folder / "history.sqlite", 100)
    history.add([made(seed, side=8) for seed in range(3)])
    history.close()


def _keep(folder: Path) -> None:
    """Ends in words where the history cannot be opened, as the window says them."""
    _said(folder).unlink(missing_ok=True)
    history, notice = open_history(folder / "history.sqlite", 100)
    try:
        if notice:
            raise PixelForgeError(notice)
        history.add([made(seed, side=8) for seed in (3, 4)])
        _said(folder).write_text("kept")
    finally:
        history.close()


def _said(folder: Path) -> Path:
    """Is there once the sprites are said to be kept; beside the folder, where no call fails."""
    return folder.with_name("said")


def _check_history(folder: Path, ended: int) -> None:
    assert not list(folder.glob("history-damaged-*")), "a healthy history was moved aside"
    history, notice = open_history(folder / "history.sqlite", 100)
    there = len(history.ids(HistoryFilter()))
    history.close()
    assert notice == "", notice
    assert there in ((5,) if _said(folder).exists() else (3, 5)), f"{there} sprites"


def _same_or_new(folder: Path, ended: int) -> None:
    """Nothing more than what holds of all: see `_judge`."""


SCENES = (
    Scene("sheet over another", lambda f: _export(f, 2), lambda f: _export(f, 3), _same_or_new),
    Scene("new sheet", lambda f: None, lambda f: _export(f, 3), _same_or_new),
    Scene(
        "settings",
        lambda f: save_settings(f / "settings.json", AppSettings()),
        lambda f: save_settings(f / "settings.json", replace(AppSettings(), history_cap=1234)),
        lambda f, ended: load_settings(f / "settings.json"),
    ),
    Scene("rename of a model", _prepare_rename, _rename, _same_or_new),
    Scene("history", _prepare_history, _keep, _check_history, whole=lambda folder: None),
)


def injections(library: ctypes.CDLL, scene: Scene, fault: Fault, home: Path) -> Iterator[str]:
    """Every n of a fault: an empty line for one after which all rules hold, else what was broken."""
    before, after = home / "before", home / "after"
    before.mkdir()
    scene.prepare(before)
    shutil.copytree(before, after)
    scene.work(after)
    old, new = scene.whole(before), scene.whole(after)
    for number in range(MOST):
        folder = home / "work"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(before, folder)
        ended, struck, said = _tried(library, scene, fault, number, folder)
        if not struck:
            return
        yield _judge(scene, fault, folder, ended, (old, new), said)
    raise AssertionError(f"{scene.name} has no end of calls")


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
    if ended == WORDS and ("\n" in said or not said.endswith(".")):
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
    library, broken = ctypes.CDLL(sys.argv[1]), 0
    for scene in SCENES:
        tried = 0
        for fault in FAULTS:
            with tempfile.TemporaryDirectory(prefix="faults-", dir=MEMORY if MEMORY.is_dir() else None) as home:
                for number, what in enumerate(injections(library, scene, fault, Path(home).resolve())):
                    tried += 1
                    if what:
                        broken += 1
                        print(f"{scene.name}, {fault}, call {number}: {what}", file=sys.stderr)
        print(f"{scene.name}: {tried} faults", flush=True)
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
