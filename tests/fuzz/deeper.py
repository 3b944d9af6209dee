"""Mutations of formats whose parts stand behind lengths or in tables: Aseprite files, the tables of a database."""

from __future__ import annotations

import random
import sqlite3
import struct
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path

from tests.fuzz.mutate import EXTREMES, Mutation, in_bytes, odd_json

HEAD, FRAME_HEAD, CHUNK_HEAD = 128, 16, 6
CEL, USER_DATA, PACKED = 0x2005, 0x2020, 2
VALUES = [None, 0, -1, 1.5, 2**62, "", "x", "\0", "ä" * 200, b"", b"\xff\xfe", b"x" * 5000]


def in_aseprite(rng: random.Random, content: bytes) -> bytes:
    """An Aseprite file with a changed, doubled or missing chunk, whose lengths are right; see ase-file-specs.md."""
    frames = _frames(content)
    chunks = rng.choice(frames)
    how, at = rng.randrange(8), rng.randrange(len(chunks))
    kind, data = chunks[at]
    if how == 0:
        del chunks[at]
    elif how == 1:
        rng.choice(frames).insert(0, chunks[at])
    elif how == 2:
        frames.append(list(chunks))
    else:
        chunks[at] = kind, _odd_chunk(rng, kind, data)
    bodies = [b"".join(struct.pack("<IH", CHUNK_HEAD + len(d), k) + d for k, d in frame) for frame in frames]
    body = b"".join(
        struct.pack("<I3H2xI", FRAME_HEAD + len(data), 0xF1FA, min(len(frame), 0xFFFF), 100, len(frame)) + data
        for frame, data in zip(frames, bodies, strict=True)
    )
    head = struct.pack("<IHH", HEAD + len(body), 0xA5E0, len(frames)) + content[8:HEAD]
    return head + body


def _odd_chunk(rng: random.Random, kind: int, data: bytes) -> bytes:
    if kind == USER_DATA and (at := data.find(b"{")) > 0 and rng.randrange(4):
        text = odd_json(rng, data[at:])[:0xFFFF]
        return data[: at - 2] + struct.pack("<H", len(text)) + text
    if kind == CEL and struct.unpack_from("<H", data, 7)[0] == PACKED and rng.randrange(2):
        return data[:20] + zlib.compress(in_bytes(rng, zlib.decompress(data[20:])))
    if len(data) >= 2 and rng.randrange(2):
        at = rng.randrange(len(data) - 1)
        return data[:at] + (rng.choice(EXTREMES) % 2**16).to_bytes(2, "little") + data[at + 2 :]
    return in_bytes(rng, data)


def _frames(content: bytes) -> list[list[tuple[int, bytes]]]:
    found, at = [], HEAD
    while at < len(content):
        size, _, old, new = struct.unpack_from("<I3H2xI", content, at)[:3] + struct.unpack_from("<I", content, at + 12)
        place, chunks = at + FRAME_HEAD, list[tuple[int, bytes]]()
        for _ in range(new or old):
            length, kind = struct.unpack_from("<IH", content, place)
            chunks.append((kind, content[place + CHUNK_HEAD : place + length]))
            place += length
        found.append(chunks)
        at += size
    return found


def in_tables(*tables: str) -> Mutation:
    """A SQLite file in some of whose rows, of one of the tables, stands what does not belong there."""

    def mutate(rng: random.Random, content: bytes) -> bytes:
        table = rng.choice(tables)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.sqlite"
            path.write_bytes(content)
            with sqlite3.connect(path) as connection:
                columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
                for _ in range(rng.randint(1, 3)):
                    _spoil(rng, connection, table, rng.choice(columns))
                if rng.randrange(8) == 0:
                    connection.execute(f"DROP TABLE {rng.choice(tables)}")
            connection.close()
            return path.read_bytes()

    return mutate


def _spoil(rng: random.Random, connection: sqlite3.Connection, table: str, column: str) -> None:
    """One value, as it is, as text, or changed in its bytes; what the table refuses stays as it is."""
    where, value = f"WHERE rowid = {rng.randint(1, 4)}", rng.choice(VALUES)
    cast = rng.choice(("?", "?", "CAST(? AS TEXT)"))
    with suppress(sqlite3.Error):
        found = connection.execute(f"SELECT {column} FROM {table} {where}").fetchone()
        if found and isinstance(found[0], bytes) and rng.randrange(3):
            value = (odd_json if found[0].startswith(b"{") else in_bytes)(rng, found[0])
        connection.execute(f"UPDATE {table} SET {column} = {cast} {where}", (value,))
