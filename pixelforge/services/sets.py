"""The sets: sprites that the user has chosen, in order and by name. And what lies on the stage.

They stand in the history's file but hold sprites of their own, so that nothing that is deleted there is missed here.
Every change is written at once: a kill at any moment loses nothing that was chosen. Where several windows change one
set, what each of them did to it is put together.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from pixelforge.errors import DatasetError, HistoryError
from pixelforge.services.database import Database
from pixelforge.services.sprites import Sprite, decode_any, encode_sprite

Look = tuple[bytes, int]  # a sprite's fingerprint, and how many of a set have it before


@dataclass(frozen=True)
class SpriteSet:
    """Sprites in their order. Sets with the same `id` are one set at several times."""

    id: int
    name: str
    sprites: tuple[Sprite, ...] = ()

    @property
    def looks(self) -> tuple[int, str, tuple[tuple[str, bytes], ...]]:
        """Alike for sets that nobody can tell apart, and for no others."""
        return self.id, self.name, tuple((sprite.name, sprite.fingerprint) for sprite in self.sprites)


class SetStore:
    """The tables of sets and stage. Every method may raise HistoryError, and has then changed nothing."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._encoded: WeakKeyDictionary[Sprite, bytes] = WeakKeyDictionary()  # one sprite changes, of many
        self._known: dict[int, SpriteSet] = {}  # as they were when they were read or written last
        self._version = 0  # of the database when all of them were read

    def sets(self) -> tuple[SpriteSet, ...]:
        """All of them, in the order in which they were made; damaged sprites are left out."""
        version = self._database.version()
        sets = self._read()
        self._known, self._version = {one.id: one for one in sets}, version
        return sets

    def chosen(self) -> int | None:
        """The id of the set that was chosen last."""
        rows = self._database.read("SELECT id FROM sets ORDER BY chosen_at DESC, id LIMIT 1")
        return rows[0][0] if rows else None

    def begin(self, first: SpriteSet) -> tuple[SpriteSet, ...]:
        """All sets, `first` among them where there was none: of windows that begin at once only one makes one."""
        with self._database.transaction() as connection:
            if connection.execute("SELECT 1 FROM sets LIMIT 1").fetchone() is None:
                connection.execute("INSERT INTO sets (id, name) VALUES (?, ?)", (first.id, first.name))
        return self.sets()

    def choose(self, id_: int) -> None:
        """Have this set be the one that was chosen last."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE sets SET chosen_at = ? WHERE id = ?", (self._clock(), id_))

    def save(self, chosen: SpriteSet) -> SpriteSet:
        """Keep a set as it is now, with what another window has made of it since it was read; what it is then."""
        insert = "INSERT INTO sets (id, name) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name"
        with self._database.transaction() as connection:
            known, there = self._known.get(chosen.id), self._there(chosen.id)
            if known is not None and there is not None:
                chosen = merged_set(known, chosen, there)
            rows = [
                (chosen.id, position, sprite.name, sprite.class_name, self._encode(sprite))
                for position, sprite in enumerate(chosen.sprites)
            ]
            connection.execute(insert, (chosen.id, chosen.name))
            connection.execute("DELETE FROM set_sprites WHERE set_id = ?", (chosen.id,))
            connection.executemany("INSERT INTO set_sprites VALUES (?, ?, ?, ?, ?)", rows)
        self._known[chosen.id] = chosen
        return chosen

    def delete(self, id_: int) -> int:
        """Forget a set; its id. Raises HistoryError where another window has changed it since it was read."""
        with self._database.transaction() as connection:
            known, there = self._known.get(id_), self._there(id_)
            if known is not None and there is not None and there.looks != known.looks:
                raise HistoryError(f"{known.name} was changed in another window in the meantime, so it stays.")
            connection.execute("DELETE FROM sets WHERE id = ?", (id_,))
            connection.execute("DELETE FROM set_sprites WHERE set_id = ?", (id_,))
        self._known.pop(id_, None)
        return id_

    def staged(self) -> list[int]:
        """The sprites that lay on the stage, by their ids in the history."""
        return [id_ for (id_,) in self._database.read("SELECT sprite FROM stage ORDER BY position")]

    def stage(self, ids: Sequence[int]) -> None:
        """Keep what lies on the stage."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM stage")
            connection.executemany("INSERT INTO stage VALUES (?, ?)", list(enumerate(ids)))

    def _there(self, id_: int) -> SpriteSet | None:
        """A set as it stands in the file; None: it does not."""
        if self._database.version() == self._version and id_ in self._known:
            return self._known[id_]  # nobody else has written
        return next(iter(self._read(id_)), None)

    def _read(self, id_: int | None = None) -> tuple[SpriteSet, ...]:
        """The sets in their order; or one, if it is there."""
        where, values = ("", ()) if id_ is None else (" WHERE {} = ?", (id_,))
        query = f"SELECT set_id, png, class_name, name FROM set_sprites{where} ORDER BY set_id, position"
        sprites: dict[int, list[Sprite]] = {}
        for set_id, png, class_name, name in self._database.read(query.format("set_id"), values):
            with suppress(DatasetError, TypeError):
                sprite = replace(decode_any(png, str(class_name)), name=str(name))
                self._encoded[sprite] = png
                sprites.setdefault(set_id, []).append(sprite)
        rows = self._database.read(f"SELECT id, name FROM sets{where} ORDER BY id".format("id"), values)
        return tuple(SpriteSet(one, str(name), tuple(sprites.get(one, ()))) for one, name in rows)

    def _encode(self, sprite: Sprite) -> bytes:
        if sprite not in self._encoded:
            self._encoded[sprite] = encode_sprite(sprite)
        return self._encoded[sprite]


def merged_set(before: SpriteSet, now: SpriteSet, there: SpriteSet) -> SpriteSet:
    """A set of which two windows had `before`, and made `now` and `there`: what was put in, taken out, named by both.

    Where both put one thing into an order, or gave it a name, that of `now` stays.
    """
    if there.looks == before.looks:
        return now
    old, mine, theirs = _by_look(before), _by_look(now), _by_look(there)
    here = [key for key in mine if key in theirs or key not in old]
    others = [key for key in theirs if key in mine or key not in old]
    moved = [key for key in mine if key in old] != [key for key in old if key in mine]
    sprites = []
    for key in _woven(here, others) if moved else _woven(others, here):
        renamed = key in mine and (key not in old or mine[key].name != old[key].name)
        sprites.append(mine[key] if renamed or key not in theirs else theirs[key])
    return SpriteSet(now.id, there.name if now.name == before.name else now.name, tuple(sprites))


def _woven(keys: list[Look], others: list[Look]) -> list[Look]:
    """Keys in their order, and those of the others that are missing among them, each behind the one before it."""
    woven = list(keys)
    for at, key in enumerate(others):
        if key not in woven:
            woven.insert(woven.index(others[at - 1]) + 1 if at else 0, key)
    return woven


def _by_look(one: SpriteSet) -> dict[Look, Sprite]:
    """A set's sprites, each by what it looks like and by how many before it look so too."""
    found: dict[Look, Sprite] = {}
    seen: Counter[bytes] = Counter()
    for sprite in one.sprites:
        found[sprite.fingerprint, seen[sprite.fingerprint]] = sprite
        seen[sprite.fingerprint] += 1
    return found
