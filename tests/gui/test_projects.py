"""A game's project in the window: opened, made by the queue, changed, and kept in its file."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from pixelforge.gui.shared.messages import Severity
from pixelforge.services.sprites import read_sheet
from tests.gui.games import GAME, choose, open_by, rest, sets
from tests.gui.using import finish, write
from tests.made import made


@pytest.mark.parametrize("by", ["folder", "file", "menu"])
def test_every_set_is_one_of_the_windows_and_the_queue_makes_what_is_missing(qtbot, desktop, game, answers, by) -> None:
    if by == "menu":
        answers["open"] = game / "pixelforge.toml"
        desktop.window.actions_.open_project.trigger()
        write(desktop)
        assert "4 sprites of it are" not in desktop.studio.messages.current.text
        assert "6 sprites of it are being made" in desktop.studio.messages.current.text
        finish(qtbot, desktop)
        qtbot.waitUntil(lambda: not desktop.studio.generation.queue, timeout=20_000)
        finish(qtbot, desktop)
        assert desktop.studio.messages.current.text == f"{game.name}: all sprites of its 3 sets are made."
    else:
        open_by(qtbot, desktop, game if by == "folder" else game / "pixelforge.toml")
    assert sets(desktop) == {"Set 1": 0, "cats": 4, "dogs": 2, "both": 6}
    assert desktop.studio.tray.sets.current.name == "cats"
    choose(desktop, "dogs")
    assert desktop.studio.tray.names[0] == "Rex"
    assert (game / "pixelforge.toml").read_text() == GAME


def test_what_is_made_already_is_not_made_again(qtbot, desktop, game) -> None:
    open_by(qtbot, desktop, game)
    before = desktop.studio.history.rowCount()
    assert before == 6
    open_by(qtbot, desktop, game)
    assert desktop.studio.history.rowCount() == before
    assert sets(desktop) == {"Set 1": 0, "cats": 4, "dogs": 2, "both": 6}


def test_names_and_removals_stand_in_the_file(qtbot, active, game) -> None:
    desktop = active
    open_by(qtbot, desktop, game)
    choose(desktop, "cats")
    desktop.studio.tray.rename(1, "Tom")
    rest(qtbot, desktop)
    view = desktop.window.tray.view
    view.setFocus()
    view.setCurrentIndex(desktop.studio.tray.index(3))
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    rest(qtbot, desktop)
    assert (game / "pixelforge.toml").read_text() == GAME.replace(
        "count = 4\ncolumns = 2\n", 'count = 3\ncolumns = 2\nnames = ["cats_000", "Tom"]\n'
    )
    desktop.studio.undo.undo()
    rest(qtbot, desktop)
    assert "count = 4" in (game / "pixelforge.toml").read_text()


def test_another_order_and_what_is_added_become_pictures(qtbot, desktop, game) -> None:
    open_by(qtbot, desktop, game)
    choose(desktop, "cats")
    desktop.studio.tray.add([made(9)])
    desktop.studio.tray.move([4], 0)
    rest(qtbot, desktop)
    text = (game / "pixelforge.toml").read_text()
    assert '[sets.cats]  # soft\n# class = "cats"\n# count = 4\ncolumns = 2\npictures = [' in text
    order = [sprite.seed for sprite in desktop.studio.tray.sprites]
    open_by(qtbot, desktop, game)
    choose(desktop, "cats")
    assert [sprite.seed for sprite in desktop.studio.tray.sprites] == order


def test_a_set_that_is_renamed_here_is_so_in_the_file(qtbot, desktop, game) -> None:
    open_by(qtbot, desktop, game)
    choose(desktop, "dogs")
    desktop.studio.tray.sets.rename("wolves")
    rest(qtbot, desktop)
    text = (game / "pixelforge.toml").read_text()
    assert text == GAME.replace("[sets.dogs]", "[sets.wolves]").replace('["cats", "dogs"]', '["cats", "wolves"]')
    open_by(qtbot, desktop, game)
    assert sets(desktop) == {"Set 1": 0, "cats": 4, "wolves": 2, "both": 6}


def test_keeping_in_step_writes_what_a_build_would(qtbot, desktop, game) -> None:
    from pixelforge.services.project.building import standing
    from pixelforge.services.project.project_file import read_project

    open_by(qtbot, desktop, game)
    choose(desktop, "dogs")
    (game / "art").mkdir()
    desktop.window.tray.in_step.click()
    write(desktop)
    assert len(read_sheet(game / "art" / "dogs.png")) == 2
    desktop.studio.tray.remove([1])
    rest(qtbot, desktop)
    assert len(read_sheet(game / "art" / "dogs.png")) == 1
    assert "dogs" not in {due.name for due in standing(read_project(game / "pixelforge.toml")).due}


def test_columns_of_a_set_are_an_option_of_the_project(qtbot, desktop, game) -> None:
    open_by(qtbot, desktop, game)
    choose(desktop, "both")
    assert desktop.window.tray.columns.value() == 0
    choose(desktop, "cats")
    assert desktop.window.tray.columns.value() == 2
    desktop.window.tray.columns.setValue(4)
    rest(qtbot, desktop)
    assert (game / "pixelforge.toml").read_text() == GAME.replace("columns = 2", "columns = 4")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[sets.a]\nclas = 3", "there is no key 'clas'; the nearest is class"),
        ("[sets.a]\nclass = 'cats'\nmodel = '../x.safetensors'", "leads out of the project's folder"),
        ("[sets.a]\nclass = 'cats'\nmodel = 'gone.safetensors'", "[sets.a]"),
        ("\n".join(f"[sets.s{number}]\npictures = 'p.png'" for number in range(201)), "at most 200"),
        (None, "a project begins with such a file"),
    ],
)
def test_a_bad_file_is_told_and_nothing_is_lost(qtbot, desktop, game, text, told) -> None:
    file = game / "pixelforge.toml"
    file.unlink() if text is None else file.write_text(text)
    desktop.studio.tray.add([made(1)])
    open_by(qtbot, desktop, file if text is None else game)
    said = desktop.studio.messages.current
    assert (said.severity, told in said.text) == (Severity.ERROR, True), said.text
    assert sets(desktop) == {"Set 1": 1}


def test_a_file_that_was_changed_meanwhile_is_left_as_it_stands(qtbot, desktop, game) -> None:
    open_by(qtbot, desktop, game)
    theirs = GAME.replace("count = 4", "count = 3")
    (game / "pixelforge.toml").write_text(theirs)
    choose(desktop, "cats")
    desktop.studio.tray.rename(0, "Tom")
    rest(qtbot, desktop)
    assert (game / "pixelforge.toml").read_text() == theirs
    assert "was changed in the file meanwhile" in desktop.studio.messages.current.text
    assert len(desktop.studio.tray.sprites) == 4


def test_the_menu_has_the_recent_projects_after_a_restart_too(qtbot, desktop, game, places) -> None:
    open_by(qtbot, desktop, game)
    settings = desktop.session.settings
    assert settings.recent_projects == (str(game / "pixelforge.toml"),)
    assert {link.name for link in settings.project_links} == {"cats", "dogs", "both"}
    menu = next(
        action.menu() for action in desktop.window.menuBar().actions()[0].menu().actions() if "Recent" in action.text()
    )
    (entry,) = menu.actions()
    assert entry.text() == "&1 game"
    (game / "pixelforge.toml").write_text(GAME.replace("count = 4", "count = 3"))
    entry.trigger()
    write(desktop)
    finish(qtbot, desktop)
    assert sets(desktop)["cats"] == 3


def test_a_project_that_is_named_at_the_start_is_open_once_the_window_stands(qtbot, desktop, game) -> None:
    desktop.window.open(game)
    write(desktop)
    finish(qtbot, desktop)
    qtbot.waitUntil(lambda: not desktop.studio.generation.queue, timeout=20_000)
    finish(qtbot, desktop)
    assert sets(desktop) == {"Set 1": 0, "cats": 4, "dogs": 2, "both": 6}
    desktop.window.open(game / "gone.png")
    assert "gone.png" in desktop.studio.messages.current.text
    assert desktop.studio.messages.current.severity == Severity.ERROR
