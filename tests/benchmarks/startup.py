"""How soon the window stands and shows a sprite, and how soon the command line answers.

`python -m tests.benchmarks.startup [PROGRAM]`, where PROGRAM is that of the packaged app, else this tree's. Where
DISPLAY names a screen with a window manager and there is xdotool, Ctrl+Enter is pressed as soon as the window stands.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.machine import seconds_of

ROUNDS = 5
STANDS, FIRST = "The window stands", "sprites in"  # lines of the log
PRESS = ("xdotool", "search", "--onlyvisible", "--name", "PixelForge", "windowfocus", "--sync", "key", "ctrl+Return")
MOST = 60.0  # seconds


def main() -> None:
    program = sys.argv[1:] or [sys.executable, "-m", "pixelforge"]
    with tempfile.TemporaryDirectory() as home:  # warm: caches of fonts and modules are of the round before
        opened = [_open(program, Path(home)) for _ in range(ROUNDS + 1)][1:]
    print(f"window stands: {min(stands for stands, _ in opened):.2f} s")
    if all(first is not None for _, first in opened):
        print(f"first sprites on the stage: {min(first for _, first in opened if first is not None):.2f} s")
    for asked in ("--help", "--version"):
        print(f"{asked}: {min(seconds_of(lambda asked=asked: _run([*program, asked])) for _ in range(ROUNDS)):.2f} s")


def _open(program: list[str], home: Path) -> tuple[float, float | None]:
    """Seconds from the start until the window stands, and until a batch that is begun then is finished."""
    log = home / ".local" / "state" / "PixelForge" / "log" / "pixelforge.log"
    log.unlink(missing_ok=True)
    seen = bool(os.environ.get("DISPLAY")) and shutil.which("xdotool") is not None
    environment = {**os.environ, "HOME": str(home)} | ({} if seen else {"QT_QPA_PLATFORM": "offscreen"})
    began = time.perf_counter()
    with subprocess.Popen(program, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            stands, first = _wait_for(log, STANDS) - began, None
            if seen:
                _run(PRESS)
                first = _wait_for(log, FIRST) - began
            return stands, first
        finally:
            process.terminate()


def _wait_for(log: Path, line: str) -> float:
    """When the log had the line. Raises TimeoutError."""
    end = time.perf_counter() + MOST
    while time.perf_counter() < end:
        if log.is_file() and line in log.read_text(encoding="utf-8"):
            return time.perf_counter()
        time.sleep(0.002)
    raise TimeoutError(f"{line} did not come")


def _run(command: list[str] | tuple[str, ...]) -> None:
    subprocess.run(command, capture_output=True, check=True)


if __name__ == "__main__":
    main()
