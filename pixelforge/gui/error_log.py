"""The log of errors that nobody expected."""

from __future__ import annotations

import platform
import sys
import traceback
from datetime import datetime
from pathlib import Path

from pixelforge import __version__
from pixelforge.files import reason

MAX_BYTES = 1_000_000  # then the log is moved aside, in place of the one before


def record(error: BaseException, folder: Path) -> str:
    """Append an error with its trace to the log in `folder`; the line that tells the user where it lies."""
    what = f"Something went wrong that should not have ({type(error).__name__}). PixelForge goes on."
    path = folder / "pixelforge.log"
    trace = "".join(traceback.format_exception(error))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > MAX_BYTES:
            path.replace(path.with_suffix(".old.log"))
        with path.open("a", encoding="utf-8") as log:
            time = datetime.now().astimezone().isoformat(timespec="seconds")
            log.write(f"{time}  PixelForge {__version__}, Python {platform.python_version()}, {platform.platform()}\n")
            log.write(trace + "\n")
    except OSError as problem:
        if sys.stderr is not None:  # there is none in a packaged app without a console
            sys.stderr.write(trace)
        return f"{what} The log {path} could not be written: {reason(problem)}."
    return f"{what} The details are in {path}."
