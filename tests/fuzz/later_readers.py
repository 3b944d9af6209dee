"""Readers of what models, projects and histories hold besides, and of what is read beside them; as in readers.py."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

from pixelforge.core.frame_model import FrameModel
from pixelforge.core.header import Student
from pixelforge.core.sampler import INSTANT
from pixelforge.imaging.frames import Frames
from pixelforge.imaging.png import write_png
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.acting import read_acting, write_acts
from pixelforge.services.database import open_database
from pixelforge.services.export import ExportOptions, export_sprites
from pixelforge.services.generation import generate, load_model
from pixelforge.services.history import History, HistoryFilter
from pixelforge.services.judging import verdict_of
from pixelforge.services.likeness import encoded, features_of
from pixelforge.services.model_library import ModelEntry, read_figures, read_grid
from pixelforge.services.pending import Pending, PendingStore
from pixelforge.services.project.building import Build, standing
from pixelforge.services.project.keeping import SetNow, keep_set
from pixelforge.services.project.opening import open_project
from pixelforge.services.project.project_file import read_project
from pixelforge.services.project.sprite_cache import SpriteCache
from pixelforge.services.requests import make_request, of_classes
from pixelforge.services.sets import SetStore, SpriteSet
from pixelforge.services.sprites import Sprite, encode_sprite, read_recipes
from tests.critics import add_critic
from tests.frames_model import write_frames_model
from tests.fuzz import mutate
from tests.fuzz.deeper import in_aseprite, in_tables
from tests.fuzz.reader import Files, Reader
from tests.made import asked, made
from tests.pointer import write_pointer_model
from training.data.leaving import read_names, without
from training.data.pairs import read_pairs
from training.data.reading import read_raw
from training.evaluation.answers import Answers, scores

SIDE = 8
KEY = "ab" + 62 * "0"  # of a sprite that a project has drawn


def _make_whole_models(folder: Path) -> Sequence[Files]:
    path = write_pointer_model(folder / "m.safetensors", student=Student())
    return [{"m.safetensors": add_critic(path).read_bytes()}]


def _read_whole_model(path: Path) -> object:
    """Draw with its student, and choose with its critic, as far as it still has them."""
    model = load_model(path, "cpu")
    header, drawn = model.header, list[object]()
    if header.model.image_size > 16:
        return model
    classes = of_classes(header.class_names[:1])
    if header.student is not None:
        told = {"sampler": INSTANT, "steps": header.student.steps}
        drawn += generate(model, make_request(header, classes, count=1, seed=0, sampling=told))
    if header.critic is not None:
        drawn += generate(model, make_request(header, classes, count=1, seed=0, sampling={"steps": 1}, best_of=2))
    return drawn


def _make_frames_models(folder: Path) -> Sequence[Files]:
    return [{"m.safetensors": write_frames_model(folder / "m.safetensors").read_bytes()}]


def _read_frames_model(path: Path) -> object:
    model = FrameModel(path)
    return [model.next_frame(made(1, side=SIDE).pixels, name) for name in model.header.class_names[:4]]


def _acting_sprites() -> list[Sprite]:
    sprites = [made(seed, "cats" if seed else "dogs", side=SIDE) for seed in range(3)]
    pictures = [(made(seed, side=SIDE).pixels.copy(), 100) for seed in (2, 5)]
    return [*sprites[:2], sprites[2].acting(Frames.of("wink", pictures))]


def _make_aseprites(folder: Path) -> Sequence[Files]:
    options = ExportOptions(formats=("aseprite-file",), sheet=SheetOptions(columns=2))
    path = export_sprites(folder / "sheet.png", _acting_sprites(), options)[1]
    return [{"sheet.aseprite": path.read_bytes()}]


def _make_acts(folder: Path) -> Sequence[Files]:
    sheet = export_sprites(folder / "sheet.png", _acting_sprites(), ExportOptions())[0]
    found = [{"sheet.png": sheet.read_bytes()}]
    for suffix in (".gif", ".apng"):
        path = write_acts(folder / f"wink{suffix}", _acting_sprites()[2:], 1)
        found.append({path.name: path.read_bytes()})
    return found


def _in_acts(rng: random.Random, content: bytes) -> bytes:
    return (mutate.in_png(mutate.odd_json) if content.startswith(b"\x89PNG") else mutate.in_bytes)(rng, content)


def _read_acts(path: Path) -> object:
    read_recipes(path)
    return read_acting(path)


def _make_gathered(folder: Path) -> Sequence[Files]:
    path = folder / "history.sqlite"
    database, _ = open_database(path)
    ids = History(database, 100).add([made(seed, side=SIDE) for seed in range(4)])
    History(database, 100).delete(ids[:1])
    store = SetStore(database)
    for number in (1, 2):
        store.save(SpriteSet(number, f"Set {number}", tuple(_acting_sprites())))
    store.stage(ids[1:])
    pending = PendingStore(database, folder / "queue.lock")
    start = made(1, side=SIDE).pixels
    pending.keep([Pending(model="tiny", request=asked("cats", picture=start, count=2), set_name="Cave")] * 2)
    pending.close()
    database.connection.execute("PRAGMA journal_mode = DELETE")
    database.close()
    return [{"history.sqlite": path.read_bytes()}]


def _read_gathered(path: Path) -> object:
    """All that a window takes up where it left off, and one change of each."""
    database, _ = open_database(path)
    try:
        store, pending = SetStore(database), PendingStore(database, path.with_name("queue.lock"))
        for one in store.sets():
            store.save(SpriteSet(one.id, one.name, one.sprites[::-1]))
        store.stage(store.staged())
        pending.keep(pending.read()[::-1])
        pending.close()
        history = History(database, 100)
        found = history.entries(history.ids(HistoryFilter(like=encoded(features_of(made(1, side=SIDE).pixels)))))
        history.restore(history.ids(HistoryFilter(binned=True)))
        return found
    finally:
        database.close()


GAME = """# A game.
[sets.cave]  # dark
pictures = ["cave", "boss.png"]
names = ["Rat"]
format = ["css"]

[sets.all]
sets = ["cave"]
"""


def _make_games(folder: Path) -> Sequence[Files]:
    """A project that was built, of which the text, the lock or a picture is broken."""
    (folder / "cave").mkdir()
    for seed, name in enumerate(("cave/0.png", "cave/1.png", "boss.png")):
        (folder / name).write_bytes(encode_sprite(made(seed, side=SIDE)))
    (folder / "pixelforge.toml").write_text(GAME)
    Build(standing(read_project(folder / "pixelforge.toml"))).outcome().write()
    SpriteCache(folder).write([(KEY, made(1, side=SIDE))])
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    drawn = next(name for name in files if KEY in name)
    firsts = ("pixelforge.toml", "pixelforge.lock", "cave/0.png", drawn)
    return [{first: files[first], **files} for first in firsts]


def _in_game(rng: random.Random, content: bytes) -> bytes:
    if content.startswith(b"\x89PNG"):
        return mutate.in_png(mutate.odd_json)(rng, content)
    return (mutate.odd_json if content.startswith(b"{") else mutate.in_lines(mutate.in_bytes))(rng, content)


def _read_game(path: Path) -> object:
    """Open it, change a set and keep that in the file, and build."""
    root = next(parent for parent in path.parents if (parent / "cave").is_dir())
    SpriteCache(root).read(KEY)
    Build(standing(read_project(root / "pixelforge.toml"))).outcome()
    (opened,) = open_project(root / "pixelforge.toml")
    sets = opened.sets()
    for name, one in list(sets.items())[:1]:
        now = SetNow(was=name, seen=one.seen, name="Den", sprites=one.sprites[::-1], export=one.export)
        (kept,) = keep_set(root / "pixelforge.toml", now)
        assert read_project(root / "pixelforge.toml").sets[kept.name]
    return sets


def _make_pairs(folder: Path) -> Sequence[Files]:
    table, files = [b"pack,file,group,style,frame,facing,ok"], dict[str, bytes]()
    for number, frame in enumerate(("idle", "idle2", "walk1", "walk2")):
        name = f"beasts/rat_f{number}.png"
        write_png(folder / "frame.png", made(number, side=SIDE).pixels)
        files[f"pack/{name}"] = (folder / "frame.png").read_bytes()
        table.append(f"pack,{name},rat,ink,{frame},down,1".encode())
    return [{"labels.csv": b"\n".join(table) + b"\n", **files}]


def _read_pairs(path: Path) -> object:
    return [read_pairs(path.parent, SIDE, action) for action in ("idle", "walk")]


def _make_left_out(folder: Path) -> Sequence[Files]:
    del folder
    pictures = {f"data/cats/{number}.png": encode_sprite(made(number, side=SIDE)) for number in (1, 2)}
    return [{"left.txt": b"cats/1.png\ncats/2.png\ncats/9.png\n", **pictures}]


def _read_left_out(path: Path) -> object:
    names = read_names(path)
    return without(read_raw(path.parent / "data", SIDE, False, [], []), names, [])


def _make_answers(folder: Path) -> Sequence[Files]:
    key = [{"file": "cats/1", "is": "real", "class": "cats"}, {"file": "tiny 3", "is": "made", "seed": 3}]
    files = {"key.json": json.dumps(key), "said.json": '["real", "made"]', "names.json": '["a lion", "?"]'}
    content = {name: text.encode() for name, text in files.items()}
    return [{first: content[first], **content} for first in content]


def _read_answers(path: Path) -> object:
    return scores(Answers.read(*(path.with_name(f"{name}.json") for name in ("key", "said", "names"))))


def _make_figures(folder: Path) -> Sequence[Files]:
    row = {"kid": 1.5, "class_accuracy": 0.5, "sprites": 10}
    rows = [{"name": "real", **row}, {"name": "made", **row, "by_class": {"cats": {"class_accuracy": 0.5}}}]
    grid = encode_sprite(made(1, side=SIDE))
    files = {"m.figures.json": json.dumps(rows).encode(), "m.grid.png": grid}
    return [{first: files[first], **files} for first in files]


def _read_figures(path: Path) -> object:
    entry = ModelEntry("m", path.with_name("m.safetensors"), False, None)
    return verdict_of(read_figures(entry)), read_grid(entry)


LATER = (
    Reader(
        "model file with student and critic",
        _make_whole_models,
        mutate.mixed(mutate.in_safetensors, mutate.in_tensors("student."), mutate.in_tensors("critic.")),
        _read_whole_model,
    ),
    Reader("model of frames", _make_frames_models, mutate.mixed(mutate.in_safetensors), _read_frames_model),
    Reader("Aseprite file", _make_aseprites, mutate.mixed(in_aseprite), _read_acts),
    Reader("frames in a picture", _make_acts, mutate.mixed(_in_acts), _read_acts),
    Reader(
        "sets and queue",
        _make_gathered,
        mutate.mixed(in_tables("sets", "set_sprites", "stage", "pending", "looks", "bin")),
        _read_gathered,
    ),
    Reader("built project", _make_games, mutate.mixed(_in_game), _read_game),
    Reader("pairs of frames", _make_pairs, mutate.mixed(mutate.in_cells), _read_pairs),
    Reader("names left out", _make_left_out, mutate.mixed(mutate.in_lines(mutate.in_bytes)), _read_left_out),
    Reader("answers to a panel", _make_answers, mutate.mixed(mutate.odd_json), _read_answers),
    Reader("figures of a model", _make_figures, mutate.mixed(mutate.odd_json), _read_figures),
)
