"""What a disk holds at any moment of some work, told by the calls of it that `recorder.c` wrote down."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HEAD = struct.Struct("=cqqII")
SHARED = "-shm"  # of SQLite, which after a crash makes it anew, whatever it holds

State = dict[str, bytes]
"""Files by their paths."""


@dataclass(frozen=True)
class Entry:
    """A call: what it did, to which file, where, and its texts."""

    what: str
    file: int
    at: int
    one: bytes
    other: bytes


def entries(book: bytes) -> Iterator[Entry]:
    """What was written down, in order."""
    at = 0
    while at < len(book):
        what, file, place, one, other = HEAD.unpack_from(book, at)
        at += HEAD.size
        yield Entry(what.decode(), file, place, book[at : at + one], book[at + one : at + one + other])
        at += one + other


@dataclass
class Disk:
    """Files and names as programs see them, and what of them would outlive a power cut."""

    data: dict[int, bytearray] = field(default_factory=dict)  # by the number of the file
    safe_data: dict[int, bytes] = field(default_factory=dict)  # as it was when the file was synced last
    names: dict[str, int] = field(default_factory=dict)
    safe_names: dict[str, int] = field(default_factory=dict)  # as they were when their folder was synced last

    @classmethod
    def of(cls, folder: Path) -> Disk:
        """A folder as it is now, all of it safe."""
        disk = cls()
        for path in (path for path in folder.rglob("*") if path.is_file()):
            number = path.stat().st_ino
            disk.names[str(path)] = number
            disk.data[number] = bytearray(path.read_bytes())
            disk.safe_data[number] = bytes(disk.data[number])
        disk.safe_names = dict(disk.names)
        return disk

    def take(self, entry: Entry) -> None:
        """Do what a call did."""
        path, to = os.fsdecode(entry.one), os.fsdecode(entry.other)
        data = self.data.setdefault(entry.file, bytearray())
        match entry.what:
            case "O":
                self.names[path] = entry.file
                if entry.at:
                    data.clear()
            case "W":
                data.extend(bytes(max(0, entry.at - len(data))))
                data[entry.at : entry.at + len(entry.one)] = entry.one
            case "T":
                data[:] = data[: entry.at].ljust(entry.at, b"\0")
            case "S" if Path(path).is_dir():
                self._sync_folder(path)
            case "S":
                self.safe_data[entry.file] = bytes(data)
            case "R":
                self.names[to] = self.names.pop(path)
            case "L":
                self.names[to] = self.names[path]
            case "U":
                self.names.pop(path, None)

    def states(self) -> Iterator[tuple[str, State]]:
        """What may be found after the process, or the machine, ended here: how it ended, and the files."""
        yield "killed", _state({path: bytes(self.data[number]) for path, number in self.names.items()})
        yield "names kept, data lost", self._safe(self.names)
        yield "all lost that was not synced", self._safe(self.safe_names)

    def _safe(self, names: dict[str, int]) -> State:
        return _state({path: self.safe_data.get(number, b"") for path, number in names.items()})

    def _sync_folder(self, folder: str) -> None:
        kept = {path: number for path, number in self.safe_names.items() if Path(path).parent != Path(folder)}
        self.safe_names = kept | {
            path: number for path, number in self.names.items() if Path(path).parent == Path(folder)
        }


def _state(files: State) -> State:
    return {path: data for path, data in files.items() if not path.endswith(SHARED)}
