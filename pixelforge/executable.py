"""How this program starts itself: for work in a process of its own, such as training beside the window."""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping

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


def restore_environment(environment: MutableMapping[str, str] = os.environ) -> None:
    """Take out what the packaged app has put into the environment for itself, once it is up.

    Else the programs that it starts, such as the file manager that shows the log, would load its libraries in place of
    their own.
    """
    if not is_packaged():
        return
    for name in ("QT_PLUGIN_PATH", "QML2_IMPORT_PATH", "LD_LIBRARY_PATH"):
        environment.pop(name, None)
    before = environment.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        environment["LD_LIBRARY_PATH"] = before
