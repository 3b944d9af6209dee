"""Sets that are begun, deleted, put in and taken out while a game's project is open, as its file has them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from pixelforge.gui.shared.messages import Severity
from pixelforge.services.project.project_file import read_project
from tests.gui.games import GAME, choose, open_by, rest, sets
from tests.made import made


def in_file(game: Path) -> set[str]:
    return set(read_project(game / "pixelforge.toml").sets)


def press(desktop, text: str) -> None:
    """An entry of the menu of sets, as it is shown."""
    actions = desktop.window.tray.sets.button.menu().actions()
    (action,) = [one for one in actions if one.text().replace("&", "").startswith(text)]
    assert action.isVisible()
    action.trigger()


def switch(desktop) -> tuple[bool, bool, str]:
    """The entry of the project: whether it is shown, whether it is on, its text."""
    action = desktop.window.tray.sets.button.menu().actions()[-1]
    return action.isVisible(), action.isChecked(), action.text().replace("&", "")


def begin(qtbot, desktop, name: str) -> None:
    press(desktop, "New set")
    edit = desktop.window.tray.sets.edit
    edit.setText(name)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert desktop.studio.tray.sets.current.name == name


def test_a_deleted_set_goes_out_of_the_file_and_undo_puts_it_back(qtbot, desktop, game) -> None:
    open_by(qtbot, desktop, game)
    choose(desktop, "both")
    press(desktop, "Delete set")
    rest(qtbot, desktop)
    aside = '[sets.both]\nsets = ["cats", "dogs"]\n'
    assert (game / "pixelforge.toml").read_text() == GAME.replace(
        aside, "".join(f"# {line}\n" for line in aside.splitlines())
    )
    assert "both is out of" in desktop.studio.messages.current.text
    choose(desktop, "dogs")
    press(desktop, "Delete set")
    rest(qtbot, desktop)
    assert in_file(game) == {"cats"}
    desktop.studio.undo.undo()
    desktop.studio.undo.undo()
    rest(qtbot, desktop)
    assert (game / "pixelforge.toml").read_text() == GAME
    choose(desktop, "dogs")
    desktop.studio.tray.rename(0, "Max")
    rest(qtbot, desktop)
    assert (game / "pixelforge.toml").read_text() == GAME.replace("Rex", "Max")


def test_a_set_that_others_are_made_of_stays_in_the_file(qtbot, desktop, game) -> None:
    open_by(qtbot, desktop, game)
    choose(desktop, "dogs")
    press(desktop, "Delete set")
    rest(qtbot, desktop)
    said = desktop.studio.messages.current
    assert (said.severity, "stays there: the set both lays it out once more" in said.text) == (Severity.ERROR, True)
    assert (game / "pixelforge.toml").read_text() == GAME
    desktop.studio.undo.undo()
    choose(desktop, "dogs")
    assert switch(desktop) == (True, True, "In the project game")
    desktop.studio.tray.rename(0, "Max")
    rest(qtbot, desktop)
    assert (game / "pixelforge.toml").read_text() == GAME.replace("Rex", "Max")


def test_undoing_what_opened_a_project_takes_nothing_out_of_it(qtbot, desktop, game) -> None:
    open_by(qtbot, desktop, game)
    while sets(desktop) != {"Set 1": 0}:
        desktop.studio.undo.undo()
    rest(qtbot, desktop)
    assert (game / "pixelforge.toml").read_text() == GAME
    assert not switch(desktop)[0]


def test_a_set_that_is_begun_beside_one_of_the_project_comes_into_it(qtbot, desktop, game) -> None:
    open_by(qtbot, desktop, game)
    choose(desktop, "dogs")
    begin(qtbot, desktop, "owls")
    rest(qtbot, desktop)
    assert (game / "pixelforge.toml").read_text() == GAME, "a set without sprites is none of a project yet"
    desktop.studio.tray.add([made(9), made(10)])
    rest(qtbot, desktop)
    paths = '"pictures/owls/cats/cats_000.png", "pictures/owls/cats/cats_001.png"'
    assert (game / "pixelforge.toml").read_text() == f"{GAME}\n[sets.owls]\npictures = [{paths}]\n"
    assert switch(desktop) == (True, True, "In the project game")
    desktop.studio.tray.remove([1])
    desktop.window.tray.columns.setValue(3)
    rest(qtbot, desktop)
    first = paths.partition(",")[0]
    assert (game / "pixelforge.toml").read_text() == f"{GAME}\n[sets.owls]\npictures = [{first}]\ncolumns = 3\n"
    open_by(qtbot, desktop, game)
    assert sets(desktop) == {"Set 1": 0, "cats": 4, "dogs": 2, "both": 6, "owls": 1}


def test_a_set_of_ones_own_stays_that_until_it_is_put_in(qtbot, desktop, game) -> None:
    assert not switch(desktop)[0]
    open_by(qtbot, desktop, game)
    choose(desktop, "Set 1")
    begin(qtbot, desktop, "mine")
    desktop.studio.tray.add([made(9)])
    rest(qtbot, desktop)
    assert (game / "pixelforge.toml").read_text() == GAME
    assert switch(desktop) == (True, False, "In the project game")
    press(desktop, "In the project")
    rest(qtbot, desktop)
    assert in_file(game) == {"cats", "dogs", "both", "mine"}
    assert switch(desktop)[1]
    press(desktop, "In the project")
    rest(qtbot, desktop)
    assert in_file(game) == {"cats", "dogs", "both"}
    assert not switch(desktop)[1]
    desktop.studio.tray.add([made(11)])
    rest(qtbot, desktop)
    assert in_file(game) == {"cats", "dogs", "both"}, "taken out is taken out"
    press(desktop, "In the project")
    rest(qtbot, desktop)
    assert len(read_project(game / "pixelforge.toml").sets["mine"].pictures) == 2
    assert "# [sets.mine]" not in (game / "pixelforge.toml").read_text()


def test_a_name_that_the_file_has_is_told_and_another_comes_in(qtbot, desktop, game) -> None:
    open_by(qtbot, desktop, game)
    (game / "pixelforge.toml").write_text(GAME + '[sets.owls]\nclass = "cats"\n')
    choose(desktop, "dogs")
    begin(qtbot, desktop, "owls")
    desktop.studio.tray.add([made(9)])
    rest(qtbot, desktop)
    assert "there is a set owls in the file already: call this one otherwise" in desktop.studio.messages.current.text
    desktop.studio.messages.dismiss()
    rest(qtbot, desktop)
    assert desktop.studio.messages.current is None, "it is not tried again as it is"
    desktop.studio.tray.sets.rename("tawny owls")
    rest(qtbot, desktop)
    assert in_file(game) == {"cats", "dogs", "both", "owls", "tawny owls"}


@pytest.mark.parametrize("name", ["both", "dogs"])
def test_deleted_and_undone_at_once_is_as_if_nothing_was(qtbot, desktop, game, name) -> None:
    open_by(qtbot, desktop, game)
    before = (game / "pixelforge.toml").stat().st_mtime_ns
    choose(desktop, name)
    press(desktop, "Delete set")
    desktop.studio.undo.undo()
    rest(qtbot, desktop)
    assert (game / "pixelforge.toml").stat().st_mtime_ns == before
    assert switch(desktop)[1]
