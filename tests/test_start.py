"""The shortest way to the window, and the way to the commands."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pixelforge import __version__
from pixelforge.errors import OutputError
from pixelforge.gui import app
from pixelforge.start import main

WINDOW = """
import sys
import pixelforge.gui.app as app
from pixelforge.start import main

def run() -> int:
    return int("typer" in sys.modules)

app.run = run
main()
"""


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    yield
    gc.enable()


def started(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    """The exit code of the program."""
    monkeypatch.setattr(sys, "argv", ["pixelforge", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code


def test_the_window_is_opened_without_loading_the_commands() -> None:
    subprocess.run([sys.executable, "-c", WINDOW], check=True)


def test_the_window_tells_how_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "run", lambda: 3)
    assert started(monkeypatch) == 3


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (OutputError("The disk is full."), 1, "pixelforge: The disk is full.\n"),
        (MemoryError(), 1, "pixelforge: The machine has not enough free memory for that: ask for less at once.\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_what_goes_wrong_on_the_way_is_told_as_by_the_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, told: str
) -> None:
    def run() -> int:
        raise error

    monkeypatch.setattr(app, "run", run)
    assert started(monkeypatch) == code
    assert capsys.readouterr().err == told


def test_a_folder_that_is_gone_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert started(monkeypatch) == 1
    assert "The current folder does not exist any more" in capsys.readouterr().err


def test_arguments_go_to_the_command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert started(monkeypatch, "--version") in {0, None}
    assert capsys.readouterr().out == f"PixelForge {__version__}\n"
