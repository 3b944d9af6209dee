"""What models, projects and panels hold besides, asking for much; by the name of its reader in tests/fuzz."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from pixelforge.core.config import ModelConfig
from pixelforge.services.history import open_history
from pixelforge.services.sets import SetStore, SpriteSet
from tests.frames_model import write_frames_model
from tests.made import made
from tests.robustness.costly.own import told
from tests.robustness.costly.pictures import plain_png
from tests.robustness.costly.special import MEGA

Making = Callable[[Path], Path]
"""Lays a file, and what belongs to it, into an empty folder; its path."""

ROWS = 1000
WIDEST = ModelConfig(
    num_classes=1, image_size=64, base_width=8, multipliers=(1, 1), blocks_per_level=8, attention_levels=(1,),
    num_heads=1, embed_width=8, prediction="copy",
)  # fmt: skip


def _written(name: str, make: Callable[[], bytes]) -> Making:
    def lay(folder: Path) -> Path:
        (folder / name).write_bytes(make())
        return folder / name

    return lay


def _heaviest_frames(folder: Path) -> Path:
    """As much work as a model of frames can ask for in little."""
    return write_frames_model(folder / "m.safetensors", config=WIDEST)


def _wide_frames(folder: Path) -> Path:
    return _written("m.safetensors", lambda: told({"base_width": 1024, "prediction": "copy"}, task="frames"))(folder)


def _pairs_of_one_picture(folder: Path) -> Path:
    """A thousand pairs of frames, all of which are one picture of 4096 x 4096."""
    (folder / "large.png").write_bytes(plain_png())
    rows = [f"large.png,{number},{frame}\n" for number in range(ROWS) for frame in ("idle", "idle2")]
    (folder / "labels.csv").write_text("file,group,frame\n" + "".join(rows))
    return folder / "labels.csv"


def _pairs_of_many(folder: Path) -> Path:
    rows = [f"{number}.png,{number},idle\n" for number in range(500_000)]
    (folder / "labels.csv").write_text("file,group,frame\n" + "".join(rows))
    return folder / "labels.csv"


def _locked(sets: dict[str, object]) -> Making:
    def lay(folder: Path) -> Path:
        (folder / "pixelforge.toml").write_text('[sets.cave]\npictures = ["cave"]\n')
        (folder / "cave").mkdir()
        (folder / "pixelforge.lock").write_text(json.dumps({"format": 1, "sets": sets}))
        return folder / "pixelforge.lock"

    return lay


def _pictures_named_twice(folder: Path) -> Path:
    """A project of one large picture, named again and again."""
    (folder / "cave").mkdir()
    (folder / "a.png").write_bytes(plain_png())
    names = ", ".join(['"a.png"'] * ROWS)
    (folder / "pixelforge.toml").write_text(f"[sets.b]\npictures = [{names}]\n")
    return folder / "pixelforge.toml"


def _answered(count: int, style: Callable[[int], str]) -> Making:
    def lay(folder: Path) -> Path:
        key = [{"file": "a", "is": "real", "style": style(number)} for number in range(count)]
        for name, content in (("key", key), ("said", ["real"] * count), ("names", ["a"] * count)):
            (folder / f"{name}.json").write_text(json.dumps(content))
        return folder / "key.json"

    return lay


def _full_sets(folder: Path) -> Path:
    """A hundred sets of 100 sprites each, and a stage of a million."""
    path = folder / "history.sqlite"
    history, _ = open_history(path, 100)
    store, sprites = SetStore(history.database), tuple(made(seed, side=8) for seed in range(100))
    for number in range(1, 101):
        store.save(SpriteSet(number, f"Set {number}", sprites))
    count = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999999)"
    history.database.connection.execute(f"{count} INSERT INTO stage SELECT i, i FROM n")
    history.close()
    return path


LATER: Mapping[str, Mapping[str, Making]] = {
    "model of frames": {"heaviest": _heaviest_frames, "wide": _wide_frames},
    "model file with student and critic": {
        "student": _written("m.safetensors", lambda: told({"prediction": "v"}, student={"steps": 100})),
        "critic": _written(
            "m.safetensors",
            lambda: told({"prediction": "v"}, critic={"widths": [1024] * 3, "word_weight": 1, "area": 1, "learnt": 1}),
        ),
    },
    "pairs of frames": {"one picture": _pairs_of_one_picture, "many": _pairs_of_many},
    "built project": {
        "lock of many sets": _locked({f"s{number}": {"from": "", "files": {}} for number in range(300_000)}),
        "lock of many files": _locked({"cave": {"from": "", "files": {f"{number}": "" for number in range(300_000)}}}),
        "pictures": _pictures_named_twice,
    },
    "answers to a panel": {
        "styles": _answered(40_000, str),
        "one style": _answered(60_000, lambda number: "ink"),
    },
    "names left out": {
        "names": _written("left.txt", lambda: b"".join(b"%d.png\n" % number for number in range(2_000_000))),
        "one name": _written("left.txt", lambda: b"x" * (31 * MEGA)),
    },
    "sets and queue": {"full": _full_sets},
}
