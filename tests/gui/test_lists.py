"""A table that is dropped on the window becomes a set of named sprites."""

from __future__ import annotations

from tests.gui.test_drops import drop_file
from tests.gui.using import click, finish, held, make, recipes


def test_a_list_becomes_a_named_set(qtbot, desktop, tmp_path) -> None:
    make(qtbot, desktop)
    desktop.studio.add_to_tray(desktop.studio.stage.cells[:1])
    (tmp_path / "pets.csv").write_text("class,count,seed,name\ncats,2,70,Tom\ndogs,,,Rex\n")
    assert "becomes a set" in drop_file(desktop, tmp_path / "pets.csv")
    finish(qtbot, desktop)
    tray = desktop.studio.tray
    assert tray.names == ["Tom_1", "Tom_2", "Rex"]
    assert [sprite.class_name for sprite in tray.sprites] == ["cats", "cats", "dogs"]
    assert [recipe.seed for recipe in recipes(desktop)][:2] == [70, 71]
    assert desktop.window.tray.sets.box.currentText() == "pets"
    desktop.studio.undo.undo()
    assert [one.name for one in tray.sets.sets] == ["Set 1"]
    assert len(tray.sprites) == 1


def test_a_second_list_of_the_name_waits_and_gets_a_number(qtbot, desktop, tmp_path) -> None:
    (tmp_path / "pets.csv").write_text("class,name\ndogs,Rex\n")
    desktop.studio.generation.set_count(1)
    desktop.studio.generation.set_sampling(sampler="ddpm", steps=2)
    with held(desktop):
        click(qtbot, desktop.window.controls.generate_button)
        drop_file(desktop, tmp_path / "pets.csv")
        drop_file(desktop, tmp_path / "pets.csv")
        assert [waiting.names for waiting in desktop.studio.generation.queue] == [("pets",), ("pets",)]
        desktop.studio.generation.cancel(desktop.studio.generation.queue[0])
        desktop.studio.tray.sets.rename("pets")
    qtbot.waitUntil(lambda: not desktop.studio.generation.queue, timeout=60_000)
    finish(qtbot, desktop)
    assert [one.name for one in desktop.studio.tray.sets.sets] == ["pets", "pets 2"]
    assert desktop.studio.tray.names == ["Rex"]


def test_a_wrong_list_is_said_and_changes_nothing(desktop, tmp_path) -> None:
    (tmp_path / "pets.csv").write_text("class\ncat\n")
    assert "Line 2: The model knows no class 'cat'; the nearest is cats." in drop_file(desktop, tmp_path / "pets.csv")
    assert not desktop.studio.generation.run.running
    assert len(desktop.studio.tray.sets.sets) == 1
