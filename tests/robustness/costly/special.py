"""What may lie in the place of any file: pipes, links, devices, folders; sparse, deep and endless contents."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

MEGA = 2**20


def fifo(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def nowhere(path: Path) -> None:
    path.symlink_to("/nonexistent/file")


def folder(path: Path) -> None:
    path.mkdir()


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**40)


def zeros(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(300 * MEGA)


def empty(path: Path) -> None:
    path.touch()


def deep(path: Path) -> None:
    path.write_bytes(b"[" * (20 * MEGA))


def many(path: Path) -> None:
    path.write_bytes(b"[" + b"[]," * (6 * MEGA) + b"[]]")


def one_line(path: Path) -> None:
    path.write_bytes(b"x" * (60 * MEGA))


def many_lines(path: Path) -> None:
    path.write_bytes(b"\n" * (60 * MEGA))


def cells(path: Path) -> None:
    path.write_bytes(b"file,class,kind\n" + b"," * (7 * MEGA))


SPECIAL: tuple[Callable[[Path], None], ...] = (
    fifo, endless, loop, nowhere, folder, sparse, zeros, empty, deep, many, one_line, many_lines, cells
)  # fmt: skip
"""What may lie in the place of any file."""
