"""Whether all is there that several processes were told was done."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from PySide6.QtGui import QUndoStack

from pixelforge.core.header import read_header
from pixelforge.files import PART_SUFFIX
from pixelforge.gui.tray.sets_model import SetsModel
from pixelforge.services import model_library
from pixelforge.services.database import open_database
from pixelforge.services.history import History, HistoryFilter
from pixelforge.services.project.building import Build, standing
from pixelforge.services.project.project_file import read_project
from pixelforge.services.sets import SetStore
from pixelforge.services.settings import load_settings
from pixelforge.services.sprites import read_recipes
from tests.fuzz.readers import _make_models
from tests.robustness.sharing import commands
from tests.robustness.sharing.told import Told

CAP = 100_000


def prepare(home: Path) -> None:
    """What is there before they begin, and the folders that they take for the user's."""
    os.environ.update(
        {name: str(home / "user") for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    )
    with tempfile.TemporaryDirectory() as folder:
        commands.prepare(home, _make_models(Path(folder))[0]["m.safetensors"])
    commands.warm_up(home)
    database, _ = open_database(home / "history.sqlite")
    SetsModel(SetStore(database), QUndoStack())  # which begins the set that both windows share
    database.close()


def judge(home: Path, told: Sequence[Told]) -> list[str]:
    """What is against a rule, a line each."""
    broken = [f"a trace of {one['who']}: {one['text']}" for one in told if one["what"] == "trace"]
    broken += ["a sprite of the set was missing in a window" for _ in _of(told, "missing")]
    for look in (_history, _sets, _settings, _library, _description, _sheets, _project, _litter):
        broken += look(home, told)
    return broken


def _of(told: Sequence[Told], what: str) -> list[Told]:
    return [one for one in told if one["what"] == what]


def _history(home: Path, told: Sequence[Told]) -> Iterator[str]:
    with sqlite3.connect(home / "history.sqlite") as connection:
        if connection.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            yield "the history is damaged"
    connection.close()
    history = History(open_database(home / "history.sqlite")[0], CAP)
    there, binned = (set(history.ids(HistoryFilter(binned=binned))) for binned in (False, True))
    kept = {id_ for one in _of(told, "kept") for id_ in one["ids"]}
    deleted = {one["id"] for one in _of(told, "deleted")}
    for id_ in sorted(kept - there - binned):
        yield f"sprite {id_} is gone"
    for id_ in sorted(kept & binned - deleted):
        yield f"sprite {id_} is in the bin, where nobody put it"
    for id_ in sorted(deleted & there):
        yield f"sprite {id_} was deleted and is back"
    starred = set(history.ids(HistoryFilter(starred=True)))
    for id_ in sorted({one["id"] for one in _of(told, "starred")} & there - starred):
        yield f"the star of sprite {id_} is gone"
    entries = [*history.entries(sorted(there)), *history.entries(sorted(binned), "bin")]
    pictures = {entry.sprite.fingerprint.hex() for entry in entries}
    for one in _of(told, "last drawn"):
        if one["fingerprint"] and one["fingerprint"] not in pictures:
            yield f"what window {one['who']} drew last is gone"
    history.close()


def _sets(home: Path, told: Sequence[Told]) -> Iterator[str]:
    database, _ = open_database(home / "history.sqlite")
    sets = SetStore(database).sets()
    database.close()
    if len(sets) != 1:
        yield f"of one set there are {len(sets)}"
    there = [sprite.fingerprint.hex() for one in sets for sprite in one.sprites]
    names = {sprite.fingerprint.hex(): sprite.name for one in sets for sprite in one.sprites}
    taken_out = {one["fingerprint"] for one in _of(told, "taken out")}
    wanted = {one["fingerprint"] for one in _of(told, "gathered")} - taken_out
    if len(there) != len(set(there)):
        yield "a sprite is in the set twice"
    for _ in wanted - set(there):
        yield "a sprite that was put into the set is gone"
    for _ in taken_out & set(there):
        yield "a sprite that was taken out of the set is back"
    for fingerprint, name in {one["fingerprint"]: one["name"] for one in _of(told, "named")}.items():
        if fingerprint in wanted and names.get(fingerprint, name) != name:
            yield "a name in the set is gone"


def _settings(home: Path, told: Sequence[Told]) -> Iterator[str]:
    settings, notice = load_settings(home / "settings.json")
    if notice:
        yield notice
    exports = {f"{one.set_id}": one.export.target for one in settings.set_exports}
    for one in _of(told, "settings"):
        fields = dict(one["fields"])
        for id_, target in fields.pop("set_exports").items():
            if exports.get(id_) != target:
                yield f"how a set of window {one['who']} is exported is gone"
        for name, value in fields.items():
            if getattr(settings, name) != value:
                yield f"the setting {name} of window {one['who']} is gone"


def _library(home: Path, told: Sequence[Told]) -> Iterator[str]:
    del home
    entries = [entry for entry in model_library.list_models(None) if not entry.bundled]
    marks = [entry.header.provenance.data if entry.header else entry.problem for entry in entries]
    imported = [one["mark"] for one in _of(told, "imported")]
    for _ in set(imported) - set(marks):
        yield "a model that was imported is gone"
    for _ in range(len(marks) - len(set(marks))):
        yield "a model is there under two names"
    for mark in set(marks) - set(imported):
        yield f"a model is there that nobody was told of: {mark}"


def _description(home: Path, told: Sequence[Told]) -> Iterator[str]:
    header = read_header(home / commands.SHARED)
    now = {
        "--licence": header.provenance.licence,
        "--credits": header.provenance.credits,
        "--steps": f"{header.recommended.steps}",
    }
    for field, value in {one["field"]: one["value"] for one in _of(told, "described")}.items():
        if now[field] != value:
            yield f"what {field} said last is gone"


def _sheets(home: Path, told: Sequence[Told]) -> Iterator[str]:
    del home
    seen = set()
    for one in _of(told, "made"):
        path = Path(one["path"])
        if path in seen:
            yield "two were told that they made one sheet"
        seen.add(path)
        if [recipe.request.seed for recipe in read_recipes(path)] != [one["seed"]]:
            yield "a sheet that was made is another's"
        if not (path.with_suffix(".css").is_file() and path.with_suffix(".tres").is_file()):
            yield "an engine file of a sheet is gone"


def _project(home: Path, told: Sequence[Told]) -> Iterator[str]:
    for one in _of(told, "not built"):
        yield f"a build was refused: {one['text'].strip()}"
    project = read_project(home / "project" / "pixelforge.toml")
    making = Build(standing(project))
    outcome = making.outcome()
    if outcome.in_the_way:
        yield f"{len(outcome.in_the_way)} files are such as no build has noted"
    outcome.write()
    if due := standing(project).due:
        yield f"still to be made after a build: {due}"


def _litter(home: Path, told: Sequence[Told]) -> Iterator[str]:
    del told
    for path in home.rglob(f"*{PART_SUFFIX}"):
        yield f"a temporary file is left: {path.name[-40:]}"
