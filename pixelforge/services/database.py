"""An SQLite file that several windows of the app may share: it is opened, migrated, and moved aside where damaged."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from pixelforge.errors import HistoryError, OutputError
from pixelforge.files import reason, replacing

BUSY_SECONDS = 5.0  # how long to wait for another window that is writing
ERRORS = (sqlite3.Error, UnicodeDecodeError)  # the latter where its message quotes what is damaged
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
MAX_BYTES = 64 * 2**20  # of a sprite, a name, a row
SECOND_LOOK = 0.2  # seconds after which a file that seems damaged is looked at again
KEPT_SHORTLY = "What you make now is kept until you close the app"

MIGRATIONS = (
    """
    CREATE TABLE sprites (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        png BLOB NOT NULL,
        class_name TEXT NOT NULL,
        model TEXT NOT NULL,
        made_at REAL NOT NULL,
        starred INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX sprites_of_class ON sprites (class_name, id);
    CREATE INDEX sprites_of_model ON sprites (model, id);
    CREATE INDEX starred_sprites ON sprites (id) WHERE starred;
    """,
    """
    CREATE TABLE bin (
        id INTEGER PRIMARY KEY,
        png BLOB NOT NULL,
        class_name TEXT NOT NULL,
        model TEXT NOT NULL,
        made_at REAL NOT NULL,
        starred INTEGER NOT NULL,
        deleted_at REAL NOT NULL
    );
    CREATE INDEX bin_by_age ON bin (deleted_at, id);
    CREATE TABLE sets (id INTEGER PRIMARY KEY, name TEXT NOT NULL, chosen_at REAL NOT NULL DEFAULT 0);
    CREATE TABLE set_sprites (
        set_id INTEGER NOT NULL,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        class_name TEXT NOT NULL,
        png BLOB NOT NULL,
        PRIMARY KEY (set_id, position)
    );
    CREATE TABLE stage (position INTEGER PRIMARY KEY, sprite INTEGER NOT NULL);
    """,
    """
    CREATE TABLE pending (position INTEGER PRIMARY KEY, content BLOB NOT NULL);
    CREATE TABLE looks (sprite INTEGER PRIMARY KEY, features BLOB NOT NULL);
    """,
)
"""What brings a file of format i to format i + 1; 0 is an empty file, 1 is what version 0.1 wrote."""

FORMAT_VERSION = len(MIGRATIONS)


class Database:
    """A connection in autocommit mode, with the tables. What fails raises HistoryError and has changed nothing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._version_seen = self.version()

    def read(self, query: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        """The rows of a query."""
        try:
            return self.connection.execute(query, values).fetchall()
        except ERRORS as error:
            raise HistoryError(f"The history cannot be read: {error}.") from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is written within it is kept, or nothing."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:  # a full disk has ended it already
                    self.connection.execute("ROLLBACK")
                raise
        except ERRORS as error:
            raise HistoryError(
                f"The history cannot be written: {error}. The sprites on screen are not lost."
            ) from error

    def changed_elsewhere(self) -> bool:
        """Whether another window has written since this was asked last."""
        version = self.version()
        changed, self._version_seen = version != self._version_seen, version
        return changed

    def version(self) -> int:
        """A number that is another one once another window has written."""
        return int(self.read("PRAGMA data_version")[0][0])

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


def open_database(path: Path) -> tuple[Database, str]:
    """The database in a file, and a line for the user where something is wrong with it, else an empty one.

    A damaged file is moved aside and a new one begun. Where no file can be used all lives until the app closes. A file
    of an older format is migrated, and a copy of it kept.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return Database(_connect_patiently(path)), ""
    except _NewerError:
        problem = f"The history {path} was written by a newer PixelForge, and is left alone."
    except sqlite3.Error as error:  # locked, read-only, no such folder: the file may be well
        problem = f"The history {path} cannot be used: {error}."
    except _DamagedError:
        return _begin_anew(path)
    except OSError as error:
        problem = f"The history {path} cannot be used: {reason(error)}."
    except OutputError as error:  # of the copy
        problem = f"The history {path} is of an older format, and cannot be copied before it is changed. {error}"
    return _in_memory(), f"{problem} {KEPT_SHORTLY}: save what you want to keep."


class _NewerError(Exception):
    """The file has a format that this app does not know."""


class _DamagedError(Exception):
    """The file is no whole database, as SQLite says."""


def _connect_patiently(path: Path) -> sqlite3.Connection:
    """A second look at a file that seems damaged: a disk that could not be read for a moment looks like one."""
    try:
        return _connect(path)
    except _DamagedError:
        time.sleep(SECOND_LOOK)
        return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.text_factory = _to_text
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_BYTES)  # a file of somebody else's may claim a gigabyte
    try:
        _refuse_code(connection)
        _switch_to_wal(connection)
        connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may take the last batch, never the file
        if 0 < _format_of(connection) < FORMAT_VERSION:
            _keep_copy(connection, path)
        _migrate(connection)
        _probe(connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, UnicodeDecodeError) or getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED:
            raise _DamagedError(str(error)) from error
        raise
    return connection


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Wait for another window that opens the same new file: for this alone SQLite itself does not."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _format_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _keep_copy(connection: sqlite3.Connection, path: Path) -> None:
    """Once: what a first start has copied, a second one that finds the old format again leaves alone."""
    aside = path.with_name(f"{path.stem}-format-{_format_of(connection)}{path.suffix}")
    if not aside.exists():
        with replacing(aside) as part, closing(sqlite3.connect(part)) as copy:
            connection.backup(copy)


def _migrate(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    version = _format_of(connection)  # another window may have been here in the meantime
    if version > FORMAT_VERSION:
        raise _NewerError
    for migration in MIGRATIONS[version:]:
        for statement in migration.split(";"):
            connection.execute(statement)
    if version < FORMAT_VERSION:  # a file that may turn out to be damaged is left as it is
        connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
    connection.execute("COMMIT")


def _refuse_code(connection: sqlite3.Connection) -> None:
    """A history has tables and indices: views and triggers are statements of somebody else's, which may never end."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE type IN ('view', 'trigger') LIMIT 1").fetchone():
        raise _DamagedError("it holds views or triggers")


def _to_text(data: bytes) -> str:
    return data.decode("utf-8", "replace")  # so that a damaged name costs that sprite its name, and no other anything


def _probe(connection: sqlite3.Connection) -> None:
    """Find damage now rather than later: walks the tables' trees but leaves out the indices, which takes longer."""
    problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if (told := re.search(r"error code=(\d+)", problem)) and int(told[1]) & 0xFF not in DAMAGED:
        raise sqlite3.OperationalError("it cannot be read whole")  # the disk, not the file
    if problem != "ok":
        raise _DamagedError(problem)
    connection.execute("SELECT id, png, class_name, model, made_at, starred FROM sprites LIMIT 1").fetchone()


def _begin_anew(path: Path) -> tuple[Database, str]:
    aside = path.with_name(f"{path.stem}-damaged-{datetime.now():%Y%m%d-%H%M%S}{path.suffix}")
    try:
        path.replace(aside)
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{path}{suffix}").replace(f"{aside}{suffix}")
        return Database(_connect(path)), f"The history was damaged. A new one is begun; the old file is {aside}."
    except (OSError, sqlite3.Error, _DamagedError) as error:
        return _in_memory(), f"The history {path} is damaged and cannot be replaced: {error}. {KEPT_SHORTLY}."


def _in_memory() -> Database:
    return Database(_connect(Path(":memory:")))
