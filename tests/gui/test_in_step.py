"""Files of a set that are written again at every change of it."""

from __future__ import annotations

import errno
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from pixelforge import files
from pixelforge.gui.export.export_dialog import ExportDialog
from pixelforge.gui.shared.messages import Severity
from pixelforge.gui.window.in_step import InStep
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.export import ExportOptions
from pixelforge.services.exporting import Export
from pixelforge.services.sprites import read_sheet
from tests.gui.test_exports import Models
from tests.gui.using import click, write
from tests.made import made


@pytest.fixture
def models(qapp, tmp_path):
    models = Models(tmp_path)
    yield models
    models.background.close()
    models.database.close()


@pytest.fixture
def in_step(models):
    kept = InStep(models.exports, models.background, models.messages)
    yield kept
    kept.flush()


@pytest.fixture
def sheet(models, in_step, tmp_path) -> Path:
    """The sheet of a set of two, kept in step from now on."""
    path = tmp_path / "game" / "s.png"
    models.tray.add([made(1), made(2)])
    models.exports.begin(Export(target=str(path), options=ExportOptions(formats=("godot",))), models.tray.sprites)
    models.said()
    assert in_step.turn(True)
    assert models.background.finish(10)
    return path


def rest(models, in_step) -> None:
    in_step.flush()
    while not models.background.finish(10):
        pass  # what was being written is followed by what has changed since


def seeds(path: Path) -> list[int]:
    return [sprite.seed for sprite in read_sheet(path)]


def test_every_change_of_the_set_is_written_once_it_rests(models, in_step, sheet) -> None:
    for change, expected in (
        (lambda: models.tray.add([made(3)]), [1, 2, 3]),
        (lambda: models.tray.move([2], 0), [3, 1, 2]),
        (lambda: models.tray.remove([1]), [3, 2]),
        (models.undo.undo, [3, 1, 2]),
    ):
        before = seeds(sheet)
        change()
        assert seeds(sheet) == before
        rest(models, in_step)
        assert seeds(sheet) == expected


def test_many_changes_are_one_writing(qtbot, models, in_step, sheet) -> None:
    begun = []
    run = models.background.run
    models.background.run = lambda *args: begun.append(args) or run(*args)
    for seed in range(10, 20):
        models.tray.add([made(seed)])
    qtbot.waitUntil(lambda: len(begun) == 1, timeout=5000)
    assert models.background.finish(10)
    assert seeds(sheet) == [1, 2, *range(10, 20)]
    assert len(begun) == 1


def test_names_columns_and_engine_files_follow(models, in_step, sheet) -> None:
    models.tray.rename(0, "red bat")
    models.tray.set_columns(1)
    rest(models, in_step)
    assert "Rect2(0, 16, 16, 16)" in sheet.with_suffix(".tres").read_text()
    assert in_step.export.options.sheet.columns == 1


def test_it_ends_and_is_known_after_a_restart(models, in_step, sheet, tmp_path) -> None:
    assert models.exports.of_set(models.tray.sets.current.id).in_step
    assert in_step.turn(False)
    models.tray.add([made(3)])
    rest(models, in_step)
    assert seeds(sheet) == [1, 2]
    assert in_step.export is None


def test_each_set_has_files_of_its_own(models, in_step, sheet, tmp_path) -> None:
    first = models.tray.sets.current.id
    models.tray.sets.new()
    models.tray.add([made(7)])
    assert models.exports.last is None  # the other's file is not this set's
    assert not in_step.turn(True)
    assert "Export the set once" in models.messages.current.text
    other = models.exports.suggestion(tmp_path)
    assert other.target == str(sheet.with_name("Set 2.png"))
    assert other.options.formats == ("godot",)
    models.exports.begin(replace(other, options=replace(other.options, sheet=SheetOptions(4))), models.tray.sprites)
    models.said()
    assert in_step.turn(True)
    models.tray.sets.choose(first)
    assert models.tray.options.columns is None  # as this set was exported
    models.tray.add([made(8)])
    rest(models, in_step)
    assert (seeds(sheet), seeds(sheet.with_name("Set 2.png"))) == ([1, 2, 8], [7])


def test_two_sets_do_not_write_one_file_in_turn(models, in_step, sheet) -> None:
    models.tray.sets.new()
    models.tray.add([made(7)])
    models.exports.begin(Export(target=str(sheet)), models.tray.sprites)
    models.said()
    assert not in_step.turn(True)
    assert models.messages.current.text.startswith("s.png is kept in step with the set Set 1")


def test_a_folder_that_is_gone_is_said_and_the_next_change_is_tried_again(models, in_step, sheet) -> None:
    shutil.rmtree(sheet.parent)
    models.tray.add([made(3)])
    rest(models, in_step)
    said = models.messages.current
    assert said.severity is Severity.ERROR
    assert f"The folder {sheet.parent} is not there any more" in said.text
    assert not sheet.parent.exists()
    assert len(models.tray.sprites) == 3
    sheet.parent.mkdir()
    models.tray.add([made(4)])
    rest(models, in_step)
    assert seeds(sheet) == [1, 2, 3, 4]
    assert models.messages.current.text == "s.png is in step with Set 1 again."


def test_files_that_were_deleted_are_written_again(models, in_step, sheet) -> None:
    for file in sheet.parent.iterdir():
        file.unlink()
    models.tray.add([made(3)])
    rest(models, in_step)
    assert seeds(sheet) == [1, 2, 3]


def test_a_full_disk_leaves_the_old_files_and_the_set_whole(models, in_step, sheet, monkeypatch) -> None:
    before = sheet.read_bytes()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    models.tray.add([made(3)])
    rest(models, in_step)
    assert "no space left on device" in models.messages.current.text
    assert "Nothing was written. The set itself is kept" in models.messages.current.text
    assert sheet.read_bytes() == before
    assert [path.name for path in sheet.parent.iterdir() if path.suffix not in (".png", ".tres")] == []


def test_an_empty_set_leaves_the_files(models, in_step, sheet) -> None:
    models.tray.clear()
    rest(models, in_step)
    assert seeds(sheet) == [1, 2]
    assert models.messages.current.text == "Set 1 is empty: s.png stays as it was."


def test_a_set_that_is_deleted_writes_nothing_and_comes_back_in_step(models, in_step, sheet) -> None:
    models.tray.sets.new()
    models.tray.sets.choose(next(one.id for one in models.tray.sets.sets if one.name == "Set 1"))
    models.tray.add([made(3)])
    models.tray.sets.delete()
    rest(models, in_step)
    assert seeds(sheet) == [1, 2]
    models.undo.undo()
    rest(models, in_step)
    assert seeds(sheet) == [1, 2, 3]


def test_the_box_asks_for_an_export_first_and_closing_writes_what_waits(qtbot, desktop, tmp_path) -> None:
    window, studio = desktop.window, desktop.studio
    studio.tray.add([made(1)])
    at = QPoint(10, window.tray.in_step.height() // 2)  # beside its words a check box takes no click
    qtbot.mouseClick(window.tray.in_step, Qt.MouseButton.LeftButton, pos=at)
    assert not window.tray.in_step.isChecked()
    path = tmp_path / "s.png"
    dialog = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ExportDialog))
    dialog.path.setText(str(path))
    click(qtbot, dialog.export_button)
    write(desktop)
    qtbot.mouseClick(window.tray.in_step, Qt.MouseButton.LeftButton, pos=at)
    assert window.tray.in_step.isChecked()
    assert "Now: s.png" in window.tray.in_step.toolTip()
    write(desktop)
    studio.tray.add([made(2)])
    window.close()
    qtbot.waitUntil(lambda: seeds(path) == [1, 2], timeout=10_000)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=10_000)
