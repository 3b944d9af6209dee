"""What is killed: work that writes files, and what must hold of them after any kill."""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import torch
from PIL import Image

from pixelforge.cli.app import main as command_line
from pixelforge.core.checkpoint import load_checkpoint
from pixelforge.imaging.atlas import ATLAS_FORMATS
from pixelforge.services.export import ExportOptions, export_sprites
from pixelforge.services.history import HistoryFilter, open_history
from pixelforge.services.settings import AppSettings, load_settings, save_settings
from pixelforge.services.sprites import read_sheet
from tests.fuzz.readers import TINY, _make_models, _sprite
from tests.made import made
from tests.training.making import begin_run, config_of, resume_run
from training.data.sprites import load_sprites
from training.learning.config import TrainConfig
from training.runs.state import RunStorage

STEPS = 18  # of a run that is resumed
BATCH = 8  # sprites that the history takes at once
CONFIG = TrainConfig(steps=STEPS, batch_size=4, warmup_steps=2, evaluate_every=4, sample_every=9, save_every=3)


@dataclass(frozen=True)
class Scenario:
    """Work in a folder that is killed and begun again; `check` gets what the killed one had said."""

    name: str
    prepare: Callable[[Path], object]
    work: Callable[[Path], object]
    check: Callable[[Path, list[str]], str | None] = lambda folder, said: None  # gives what is worth counting
    loops: bool = True  # whether it goes on for ever


@contextmanager
def silent() -> Iterator[None]:
    """The command line writes to stderr; nobody reads it here."""
    before, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)
        os.close(nowhere)


def _command(*arguments: object) -> None:
    with silent():
        try:
            command_line([str(argument) for argument in arguments])
        except SystemExit as end:
            if end.code:
                raise


def _prepare_generate(folder: Path) -> None:
    (folder / "model").mkdir()
    files = _make_models(folder / "model")[0]
    assert (folder / "model" / next(iter(files))).exists()


def _generate(folder: Path) -> None:
    model = folder / "model" / "m.safetensors"
    for number in itertools.count():
        options = ["--count", 16, "--steps", 1, "--device", "cpu", "--out", folder / "out", "--force"]
        _command("generate", "--model", model, "--class", "all", "--seed", 8 * number, *options)
        print(8 * number)


def _check_generated(folder: Path, said: list[str]) -> None:
    for path in (folder / "out").rglob("*.png"):
        sprite = read_sheet(path)[0]
        assert f"_{sprite.seed:05}" in path.name
    for number in said:
        for seed in range(int(number), int(number) + 16):
            assert list((folder / "out").glob(f"*/*_{seed:05}.png")), f"sprite {seed} is gone"


ALL_FORMATS = ExportOptions(formats=tuple(format_.name for format_ in ATLAS_FORMATS))


def _export(folder: Path) -> None:
    for number in itertools.count():
        count, class_name = ((4, "cats"), (9, "dogs"))[number % 2]
        export_sprites(folder / "sheet.png", [made(i, class_name) for i in range(count)], ALL_FORMATS)
        print(number)


def _prepare_export(folder: Path) -> None:
    export_sprites(folder / "sheet.png", [made(i) for i in range(4)], ALL_FORMATS)


def _check_exported(folder: Path, said: list[str]) -> str | None:
    del said
    count = len(read_sheet(folder / "sheet.png"))
    assert count in (4, 9)
    with Image.open(folder / "sheet.png") as image:
        image.load()
    for path in sorted(folder.rglob("*")):
        if path.name.startswith(".") or path.suffix == ".png" or path.is_dir():
            continue
        if path.suffix == ".aseprite":
            assert len(read_sheet(path)) in (4, 9), path
            continue
        text = path.read_text()
        assert text.endswith("\n"), path
        if path.suffix in (".json", ".tsj"):
            json.loads(text)
        elif path.suffix in (".xml", ".tsx"):
            ElementTree.fromstring(text)
    frames = len(json.loads((folder / "sheet.json").read_text())["frames"])
    return None if frames == count else "a sheet beside the engine files of another"


def _prepare_history(folder: Path) -> None:
    history, notice = open_history(folder / "history.sqlite", 100_000)
    assert not notice
    history.close()


def _keep_history(folder: Path) -> None:
    history, _ = open_history(folder / "history.sqlite", 100_000)
    sprites = [made(i, side=8) for i in range(BATCH)]
    for _ in itertools.count():
        ids = history.add(sprites)
        print("kept", *ids)
        history.set_starred(ids[:1], True)
        print("starred", ids[0])
        history.delete(ids[1:2])
        print("deleted", ids[1])


def _check_history(folder: Path, said: list[str]) -> None:
    path = folder / "history.sqlite"
    with sqlite3.connect(path) as other:
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    other.close()
    history, notice = open_history(path, 100_000)
    assert notice == ""
    there = set(history.ids(HistoryFilter()))
    starred = set(history.ids(HistoryFilter(starred=True)))
    words = [line.split() for line in said]
    deleted = {int(line[1]) for line in words if line[0] == "deleted"}
    kept = {int(id_) for line in words if line[0] == "kept" for id_ in line[1:]}
    unsaid = {int(line[2]) for line in words if line[0] == "kept"} - deleted  # may be gone, but not yet said to be
    assert kept - deleted - unsaid <= there
    assert not deleted & there
    assert {int(line[1]) for line in words if line[0] == "starred"} <= starred
    entries = history.entries(sorted(kept - deleted - unsaid))
    assert len(entries) == len(kept - deleted - unsaid)
    history.close()


def _save_settings(folder: Path) -> None:
    path = folder / "settings.json"
    settings = load_settings(path)[0]
    for number in itertools.count(settings.history_cap + 1):
        save_settings(path, replace(settings, history_cap=number, window="A" * 4000))
        print(number)


def _check_settings(folder: Path, said: list[str]) -> None:
    settings, notice = load_settings(folder / "settings.json")
    assert notice == ""
    assert settings.history_cap >= int(said[-1])


def _prepare_run(folder: Path) -> None:
    for number in range(12):
        target = folder / "data" / ("cats" if number % 2 else "dogs") / f"{number:02}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(_sprite(number)).save(target)
    config = replace(CONFIG, steps=1_000_000, evaluate_every=1, sample_every=3, save_every=1)
    data = load_sprites(folder / "data", 8)
    begin_run(folder / "run", config_of(data, TINY, config), data)


def _train(folder: Path) -> None:
    for step in resume_run(folder / "run").steps():
        print(step.step)


def _check_run(folder: Path, said: list[str]) -> None:
    run_dir = RunStorage(folder / "run")
    state, rows = run_dir.read_state(), run_dir.read_stats()
    assert state is not None
    assert state["step"] >= int(said[-1])
    assert [row.step for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) >= state["step"]
    for path in (run_dir.snapshot_path, run_dir.best_path):
        load_checkpoint(path)
    for path in run_dir.samples_folder.glob("[!.]*"):
        with Image.open(path) as image:
            image.load()


def _prepare_resumed(folder: Path) -> None:
    """The same run every time: its data lies beside, and a run knows it by its content."""
    source = folder.parent / "data"
    if not source.exists():
        for number in range(12):
            target = source / ("cats" if number % 2 else "dogs") / f"{number:02}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(_sprite(number)).save(target)
    data = load_sprites(source, 8)
    begin_run(folder, config_of(data, replace(TINY, dropout=0.1), CONFIG), data)


def _resume(folder: Path) -> None:
    _command("train", "--resume", "--out", folder, "--device", "cpu")


def saved_step(out: Path) -> int:
    """How far a run has come that is safe."""
    state = RunStorage(out).read_state()
    return state["step"] if state else 0


def assert_same(one: Path, other: Path) -> None:
    """Two runs are equal to the bit, but for how long they took."""
    a, b = (RunStorage(out).read_state() for out in (one, other))
    assert a is not None
    assert b is not None
    assert a["step"] == b["step"] == STEPS
    _assert_equal({k: a[k] for k in ("model", "ema", "optimizer", "best_step", "best_loss")}, b)
    rows = [
        [(r.step, r.loss, r.heldout_loss, r.learning_rate) for r in RunStorage(out).read_stats()]
        for out in (one, other)
    ]
    assert rows[0] == rows[1]
    for name in ("snapshot_path", "best_path"):
        weights = [load_checkpoint(getattr(RunStorage(out), name)).network.state_dict() for out in (one, other)]
        _assert_equal(weights[0], weights[1])
    samples = [{p.name: p.read_bytes() for p in RunStorage(out).samples_folder.glob("[!.]*")} for out in (one, other)]
    assert samples[0] == samples[1]


def _assert_equal(one: object, other: object) -> None:
    if isinstance(one, torch.Tensor):
        assert isinstance(other, torch.Tensor)
        assert torch.equal(one, other)
    elif isinstance(one, dict):
        assert isinstance(other, dict)
        for key, value in one.items():
            _assert_equal(value, other[key])
    elif isinstance(one, list | tuple):
        assert isinstance(other, list | tuple)
        for a, b in zip(one, other, strict=True):
            _assert_equal(a, b)
    else:
        assert one == other


SCENARIOS = (
    Scenario("generate to files", _prepare_generate, _generate, _check_generated),
    Scenario("export over a sheet", _prepare_export, _export, _check_exported),
    Scenario("history", _prepare_history, _keep_history, _check_history),
    Scenario(
        "settings",
        lambda folder: save_settings(folder / "settings.json", AppSettings()),
        _save_settings,
        _check_settings,
    ),
    Scenario("training saves", _prepare_run, _train, _check_run),
    Scenario("resume to the bit", _prepare_resumed, _resume, loops=False),
)

__all__ = ["SCENARIOS", "STEPS", "Scenario", "assert_same", "saved_step"]
