"""Pieces of work that load Qt or torch, and those of every format: as `scenes.py`, for the long run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from PIL import Image

from pixelforge.cli.app import main as command_line
from pixelforge.errors import HistoryError, PixelForgeError
from pixelforge.gui.desk.desk_model import DeskModel
from pixelforge.gui.generating.generation_model import GenerationModel
from pixelforge.gui.history.history_model import HistoryModel
from pixelforge.gui.shared.library import Library
from pixelforge.gui.shared.messages import Messages
from pixelforge.gui.stage.stage_model import StageModel
from pixelforge.gui.window.mending import Mending
from pixelforge.imaging.atlas import ATLAS_FORMATS
from pixelforge.services import model_library
from pixelforge.services.export import ExportOptions
from pixelforge.services.history import HistoryFilter, open_history
from pixelforge.services.sprites import encode_sprite
from tests.fuzz.readers import TINY, _make_models, _sprite
from tests.made import made
from tests.robustness.scenes import Scene, export, nothing, same_or_new
from tests.training.making import begin_run, config_of, finish, resume_run
from training.data.sprites import load_sprites
from training.learning.config import TrainConfig
from training.runs.state import RunStorage

CONFIG = TrainConfig(steps=4, batch_size=4, warmup_steps=1, evaluate_every=2, sample_every=2, save_every=2)
ALL_FORMATS = ExportOptions(formats=tuple(format_.name for format_ in ATLAS_FORMATS))


def _command(*arguments: object) -> None:
    """Run a command line; what it refuses is raised, as it is worded."""
    before = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            command_line([str(argument) for argument in arguments])
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            os.dup2(before, 2)
            os.close(before)
        said.seek(0)
        text = said.read().decode()
    assert "Traceback" not in text, text
    if code:
        raise PixelForgeError(text.strip().splitlines()[-1])


def _prepare_list(folder: Path) -> None:
    (folder / "m.safetensors").write_bytes(_make_models(folder)[0]["m.safetensors"])
    (folder / "list.csv").write_text("class,count,name\ncats,2,Tom\ndogs,1,Rex\n")


def _list(folder: Path) -> None:
    told = ("--list", folder / "list.csv", "--model", folder / "m.safetensors", "--steps", 1, "--format", "css")
    _command("generate", *told, "--device", "cpu", "--engine", "torch", "--out", folder / "sheet.png")


def _prepare_animate(folder: Path) -> None:
    (folder / "lion.png").write_bytes(encode_sprite(made(1, side=8)))


def _animate(suffix: str, folder: Path) -> None:
    _command("animate", folder / "lion.png", "--out", folder / f"moving{suffix}")


def _describe(folder: Path) -> None:
    model_library.user_models_folder = lambda: folder / "models"
    model_library.describe_model(
        folder / "m.safetensors", recommended={"steps": 3}, usual_style=None, provenance={"licence": "CC0"}
    )


def _stroke(folder: Path, count: int = 1) -> None:
    """A blank sprite, on which so many strokes are made, or one more."""
    history, notice = open_history(folder / "history.sqlite", 100)
    if notice:
        history.close()
        raise HistoryError(notice)
    desk, failed = DeskModel(), list[str]()
    model = HistoryModel(history, folder)
    model.failed.connect(failed.append)
    generation = GenerationModel(Library([], Messages()), Messages())
    mending = Mending(desk, StageModel(), model, generation, Messages())
    mending.begin_blank()
    desk.set_ink((255, 0, 0, 255))
    for number in range(count):
        desk.press((number, 0))
        desk.release()
    history.close()
    if failed:
        raise HistoryError(failed[0])


def _check_stroke(folder: Path, ended: int) -> None:
    del ended
    history, notice = open_history(folder / "history.sqlite", 100)
    entries = history.entries(history.ids(HistoryFilter()))
    history.close()
    assert notice == "", notice
    assert sorted(int(entry.sprite.pixels[..., 3].any(axis=0).sum()) for entry in entries) in ([2], [1, 2], [2, 2])


def _prepare_save(folder: Path) -> None:
    for number in range(8):
        target = folder / "data" / ("cats" if number % 2 else "dogs") / f"{number:02}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(_sprite(number)).save(target)
    data = load_sprites(folder / "data", 8)
    finish(begin_run(folder / "run", config_of(data, TINY, CONFIG), data), steps=2)


def _save(folder: Path) -> None:
    """Two more steps, with figures, samples and a save."""
    finish(resume_run(folder / "run"))


def _check_save(folder: Path, ended: int) -> None:
    """The run is resumed from what was saved last, with the figures of all that was saved."""
    storage = RunStorage(folder / "run")
    state = storage.read_state()
    assert state is not None
    assert state["step"] in (2, 4)
    told = [row.step for row in storage.read_stats() if row.step <= state["step"]]
    whole = list(range(CONFIG.evaluate_every, state["step"] + 1, CONFIG.evaluate_every))
    refused = ended > 0 and told == whole[:-1]  # the last could not be written; what was learnt is kept
    assert told == whole or refused, f"figures of {told}"
    storage.read_config()
    model_library.read_header(storage.snapshot_path)
    for path in storage.samples_folder.glob("[!.]*"):
        with Image.open(path) as image:
            image.load()


STROKE = Scene("stroke", lambda f: _stroke(f, 2), lambda f: _stroke(f, 2), _check_stroke, whole=nothing)
SAVE = Scene("a training's save", _prepare_save, _save, _check_save, whole=nothing)

LONG_SCENES = (
    Scene(
        "sheet over another, every format",
        lambda f: export(f, 2, ALL_FORMATS),
        lambda f: export(f, 3, ALL_FORMATS),
        same_or_new,
    ),
    STROKE,
    Scene("list", _prepare_list, _list, same_or_new),
    Scene("animate to a sheet", _prepare_animate, lambda f: _animate(".png", f), same_or_new),
    Scene("animate to a .gif", _prepare_animate, lambda f: _animate(".gif", f), same_or_new),
    Scene("describe", _prepare_list, _describe, same_or_new),
)
