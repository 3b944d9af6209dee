"""Short pieces of work that write files, and what must hold of them however they end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pixelforge.errors import PixelForgeError
from pixelforge.files import PART_SUFFIX
from pixelforge.services import model_library
from pixelforge.services.database import open_database
from pixelforge.services.export import ExportOptions, export_sprites
from pixelforge.services.exporting import Export, write_export
from pixelforge.services.history import HistoryFilter, open_history
from pixelforge.services.model_library import ModelEntry, rename_model
from pixelforge.services.pending import Pending, PendingStore
from pixelforge.services.project.building import Build, building_alone, standing
from pixelforge.services.project.places import OWN_FOLDER
from pixelforge.services.project.project_file import read_project
from pixelforge.services.sets import SetStore, SpriteSet
from pixelforge.services.settings import AppSettings, change_settings, load_settings, save_settings
from pixelforge.services.sprites import encode_sprite
from tests.made import asked, made

LOCKS = (".lock", ".turn")  # files by which processes wait for each other; nothing is in them


@dataclass(frozen=True)
class Scene:
    """Work in a folder. `check` gets the folder and how the work ended, and asserts what must hold of it."""

    name: str
    prepare: Callable[[Path], object]
    work: Callable[[Path], object]
    check: Callable[[Path, int], object]
    whole: Callable[[Path], object] = lambda folder: contents(folder)  # by which all old is told from all new


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder but for temporary ones, locks, caches; of Unity's, whose numbers are drawn, the names."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith((PART_SUFFIX, *LOCKS)))
    return {
        path.name: b"" if path.suffix == ".meta" else path.read_bytes()
        for path in files
        if OWN_FOLDER not in path.parts
    }


def nothing(folder: Path) -> None:
    """Where old and new are told by what `check` reads."""


FORMATS = ExportOptions(formats=("css", "godot-sprites", "unity"))  # a file, a folder, one whose .meta stays


def export(folder: Path, count: int, options: ExportOptions = FORMATS) -> None:
    """A sheet of so many sprites."""
    export_sprites(folder / "sheet.png", [made(seed, side=8) for seed in range(count)], options)


def _prepare_rename(folder: Path) -> None:
    for suffix in (".safetensors", ".grid.png", ".figures.json"):
        (folder / f"old{suffix}").write_text(suffix)


def _rename(folder: Path) -> None:
    model_library.user_models_folder = lambda: folder
    rename_model(ModelEntry("old", folder / "old.safetensors", False, None), "new")


def _prepare_history(folder: Path) -> None:
    history, _ = open_history(folder / "history.sqlite", 100)
    history.add([made(seed, side=8) for seed in range(3)])
    history.close()


def _keep(folder: Path) -> None:
    """Ends in words where the history cannot be opened, as the window says them."""
    _said(folder).unlink(missing_ok=True)
    history, notice = open_history(folder / "history.sqlite", 100)
    try:
        if notice:
            raise PixelForgeError(notice)
        history.add([made(seed, side=8) for seed in (3, 4)])
        _said(folder).write_text("kept")
    finally:
        history.close()


def _said(folder: Path) -> Path:
    """Is there once the sprites are said to be kept; beside the folder, where no call fails."""
    return folder.with_name("said")


def _check_history(folder: Path, ended: int) -> None:
    assert not list(folder.glob("history-damaged-*")), "a healthy history was moved aside"
    history, notice = open_history(folder / "history.sqlite", 100)
    there = len(history.ids(HistoryFilter()))
    history.close()
    assert notice == "", notice
    assert there in ((5,) if _said(folder).exists() else (3, 5)), f"{there} sprites"


def _set_of(folder: Path, *seeds: int) -> None:
    database, notice = open_database(folder / "history.sqlite")
    try:
        if notice:
            raise PixelForgeError(notice)
        store = SetStore(database)
        store.sets()
        store.save(SpriteSet(1, "Cave", tuple(made(seed, side=8) for seed in seeds)))
    finally:
        database.close()


def _check_set(folder: Path, ended: int) -> None:
    del ended
    database, notice = open_database(folder / "history.sqlite")
    (kept,) = SetStore(database).sets()
    database.close()
    assert notice == "", notice
    assert [sprite.seed for sprite in kept.sprites] in ([1, 2], [2, 3, 1]), "a set is neither old nor new"


def _queue(folder: Path, count: int) -> None:
    database, notice = open_database(folder / "history.sqlite")
    try:
        if notice:
            raise PixelForgeError(notice)
        store = PendingStore(database, folder / "queue.lock")
        store.keep([Pending(model="tiny", request=asked("cats", seed=seed)) for seed in range(count)])
        store.close()
    finally:
        database.close()


def _check_queue(folder: Path, ended: int) -> None:
    del ended
    database, notice = open_database(folder / "history.sqlite")
    store = PendingStore(database, folder / "queue.lock")
    kept = [batch.request.seed for batch in store.read()]
    store.close()
    database.close()
    assert notice == "", notice
    assert kept in ([0, 1], [0, 1, 2]), f"batches {kept}"


PROJECT = """[sets.cave]
pictures = ["cave"]
padding = {padding}
format = ["css"]

[sets.all]
sets = ["cave"]
out = "art/all.png"
"""


def _prepare_build(folder: Path) -> None:
    (folder / "cave").mkdir()
    for seed in range(2):
        (folder / "cave" / f"{seed}.png").write_bytes(encode_sprite(made(seed, side=8)))
    (folder / "pixelforge.toml").write_text(PROJECT.format(padding=0))
    _build(folder)
    (folder / "pixelforge.toml").write_text(PROJECT.format(padding=1))


def _build(folder: Path) -> None:
    project = read_project(folder / "pixelforge.toml")
    with building_alone(project.root, lambda: None):
        Build(standing(project)).outcome().write()


def _check_build(folder: Path, ended: int) -> None:
    """However it ended, the next build makes what is missing, and nothing has to be forced."""
    del ended
    making = Build(standing(read_project(folder / "pixelforge.toml")))
    assert not making.outcome().in_the_way, "a build would have to be forced"
    making.outcome().write()
    assert not standing(read_project(folder / "pixelforge.toml")).due, "there is something to make after a build"


IN_STEP = Export(target="sheet.png", options=FORMATS)


def _in_step(folder: Path) -> None:
    export = replace(IN_STEP, target=str(folder / IN_STEP.target))
    for _ in write_export(export, [made(seed, side=8) for seed in range(3)], again=True):
        pass


def same_or_new(folder: Path, ended: int) -> None:
    """Nothing more than what holds of all: see `_judge`."""


SCENES = (
    Scene("sheet over another", lambda f: export(f, 2), lambda f: export(f, 3), same_or_new),
    Scene("new sheet", lambda f: None, lambda f: export(f, 3), same_or_new),
    Scene(
        "settings",
        lambda f: save_settings(f / "settings.json", AppSettings(save_folder="/another's")),
        lambda f: change_settings(f / "settings.json", AppSettings(), replace(AppSettings(), history_cap=1234)),
        lambda f, ended: load_settings(f / "settings.json"),
    ),
    Scene("rename of a model", _prepare_rename, _rename, same_or_new),
    Scene("history", _prepare_history, _keep, _check_history, whole=nothing),
    Scene("set", lambda f: _set_of(f, 1, 2), lambda f: _set_of(f, 2, 3, 1), _check_set, whole=nothing),
    Scene("queue", lambda f: _queue(f, 2), lambda f: _queue(f, 3), _check_queue, whole=nothing),
    Scene("build", _prepare_build, _build, _check_build),
    Scene("kept in step", lambda f: export(f, 2), _in_step, same_or_new),
)
