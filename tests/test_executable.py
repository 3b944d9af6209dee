"""How the program starts itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pixelforge import __version__
from pixelforge.executable import command_line, lasting_command_line, lasting_environment, restore_environment
from pixelforge.gui.shared.child import start_detached

Begin = Callable[[str], dict[str, str]]


def test_the_command_line_starts_this_very_program() -> None:
    result = subprocess.run([*command_line(), "--version"], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout == f"PixelForge {__version__}\n"


def test_the_packaged_app_is_its_own_command_line(monkeypatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/PixelForge/PixelForge")
    assert command_line() == ["/opt/PixelForge/PixelForge"]


def test_finding_it_loads_neither_torch_nor_qt() -> None:
    script = "import sys, pixelforge.executable; print('torch' in sys.modules, 'PySide6' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout.split() == ["False", "False"]


def test_other_programs_get_the_environment_from_before_the_packaged_app(monkeypatch) -> None:
    packaged = {"LD_LIBRARY_PATH": "/app/_internal:/lib", "LD_LIBRARY_PATH_ORIG": "/lib", "QT_PLUGIN_PATH": "/app"}
    packaged["ARGV0"] = "./PixelForge.AppImage"
    untouched = dict(packaged)
    restore_environment(untouched)
    assert untouched == packaged  # from source it is the user's own
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    restore_environment(packaged)
    assert packaged == {"LD_LIBRARY_PATH": "/lib"}


@pytest.fixture
def begin(monkeypatch, tmp_path: Path) -> Begin:
    """Be the packaged app in a folder of this name, and come from an AppImage that says what it is asked for."""

    def begin(folder: str) -> dict[str, str]:
        program, image = tmp_path / folder / "PixelForge", tmp_path / "Pixel Förge.AppImage"
        program.parent.mkdir()
        program.touch()
        image.write_text('#!/bin/sh\necho "$*|$APPIMAGE_EXTRACT_AND_RUN|$TMPDIR"\n', encoding="utf-8")
        image.chmod(0o755)
        monkeypatch.setattr(sys, "frozen", True, raising=False)
        monkeypatch.setattr(sys, "executable", str(program))
        return {"APPIMAGE": str(image), "APPDIR": str(program.parent)}

    return begin


def test_what_outlives_an_appimage_has_files_of_its_own(begin: Begin) -> None:
    environment = begin(".mount_PixelF1")
    assert lasting_command_line(environment) == [environment["APPIMAGE"]]
    assert lasting_environment(environment) == {}
    assert command_line() == [sys.executable]  # what ends before it does without a mount of its own


def test_what_is_extracted_is_not_shared_with_what_outlives_it(begin: Begin, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    more = lasting_environment(begin("appimage_extracted_0f"))
    own = Path(more["TMPDIR"])
    assert more["APPIMAGE_EXTRACT_AND_RUN"] == "1"
    assert own.parent == tmp_path
    assert list(own.iterdir()) == []


@pytest.mark.parametrize("change", [{"APPDIR": "/tmp/.mount_Other"}, {"APPIMAGE": "/gone.AppImage"}, {"APPIMAGE": ""}])
def test_an_appimage_that_is_another_programs_or_gone_is_not_started(begin: Begin, change: dict[str, str]) -> None:
    environment = {**begin(".mount_PixelF1"), **change}
    assert lasting_command_line(environment) == [sys.executable]
    assert lasting_environment(environment) == {}


def test_from_source_no_appimage_is_started(begin: Begin, monkeypatch) -> None:
    environment = begin(".mount_Editor")
    monkeypatch.delattr(sys, "frozen")
    assert lasting_command_line(environment) == [sys.executable, "-m", "pixelforge"]


@pytest.mark.skipif(sys.platform == "win32", reason="a script that is its own program")
@pytest.mark.parametrize(
    ("folder", "said"), [(".mount_PixelF1", "train toys||"), ("appimage_extracted_0f", "train toys|1|{}/pixelforge-")]
)
def test_a_training_is_begun_by_the_appimage(
    qtbot, begin: Begin, monkeypatch, tmp_path: Path, folder: str, said: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.delenv("TMPDIR", raising=False)
    for name, value in begin(folder).items():
        monkeypatch.setenv(name, value)
    log = tmp_path / "log.txt"
    start_detached(["train", "toys"], log)
    qtbot.waitUntil(lambda: log.exists() and log.read_text().endswith("\n"), timeout=20_000)
    assert log.read_text().startswith(said.format(tmp_path))
