"""Everything that was made, and the bin of what was deleted, in one SQLite file that several windows may share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from pixelforge.errors import DatasetError, HistoryError
from pixelforge.services.asking import SINGLE
from pixelforge.services.batches import MadeBatch
from pixelforge.services.database import Database, open_database
from pixelforge.services.likeness import STORED, decoded, distances, encoded, features_of
from pixelforge.services.recipe import Recipe
from pixelforge.services.sprites import Sprite, decode_any, encode_sprite

MAX_PARAMETERS = 500  # in one statement; SQLite's own limit is higher
LATEST = 4_102_444_800.0  # seconds since 1970: what claims to be made after the year 2100 is shown as of then
BIN_DAYS = 30  # that the bin keeps what was deleted
MOST_LOOKED_AT = 2000  # sprites of older versions whose features are found at a time: a second
CHOSEN_SET = "SELECT id FROM sets ORDER BY chosen_at DESC, id LIMIT 1"
COLUMNS = "id, png, class_name, model, made_at, starred"

Row = tuple[int, bytes, str, str, float, int, float | None]
Table = Literal["sprites", "bin"]


@dataclass(frozen=True, eq=False)
class Entry:
    """A sprite in the history, or in its bin."""

    id: int
    sprite: Sprite
    made_at: float  # seconds since 1970
    starred: bool
    deleted_at: float | None = None  # seconds since 1970; None outside the bin


@dataclass(frozen=True)
class HistoryFilter:
    """Which sprites to list, and in which order; None: of every class, of every model."""

    class_name: str | None = None
    model: str | None = None
    starred: bool = False
    binned: bool = False  # what lies in the bin, instead of what does not
    words: str = ""  # each of them begins a class, kind, style, colour or size, or is in a name that a set gives
    in_set: bool = False  # what the set that was chosen last holds
    like: bytes = b""  # features, as `likeness` encodes them: what looks most like that comes first; none: the newest

    @property
    def table(self) -> Table:
        """Where these sprites are."""
        return "bin" if self.binned else "sprites"


def sql_of(chosen: HistoryFilter) -> tuple[str, list[str | bytes]]:
    """What a filter says in SQL, and the values of its places. A recipe stands in its PNG as it is."""
    conditions, values = ["1"], list[str | bytes]()
    for column, value in (("class_name", chosen.class_name), ("model", chosen.model)):
        if value is not None:
            conditions.append(f"{column} = ?")
            values.append(value)
    if chosen.starred:
        conditions.append("starred")
    if chosen.in_set:
        conditions.append(f"png IN (SELECT png FROM set_sprites WHERE set_id = ({CHOSEN_SET}))")
    for word in chosen.words.replace(",", " ").split():
        plain = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        named = "png IN (SELECT png FROM set_sprites WHERE name LIKE ? ESCAPE '\\')"
        told = [f'"{part}":"{word.lower()}'.encode() for part in ("kind", *SINGLE)]
        either = ["class_name LIKE ? ESCAPE '\\'", named, *["instr(png, ?)"] * len(told)]
        conditions.append(f"({' OR '.join(either)})")
        values += [f"{plain}%", f"%{plain}%", *told]
    return " AND ".join(conditions), values


class History:
    """The table of sprites and the bin. Every method may raise HistoryError, and has then changed nothing."""

    def __init__(self, database: Database, cap: int, clock: Callable[[], float] = time.time) -> None:
        """cap: sprites to keep at most, starred ones not counted."""
        self.database = database
        self._cap = cap
        self._clock = clock

    def add(self, sprites: Sequence[Sprite]) -> tuple[int, ...]:
        """Keep sprites, the last of them the newest; their ids. The oldest ones beyond the cap are dropped."""
        now = self._clock()
        rows = [(encode_sprite(s), s.class_name, s.model, now) for s in sprites]
        looks = [encoded(features_of(sprite.pixels)) for sprite in sprites]
        insert = "INSERT INTO sprites (png, class_name, model, made_at) VALUES (?, ?, ?, ?)"
        with self.database.transaction() as connection:
            ids = tuple(int(connection.execute(insert, row).lastrowid or 0) for row in rows)
            connection.executemany("INSERT OR REPLACE INTO looks VALUES (?, ?)", list(zip(ids, looks, strict=True)))
            connection.execute(
                "DELETE FROM sprites WHERE NOT starred AND id <= "
                "(SELECT id FROM sprites WHERE NOT starred ORDER BY id DESC LIMIT 1 OFFSET ?)",
                (self._cap,),
            )
        return ids

    def replace(self, id_: int, sprite: Sprite) -> bool:
        """Keep a sprite in place of another; False where that is there no more, and nothing is kept."""
        update = "UPDATE sprites SET png = ? WHERE id = ?"
        with self.database.transaction() as connection:
            if connection.execute(update, (encode_sprite(sprite), id_)).rowcount == 0:
                return False
            looks = encoded(features_of(sprite.pixels))
            connection.execute("INSERT OR REPLACE INTO looks VALUES (?, ?)", (id_, looks))
        return True

    def ids(self, chosen: HistoryFilter) -> list[int]:
        """The ids of the sprites that pass a filter, newest first; of the bin, what was deleted last."""
        where, values = sql_of(chosen)
        order = "deleted_at DESC, id DESC" if chosen.binned else "id DESC"
        query = f"SELECT id FROM {chosen.table} WHERE {where} ORDER BY {order}"
        ids = [id_ for (id_,) in self.database.read(query, values)]
        return self._alike(ids, chosen.like) if chosen.like else ids

    def batches(self, chosen: HistoryFilter) -> list[MadeBatch]:
        """The sprites that pass a filter by the batches that they were made in, the newest first."""
        where, values = sql_of(chosen)
        found: dict[float, list[int]] = {}
        query = f"SELECT id, made_at FROM {chosen.table} WHERE {where} ORDER BY made_at DESC, id"
        for id_, made_at in self.database.read(query, values):
            if isinstance(made_at, float):
                found.setdefault(made_at, []).append(id_)
        return [MadeBatch(made_at, tuple(ids)) for made_at, ids in found.items()]

    def entries(self, ids: Sequence[int], table: Table = "sprites") -> list[Entry]:
        """The sprites of these ids, in this order; those that are gone, or damaged, are left out."""
        found: dict[int, Entry] = {}
        for id_, png, class_name, _, made_at, starred, gone in self._rows(ids, table):
            if isinstance(png, bytes) and isinstance(made_at, float):
                with suppress(DatasetError):
                    at = min(max(made_at, 0.0), LATEST)
                    found[id_] = Entry(id_, decode_any(png, str(class_name)), at, bool(starred), gone)
        return [found[id_] for id_ in ids if id_ in found]

    def find(self, sprite: Sprite) -> int | None:
        """The newest entry of a sprite, or of what it was before a palette; None where it is not there any more."""
        query = "SELECT id FROM sprites WHERE class_name = ? AND model = ? AND instr(png, ?) ORDER BY id DESC"
        told = f'"seed":{sprite.seed}'.encode() if sprite.recipe else b""  # as its recipe stands in the PNG
        ids = [id_ for (id_,) in self.database.read(query, (sprite.class_name, sprite.model, told))]
        entries = self.entries(ids)
        same = [entry.id for entry in entries if entry.sprite.fingerprint == sprite.fingerprint]
        before = [entry.id for entry in entries if sprite.recipe and _bare(entry.sprite) == _bare(sprite)]
        return next(iter(same + before), None)

    def set_starred(self, ids: Sequence[int], starred: bool) -> None:
        """Star sprites, or take their stars away."""
        with self.database.transaction() as connection:
            connection.executemany("UPDATE sprites SET starred = ? WHERE id = ?", [(starred, id_) for id_ in ids])

    def delete(self, ids: Sequence[int]) -> tuple[int, ...]:
        """Move sprites into the bin; the ids of those that were there."""
        return self._move(ids, "sprites", f"bin ({COLUMNS}, deleted_at)", f"{COLUMNS}, {float(self._clock())!r}")

    def restore(self, ids: Sequence[int]) -> tuple[int, ...]:
        """Bring sprites back from the bin, under the ids that they had; the ids of those that were there."""
        return self._move(ids, "bin", f"sprites ({COLUMNS})", COLUMNS)

    def empty_bin(self, older_than: float = 0) -> None:
        """Remove for good what has been in the bin for so many seconds."""
        with self.database.transaction() as connection:
            connection.execute("DELETE FROM bin WHERE deleted_at <= ?", (self._clock() - older_than,))
            known = "SELECT id FROM sprites UNION ALL SELECT id FROM bin"
            connection.execute(f"DELETE FROM looks WHERE sprite NOT IN ({known})")

    def unstarred(self, chosen: HistoryFilter | None = None) -> list[int]:
        """The ids of all sprites without a star that pass a filter."""
        starred = {id_ for (id_,) in self.database.read("SELECT id FROM sprites WHERE starred")}
        return [id_ for id_ in self.ids(chosen or HistoryFilter()) if id_ not in starred]

    def class_names(self) -> list[str]:
        """The classes that there are sprites of, by name."""
        return self._names("class_name")

    def models(self) -> list[str]:
        """The models that there are sprites of, by name; drawn and mended sprites are of none."""
        return [name for name in self._names("model") if name]

    def set_cap(self, cap: int) -> None:
        """Keep at most so many sprites without a star; what is beyond goes with the next batch."""
        self._cap = cap

    def changed_elsewhere(self) -> bool:
        """Whether another window has written since this was asked last."""
        return self.database.changed_elsewhere()

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()

    def _alike(self, ids: Sequence[int], like: bytes) -> list[int]:
        """The ids by how much their sprites look like that; those whose looks are not known yet come last."""
        looks: dict[int, bytes] = dict(self.database.read("SELECT sprite, features FROM looks"))
        looks.update(self._looked_at([id_ for id_ in ids if id_ not in looks][:MOST_LOOKED_AT]))
        known = [id_ for id_ in ids if isinstance(looks.get(id_), bytes) and len(looks[id_]) == STORED]
        if not known or len(like) != STORED:
            return list(ids)
        far = distances(decoded([like])[0], decoded([looks[id_] for id_ in known]))
        order = [known[at] for at in np.argsort(far, kind="stable")]
        unknown = set(ids) - set(known)
        return [*order, *(id_ for id_ in ids if id_ in unknown)]

    def _looked_at(self, ids: Sequence[int]) -> dict[int, bytes]:
        """The features of sprites that an older version kept, from now on stored."""
        looks = {entry.id: encoded(features_of(entry.sprite.pixels)) for entry in self.entries(ids)}
        if looks:
            with self.database.transaction() as connection:
                connection.executemany("INSERT OR REPLACE INTO looks VALUES (?, ?)", list(looks.items()))
        return looks

    def _move(self, ids: Sequence[int], source: Table, target: str, values: str) -> tuple[int, ...]:
        with self.database.transaction() as connection:
            there = {row[0] for row in self._rows(ids, source)}
            one = [(id_,) for id_ in ids if id_ in there]
            connection.executemany(f"INSERT OR IGNORE INTO {target} SELECT {values} FROM {source} WHERE id = ?", one)
            connection.executemany(f"DELETE FROM {source} WHERE id = ?", one)
        return tuple(id_ for (id_,) in one)

    def _names(self, column: str) -> list[str]:
        found = self.database.read(f"SELECT DISTINCT {column} FROM sprites ORDER BY {column}")
        return [name for (name,) in found if isinstance(name, str)]

    def _rows(self, ids: Sequence[int], table: Table) -> Iterator[Row]:
        for first in range(0, len(ids), MAX_PARAMETERS):
            some = list(ids[first : first + MAX_PARAMETERS])
            places = ", ".join("?" * len(some))
            gone = "deleted_at" if table == "bin" else "NULL"
            yield from self.database.read(f"SELECT {COLUMNS}, {gone} FROM {table} WHERE id IN ({places})", some)


def _bare(sprite: Sprite) -> Recipe | None:
    """How it was made, whatever its palette."""
    recipe = sprite.recipe
    return recipe and replace(recipe, request=replace(recipe.request, palette=None))


def open_history(path: Path, cap: int) -> tuple[History, str]:
    """The history in a file, and a line for the user where something is wrong with it; see `open_database`."""
    database, notice = open_database(path)
    history = History(database, cap)
    with suppress(HistoryError):  # what is too old stays until the next start
        history.empty_bin(BIN_DAYS * 86_400)
    return history, notice
