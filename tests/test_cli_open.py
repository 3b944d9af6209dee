"""`pixelforge FILE` opens the window with that file in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixelforge.gui import app
from tests.conftest import RunCommand


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """What the window would be opened with."""
    calls: list[Path | None] = []

    def run(path: Path | None = None) -> int:
        calls.append(path)
        return 0

    monkeypatch.setattr(app, "run", run)
    return calls


def test_a_file_or_folder_in_place_of_a_command_is_opened_in_the_window(
    command: RunCommand, opened: list[Path | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = tmp_path / "game"
    game.mkdir()
    (game / "pixelforge.toml").touch()
    monkeypatch.chdir(game)
    for argument in (game / "pixelforge.toml", "pixelforge.toml", "."):
        assert command(argument) == (0, "", "")
    assert opened == [game / "pixelforge.toml", game / "pixelforge.toml", game]
    assert command() == (0, "", "")
    assert opened[3:] == [None]


def test_a_command_comes_before_a_folder_of_its_name(
    command: RunCommand, opened: list[Path | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "build").mkdir()
    monkeypatch.chdir(tmp_path)
    assert "There is no pixelforge.toml" in command("build")[2]
    assert opened == []
    assert command("./build")[0] == 0
    assert opened == [tmp_path / "build"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("gone.toml",), "There is no file or folder gone.toml."),
        (("art/gone",), "There is no file or folder art/gone."),
        (("biuld",), "No such command 'biuld'. Did you mean 'build'?"),
        ((".", "two.png"), "two.png"),
    ],
)
def test_what_is_neither_is_told(
    command: RunCommand, opened: list[Path | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments, told
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = command(*arguments)
    assert (code, opened) == (2, [])
    assert told in err
