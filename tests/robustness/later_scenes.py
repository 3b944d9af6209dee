"""Models that come into the library, trainings that are begun, projects that are kept: as `scenes.py`, the long run."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np

from pixelforge.core.checkpoint import load_checkpoint
from pixelforge.core.header import Student
from pixelforge.errors import HistoryError, PixelForgeError
from pixelforge.imaging.palette import Palette
from pixelforge.imaging.palette_files import write_palette
from pixelforge.services import model_library
from pixelforge.services.history import HistoryFilter, open_history
from pixelforge.services.model_library import import_model
from pixelforge.services.project.keeping import SetNow, keep_set
from pixelforge.services.project.opening import open_project
from pixelforge.services.sprites import encode_sprite
from tests.critics import FACTS, add_critic, critic_for
from tests.fuzz.readers import SMALL_PTH
from tests.made import made
from tests.pointer import write_pointer_model
from tests.robustness.long_scenes import SAVE, _command
from tests.robustness.scenes import Scene, nothing, same_or_new
from tests.tiny import COLOURS
from tests.training.conftest import blob, write_sprite
from tests.training.frames.conftest import write_walks
from training.critic.fitting import Fitted
from training.critic.saving import save_with_critic
from training.runs.state import RunStorage

OLD_HISTORY = Path(__file__).parents[1] / "data" / "v0.1" / "history.sqlite"
RUBBISH = b"This is no database. " * 500
LEARNT = "walk.safetensors"


def _prepare_import(folder: Path) -> None:
    add_critic(write_pointer_model(folder / "m.safetensors", student=Student()))
    (folder / "models").mkdir()


def _import(folder: Path) -> None:
    model_library.user_models_folder = lambda: folder / "models"
    import_model(folder / "m.safetensors")


def _prepare_notebook(folder: Path) -> None:
    (folder / "m.pth").write_bytes(SMALL_PTH.read_bytes())
    (folder / "models").mkdir()


def _import_notebook(folder: Path) -> None:
    model_library.user_models_folder = lambda: folder / "models"
    import_model(folder / "m.pth")


def _prepare_critic(folder: Path) -> None:
    write_pointer_model(folder / "m.safetensors", student=Student())
    (folder / "out.safetensors").write_bytes(b"another model")


def _save_critic(folder: Path) -> None:
    """What the command `critic` does once it has learnt."""
    checkpoint = load_checkpoint(folder / "m.safetensors")
    save_with_critic(folder / "out.safetensors", checkpoint, Fitted(critic_for(checkpoint.header), FACTS, 0.5))


def _prepare_game(folder: Path) -> None:
    (folder / "cave").mkdir()
    for seed in range(2):
        (folder / "cave" / f"{seed}.png").write_bytes(encode_sprite(made(seed, side=8)))
    (folder / "pixelforge.toml").write_text('# A game.\n[sets.cave] # dark\npictures = ["cave"]\n')


def _keep_in_project(folder: Path) -> None:
    """A set with one sprite more, in another order, under another name."""
    (opened,) = open_project(folder / "pixelforge.toml")
    one = opened.sets()["cave"]
    sprites = (made(7, side=8), *one.sprites[::-1])
    now = SetNow(was="cave", seen=one.seen, name="den", sprites=sprites, export=one.export)
    for _ in keep_set(folder / "pixelforge.toml", now):
        pass


def _prepare_drawn(folder: Path) -> None:
    write_pointer_model(folder / "tiny.safetensors")
    table = "kind,count\nlion,2\nwolf,1\n"
    (folder / "herd.csv").write_text(table)
    text = '[defaults]\nmodel = "tiny.safetensors"\n[sets.herd]\nlist = "herd.csv"\nformat = ["css"]\n'
    (folder / "pixelforge.toml").write_text(text)


def _build_drawn(folder: Path) -> None:
    _command("build", folder, "--device", "cpu", "--engine", "torch")


def _check_drawn(folder: Path, ended: int) -> None:
    """However it ended, the next build goes through, and nothing has to be forced."""
    del ended
    _build_drawn(folder)
    assert (folder / "herd.png").is_file()
    assert (folder / "herd.css").is_file()


def _open(folder: Path) -> None:
    """Ends in words where the history cannot be opened, as the window says them; not where it was moved aside."""
    history, notice = open_history(folder / "history.sqlite", 100)
    history.close()
    if notice and "damaged" not in notice:
        raise HistoryError(notice)


def _check_moved(folder: Path, ended: int) -> None:
    del ended
    there = [path.read_bytes() for path in folder.glob("history*") if path.is_file()]
    assert RUBBISH in there, "the damaged history is gone"
    _open(folder)
    history, notice = open_history(folder / "history.sqlite", 100)
    history.close()
    assert notice == "", notice


def _check_migrated(folder: Path, ended: int) -> None:
    del ended
    assert not list(folder.glob("history-damaged-*")), "a healthy history was moved aside"
    history, notice = open_history(folder / "history.sqlite", 100)
    ids = history.ids(HistoryFilter())
    entries = history.entries(ids)
    history.close()
    assert notice == "", notice
    assert len(ids) == len(entries) == 9, f"{len(ids)} sprites"


def _prepare_training(folder: Path) -> None:
    rng = np.random.default_rng(0)
    for number in range(8):
        write_sprite(folder / "data" / ("cats" if number % 2 else "dogs") / f"{number}.png", blob(rng))


TOY = ("--size", 8, "--width", 8, "--batch", 4, "--steps", 2, "--from", "nothing", "--device", "cpu")


def _train(folder: Path) -> None:
    _command("train", folder / "data", *TOY, "--out", folder / "run")


def _prepare_student(folder: Path) -> None:
    _prepare_training(folder)
    _command("train", folder / "data", *TOY, "--out", folder / "teacher")


def _distil(folder: Path) -> None:
    told = ("--data", folder / "data", "--steps", 2, "--batch", 4, "--substeps", 1, "--device", "cpu")
    _command("distill", folder / "teacher" / "best.safetensors", *told, "--out", folder / "run")


def _check_run(folder: Path, ended: int) -> None:
    """A run that was begun is resumed to its end; one that was not can be begun."""
    del ended
    run = RunStorage(folder / "run")
    for path in folder.rglob("*.lock"):
        path.unlink()
    if run.config_path.is_file():
        command = "distill" if (folder / "teacher").is_dir() else "train"
        with suppress(PixelForgeError):  # of one that was at its end
            _command(command, "--resume", "--out", folder / "run", "--device", "cpu")
        state = run.read_state()
        assert state is not None
        assert state["step"] == 2, "it is not resumed to its end"
        load_checkpoint(run.snapshot_path)
    else:
        (_distil if (folder / "teacher").is_dir() else _train)(folder)


def _prepare_frames(folder: Path) -> None:
    write_walks(folder / "data", 3)
    (folder / LEARNT).write_bytes(b"another model")


def _learn_frames(folder: Path) -> None:
    told = ("--action", "walk", "--steps", 1, "--batch", 2, "--out", folder / LEARNT, "--force")
    _command("frames", "train", folder / "data", *told)


def _palette(folder: Path, count: int) -> None:
    write_palette(folder / "mine.gpl", Palette("Mine", COLOURS[:count]))


LATER_SCENES = (
    SAVE,
    Scene("import of a model", _prepare_import, _import, same_or_new),
    Scene("import of a notebook's model", _prepare_notebook, _import_notebook, same_or_new),
    Scene("a critic's save", _prepare_critic, _save_critic, same_or_new),
    Scene("set kept in its project", _prepare_game, _keep_in_project, same_or_new),
    Scene("build of what a model draws", _prepare_drawn, _build_drawn, _check_drawn),
    Scene(
        "damaged history",
        lambda f: (f / "history.sqlite").write_bytes(RUBBISH),
        _open,
        _check_moved,
        whole=nothing,
    ),
    Scene(
        "older history",
        lambda f: (f / "history.sqlite").write_bytes(OLD_HISTORY.read_bytes()),
        _open,
        _check_migrated,
        whole=nothing,
    ),
    Scene("palette", lambda f: _palette(f, 2), lambda f: _palette(f, 4), same_or_new),
    Scene("model of frames", _prepare_frames, _learn_frames, same_or_new),
    Scene("training", _prepare_training, _train, _check_run, whole=nothing),
    Scene("distillation", _prepare_student, _distil, _check_run, whole=nothing),
)
