"""The queue outlives a restart and a crash."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton

from pixelforge.gui import app
from pixelforge.gui.app import AppFolders
from pixelforge.services.asking import Ask
from tests.gui.using import click, finish, held, make, pictures, recipes


@pytest.fixture
def start(qtbot, entry, places):
    """Starts the application, as often as wanted, in its usual places or in others."""

    def started(where: AppFolders = places, entries=(entry,)):
        built = app.build(list(entries), where)
        qtbot.addWidget(built.window)
        built.window.show()
        qtbot.waitUntil(lambda: built.studio.generation.device != "" or not entries, timeout=20_000)
        return built

    return started


def ask_for_two(qtbot, desktop) -> None:
    """One batch that is being made, and one that waits; to be called while the worker is held."""
    generation = desktop.studio.generation
    generation.set_sampling(sampler="ddpm", steps=6)
    generation.set_count(1)
    for name, seed in (("cats", 5), ("dogs", 6)):
        generation.set_ask(Ask(classes=(name,)))
        generation.set_seed(seed)
        click(qtbot, desktop.window.controls.generate_button)
    assert (generation.run.running, len(generation.queue)) == (True, 1)


def go_on(qtbot, desktop) -> None:
    """Press the button of the queue, and wait until all is made."""
    (button,) = desktop.window.controls.queue.findChildren(QPushButton)
    click(qtbot, button)
    qtbot.waitUntil(lambda: not desktop.studio.generation.pending, timeout=120_000)


def made_again(desktop) -> list[tuple[str, int]]:
    history = desktop.studio.history
    return [(history.entry(row).sprite.class_name, history.entry(row).sprite.seed) for row in range(history.rowCount())]


def test_what_was_not_made_when_the_window_closed_waits_at_the_next_start(qtbot, start) -> None:
    first = start()
    with held(first):
        ask_for_two(qtbot, first)
        first.window.close()
    second = start()
    generation = second.studio.generation
    assert [batch.names for batch in generation.queue] == [("cats",), ("dogs",)]
    assert not generation.run.running
    assert "2 batches of last time were not finished" in second.studio.messages.current.text
    assert second.window.controls.queue.isVisible()
    go_on(qtbot, second)
    assert made_again(second) == [("dogs", 6), ("cats", 5)]
    sprite = pictures(second)[0]
    second.studio.use_recipe(recipes(second)[0])
    click(qtbot, second.window.controls.generate_button)
    finish(qtbot, second)
    np.testing.assert_array_equal(pictures(second)[0], sprite)
    second.window.close()
    assert start().studio.generation.queue == ()


def test_a_kill_loses_no_batch(qtbot, start, places, tmp_path) -> None:
    first = start()
    killed = AppFolders(tmp_path / "killed.json", tmp_path / "killed.sqlite", tmp_path / "drags")
    with held(first):
        ask_for_two(qtbot, first)
        for suffix in ("", "-wal"):  # the files as a kill leaves them, nothing closed
            shutil.copy(f"{places.history}{suffix}", f"{killed.history}{suffix}")
        first.studio.generation.stop()
    second = start(killed)
    assert [batch.request.seed for batch in second.studio.generation.queue] == [5, 6]


def test_what_the_user_gave_up_does_not_come_back(qtbot, start) -> None:
    first = start()
    with held(first):
        ask_for_two(qtbot, first)
        first.studio.generation.cancel(first.studio.generation.queue[0])
        first.studio.generation.stop()
    first.window.close()
    assert start().studio.generation.queue == ()


def test_generate_comes_after_what_waits(qtbot, start) -> None:
    first = start()
    with held(first):
        ask_for_two(qtbot, first)
        first.window.close()
    second = start()
    second.studio.generation.set_sampling(steps=2)
    second.studio.generation.set_seed(9)
    click(qtbot, second.window.controls.generate_button)
    qtbot.waitUntil(lambda: not second.studio.generation.pending, timeout=120_000)
    assert [seed for _, seed in made_again(second)] == [9, 6, 5]


def test_a_batch_whose_model_is_gone_is_told_of(qtbot, start) -> None:
    first = start()
    with held(first):
        ask_for_two(qtbot, first)
        first.window.close()
    second = start(entries=())
    assert "2 waiting batches cannot be made" in second.studio.messages.current.text
    assert second.studio.generation.queue == ()


def test_what_is_made_leaves_nothing_behind(qtbot, start) -> None:
    first = start()
    make(qtbot, first)
    first.window.close()
    second = start()
    assert second.studio.generation.queue == ()
    assert second.studio.messages.current is None
