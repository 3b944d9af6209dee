"""Reports of what nobody expected: errors that were caught, and crashes that ended the process."""

from __future__ import annotations

import faulthandler
import logging
import os
import platform
import re
import sys
import time
import traceback
from datetime import datetime
from pathlib import Path
from typing import TextIO

from pixelforge import __version__
from pixelforge.files import reason

MAX_REPORTS = 10  # the oldest goes for the eleventh
ABANDONED = 7 * 24 * 3600  # seconds after which a process that left an empty file will not write to it any more
# The folders of a path from the root of a disk on, in quotation marks with spaces as well; not of a web address.
ELSEWHERE = re.compile(
    r"""(?<=['"])(?:[A-Za-z]:)?[/\\]+(?:[^/\\'"\n]+[/\\]+)+|(?<![\w.:~/\\])(?:[A-Za-z]:)?[/\\](?:[^\s/\\'"]+[/\\]+)+"""
)

logger = logging.getLogger(__name__)


def record(error: BaseException, folder: Path) -> str:
    """Write a report of an error into `folder`, and a line to the log; the line that tells the user where it lies."""
    what = f"Something went wrong that should not have ({type(error).__name__}). PixelForge goes on."
    trace = "".join(traceback.format_exception(error))
    try:
        path = write_report(trace, folder)
    except OSError as problem:
        if sys.stderr is not None:  # there is none in a packaged app without a console
            sys.stderr.write(trace)
        return f"{what} A report could not be written to {folder}: {reason(problem)}."
    return f"{what} A report of it, without anything personal, is in {path}."


def write_report(trace: str, folder: Path) -> Path:
    """The file that holds version, platform and trace, and no more; an old one, if it is the same. Raises OSError."""
    report = f"PixelForge {__version__}\n{_platform()}\n\n{without_places(trace)}"
    folder.mkdir(parents=True, exist_ok=True)
    before = sorted(folder.glob("report-*.txt"))
    for path in before:  # what fails at every repaint is one report
        if path.read_text(encoding="utf-8", errors="replace") == report:
            return path
    path = folder / f"report-{datetime.now().astimezone():%Y%m%d-%H%M%S-%f}.txt"
    path.write_text(report, encoding="utf-8")
    for old in before[: max(0, len(before) + 1 - MAX_REPORTS)]:
        old.unlink(missing_ok=True)
    lines = trace.strip().splitlines()
    what = lines[0] if lines[0].startswith("Fatal") else lines[-1]  # faulthandler begins with it, a traceback ends
    logger.error("%s (%s)", without_places(what), path.name)
    return path


def without_places(text: str) -> str:
    """A trace whose paths tell neither where the program is installed nor who uses it, nor for whom."""
    installed = sorted((entry for entry in sys.path if len(entry) > 1), key=len, reverse=True)
    for entry in installed:
        text = text.replace(entry.rstrip(os.sep) + os.sep, "")
    for home in (str(Path.home()), str(Path.home().resolve())):
        text = text.replace(home, "~") if len(home) > 1 else text
    return ELSEWHERE.sub("…/", text)


def watch_for_crashes(folder: Path) -> TextIO | None:
    """Have the interpreter write where it was if this process crashes; None where that cannot be written.

    The file is to be kept open, and given to `end_watch` when the process ends well.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / f"crash-{os.getpid()}.txt").open("w", encoding="utf-8")
    except OSError:
        return None
    faulthandler.enable(file)
    logger.info("PixelForge %s begins, %s", __version__, _platform())
    return file


def end_watch(file: TextIO | None) -> None:
    """There is no crash to be told of."""
    if file is not None:
        faulthandler.disable()
        file.close()
        Path(file.name).unlink(missing_ok=True)


def report_crashes(folder: Path) -> str | None:
    """Make reports of earlier processes' crashes: the line that tells the user where the last of them lies."""
    report = None
    try:
        for path in sorted(folder.glob("crash-*.txt")):
            trace = path.read_text(encoding="utf-8", errors="replace")
            if trace:
                report = write_report(trace, folder)
            if trace or time.time() - path.stat().st_mtime > ABANDONED:  # a young one may be a living process's
                path.unlink()
    except OSError:  # it is tried again at the next start
        pass
    return f"PixelForge crashed. A report of it, without anything personal, is in {report}." if report else None


def _platform() -> str:
    return f"Python {platform.python_version()}, {platform.platform()}"
