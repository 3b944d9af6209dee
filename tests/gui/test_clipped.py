"""No word is cut off, and nothing lies outside the window, at any size that a screen may have."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QWidget

from pixelforge.core.header import read_header
from pixelforge.gui.shared.fitting import FRAME, fit_in
from pixelforge.gui.window.docks import SIZE
from pixelforge.gui.window.studio import cell_of
from pixelforge.services.icon_drawing import make_icons
from pixelforge.services.model_library import ModelEntry
from tests.gui.clipped import clipped
from tests.gui.using import click, mnemonics
from tests.made import made
from tests.pointer import write_pointer_model

SMALLEST = 960, 500  # logical pixels: of 1920 x 1080 at 200 %, what a panel and the title leave
SIZES = [SMALLEST, (1024, 700), (1280, 800), (1920, 1080)]


@pytest.fixture(scope="module")
def entry(tmp_path_factory: pytest.TempPathFactory) -> ModelEntry:
    """A model that is asked for all that a model can be asked for; nobody changes it, and its icons take a while."""
    path = write_pointer_model(tmp_path_factory.mktemp("models") / "words.safetensors")
    list(make_icons(path))
    return ModelEntry("words", path, True, read_header(path))


@pytest.fixture
def full(desktop):
    """Sprites of two models and of many colours, on the stage and in the set."""
    studio = desktop.studio
    studio.history.add([made(seed, model=model) for seed in range(12) for model in ("one", "another")])
    studio.show([cell_of(studio.history.entry(row)) for row in range(24)])
    studio.stage.click(0)
    studio.add_to_tray(studio.stage.chosen())
    return desktop


def look(qtbot, window: QWidget, size: tuple[int, int]) -> list[str]:
    window.resize(*size)
    qtbot.wait(20)  # for layouts, which are made in the next turn
    assert window.size().toTuple() == size
    return clipped(window)


@pytest.mark.parametrize("size", SIZES)
def test_no_word_of_the_window_is_cut_off(qtbot, full, size) -> None:
    window = full.window
    assert look(qtbot, window, size) == []
    window.controls.more.setChecked(True)
    window.history.show_like(full.studio.stage.cells[0].sprite.pixels)
    full.studio.messages.warn("Something that takes more than a line has to be said of the sprites. " * 3)
    assert look(qtbot, window, size) == []
    full.studio.vary(full.studio.stage.cells[:2])
    assert look(qtbot, window, size) == []


@pytest.mark.parametrize("size", SIZES)
def test_the_desk_finds_room_for_a_sprite_of_many_colours(qtbot, full, size) -> None:
    full.window.sprite_actions.edit.trigger()
    assert full.window.desk.isVisible()
    assert len(full.studio.stage.cells[0].sprite.pixels.reshape(-1, 4)) > 100
    assert look(qtbot, full.window, size) == []


@pytest.mark.parametrize("name", ["about", "preferences", "shortcuts", "models", "train", "export", "bin"])
def test_no_word_of_a_dialog_is_cut_off_and_no_key_given_twice(qtbot, full, name) -> None:
    buttons = {"export": full.window.tray.export_button, "bin": full.window.history.bin}
    if name in buttons:
        click(qtbot, buttons[name])
    else:
        getattr(full.window.actions_, name).trigger()
    (dialog,) = (one for one in full.window.findChildren(QDialog) if one.isVisible())
    qtbot.wait(20)
    assert clipped(dialog) == []
    assert sorted(mnemonics(dialog)) == sorted(set(mnemonics(dialog)))
    hint = dialog.minimumSizeHint()
    assert hint.width() <= SMALLEST[0]
    assert hint.height() <= SMALLEST[1]
    dialog.close()


@pytest.mark.parametrize("room", [(960, 540), (1024, 700), (1280, 800), (1920, 1080)])
def test_the_window_opens_within_the_screen(qtbot, desktop, room) -> None:
    """1920 x 1080 at 200 % is the first of them."""
    window = desktop.window
    fit_in(window, QSize(*room))
    qtbot.wait(20)
    frame = window.size() + FRAME
    assert (frame.width() <= room[0], frame.height() <= room[1]) == (True, True)
    assert (window.width() < SIZE[0], window.height() < SIZE[1]) == (room[0] < 1196, room[1] < 828)


def test_what_is_cut_off_is_found(qtbot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    label, button = QLabel("All of these words", holder), QPushButton("All of these", holder)
    label.setGeometry(0, 0, 40, 20)
    button.setGeometry(80, 0, 200, 30)
    holder.resize(200, 100)
    holder.show()
    told = clipped(holder)
    assert len(told) == 2
    assert "QLabel" in told[0]
    assert "outside" in told[1]
