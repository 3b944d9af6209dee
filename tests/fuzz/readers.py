"""Every reader of files that may be anything: how to make a valid file for it, how to break that, how to read it.

One table, used by the short run in the tests and by the long one (`python -m tests.fuzz.long`).
"""

from __future__ import annotations

import atexit
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import numpy as np
import torch
from PIL import Image

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import save_checkpoint
from pixelforge.core.condition import Condition
from pixelforge.core.header import ModelHeader, read_header
from pixelforge.core.legacy import read_notebook_weights
from pixelforge.core.pipeline import Model
from pixelforge.core.sampling import Sampling
from pixelforge.errors import PixelForgeError, RequestError
from pixelforge.imaging.palette import Palette, PaletteRule, recolour, rule_of
from pixelforge.imaging.palette_files import read_palette, write_palette
from pixelforge.services.asking import Offer
from pixelforge.services.export import ExportOptions, export_sprites
from pixelforge.services.generation import generate, load_model
from pixelforge.services.history import HistoryFilter, open_history
from pixelforge.services.lists import read_list
from pixelforge.services.project.project_file import read_project
from pixelforge.services.requests import make_request, of_classes
from pixelforge.services.settings import AppSettings, GenerationSettings, load_settings, save_settings
from pixelforge.services.sprites import encode_sprite, read_recipes, read_sheet
from tests.fuzz import mutate
from tests.fuzz.later_readers import LATER
from tests.fuzz.reader import Files, Reader, lay_out, reader_input
from tests.made import asked, made
from tests.pointer import write_pointer_model
from tests.tiny import COLOURS, TINY
from tests.training.making import begin_run, config_of
from training.data.indexed import IndexedSprites, words_of
from training.data.report import report_lines, report_on
from training.data.sprites import load_sprites
from training.learning.config import TrainConfig
from training.runs.folder import RunProgress, StatsRow
from training.runs.run import Run
from training.runs.state import RunStorage

EVIL_NAMES = ["../evil.png", "/tmp/evil.png", "a/../../evil.png", "C:\\evil.png", "a/\0.png", "", ".", "a/", "x" * 300]
SMALL_PTH = Path(__file__).parents[1] / "data" / "legacy" / "small.pth"


def _sprite(seed: int, side: int = 8) -> np.ndarray:
    rng = np.random.default_rng(seed)
    pixels = np.zeros((side, side, 4), np.uint8)
    pixels[1:-1, 1:-1, :3] = np.array(COLOURS, np.uint8)[rng.integers(0, 4, (side - 2, side - 2))]
    pixels[1:-1, 1:-1, 3] = 255
    return pixels


def _picture(suffix: str, frames: int = 1, mode: str = "RGBA", **options: object) -> bytes:
    images = [Image.fromarray(_sprite(i)).convert(mode) for i in range(frames)]
    buffer = io.BytesIO()
    more = {"save_all": True, "append_images": images[1:]} if frames > 1 else {}
    images[0].save(buffer, suffix, **more, **options)
    return buffer.getvalue()


def _make_models(folder: Path) -> Sequence[Files]:
    torch.manual_seed(0)
    weights = {name: torch.randn_like(weight) / 4 for name, weight in build_network(TINY).state_dict().items()}
    header = ModelHeader(model=TINY, class_names=("cats", "dogs"), recommended=Sampling(sampler="ddim", steps=2))
    save_checkpoint(folder / "m.safetensors", header, {name: weight.half() for name, weight in weights.items()})
    return [{"m.safetensors": (folder / "m.safetensors").read_bytes()}]


def _make_pointers(folder: Path) -> Sequence[Files]:
    return [{"m.safetensors": write_pointer_model(folder / "m.safetensors").read_bytes()}]


def _read_pointer(path: Path) -> object:
    """Ask for each of its words as well, and in another palette."""
    loaded = _read_model(path)
    if loaded.header.words is None or loaded.header.model.image_size > 16:
        return loaded
    words = loaded.header.words
    conditions = [
        *(Condition(kind=kind) for kind in words.kinds[:4]),
        *(Condition(style=style.name, drawn_in=("#ff0000", "#00ff00", "#ff0000")) for style in words.styles[:4]),
        *(Condition(colour=colour) for colour in words.colours[:4]),
        *(Condition(size=size) for size in words.sizes[:4]),
    ]
    count = len(conditions)
    return list(generate(loaded, make_request(loaded.header, conditions, count=count, seed=0, sampling={"steps": 1})))


def _read_model(path: Path) -> Model:
    read_header(path)
    loaded = load_model(path, "cpu")
    if loaded.header.model.image_size > 16:
        return loaded
    classes = of_classes(loaded.header.class_names)
    make_request(loaded.header, classes, count=1, seed=0)
    request = make_request(loaded.header, classes[:1], count=1, seed=0, sampling={"steps": 1})
    for _ in generate(loaded, request):
        pass
    return loaded


def _make_pickles(folder: Path) -> Sequence[Files]:
    del folder
    weights = torch.load(SMALL_PTH, weights_only=True)
    old = io.BytesIO()
    torch.save(weights, old, _use_new_zipfile_serialization=False)
    return [{"ema_shadow.pth": SMALL_PTH.read_bytes()}, {"ema_shadow.pth": old.getvalue()}]


def _in_pickle(rng: random.Random, content: bytes) -> bytes:
    return mutate.in_pickle_of_zip(rng, content) if content.startswith(b"PK") else mutate.in_bytes(rng, content)


def _make_recipes(folder: Path) -> Sequence[Files]:
    from pixelforge.services.sprites import made_sprites

    plain = [made(i, side=8) for i in range(3)]
    palette = PaletteRule(colours=("#ff0000", "#00ff00"))
    request = asked("cats", palette=palette, picture=plain[1].pixels)
    (varied,) = made_sprites(request, plain[0].pixels[None], "tiny", "0" * 64)
    export_sprites(folder / "sheet.png", [*plain, varied], ExportOptions())
    return [{"a.png": encode_sprite(varied)}, {"a.png": (folder / "sheet.png").read_bytes()}]


def _read_recipe(path: Path) -> object:
    recipes = read_recipes(path)
    header = ModelHeader(model=TINY, class_names=("cats", "dogs"))
    for recipe in recipes:
        try:
            recipe.request.check(header)
        except RequestError:
            continue
    for sprite in read_sheet(path):
        recolour(sprite.pixels[None], sprite.recipe.request.palette if sprite.recipe else None)
    return recipes


def _make_palettes(folder: Path) -> Sequence[Files]:
    palette = Palette("Four", COLOURS, "Somebody")
    for suffix in (".gpl", ".hex"):
        write_palette(folder / f"p{suffix}", palette)
    rows = [" ".join(map(str, colour)) for colour in COLOURS]
    codes = ["".join(f"{value:02x}" for value in colour) for colour in COLOURS]
    texts = {
        "p.gpl": (folder / "p.gpl").read_bytes(),
        "p.hex": (folder / "p.hex").read_bytes(),
        "p.pal": "\r\n".join(["JASC-PAL", "0100", "4", *rows, ""]).encode(),
        "p.json": msgspec.json.encode({"name": "Four", "author": "x", "colors": codes}),
        "p.png": _picture("png"),
    }
    return [{name: content} for name, content in texts.items()]


def _in_palette(rng: random.Random, content: bytes) -> bytes:
    if content.startswith(b"\x89PNG"):
        return mutate.in_png(mutate.in_bytes)(rng, content)
    if content.startswith(b"{"):
        return mutate.odd_json(rng, content)
    return mutate.in_lines(mutate.in_bytes)(rng, content)


def _read_palette(path: Path) -> object:
    return recolour(_sprite(0)[None], rule_of(read_palette(path)))


def _make_arrays(folder: Path) -> Sequence[Files]:
    sprites = np.stack([_sprite(i) for i in range(4)])
    labels = np.array([0, 1, 1, 0])
    variants: list[Files] = []
    for broken in ("sprites.npy", "sprites_labels.npy"):
        for kind in (np.uint8, np.float32):
            np.save(folder / "sprites.npy", sprites.astype(kind) / kind(1 if kind is np.uint8 else 255))
            np.save(folder / "sprites_labels.npy", labels if kind is np.uint8 else np.eye(2)[labels])
            other = next(name for name in ("sprites.npy", "sprites_labels.npy") if name != broken)
            variants.append({name: (folder / name).read_bytes() for name in (broken, other)})
    return variants


def _read_data(path: Path) -> object:
    loaded = load_sprites(path.parent, 8)
    report_on(path.parent, 8)
    return loaded


def _make_pictures(folder: Path) -> Sequence[Files]:
    sprites = [made(i, "cats" if i % 2 else "dogs", side=8) for i in range(3)]
    options = ExportOptions(formats=("aseprite-file",), recipes=False)
    kinds = {
        "0.aseprite": export_sprites(folder / "sheet.png", sprites, options)[1].read_bytes(),
        "a.png": _picture("png"),
        "b.png": _picture("png", mode="P", transparency=0),
        "c.apng": _picture("png", 3),
        "d.gif": _picture("gif", 3, disposal=2),
        "e.webp": _picture("webp", 2, lossless=True),
        "f.bmp": _picture("bmp", mode="P"),
        "g.jpg": _picture("jpeg", mode="RGB"),
        "h.tga": _picture("tga"),
        "i.ico": _picture("ico", sizes=[(8, 8)]),
        "k.qoi": _picture("qoi"),
        "l.pcx": _picture("pcx", mode="P"),
        "m.ppm": _picture("ppm", mode="RGB"),
    }
    return [{f"cats/{name}": content, "cats/good.png": _picture("png")} for name, content in kinds.items()]


def _in_picture(rng: random.Random, content: bytes) -> bytes:
    return (mutate.in_png(mutate.in_bytes) if content.startswith(b"\x89PNG") else mutate.in_bytes)(rng, content)


def _read_picture(path: Path) -> object:
    loaded = load_sprites(path.parents[1], 8)
    report_on(path.parents[1], 8)
    return loaded


def _make_zips(folder: Path) -> Sequence[Files]:
    import zipfile

    path = folder / "pack.zip"
    variants: list[Files] = []
    for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(path, "w", kind) as archive:
            for name in ("pack/cats/a.png", "pack/cats/b.png", "pack/dogs/c.png"):
                archive.writestr(name, _picture("png"))
        variants.append({"pack.zip": path.read_bytes()})
    return variants


def _read_zip(path: Path) -> object:
    return load_sprites(path, 8)


def _make_labels(folder: Path) -> Sequence[Files]:
    import zipfile

    pictures = {name: _picture("png") for name in ("a/cats/1.png", "a/cats/2.png", "b/dogs/1_f0.png")}
    table = (
        b"pack,file,group,class,kind,style,ok,detail\na,cats/1.png,one,cats,lion,Flat,1,\n"
        b'a,cats\\2.png,,,"old, ""grey"" lynx",,0,x\nb,dogs/1_f0.png,,dogs,wolf,ink,,\nb,dogs/gone.png,,,,,,\n'
    )
    variants = [table, table.replace(b",", b";"), b"\xef\xbb\xbfsep=\t\r\n" + table.replace(b",", b"\t")]
    files: list[Files] = [{"labels.csv": content, **pictures} for content in variants]
    with zipfile.ZipFile(folder / "pack.zip", "w") as archive:
        for name, content in {"labels.csv": table, **pictures}.items():
            archive.writestr(f"pack/{name}", content)
    return [*files, {"pack.zip": (folder / "pack.zip").read_bytes()}]


def _in_labels(rng: random.Random, content: bytes) -> bytes:
    if content.startswith(b"PK"):
        return mutate.in_zip([*EVIL_NAMES, "labels.csv", "pack/labels.csv/x.png"], mutate.in_lines(mutate.in_bytes))(
            rng, content
        )
    return mutate.in_cells(rng, content)


def _read_labels(path: Path) -> object:
    source = path if path.suffix == ".zip" else path.parent
    loaded = load_sprites(source, 8)
    report_lines(report_on(source, 8)[0])
    return IndexedSprites.of(loaded, words_of(loaded)).bank()


def _make_lists(folder: Path) -> Sequence[Files]:
    table = b'kind,class,colour,count,seed,name\nlion,cats,red,2,70,Leo\n"wolf",,,,,"the old one"\n,dogs,blue,3,,\n'
    variants = [table, table.replace(b",", b";"), b"\xef\xbb\xbfsep=\t\r\n" + table.replace(b",", b"\t")]
    return [{"bestiary.csv": content} for content in variants]


def _read_list(path: Path) -> object:
    kinds = {"cats": ("lion", "lynx"), "dogs": ("wolf",)}
    return read_list(path, Offer(("cats", "dogs"), kinds, colours=("red", "blue"))).request(Sampling())


def _make_projects(folder: Path) -> Sequence[Files]:
    text = b"""[defaults]
model = "hero.safetensors"
scale = 2
guidance = 1.5

[sets.pets]
class = ["cats", "dogs"]
count = 6
format = ["unity"]

[sets.herd]
list = "herd.csv"
out = "art/herd"

[sets.all]
sets = ["pets", "herd"]
background = "#102030"
out = "art/all.png"
"""
    return [{"pixelforge.toml": text}]


def _make_settings(folder: Path) -> Sequence[Files]:
    rule = PaletteRule(colours=("#ff0000",))
    request = asked("cats", sampler="ddim", steps=8, seed=7, count=16, palette=rule)
    choice = GenerationSettings(request=request, seed_locked=True)
    settings = AppSettings(theme="dark", background="#102030", generation=choice, window="AAEC", save_folder="/x")
    save_settings(folder / "settings.json", settings)
    return [{"settings.json": (folder / "settings.json").read_bytes()}]


def _read_settings(path: Path) -> object:
    settings, _ = load_settings(path)
    save_settings(path, settings)
    assert load_settings(path) == (settings, "")
    return settings


def _make_histories(folder: Path) -> Sequence[Files]:
    history, _ = open_history(folder / "history.sqlite", 100)
    history.add([made(i, "cats" if i % 2 else "dogs", side=8) for i in range(4)])
    history.database.connection.execute("PRAGMA journal_mode = DELETE")
    history.close()
    return [{"history.sqlite": (folder / "history.sqlite").read_bytes()}]


def _read_history(path: Path) -> object:
    history, _ = open_history(path, 100)
    try:
        ids = history.ids(HistoryFilter())
        for entry in history.entries(ids):
            assert isinstance(entry.made_at, float)
        assert all(isinstance(name, str) for name in (*history.class_names(), *history.models()))
        assert history.ids(HistoryFilter(class_name="cats", starred=True)) is not None
        new = history.add([made(9, side=8)])
        history.set_starred(new, True)
        history.restore(history.delete(new))
        return history.entries(ids)
    finally:
        history.close()


@cache  # four readers take one of its files each
def _run_files(minutes: float | None) -> dict[str, bytes]:
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)  # a run that is resumed reads its data again
    return _make_run(Path(folder.name), minutes)


def _make_run(folder: Path, minutes: float | None) -> dict[str, bytes]:
    for number in range(12):
        target = folder / "data" / ("cats" if number % 2 else "dogs") / f"{number:02}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(_sprite(number)).save(target)
    config = TrainConfig(steps=4, batch_size=4, warmup_steps=1, evaluate_every=2, sample_every=100, save_every=2)
    if minutes is not None:
        config = replace(config, steps=None, minutes=minutes)
    data = load_sprites(folder / "data", 8)
    run = begin_run(folder / "run", config_of(data, TINY, config), data)
    for _ in run.steps():
        pass
    run.storage.write_status(RunProgress(phase="training", step=4, total=4, about="12 sprites"))
    names = ("config.json", "stats.jsonl", "status.json", "state.pt")
    return {name: (folder / "run" / name).read_bytes() for name in names}


def _made_run(first: str) -> Callable[[Path], Sequence[Files]]:
    def make(_: Path) -> Sequence[Files]:
        return [{first: files[first], **files} for files in map(_run_files, (None, 0.001))]

    return make


def _read_config(path: Path) -> object:
    return RunStorage(path.parent).read_config()


def _read_status(path: Path) -> object:
    return RunStorage(path.parent).read_status()


def _read_stats(path: Path) -> object:
    run_dir = RunStorage(path.parent)
    rows = run_dir.read_stats()
    run_dir.trim_stats(2)
    run_dir.append_stats(StatsRow(step=3, loss=1, heldout_loss=None, images_per_second=1, learning_rate=1, seconds=1))
    return rows


def _read_state(path: Path) -> object:
    """As resuming does, up to what touches neither data nor network: those are as the run's config has them."""
    state = RunStorage(path.parent).read_state()
    run = _resumable(path.parent)
    if state is not None:
        run.restore(state)
    return state


_runs: dict[bytes, Run] = {}


def _resumable(folder: Path) -> Run:
    config = (folder / "config.json").read_bytes()
    if config not in _runs:
        decoded = RunStorage(folder).read_config()
        _runs[config] = Run(RunStorage(folder), decoded, load_sprites(Path(decoded.data), 8), "cpu")
    return _runs[config]


READERS = (
    Reader("model file", _make_models, mutate.mixed(mutate.in_safetensors), _read_model),
    Reader(
        "model file with words",
        _make_pointers,
        mutate.mixed(mutate.in_safetensors, mutate.in_tensors("bank.")),
        _read_pointer,
    ),
    Reader("notebook's pickle", _make_pickles, mutate.mixed(_in_pickle), read_notebook_weights),
    Reader("recipe in a PNG", _make_recipes, mutate.mixed(mutate.in_png(mutate.odd_json)), _read_recipe),
    Reader("palette", _make_palettes, mutate.mixed(_in_palette), _read_palette),
    Reader("npy", _make_arrays, mutate.mixed(mutate.in_npy), _read_data),
    Reader("picture", _make_pictures, mutate.mixed(_in_picture), _read_picture),
    Reader("zip", _make_zips, mutate.mixed(mutate.in_zip(EVIL_NAMES, _in_picture)), _read_zip),
    Reader("labels.csv", _make_labels, mutate.mixed(_in_labels), _read_labels),
    Reader("list of sprites", _make_lists, mutate.mixed(mutate.in_cells), _read_list),
    Reader("project file", _make_projects, mutate.mixed(mutate.in_lines(mutate.in_bytes)), read_project),
    Reader("settings", _make_settings, mutate.mixed(mutate.odd_json), _read_settings),
    Reader("history", _make_histories, mutate.mixed(mutate.in_database("sprites")), _read_history),
    Reader("stats.jsonl", _made_run("stats.jsonl"), mutate.mixed(mutate.in_lines(mutate.odd_json)), _read_stats),
    Reader("status.json", _made_run("status.json"), mutate.mixed(mutate.odd_json), _read_status),
    Reader("config.json", _made_run("config.json"), mutate.mixed(mutate.odd_json), _read_config),
    Reader("state.pt", _made_run("state.pt"), mutate.mixed(mutate.in_pickle_of_zip), _read_state),
    *LATER,
)

__all__ = ["READERS", "Files", "PixelForgeError", "Reader", "lay_out", "reader_input"]
