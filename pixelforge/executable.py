"""How this program starts itself: for work in a process of its own, such as training beside the window."""

from __future__ import annotations

import sys


def is_packaged() -> bool:
    """Whether this is the packaged app, which brings its own Python and is window and command line in one file."""
    return bool(getattr(sys, "frozen", False))


def command_line() -> list[str]:
    """What starts this program's command line; arguments such as `train FOLDER` go behind it."""
    if is_packaged():
        return [sys.executable]
    return [sys.executable, "-m", "pixelforge"]
