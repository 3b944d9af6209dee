"""Everything that was made, kept in one SQLite file that several windows of the app may share."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pixelforge.errors import DatasetError, HistoryError
from pixelforge.files import reason
from pixelforge.services.sprites import Sprite, decode_sprite, encode_sprite

FORMAT_VERSION = 1
BUSY_SECONDS = 5.0  # how long to wait for another window that is writing
ERRORS = (sqlite3.Error, UnicodeDecodeError)  # the latter where its message quotes what is damaged
MAX_PARAMETERS = 500  # in one statement; SQLite's own limit is higher
SCHEMA = """
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
"""
COLUMNS = "id, png, class_name, model, made_at, starred"

Row = tuple[int, bytes, str, str, float, int]
"""A sprite as it lies in the table, for bringing it back."""


@dataclass(frozen=True, eq=False)
class Entry:
    """A sprite in the history."""

    id: int
    sprite: Sprite
    made_at: float  # seconds since 1970
    starred: bool


@dataclass(frozen=True)
class HistoryFilter:
    """Which sprites to list; None: of every class, of every model."""

    class_name: str | None = None
    model: str | None = None
    starred: bool = False


class History:
    """The table of sprites. Every method may raise HistoryError, and has then changed nothing."""

    def __init__(self, connection: sqlite3.Connection, cap: int, clock: Callable[[], float] = time.time) -> None:
        """connection: in autocommit mode, with the schema. cap: sprites to keep at most, starred ones not counted."""
        self._connection = connection
        self._cap = cap
        self._clock = clock
        self._version_seen = self._version()

    def add(self, sprites: Sequence[Sprite]) -> tuple[int, ...]:
        """Keep sprites, the last of them the newest; their ids. The oldest ones beyond the cap are dropped."""
        now = self._clock()
        rows = [(encode_sprite(s), s.class_name, s.model, now) for s in sprites]
        insert = "INSERT INTO sprites (png, class_name, model, made_at) VALUES (?, ?, ?, ?)"
        with self._transaction() as connection:
            ids = tuple(int(connection.execute(insert, row).lastrowid or 0) for row in rows)
            self._drop_beyond_cap()
        return ids

    def ids(self, chosen: HistoryFilter) -> list[int]:
        """The ids of the sprites that pass a filter, newest first."""
        conditions, values = ["1"], []
        for column, value in (("class_name", chosen.class_name), ("model", chosen.model)):
            if value is not None:
                conditions.append(f"{column} = ?")
                values.append(value)
        if chosen.starred:
            conditions.append("starred")
        query = f"SELECT id FROM sprites WHERE {' AND '.join(conditions)} ORDER BY id DESC"
        return [id_ for (id_,) in self._read(query, values)]

    def entries(self, ids: Sequence[int]) -> list[Entry]:
        """The sprites of these ids, in this order; those that are gone, or damaged, are left out."""
        found: dict[int, Entry] = {}
        for id_, png, _, _, made_at, starred in self._rows(ids):
            if isinstance(png, bytes) and isinstance(made_at, float):
                with suppress(DatasetError):
                    found[id_] = Entry(id_, decode_sprite(png), made_at, bool(starred))
        return [found[id_] for id_ in ids if id_ in found]

    def set_starred(self, ids: Sequence[int], starred: bool) -> None:
        """Star sprites, or take their stars away."""
        with self._transaction() as connection:
            connection.executemany("UPDATE sprites SET starred = ? WHERE id = ?", [(starred, id_) for id_ in ids])

    def delete(self, ids: Sequence[int]) -> tuple[Row, ...]:
        """Take sprites out; what `restore` brings back."""
        with self._transaction() as connection:
            rows = tuple(self._rows(ids))
            connection.executemany("DELETE FROM sprites WHERE id = ?", [(id_,) for id_ in ids])
        return rows

    def restore(self, rows: Sequence[Row]) -> None:
        """Bring deleted sprites back, under the ids that they had."""
        with self._transaction() as connection:
            connection.executemany(f"INSERT OR IGNORE INTO sprites ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", rows)

    def unstarred(self) -> list[int]:
        """The ids of all sprites without a star."""
        return [id_ for (id_,) in self._read("SELECT id FROM sprites WHERE NOT starred")]

    def class_names(self) -> list[str]:
        """The classes that there are sprites of, by name."""
        return self._names("class_name")

    def models(self) -> list[str]:
        """The models that there are sprites of, by name."""
        return self._names("model")

    def set_cap(self, cap: int) -> None:
        """Keep at most so many sprites without a star; what is beyond goes with the next batch."""
        self._cap = cap

    def changed_elsewhere(self) -> bool:
        """Whether another window has written since this was asked last."""
        version = self._version()
        changed, self._version_seen = version != self._version_seen, version
        return changed

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _drop_beyond_cap(self) -> None:
        self._connection.execute(
            "DELETE FROM sprites WHERE NOT starred AND id <= "
            "(SELECT id FROM sprites WHERE NOT starred ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (self._cap,),
        )

    def _names(self, column: str) -> list[str]:
        found = self._read(f"SELECT DISTINCT {column} FROM sprites ORDER BY {column}")
        return [name for (name,) in found if isinstance(name, str)]

    def _rows(self, ids: Sequence[int]) -> Iterator[Row]:
        for first in range(0, len(ids), MAX_PARAMETERS):
            some = list(ids[first : first + MAX_PARAMETERS])
            places = ", ".join("?" * len(some))
            yield from self._read(f"SELECT {COLUMNS} FROM sprites WHERE id IN ({places})", some)

    def _version(self) -> int:
        return int(self._read("PRAGMA data_version")[0][0])

    def _read(self, query: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        try:
            return self._connection.execute(query, values).fetchall()
        except ERRORS as error:
            raise HistoryError(f"The history cannot be read: {error}.") from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has ended it already
                    self._connection.execute("ROLLBACK")
                raise
        except ERRORS as error:
            raise HistoryError(
                f"The history cannot be written: {error}. The sprites on screen are not lost."
            ) from error


def open_history(path: Path, cap: int) -> tuple[History, str]:
    """The history in a file, and a line for the user where something is wrong with it, else an empty one.

    A damaged file is moved aside and a new one begun. Where no file can be used the history lives until the app closes.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return History(_connect(path), cap), ""
    except _NewerError:
        problem = f"The history {path} was written by a newer PixelForge, and is left alone."
    except sqlite3.OperationalError as error:  # locked, read-only, no such folder: the file may be well
        problem = f"The history {path} cannot be used: {error}."
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return _begin_anew(path, cap)
    except OSError as error:
        problem = f"The history {path} cannot be used: {reason(error)}."
    return _in_memory(cap), f"{problem} What you make now is kept until you close the app: save what you want to keep."


class _NewerError(Exception):
    """The file has a format that this app does not know."""


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.text_factory = _to_text
    try:
        _switch_to_wal(connection)
        connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may take the last batch, never the file
        connection.execute("BEGIN IMMEDIATE")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > FORMAT_VERSION:
            raise _NewerError
        if version == 0:
            for statement in SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
        connection.execute("COMMIT")
        _probe(connection)
    except BaseException:
        connection.close()
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


def _to_text(data: bytes) -> str:
    return data.decode("utf-8", "replace")  # so that a damaged name costs that sprite its name, and no other anything


def _probe(connection: sqlite3.Connection) -> None:
    """Find damage now rather than later: walks the tables' trees but leaves out the indices, which takes longer."""
    problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if problem != "ok":
        raise sqlite3.DatabaseError(problem)
    connection.execute(f"SELECT {COLUMNS} FROM sprites LIMIT 1").fetchone()


def _begin_anew(path: Path, cap: int) -> tuple[History, str]:
    aside = path.with_name(f"{path.stem}-damaged-{datetime.now():%Y%m%d-%H%M%S}{path.suffix}")
    try:
        path.replace(aside)
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{path}{suffix}").replace(f"{aside}{suffix}")
        return History(_connect(path), cap), f"The history was damaged. A new one is begun; the old file is {aside}."
    except (OSError, sqlite3.Error) as error:
        problem = f"The history {path} is damaged and cannot be replaced: {error}."
        return _in_memory(cap), f"{problem} What you make now is kept until you close the app."


def _in_memory(cap: int) -> History:
    return History(_connect(Path(":memory:")), cap)
