"""The box beside Count: how many each sprite is chosen from."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from pixelforge.core.header import read_header
from pixelforge.gui import app
from pixelforge.gui.generating.states import settings_for, trial_of
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.quality import qualities
from pixelforge.services.settings import BEST_OF
from tests.critics import add_critic
from tests.gui.test_drops import drop_file
from tests.gui.using import finish, make, pictures, recipes
from tests.pointer import write_pointer_model


@pytest.fixture
def choosy(tmp_path) -> ModelEntry:
    path = add_critic(write_pointer_model(tmp_path / "choosy.safetensors", side=16))
    return ModelEntry("choosy", path, True, read_header(path))


@pytest.fixture
def start(qtbot, entry, choosy, places):
    """Starts the application with two models, of which one has a critic and is chosen, as often as wanted."""

    def started():
        built = app.build([choosy, entry], places)
        qtbot.addWidget(built.window)
        built.window.show()
        qtbot.waitUntil(lambda: built.studio.generation.device != "", timeout=20_000)
        return built

    return started


def choose(qtbot, box, row: int) -> None:
    """By the keyboard, from the first row down."""
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(row):
        qtbot.keyClick(box, Qt.Key.Key_Down)


def test_the_best_of_four_are_made(qtbot, start, choosy) -> None:
    desktop = start()
    box = desktop.window.controls.best_of
    assert box.isVisible()
    assert box.currentText() == "Best of 4"  # as long as nobody chose, and fast
    assert desktop.studio.generation.settings.request.sampling.steps == qualities(choosy.header)[0].steps
    choose(qtbot, box, 0)
    everything = make(qtbot, desktop, seed=50, count=16)
    choose(qtbot, box, 2)
    assert box.currentText() == "Best of 4"
    kept = make(qtbot, desktop, seed=50, count=4)
    seeds = [recipe.seed for recipe in recipes(desktop)]
    assert [(seed - 50) // 4 for seed in seeds] == [0, 1, 2, 3]
    assert seeds != [50, 54, 58, 62]
    np.testing.assert_array_equal(kept, [everything[seed - 50] for seed in seeds])
    assert {recipe.request.best_of for recipe in recipes(desktop)} == {1}
    assert [desktop.studio.history.entry(row).sprite.seed for row in range(4)] == seeds[::-1]


def test_a_list_is_made_so_as_well(qtbot, start, tmp_path) -> None:
    desktop = start()
    choose(qtbot, desktop.window.controls.best_of, 1)
    (tmp_path / "pets.csv").write_text("class,count,seed\ncats,3,70\n")
    drop_file(desktop, tmp_path / "pets.csv")
    finish(qtbot, desktop)
    assert [(recipe.seed - 70) // 2 for recipe in recipes(desktop)] == [0, 1, 2]
    assert len(pictures(desktop)) == 3


def test_it_is_remembered_and_hidden_where_a_model_has_no_critic(qtbot, start, entry, choosy) -> None:
    first = start()
    choose(qtbot, first.window.controls.best_of, len(BEST_OF) - 1)
    first.window.close()
    second = start()
    controls, generation = second.window.controls, second.studio.generation
    assert controls.best_of.currentText() == "Best of 8"
    generation.library.choose(entry)
    assert not controls.best_of.isVisible()
    assert generation.settings.request.best_of == 1
    make(qtbot, second, count=1)
    assert len(recipes(second)) == 1
    generation.library.choose(choosy)
    assert controls.best_of.isVisible()
    assert controls.best_of.currentText() == "Best of 1"
    assert generation.settings.request.sampling == choosy.header.recommended


def test_trials_are_not_chosen(qtbot, start, choosy) -> None:
    desktop = start()
    choose(qtbot, desktop.window.controls.best_of, 2)
    settings = desktop.studio.generation.settings
    assert trial_of(settings.request, choosy.header).best_of == 1
    assert settings_for(choosy.header, settings).request.best_of == 4
