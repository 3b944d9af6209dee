"""How this program starts itself: for work in a process of its own, such as training beside the window."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, MutableMapping
from pathlib import Path

REHEARSAL = "--rehearse-window"
"""The argument, before a folder, that has the self-test's window opened."""

FOR_WINDOW = "PIXELFORGE_FOR_WINDOW"
"""In the environment of a command that the window begins: its errors go there, to be worded by it."""


def is_packaged() -> bool:
    """Whether this is the packaged app, which brings its own Python and is window and command line in one file."""
    return bool(getattr(sys, "frozen", False))


def command_line() -> list[str]:
    """What starts this program's command line; arguments such as `train FOLDER` go behind it."""
    if is_packaged():
        return [sys.executable]
    return [sys.executable, "-m", "pixelforge"]


def lasting_command_line(environment: Mapping[str, str] = os.environ) -> list[str]:
    """What starts the command line for work that outlives this program.

    The files of a program that was started from an AppImage go with it: those that were extracted when it ends, those
    that are mounted when nothing has its descriptors any more. Such work is started from the AppImage itself, and so
    has files of its own.
    """
    appimage = _appimage(environment)
    return command_line() if appimage is None else [str(appimage)]


def lasting_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What `lasting_command_line` wants in its environment besides what this program has in its own.

    Where there is no FUSE, AppImages are extracted. All starts of one with the same temporary folder share what is
    extracted there, and the first that ends removes it. So such work gets a temporary folder of its own, in which only
    what it leaves itself stays behind.
    """
    if _appimage(environment) is None or not Path(environment["APPDIR"]).name.startswith("appimage_extracted_"):
        return {}
    return {"APPIMAGE_EXTRACT_AND_RUN": "1", "TMPDIR": tempfile.mkdtemp(prefix="pixelforge-")}


def _appimage(environment: Mapping[str, str]) -> Path | None:
    """The AppImage that this program was started from, by what the runtime of AppImages sets.

    A terminal that is an AppImage hands its own variables down to all that is started in it: so it has to be the
    program's own folder that they tell.
    """
    appimage, folder = environment.get("APPIMAGE"), environment.get("APPDIR")
    if not is_packaged() or not appimage or not folder or not Path(appimage).is_file():
        return None
    return Path(appimage) if Path(sys.executable).resolve().parent == Path(folder).resolve() else None


def restore_environment(environment: MutableMapping[str, str] = os.environ) -> None:
    """Take out what the packaged app has put into the environment for itself, once it is up.

    Else the programs that it starts, such as the file manager that shows the log, would load its libraries in place of
    their own. Of what an AppImage has put there, ARGV0 goes: zsh would call all that it starts by that name.
    """
    if not is_packaged():
        return
    for name in ("QT_PLUGIN_PATH", "QML2_IMPORT_PATH", "LD_LIBRARY_PATH", "ARGV0"):
        environment.pop(name, None)
    before = environment.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        environment["LD_LIBRARY_PATH"] = before
