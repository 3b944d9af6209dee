"""Reading files that may be anything, and writing them so that a reader never sees half of one."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from io import BufferedReader
from pathlib import Path
from typing import Any, TypeVar, overload

import msgspec

from pixelforge.errors import OutputError, PixelForgeError, Remedy

T = TypeVar("T")

PART_SUFFIX = ".pixelforge.part"
PART_AGE = 3600  # seconds after which a temporary file is nobody's: whoever wrote it was killed
PART_NAME = 20  # letters of the target's name in that of its temporary file, which must not become too long

PASSING = {errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ETIMEDOUT, errno.ESTALE}

_being_written: set[Path] = set()  # temporary files of this process


@contextmanager
def replacing(target: Path, durable: bool = True, new: bool = False) -> Iterator[Path]:
    """A temporary path beside `target`; on success it is synced and renamed to it, on an error it is removed.

    durable: whether it has to outlive a power cut, which costs milliseconds. new: nothing may be there yet, and of
    several processes that write it at once one alone does. Raises OutputError where the folder cannot be made or
    written, or something is there that must not be.
    """
    with _part_of(target) as (part, mode):
        yield part
        _finish(part, mode, durable)
        _give_name(part, target, new)


def replace_all(contents: Mapping[Path, bytes], new: bool = False) -> None:
    """Write several files, all or none: where one cannot be written, those before it are put back.

    They are synced, their folder is not; nor is it one step for the disk: a kill can leave some of them new. new:
    nothing may be there yet, as in `replacing`. Raises OutputError, which names what could not be put back.
    """
    with ExitStack() as stack:
        parts = {}
        for target, data in contents.items():
            part, mode = stack.enter_context(_part_of(target))
            with _told_of(target):
                part.write_bytes(data)
                _finish(part, mode, durable=True)
            parts[target] = part
        old = {target: stack.enter_context(_kept_beside(target)) for target in contents}
        done: list[Path] = []
        try:
            for target in reversed(list(contents)):  # the first is the one that the others serve, so it is the last
                with _told_of(target):
                    _give_name(parts[target], target, new)
                done.append(target)
        except BaseException as error:
            stuck = [target for target in reversed(done) if not _put_back(old[target], target)]
            if stuck and isinstance(error, OutputError):
                raise OutputError(f"{error} {', '.join(map(str, stuck))} could not be put back.") from error
            raise


def _give_name(part: Path, target: Path, new: bool) -> None:
    """Raises OSError, or OutputError where something is there that must not be."""
    if not new:
        part.replace(target)
        return
    try:
        rename_new(part, target)
    except FileExistsError as error:
        raise OutputError(f"{target} is there already.", Remedy.REPLACE) from error


def rename_new(source: Path, target: Path) -> None:
    """Give a file a name that nothing has, whoever else takes it at the same moment. Raises OSError."""
    try:
        os.link(source, target)  # a rename would replace what is there; this does not, wherever there are links
    except (FileExistsError, FileNotFoundError):
        raise
    except OSError:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        try:
            source.replace(target)
        except OSError:
            target.unlink(missing_ok=True)
            raise
    else:
        try:
            source.unlink(missing_ok=True)
        except OSError:
            target.unlink(missing_ok=True)
            raise


@contextmanager
def _part_of(target: Path) -> Iterator[tuple[Path, int]]:
    """An empty temporary file beside `target`, and the mode of new files; in the end it is gone. Raises OutputError."""
    part = target.parent / f".{target.name[:PART_NAME]}.{secrets.token_hex(8)}{PART_SUFFIX}"
    _being_written.add(part)  # before it is there, so that an interrupt at any moment leaves it known
    try:
        with _told_of(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            _remove_old_parts(target.parent)
            handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)  # less what the umask forbids
            mode = os.fstat(handle).st_mode
            os.close(handle)
            yield part, mode
    finally:
        with suppress(OSError):  # it is found and removed later on
            part.unlink(missing_ok=True)
        _being_written.discard(part)


@contextmanager
def _kept_beside(target: Path) -> Iterator[Path | None]:
    """What is at `target` now under a temporary name too, until the end; None where nothing is. Raises OutputError."""
    if not target.exists():
        yield None
        return
    with _part_of(target) as (part, _):
        with _told_of(target):
            part.unlink()
            try:
                os.link(target, part)
            except OSError:  # no links here, or not of this file
                shutil.copy2(target, part)
        yield part


def _put_back(old: Path | None, target: Path) -> bool:
    try:
        if old is None:
            target.unlink(missing_ok=True)
            return True
        try:
            old.replace(target)
        except OSError:  # as that of the file after it: what the new one holds may still be written over
            _write_over(old, target)
    except OSError:
        return False
    return True


def _write_over(source: Path, target: Path) -> None:
    """Have a file hold what another does. Raises OSError, and then it may hold anything."""
    with source.open("rb") as old, target.open("r+b") as new:
        shutil.copyfileobj(old, new)
        new.truncate()
    sync(target)


@contextmanager
def _told_of(target: Path) -> Iterator[None]:
    """Word what the system says of writing a file."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {reason(error)}.") from error


def _finish(part: Path, mode: int, durable: bool) -> None:
    part.chmod(mode)  # whoever wrote it may have put another file in its place, as safetensors does
    if durable:
        sync(part)


def drop_parts() -> None:
    """Remove what an interrupt has left of files that were being written."""
    for part in list(_being_written):
        with suppress(OSError):
            part.unlink(missing_ok=True)
        _being_written.discard(part)


def open_plain(path: Path) -> BufferedReader:
    """A file, open for reading. Raises OSError, also for a pipe or a device, which may have no end."""
    return open(path, "rb", opener=_open_plain)


def _open_plain(path: str, flags: int) -> int:
    handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # opening a pipe waits for who writes into it
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # for a folder Python has words
        os.close(handle)
        raise OSError(errno.EINVAL, "It is a pipe or a device")
    return handle


def read_at_most(path: Path, most: int, kind: type[PixelForgeError]) -> bytes:
    """A file's content, if it has no more than `most` bytes. Raises an error of `kind` that names the file."""
    try:
        with open_plain(path) as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(most + 1) if size <= most else b""  # a sparse file claims more than it holds
    except OSError as error:
        raise kind(f"{path} cannot be read: {reason(error)}.") from error
    except MemoryError as error:
        raise kind(f"{path} cannot be read: it does not fit into the memory.") from error
    if max(size, len(data)) > most:
        raise kind(f"{path} is larger than {most / 2**20:.0f} MB, which is too large for what it should be.")
    return data


@overload
def parse_json(content: bytes | str, kind: type[T]) -> T: ...
@overload
def parse_json(content: bytes | str, kind: Any) -> Any: ...
def parse_json(content: bytes | str, kind: Any) -> Any:
    """A JSON text that may be anything, as a `kind`.

    Raises msgspec.DecodeError, also for what is not UTF-8 or nested more deeply than can be followed.
    """
    try:
        return msgspec.json.decode(content, type=kind)
    except (UnicodeError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from error


def check_writable(folder: Path) -> None:
    """Make `folder` and try a file in it. Raises OutputError, so that hours of work do not end in one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(f"The folder {folder} cannot be written: {reason(error)}.") from error


def check_folder() -> None:
    """torch ends the process where the current folder is gone, and no relative path leads anywhere: OutputError."""
    try:
        Path.cwd()
    except FileNotFoundError as error:
        raise OutputError("The current folder does not exist any more: change to another one.") from error


def as_text(name: str | Path) -> str:
    """A name as every format can hold it: on POSIX a file's name may be bytes that are no text."""
    return str(name).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def reason(error: OSError) -> str:
    """The system's words for an error, without its number and path."""
    return (error.strerror or str(error)).lower()


@lru_cache(maxsize=256)  # once a process and folder: looking through a folder takes longer than writing a sprite
def _remove_old_parts(folder: Path) -> None:
    for part in folder.glob(f".*{PART_SUFFIX}"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > PART_AGE:
                part.unlink()


def sync(path: Path) -> None:
    """Return when the file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folders(paths: Iterable[Path]) -> None:
    """Return when the names of files are on the disk too: one sync a folder, however many files of it were written.

    Not every system and file system can do that; there the names come to the disk when it suits it.
    """
    for folder in {path.parent for path in paths}:
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def is_passing(error: BaseException | None) -> bool:
    """Whether a file could not be read for a reason that is not its own: another time it may be well."""
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in PASSING)


def is_there(path: Path) -> bool:
    """Whether there is such a file or folder; what no file can be named, or nobody may look at, is not there."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
