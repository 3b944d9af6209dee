"""A tiny model, an application built as the real one is, and a watch for what a test leaves behind."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import shiboken6
import torch
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import save_checkpoint
from pixelforge.core.header import ModelHeader, read_header
from pixelforge.core.sampling import Sampling
from pixelforge.gui import app
from pixelforge.gui.app import AppFolders, Desktop
from pixelforge.gui.shared.system_dialogs import SystemDialogs
from pixelforge.gui.window import window_dialogs
from pixelforge.services import paths
from pixelforge.services.model_library import ModelEntry
from tests.gui.games import GAME
from tests.tiny import TINY


@pytest.fixture(autouse=True, scope="module")
def old_things_are_not_looked_at() -> Iterator[None]:
    """Have the collections below look at what the tests have made, not at all that torch and pytest consist of."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def clipboard_holds_plain_text(qapp: QApplication) -> Iterator[None]:
    """What Python has put there must not outlive Python: without a screen, Qt frees its clipboard only after that.

    On X11 it does so before, and the app ends well after a copy.
    """
    yield
    qapp.clipboard().setText("")


@pytest.fixture(autouse=True)
def nothing_is_left(qapp: QApplication) -> Iterator[None]:
    before = set(QApplication.topLevelWidgets())
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()  # here, in Qt's own thread, so that no worker of a later test collects a widget
    alive = shiboken6.getAllValidWrappers()
    threads = [o for o in alive if isinstance(o, QThread) and o.isRunning()]
    timers = [o for o in alive if isinstance(o, QTimer) and o.isActive()]
    widgets = [w for w in QApplication.topLevelWidgets() if w not in before]
    for thread in threads:
        thread.wait(5000)
    assert not threads, f"threads are still running: {threads}"
    assert not timers, f"timers are still running: {timers}"
    assert not widgets, f"top-level widgets are left: {widgets}"


@pytest.fixture(autouse=True)
def log_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "log"
    for module in (app, window_dialogs):
        monkeypatch.setattr(module, "log_folder", lambda: folder)
    return folder


@pytest.fixture(autouse=True)
def user_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folders, so that no test sees those of whoever runs it."""
    home = tmp_path / "home"
    folders = SimpleNamespace(
        **{f"user_{kind}_path": home / kind for kind in ("data", "config", "cache", "log")},
    )
    monkeypatch.setattr(paths, "_dirs", folders)
    return home


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model of every test, made once."""
    torch.manual_seed(0)
    config = replace(TINY, image_size=16, palette=((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)))
    header = ModelHeader(
        model=config,
        class_names=("cats", "dogs"),
        recommended=Sampling(sampler="ddim", steps=8, guidance_scale=2.5),
    )
    weights = build_network(config).state_dict()
    for weight in weights.values():
        weight += 0.2 * torch.randn_like(weight)  # an untrained network's last layer is zero, and all sprites empty
    path = tmp_path_factory.mktemp("models") / "tiny.safetensors"
    save_checkpoint(path, header, weights)
    return path


@pytest.fixture
def model_file(tmp_path: Path, tiny_model: Path) -> Path:
    """A copy, which a test may spoil."""
    return Path(shutil.copy(tiny_model, tmp_path))


@pytest.fixture
def entry(model_file: Path) -> ModelEntry:
    return ModelEntry("tiny", model_file, True, read_header(model_file))


@pytest.fixture
def ask_path() -> Callable[[QWidget, Path], Path | None]:
    """Stands in for the file dialog; `answer` is what the user picks, `suggestion` what was proposed."""

    class AskPath:
        answer: Path | None = None
        suggestion: Path | None = None

        def __call__(self, parent: QWidget, suggestion: Path) -> Path | None:
            self.suggestion = suggestion
            return self.answer

    return AskPath()


class Drags(list):
    """Stands in for the system's drag: keeps what would be dragged."""

    def append_mime(self, source: QWidget, mime: QMimeData) -> None:
        self.append(mime)


@pytest.fixture
def drags() -> Drags:
    return Drags()


@pytest.fixture
def places(tmp_path) -> AppFolders:
    return AppFolders(tmp_path / "settings.json", tmp_path / "history.sqlite", tmp_path / "drags")


@pytest.fixture
def answers() -> dict[str, object]:
    """What the user answers to the system's other questions; unless a test says so, a training is stopped."""
    return {}


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """Stands in for the system's bin."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


@pytest.fixture
def opened_folders() -> list[Path]:
    """The folders that the system's file manager would show."""
    return []


@pytest.fixture
def desktop(qtbot, entry, places, ask_path, drags, opened_folders, answers, bin_folder) -> Desktop:
    """The application, its window on the screen. Closing the window, as qtbot does, is all that ends it."""
    system = SystemDialogs(
        ask_save_path=ask_path,
        ask_animation_path=ask_path,
        ask_open_path=lambda *_: answers.get("open"),
        ask_colour=lambda *_: answers.get("colour"),
        ask_folder=lambda *_: answers.get("folder"),
        ask_model_path=lambda *_: answers.get("model"),
        ask_about_training=lambda *_: answers.get("training", "stop"),
        ask_to_delete=lambda _, *asked: answers.update(asked=asked) or answers.get("delete", True),
        move_to_bin=lambda path: bool(shutil.move(path, bin_folder)),
        start_drag=drags.append_mime,
        open_folder=opened_folders.append,
    )
    built = app.build([entry], places, system)
    qtbot.addWidget(built.window)
    built.window.show()
    qtbot.waitUntil(lambda: built.studio.generation.device != "", timeout=20_000)
    return built


@pytest.fixture
def game(tmp_path: Path, model_file: Path) -> Path:
    """A game's folder with a project, and the model that it asks for."""
    folder = tmp_path / "game"
    folder.mkdir()
    shutil.copy(model_file, folder / "orcs.safetensors")
    (folder / "pixelforge.toml").write_text(GAME)
    return folder


@pytest.fixture
def active(qtbot, desktop: Desktop) -> Desktop:
    """The window with the keyboard, as keys need it."""
    with qtbot.waitActive(desktop.window):
        desktop.window.activateWindow()
    return desktop
