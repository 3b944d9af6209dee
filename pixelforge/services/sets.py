"""The sets: sprites that the user has chosen, in order and by name. And what lies on the stage.

They stand in the history's file but hold sprites of their own, so that nothing that is deleted there is missed here.
Every change is written at once: a kill at any moment loses nothing that was chosen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from pixelforge.errors import DatasetError
from pixelforge.services.database import Database
from pixelforge.services.sprites import Sprite, decode_any, encode_sprite


@dataclass(frozen=True)
class SpriteSet:
    """Sprites in their order. Sets with the same `id` are one set at several times."""

    id: int
    name: str
    sprites: tuple[Sprite, ...] = ()


class SetStore:
    """The tables of sets and stage. Every method may raise HistoryError, and has then changed nothing."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._encoded: WeakKeyDictionary[Sprite, bytes] = WeakKeyDictionary()  # one sprite changes, of many

    def sets(self) -> tuple[SpriteSet, ...]:
        """All of them, in the order in which they were made; damaged sprites are left out."""
        query = "SELECT set_id, png, class_name, name FROM set_sprites ORDER BY set_id, position"
        sprites: dict[int, list[Sprite]] = {}
        for set_id, png, class_name, name in self._database.read(query):
            with suppress(DatasetError, TypeError):
                sprite = replace(decode_any(png, str(class_name)), name=str(name))
                self._encoded[sprite] = png
                sprites.setdefault(set_id, []).append(sprite)
        rows = self._database.read("SELECT id, name FROM sets ORDER BY id")
        return tuple(SpriteSet(id_, str(name), tuple(sprites.get(id_, ()))) for id_, name in rows)

    def chosen(self) -> int | None:
        """The id of the set that was chosen last."""
        rows = self._database.read("SELECT id FROM sets ORDER BY chosen_at DESC, id LIMIT 1")
        return rows[0][0] if rows else None

    def choose(self, id_: int) -> None:
        """Have this set be the one that was chosen last."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE sets SET chosen_at = ? WHERE id = ?", (self._clock(), id_))

    def save(self, chosen: SpriteSet) -> None:
        """Keep a set as it is now."""
        rows = [
            (chosen.id, position, sprite.name, sprite.class_name, self._encode(sprite))
            for position, sprite in enumerate(chosen.sprites)
        ]
        insert = "INSERT INTO sets (id, name) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name"
        with self._database.transaction() as connection:
            connection.execute(insert, (chosen.id, chosen.name))
            connection.execute("DELETE FROM set_sprites WHERE set_id = ?", (chosen.id,))
            connection.executemany("INSERT INTO set_sprites VALUES (?, ?, ?, ?, ?)", rows)

    def delete(self, id_: int) -> None:
        """Forget a set."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM sets WHERE id = ?", (id_,))
            connection.execute("DELETE FROM set_sprites WHERE set_id = ?", (id_,))

    def staged(self) -> list[int]:
        """The sprites that lay on the stage, by their ids in the history."""
        return [id_ for (id_,) in self._database.read("SELECT sprite FROM stage ORDER BY position")]

    def stage(self, ids: Sequence[int]) -> None:
        """Keep what lies on the stage."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM stage")
            connection.executemany("INSERT INTO stage VALUES (?, ?)", list(enumerate(ids)))

    def _encode(self, sprite: Sprite) -> bytes:
        if sprite not in self._encoded:
            self._encoded[sprite] = encode_sprite(sprite)
        return self._encoded[sprite]
