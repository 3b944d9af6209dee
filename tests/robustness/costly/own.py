"""The project's own files, asking for much: models, pickles, arrays, tables, runs and databases."""

from __future__ import annotations

import io
import json
import pickle
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import save_checkpoint
from pixelforge.core.config import ModelConfig
from pixelforge.core.header import ModelHeader
from pixelforge.services.history import open_history
from tests.made import made
from tests.robustness.costly.special import MEGA


def safetensors(header: bytes, data: bytes = b"", length: int | None = None) -> bytes:
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def told(model: dict[str, object], **more: object) -> bytes:
    """A model file of a header alone."""
    about = {"format_version": 1, "class_names": ["a"], "model": {"num_classes": 1, **model}, **more}
    return safetensors(json.dumps({"__metadata__": {"pixelforge": json.dumps(about)}}).encode())


def heaviest_model() -> bytes:
    """In a megabyte, as much work a step as a header can ask for."""
    config = ModelConfig(
        num_classes=1, image_size=64, base_width=8, multipliers=(1, 1), blocks_per_level=8, attention_levels=(1,),
        num_heads=1, prediction="v",
    )  # fmt: skip
    path = Path("heaviest.safetensors")
    weights = {name: weight.half() for name, weight in build_network(config).state_dict().items()}
    save_checkpoint(path, ModelHeader(model=config, class_names=("cats",)), weights)
    return path.read_bytes()


def many_tensors() -> bytes:
    one = {"dtype": "F16", "shape": [0], "data_offsets": [0, 0]}
    return safetensors(json.dumps({f"t{number}": one for number in range(100_000)}).encode())


CLAIM = b'{"w":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}}'
WIDE = {"base_width": 1024, "multipliers": [16] * 4, "blocks_per_level": 8, "prediction": "v"}

MODELS: dict[str, Callable[[], bytes]] = {
    "length.safetensors": lambda: safetensors(b"{}", length=2**63 - 1),
    "claims.safetensors": lambda: safetensors(CLAIM),
    "header.safetensors": lambda: safetensors(b"{" + b" " * (95 * MEGA) + b"}"),
    "deep.safetensors": lambda: safetensors(b"[" * MEGA),
    "tensors.safetensors": many_tensors,
    "wide.safetensors": lambda: told(WIDE),
    "classes.safetensors": lambda: told({}, class_names=[str(n) for n in range(10**5)]),
    "kinds.safetensors": lambda: told({"kinds": [{"name": str(n), "label": 0, "share": 1e-9} for n in range(10**5)]}),
    "rows.safetensors": lambda: told({"embedding_rows": 10**12, "prediction": "pointer"}),
    "heaviest.safetensors": heaviest_model,
}  # fmt: skip


def views() -> bytes:
    """A tensor of 40 GB that is one number, seen again and again."""
    buffer = io.BytesIO()
    torch.save({"init_conv.weight": torch.zeros(1).expand(10**10)}, buffer)
    return buffer.getvalue()


def nested_pickle() -> bytes:
    return b"\x80\x02" + b"]" * MEGA + b"a" * (MEGA - 1) + b"."


def zip_of_pickles() -> bytes:
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(100 * MEGA))
    return buffer.getvalue()


PICKLES: dict[str, Callable[[], bytes]] = {
    "views.pth": views,
    "nested.pth": nested_pickle,
    "zip.pth": zip_of_pickles,
    "bytes.pth": lambda: b"\x80\x04\x8e" + struct.pack("<Q", 2**40),
    "tuples.pth": lambda: pickle.dumps([[0] * 1000] * 100_000, 2),
}


def npy(shape: str, kind: str = "|u1") -> bytes:
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text


ARRAYS: dict[str, Callable[[], bytes]] = {
    "sprites.npy": lambda: npy("(2147483648, 16, 16, 4)", "<f8"),
}


def sparse_arrays(folder: Path) -> Path:
    """2^31 halves and their labels, of which nothing is on the disk."""
    for name, shape, kind, size in (
        ("sprites.npy", "(2097152, 16, 16, 4)", "<f2", 2**32),
        ("sprites_labels.npy", "(2097152,)", "<i8", 2**24),
    ):
        with (folder / name).open("wb") as file:
            file.write(npy(shape, kind))
            file.truncate(file.tell() + size)
    return folder / "sprites.npy"


def bytes_arrays(folder: Path) -> Path:
    """As many bytes of sprites as may be, and their labels one-hot."""
    count = 2**28 // 1024
    for name, shape in (("sprites.npy", f"({count}, 16, 16, 4)"), ("sprites_labels.npy", f"({count}, 128)")):
        with (folder / name).open("wb") as file:
            file.write(npy(shape))
            file.truncate(file.tell() + 2**28)
    np.lib.format.open_memmap(folder / "sprites_labels.npy", "r+")[:, 0] = 1
    return folder / "sprites.npy"


ROW = {"step": 1, "loss": 1, "heldout_loss": None, "images_per_second": 1, "learning_rate": 1, "seconds": 1}

STATS: dict[str, Callable[[], bytes]] = {
    "stats.jsonl": lambda: (json.dumps(ROW) + "\n").encode() * 1_500_000,
}

TABLES: dict[str, Callable[[], bytes]] = {
    "lines.csv": lambda: b"file,kind\n" + b"".join(b"%d.png,k%d\n" % (n, n) for n in range(300_000)),
    "quote.csv": lambda: b'file,kind\n"' + b"a,b\n" * (7 * MEGA),
    "columns.csv": lambda: b"file," + b",".join(b"kimd%d" % n for n in range(9000)) + b"\na.png\n",
    "quotes.csv": lambda: b"file,kind\n" + b'"' * (2 * 49_000) + b",x\n",
    "wide.csv": lambda: b"file" + b"," * 90_000 + b"\n" + (b"a" + b"," * 90_000 + b"\n") * 80,
}  # fmt: skip


def as_list(table: bytes) -> bytes:
    return table.replace(b"file,", b"kind,").replace(b",kind", b",class")


LISTS: dict[str, Callable[[], bytes]] = {
    **{name: lambda make=make: as_list(make()) for name, make in TABLES.items()},
    "counts.csv": lambda: b"kind,count\n" + b"lion,10000\n" * 200_000,
    "names.csv": lambda: b"kind,name\n" + b"".join(b"lion,n%d\n" % n for n in range(9_000)),
    "numbers.csv": lambda: b"kind,seed\nlion," + b"9" * 90_000 + b"\n",
    "words.csv": lambda: b"kind\n" + b"".join(b"lio%d" % n * 5_000 + b"\n" for n in range(20)),
}  # fmt: skip


def database(*statements: str) -> bytes:
    """A history of three sprites, changed by statements."""
    path = Path("history.sqlite")
    path.unlink(missing_ok=True)
    history, _ = open_history(path, 100)
    history.add([made(seed, side=8) for seed in range(3)])
    history.database.connection.execute("PRAGMA journal_mode = DELETE")
    history.close()
    connection = sqlite3.connect(path)
    connection.executescript(";".join(statements))
    connection.close()
    return path.read_bytes()


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"

DATABASES: dict[str, Callable[[], bytes]] = {
    "blob.sqlite": lambda: database("UPDATE sprites SET png = zeroblob(100000000) WHERE id = 1"),
    "name.sqlite": lambda: database("UPDATE sprites SET class_name = replace(hex(zeroblob(5000000)), '0', 'x')"),
    "view.sqlite": lambda: database(
        "DROP TABLE sprites",
        f"CREATE VIEW sprites AS {ENDLESS} i AS id, x'' AS png, '' AS class_name, '' AS model, "
        "1.0 AS made_at, 0 AS starred FROM n",
    ),
    "trigger.sqlite": lambda: database(
        "CREATE TABLE t (a)",
        f"CREATE TRIGGER s AFTER INSERT ON sprites BEGIN INSERT INTO t SELECT count(*) FROM ({ENDLESS} i FROM n); END",
    ),
    "many.sqlite": lambda: database(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) INSERT INTO sprites "
        "(png, class_name, model, made_at) SELECT x'00', 'cats', '', i FROM n"
    ),
    "sets.sqlite": lambda: database(
        "INSERT INTO sets VALUES (1, 'a', 0)",
        "INSERT INTO set_sprites VALUES (1, 0, 'a', 'b', zeroblob(100000000))",
        "INSERT INTO pending VALUES (0, zeroblob(100000000))",
    ),
}  # fmt: skip
