"""Exports of the tray: once by the dialog, then again by a key; and closing while they are written."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from uuid import uuid4

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QApplication

from pixelforge.gui.export.export_dialog import ExportDialog
from pixelforge.gui.shared.background import Background
from pixelforge.gui.shared.messages import Messages, Severity
from pixelforge.gui.tray.sets_model import SetsModel
from pixelforge.gui.tray.tray_model import TrayModel
from pixelforge.gui.window import closing as closing_module
from pixelforge.gui.window.closing import Closing
from pixelforge.gui.window.exports import Exports
from pixelforge.gui.window.session import Session
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.database import open_database
from pixelforge.services.export import ExportOptions
from pixelforge.services.exporting import Export
from pixelforge.services.sets import SetStore
from pixelforge.services.sprites import read_sheet
from tests.gui.using import click, write
from tests.made import made

GODOT = ExportOptions(formats=("godot",))


class Models:
    """What exports need, without a window."""

    def __init__(self, folder) -> None:
        self.messages = Messages()
        self.background = Background(str)
        self.undo = QUndoStack()
        self.database, _ = open_database(folder / f"{uuid4()}.sqlite")
        self.tray = TrayModel(SetsModel(SetStore(self.database), self.undo), folder / "drags")
        self.session = Session(folder / "settings.json", self.messages)
        self.exports = Exports(self.tray, self.background, self.session, self.messages)
        self.failures = []
        self.exports.failed.connect(lambda task, text: self.failures.append(text))

    def said(self) -> str:
        assert self.background.finish(10)
        return self.messages.current.text


@pytest.fixture
def models(qapp, tmp_path):
    models = Models(tmp_path)
    yield models
    models.background.close()
    models.database.close()


def test_the_last_export_is_remembered_through_a_restart_and_made_again(models, tmp_path) -> None:
    models.tray.add([made(1), made(2)])
    assert models.exports.last is None
    export = Export(target=str(tmp_path / "game" / "s.png"), options=replace(GODOT, sheet=SheetOptions(1, 2, 3)))
    models.exports.begin(export, models.tray.sprites)
    assert models.said() == f"s.png, s.tres written in {tmp_path / 'game'}."
    shown = []
    models.messages.folder_wanted.connect(shown.append)
    models.messages.current.action.run()
    assert shown == [tmp_path / "game"]
    assert models.exports.last == export
    assert (models.tray.options.columns, models.tray.options.padding) == (1, 2)
    assert models.session.settings.save_folder == str(tmp_path / "game")
    later = Models(tmp_path)
    later.tray.add([made(3), made(4), made(5)])
    later.tray.set_columns(3)
    later.exports.again()
    assert later.said() == f"s.png, s.tres replaced in {tmp_path / 'game'}."
    with Image.open(tmp_path / "game" / "s.png") as image:
        assert image.size == (3 * 3 * 16, 3 * 16)  # columns and padding as the tray has them now
    later.background.close()


def test_a_folder_that_is_gone_is_said_and_not_made(models, tmp_path) -> None:
    models.tray.add([made(1)])
    models.exports.begin(Export(target=str(tmp_path / "game" / "s.png")), models.tray.sprites)
    models.said()
    shutil.rmtree(tmp_path / "game")
    models.exports.again()
    models.said()
    (said,) = models.failures
    assert f"The folder {tmp_path / 'game'} is not there any more: make it again, or export to another." in said
    assert not (tmp_path / "game").exists()


def test_an_export_that_fails_is_not_the_last(models, tmp_path) -> None:
    models.tray.add([made(1)])
    (tmp_path / "file").touch()
    models.exports.begin(Export(target=str(tmp_path / "file" / "s.png")), models.tray.sprites)
    assert models.background.finish(10)
    (said,) = models.failures
    assert said.endswith("Nothing was written.")
    assert models.exports.last is None


def test_exports_wait_for_each_other(models, tmp_path) -> None:
    models.tray.add([made(1)])
    first, second = (Export(target=str(tmp_path / f"{name}.png")) for name in "ab")
    models.exports.begin(first, models.tray.sprites)
    models.tray.add([made(2)])
    models.exports.begin(second, models.tray.sprites)
    models.said()
    counts = [len(read_sheet(tmp_path / f"{name}.png")) for name in "ab"]
    assert counts == [1, 2]  # each of what was in the tray when it was asked for


def test_a_name_that_is_no_text_is_written_but_not_remembered(models, tmp_path) -> None:
    models.tray.add([made(1)])
    models.exports.begin(Export(target=f"{tmp_path}/\udcff.png"), models.tray.sprites)
    assert "written in" in models.said()
    assert models.exports.last is None


def test_an_empty_tray_is_said(models) -> None:
    models.exports.again()
    assert "set is empty" in models.messages.current.text


@pytest.fixture
def held(models):
    """Work that ends when it may."""
    go = threading.Event()
    task = models.background.run("Waiting", lambda: (go.wait(10),))
    yield go, task
    go.set()


def test_closing_waits_for_what_is_written(qtbot, models, held, monkeypatch) -> None:
    monkeypatch.setattr(closing_module, "MOMENT", 0.01)
    closing = Closing(models.background, models.messages)
    assert not closing.may_close()
    assert "Files are being written" in models.messages.current.text
    with qtbot.waitSignal(closing.ready):
        held[0].set()
    assert closing.may_close()


def test_closing_twice_leaves_the_rest(models, held, monkeypatch) -> None:
    monkeypatch.setattr(closing_module, "MOMENT", 0.01)
    closing = Closing(models.background, models.messages)
    assert not closing.may_close()
    assert closing.may_close()


def test_what_failed_keeps_the_window_open(qtbot, models, held, monkeypatch) -> None:
    monkeypatch.setattr(closing_module, "MOMENT", 0.01)
    closing = Closing(models.background, models.messages)
    assert not closing.may_close()
    models.background.run("Failing", lambda: 1 / 0)
    with qtbot.assertNotEmitted(closing.ready):
        held[0].set()
        assert models.background.finish(10)


def visible_dialog(desktop) -> ExportDialog:
    (dialog,) = (found for found in desktop.window.findChildren(ExportDialog) if found.isVisible())
    return dialog


def test_ctrl_e_asks_once_and_then_writes_at_once(qtbot, desktop, tmp_path) -> None:
    desktop.studio.tray.add([made(1), made(2)])
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(desktop.window, Qt.Key.Key_E, control)
    dialog = visible_dialog(desktop)
    dialog.path.setText(str(tmp_path / "sheet.png"))
    qtbot.mouseClick(dialog.fields.formats["godot"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    write(desktop)
    assert not dialog.isVisible()
    desktop.studio.messages.dismiss()
    (tmp_path / "sheet.png").write_text("old")
    qtbot.keyClick(desktop.window, Qt.Key.Key_E, control)
    write(desktop)
    assert desktop.studio.messages.current.text == f"sheet.png, sheet.tres replaced in {tmp_path}."
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")
    assert not any(found.isVisible() for found in desktop.window.findChildren(ExportDialog))
    qtbot.keyClick(desktop.window, Qt.Key.Key_E, control | Qt.KeyboardModifier.ShiftModifier)
    dialog = visible_dialog(desktop)
    assert dialog.path.text() == str(tmp_path / "sheet.png")
    assert dialog.fields.options().formats == ("godot",)
    dialog.reject()


def test_the_tray_exports_again_too(qtbot, desktop, tmp_path) -> None:
    assert not desktop.window.tray.again_button.isEnabled()
    desktop.studio.tray.add([made(1)])
    desktop.session.take(replace(desktop.session.settings, export=Export(target=str(tmp_path / "none" / "s.png"))))
    click(qtbot, desktop.window.tray.again_button)
    write(desktop)
    assert desktop.studio.messages.current.severity is Severity.ERROR
    assert "is not there any more" in desktop.studio.messages.current.text


def test_the_window_closes_when_its_files_are_written(qtbot, desktop, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(closing_module, "MOMENT", 0.01)
    desktop.studio.tray.add([made(seed) for seed in range(64)])
    go = threading.Event()
    desktop.background.run("Waiting", lambda: (go.wait(10),))
    desktop.session.take(replace(desktop.session.settings, export=Export(target=str(tmp_path / "s.png"), single=True)))
    desktop.window.actions_.export_again.trigger()
    qtbot.waitUntil(lambda: desktop.window.status.work.text() == "Waiting…")
    desktop.window.close()
    assert desktop.window.isVisible()
    with qtbot.waitSignal(desktop.window.closed):
        go.set()
    assert len(list((tmp_path / "s").glob("*.png"))) == 64


def test_the_dialog_writes_what_it_shows_whatever_the_set_holds_by_then(qtbot, desktop, tmp_path) -> None:
    desktop.studio.tray.add([made(1), made(2)])
    desktop.window.actions_.export.trigger()
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, ExportDialog))
    desktop.studio.undo.undo()
    assert desktop.studio.tray.sprites == ()
    dialog.path.setText(str(tmp_path / "s.png"))
    click(qtbot, dialog.export_button)
    write(desktop)
    assert len(read_sheet(tmp_path / "s.png")) == 2
