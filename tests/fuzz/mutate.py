"""Valid files made invalid: bytes anywhere, and deeper down where a checksum would stop bytes at the door."""

from __future__ import annotations

import io
import json
import random
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

Mutation = Callable[[random.Random, bytes], bytes]

MAX_CHANGES = 6
MAX_INSERTED = 64
EXTREMES = [0, 1, -1, 2**7, 2**8 - 1, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1]
WORDS = [
    b"\0",
    b"\xff" * 4,
    b"-1",
    b"1e999",
    b"NaN",
    b"null",
    b"[" * 200,
    b"{}",
    b'"',
    b"\n",
    b"../",
    b"\xf0\x9f\x90\x89",
]
CELLS = [
    *WORDS, b"", b" ", b'""', b'"', b"file", b"kind", b"..", "\N{DRAGON}".encode(), b"x" * 81, b"own", b"=1+1", b"-1",
    b"/etc/passwd", b"C:\\x.png", b"a/./cats/../cats/1.png", b"0", b"FALSE", "\u202e\u0301".encode(), b"\xc3(",
]  # fmt: skip
ODD_VALUES: list[Any] = [
    None, True, 0, -1, 1.5, 1e308, -0.0, 2**31, 2**63, 2**64, 10**30, "", "x", "ä", "\ud800", "..", "../../evil",
    "/etc/passwd", "x" * 5000, [], {}, [[]], [None] * 3, {"a": None}, "#ffffff", "ddpm", "NaN", "A" * 400,
]  # fmt: skip
DEEP = 20_000  # brackets, more than any reader may follow by calling itself


def in_bytes(rng: random.Random, content: bytes) -> bytes:
    """A few bytes changed, put in, taken out, said twice, or the end cut off."""
    data = bytearray(content)
    for _ in range(rng.randint(1, MAX_CHANGES)):
        at = rng.randrange(len(data) + 1)
        size = rng.choice((1, 2, 4, 8, rng.randint(1, MAX_INSERTED)))
        how = rng.randrange(8)
        if how == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif how == 1 and at < len(data):
            data[at] = rng.randrange(256)
        elif how == 2:
            data[at:at] = rng.randbytes(size)
        elif how == 3:
            del data[at : at + size]
        elif how == 4:
            data[at:at] = data[at : at + size]
        elif how == 5:
            data[at:at] = rng.choice(WORDS)
        elif how == 6:
            number = rng.choice(EXTREMES) % 2 ** (8 * min(size, 8))
            data[at : at + min(size, 8)] = number.to_bytes(min(size, 8), rng.choice(("little", "big")))
        else:
            del data[at:]
    return bytes(data)


def rubbish(rng: random.Random, content: bytes) -> bytes:
    """Nothing of the file, or nothing but its beginning."""
    begun = content[: rng.choice((0, 0, 4, 8, 16, 100))]
    return begun + rng.randbytes(rng.choice((0, 1, 10, 100, 1000)))


def mixed(*deep: Mutation) -> Mutation:
    """The mutations that a reader gets: mostly those that know its format, if there are any."""
    chosen = [in_bytes, in_bytes, rubbish, *deep * 3]

    def mutate(rng: random.Random, content: bytes) -> bytes:
        return rng.choice(chosen)(rng, content)

    return mutate


def odd_json(rng: random.Random, content: bytes) -> bytes:
    """A JSON text with values of it replaced, missing, too many or too deep."""
    if rng.randrange(20) == 0:
        key = rng.choice(["", '{"deep": ', '{"palette": '])
        return (key + rng.choice("[{") * DEEP).encode()
    try:
        value = json.loads(content)
    except ValueError:
        return in_bytes(rng, content)
    for _ in range(rng.randint(1, 3)):
        value = _odd(rng, value)
    return json.dumps(value, ensure_ascii=rng.randrange(2) == 0).encode("utf-8", "surrogatepass")


def _odd(rng: random.Random, value: Any) -> Any:
    if isinstance(value, dict) and value and rng.randrange(8):
        key = rng.choice(list(value))
        if rng.randrange(8) == 0:
            return {k: v for k, v in value.items() if k != key}
        return {**value, key: _odd(rng, value[key])}
    if isinstance(value, list) and value and rng.randrange(4):
        at = rng.randrange(len(value))
        if rng.randrange(8) == 0:
            return value * rng.choice((0, 2, 50))
        return [*value[:at], _odd(rng, value[at]), *value[at + 1 :]]
    if isinstance(value, int | float) and not isinstance(value, bool) and rng.randrange(2):
        return rng.choice([value + 1, value - 1, -value, value * 10, value * 1000, float(value)])
    return rng.choice(ODD_VALUES)


def in_safetensors(rng: random.Random, content: bytes) -> bytes:
    """A model file whose header is odd, but has the length that the file says."""
    size = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + size])
    about = header["__metadata__"]
    if rng.randrange(4):
        key = rng.choice(list(about))
        about[key] = odd_json(rng, about[key].encode()).decode("utf-8", "replace")
    else:
        header = _odd(rng, header)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + content[8 + size :]


def in_tensors(prefix: str) -> Mutation:
    """A model file whose numbers are odd in one of the tensors whose names begin so; its header stays."""

    def mutate(rng: random.Random, content: bytes) -> bytes:
        size = struct.unpack("<Q", content[:8])[0]
        header = json.loads(content[8 : 8 + size])
        first, last = header[rng.choice([name for name in header if name.startswith(prefix)])]["data_offsets"]
        data = bytearray(content)
        for _ in range(rng.randint(1, MAX_CHANGES)):
            width = rng.choice((1, 2, 4))
            at = 8 + size + rng.randrange(first, last) // width * width
            data[at : at + width] = (rng.choice(EXTREMES) % 2 ** (8 * width)).to_bytes(width, "little")
        return bytes(data[: len(content)])

    return mutate


def in_png(change_text: Mutation) -> Mutation:
    """A PNG with a changed chunk whose checksum is right. change_text: of the JSON in an iTXt chunk."""

    def mutate(rng: random.Random, content: bytes) -> bytes:
        chunks = _chunks(content)
        texts = [i for i, (kind, _) in enumerate(chunks) if kind == b"iTXt"]
        at = rng.choice(texts) if texts and rng.randrange(4) else rng.randrange(len(chunks))
        kind, data = chunks[at]
        keyword, separator, text = _itxt(data)
        is_text = kind == b"iTXt" and separator
        data = keyword + separator + change_text(rng, text) if is_text else in_bytes(rng, data)
        chunks[at] = (kind if rng.randrange(10) else rng.choice(chunks)[0], data)
        if rng.randrange(10) == 0:
            chunks.insert(rng.randrange(len(chunks)), rng.choice(chunks))
        return content[:8] + b"".join(_chunk(kind, data) for kind, data in chunks)

    return mutate


def _itxt(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Keyword, what stands between and the text of such a chunk, not compressed any more; else the latter are empty."""
    keyword, separator, text = data.partition(b"\0\0\0\0\0")
    if separator:
        return keyword, separator, text
    keyword, separator, text = data.partition(b"\0\1\0\0\0")
    try:
        return keyword, separator and b"\0\0\0\0\0", zlib.decompress(text) if separator else b""
    except zlib.error:  # another chunk's bytes under this name: two were exchanged before
        return data, b"", b""


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 8
    while at < len(content):
        size = struct.unpack(">I", content[at : at + 4])[0]
        found.append((content[at + 4 : at + 8], content[at + 8 : at + 8 + size]))
        at += 12 + size
    return found


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def in_npy(rng: random.Random, content: bytes) -> bytes:
    """An array whose description is odd, but has the length that the file says."""
    size = struct.unpack("<H", content[8:10])[0]
    text = content[10 : 10 + size].decode("latin-1")
    shapes = [
        "()",
        "(0,)",
        "(2, 0, 0, 4)",
        "(1000000000, 0, 0, 3)",
        "(9223372036854775807, 2)",
        "(-1,)",
        "(2.5,)",
        "None",
    ]
    kinds = ["|O", "<U9999999", "<f8", ">f2", "<c16", "|V8", "<M8[ns]", "|b1", "<i8", "x", "[('a', '<i4')]"]
    how = rng.randrange(4)
    if how == 0:
        text = text[: text.index("(")] + rng.choice(shapes) + text[text.index(")") + 1 :]
    elif how == 1:
        text = text.replace("|u1", rng.choice(kinds)).replace("<i8", rng.choice(kinds))
    elif how == 2:
        odd = ["(" * 300, "__import__('os').system('true')", "1" * 5000, "{'a': 1", "10L", "'''", "\\", "0" * 30]
        text = text.replace("False", rng.choice(odd))
    else:
        text = in_bytes(rng, text.encode("latin-1")).decode("latin-1")
    version = rng.choice(((1, 0), (1, 0), (2, 0), (3, 0), (9, 9)))
    data = text.encode("latin-1")
    length = struct.pack("<H" if version == (1, 0) else "<I", len(data) % 2**16)
    return content[:6] + bytes(version) + length + data + content[10 + size :]


def in_zip(names: Sequence[str], change: Mutation) -> Mutation:
    """An archive whose entries are changed and packed again, so that their checksums are right."""

    def mutate(rng: random.Random, content: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [(info.filename, archive.read(info)) for info in archive.infolist()]
        at = rng.randrange(len(entries))
        name, data = entries[at]
        if names and rng.randrange(3) == 0:
            name = rng.choice(names)
        else:
            data = change(rng, data)
        entries[at] = (name, data)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
            for name, data in entries:
                info = zipfile.ZipInfo(name)
                info.external_attr = rng.choice((0, 0, 0o120777 << 16, 0o40755 << 16))
                archive.writestr(info, data)
        return buffer.getvalue()

    return mutate


def in_pickle_of_zip(rng: random.Random, content: bytes) -> bytes:
    """What torch saved, its pickle changed and packed again."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = [(info.filename, archive.read(info)) for info in archive.infolist()]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in entries:
            archive.writestr(name, in_bytes(rng, data) if name.endswith("data.pkl") else data)
    return buffer.getvalue()


def in_database(table: str) -> Mutation:
    """A SQLite file whose rows hold values that do not belong there, or whose table is another one."""
    odd = [None, 0, -1, 2**63 - 1, 1.5, float("inf"), "", "x", "ä" * 50, b"", b"\xff\xfe", b"x" * 5000]
    statements = [
        f"DROP TABLE {table}",
        f"ALTER TABLE {table} RENAME TO other",
        f"ALTER TABLE {table} ADD COLUMN more",
        f"ALTER TABLE {table} DROP COLUMN made_at",
        f"CREATE TRIGGER t AFTER INSERT ON {table} BEGIN SELECT raise(ABORT, 'no'); END",
        f"CREATE TRIGGER t BEFORE DELETE ON {table} BEGIN SELECT raise(IGNORE); END",
        "PRAGMA user_version = 0",
        "PRAGMA user_version = 99",
        "PRAGMA user_version = -1",
        f"CREATE UNIQUE INDEX u ON {table} (made_at)",
    ]

    def mutate(rng: random.Random, content: bytes) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.sqlite"
            path.write_bytes(content)
            with sqlite3.connect(path) as connection:
                columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
                for _ in range(rng.randint(1, 3)):
                    column, value, row = rng.choice(columns), rng.choice(odd), rng.randint(1, 4)
                    cast = rng.choice(("?", "CAST(? AS TEXT)"))
                    try:
                        connection.execute(f"UPDATE {table} SET {column} = {cast} WHERE id = {row}", (value,))
                    except sqlite3.Error:
                        connection.execute(f"UPDATE {table} SET png = x'00' WHERE id = {row}")
                if rng.randrange(4) == 0:
                    with suppress(sqlite3.IntegrityError):
                        connection.execute(rng.choice(statements))
            connection.close()
            return path.read_bytes()

    return mutate


def in_cells(rng: random.Random, content: bytes) -> bytes:
    """A table with some of its cells put out of place, emptied, said twice, or odd."""
    lines = [line.split(b",") for line in content.split(b"\n")]
    for _ in range(rng.randint(1, MAX_CHANGES)):
        cells = rng.choice(lines)
        at = rng.randrange(len(cells))
        how = rng.randrange(5)
        if how == 0:
            cells[at] = in_bytes(rng, cells[at])
        elif how == 1:
            cells[at] = rng.choice(CELLS)
        elif how == 2:
            cells[at] = rng.choice(rng.choice(lines))
        elif how == 3:
            cells.insert(at, cells[at])
        elif len(cells) > 1:
            del cells[at]
    return b"\n".join(b",".join(cells) for cells in lines)


def in_lines(change: Mutation) -> Mutation:
    """A text with one of its lines changed, moved or said again."""

    def mutate(rng: random.Random, content: bytes) -> bytes:
        lines = content.split(b"\n")
        at = rng.randrange(len(lines))
        how = rng.randrange(6)
        if how == 0:
            lines.insert(rng.randrange(len(lines)), lines[at])
        elif how == 1:
            del lines[at]
        else:
            lines[at] = change(rng, lines[at])
        return rng.choice((b"\n", b"\n", b"\r\n", b"\r")).join(lines)

    return mutate
