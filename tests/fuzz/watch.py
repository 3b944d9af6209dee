"""A watch over what a reader does to the machine: files outside of its folder, processes, sockets, code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import CodeType

CHANGES = {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"}
PROCESSES = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn", "os.startfile", "pty.")
FORBIDDEN = (*PROCESSES, "socket.", "webbrowser.", "ftplib.", "urllib.", "http.", "pickle.find_class")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Watch:
    """Notes what is done while it is `armed`. Auditing cannot be ended: one a process."""

    def __init__(self, allowed: Path) -> None:
        self.armed = False
        self.seen: list[str] = []
        self._allowed = os.path.realpath(allowed)
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.armed:
            return
        if event.startswith(FORBIDDEN):
            self._note(event, arguments)
        elif event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & WRITING and not self._may(path):
                self._note(event, arguments)
        elif event in CHANGES:
            if not all(self._may(path) for path in arguments if isinstance(path, str | bytes | os.PathLike)):
                self._note(event, arguments)
        elif event == "exec" and isinstance(code := arguments[0], CodeType) and not Path(code.co_filename).is_file():
            self._note(event, (code.co_filename, code.co_name))

    def _may(self, path: object) -> bool:
        if not isinstance(path, str | bytes | os.PathLike):
            return True  # a descriptor that was opened, and judged, before
        return os.path.realpath(os.fsdecode(path)).startswith(self._allowed)

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        self.seen.append(f"{event} {arguments!r}"[:300])
