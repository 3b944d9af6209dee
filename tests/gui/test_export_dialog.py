"""The export dialog through its fields."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QDialogButtonBox

from pixelforge.gui.export.export_dialog import ExportDialog
from pixelforge.gui.shared.background import Background
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.export import ExportOptions, sheet_picture
from pixelforge.services.exporting import Export, parts_of, write_export
from pixelforge.services.palettes import bundled_palettes
from pixelforge.services.sprites import decode_sheet
from tests.gui.using import pick
from tests.made import made

SPRITES = [made(1), made(2, "dogs", side=8), made(3)]


@pytest.fixture
def background(qapp):
    background = Background(str)
    yield background
    background.close()


@pytest.fixture
def begin(background):
    """Writes as the window does; `begun` has what was asked for."""

    def begin(export: Export):
        begin.begun.append(export)
        return background.run("Exporting", lambda: write_export(export, SPRITES), parts_of(export, SPRITES))

    begin.begun = []
    return begin


@pytest.fixture
def dialog(qtbot, tmp_path, begin) -> ExportDialog:
    export = Export(target=str(tmp_path / "out" / "sheet.png"), options=ExportOptions(sheet=SheetOptions(2, 1)))
    dialog = ExportDialog(SPRITES, export, begin, bundled_palettes())
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def tick(dialog, name: str) -> None:
    dialog.fields.formats[name].click()


def test_it_writes_what_the_tray_shows(dialog, background, tmp_path) -> None:
    dialog.fields.scale.setValue(3)
    assert dialog.note.text() == f"99 x 99 px, 3 sprites. The folder {tmp_path / 'out'} will be made."
    dialog.export_button.click()
    assert dialog.isVisible()
    assert background.finish(10)
    assert not dialog.isVisible()
    with Image.open(tmp_path / "out" / "sheet.png") as image:
        written, recipes = np.asarray(image), json.loads(image.text["pixelforge"])
    np.testing.assert_array_equal(written, sheet_picture(SPRITES, SheetOptions(2, 1, 3)))
    assert [recipe["seed"] for recipe in recipes] == [1, 2, 3]


def test_every_field_counts(dialog, background, tmp_path) -> None:
    fields = dialog.fields
    fields._ask = lambda *_: QColor("#102030")
    fields.columns.setValue(0)
    fields.class_rows.setChecked(True)
    fields.padding.setValue(2)
    fields.margin.setValue(3)
    fields.extrude.setValue(1)
    fields.power_of_two.setChecked(True)
    fields.background.click()
    pick(fields.palette_field.box, "PICO-8")
    fields.dither.setCurrentIndex(2)
    fields.indexed.setChecked(True)
    fields.names.setText("{class}-{seed}")
    fields.recipes.setChecked(False)
    tick(dialog, "godot")
    tick(dialog, "tiled")
    options = fields.options()
    assert options.sheet == SheetOptions(None, 2, 1, 3, 1, True, True, (0x10, 0x20, 0x30))
    assert (options.palette.name, options.palette.dither) == ("PICO-8", 4)
    assert (options.indexed, options.names, options.recipes) == (True, "{class}-{seed}", False)
    assert options.formats == ("tiled", "godot")
    dialog.export_button.click()
    assert background.finish(10)
    assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [".png", ".tres", ".tsx"]
    with Image.open(tmp_path / "out" / "sheet.png") as image:
        assert (image.mode, image.width) == ("P", 64)
    fields.background.click()
    assert fields.options().sheet.background is None


def test_what_stands_beside_the_sheet_may_be_a_folder(dialog, background, tmp_path) -> None:
    for name in ("gamemaker", "aseprite-file", "defold"):
        tick(dialog, name)
    dialog.export_button.click()
    assert background.finish(10)
    assert not dialog.isVisible()
    strips = tmp_path / "out" / "sheet-strips"
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("sheet.png", "sheet.tilesource", "sheet.aseprite", "sheet-strips")
    }
    assert {path.name for path in strips.iterdir()} == {"cats_strip2.png", "dogs_strip1.png"}
    dialog.show()
    dialog.fields.margin.setValue(5)
    assert "sheet-strips is there already and will be replaced" in dialog.note.text()
    dialog.export_button.click()
    assert background.finish(10)
    assert "Defold has as much room" in dialog.problem.text()


def test_the_picture_follows(dialog) -> None:
    before = dialog.picture.grab().toImage()
    pick(dialog.fields.palette_field.box, "Game Boy")
    assert dialog.picture.grab().toImage() != before


def test_names_that_cannot_be_are_said_at_once(dialog) -> None:
    dialog.fields.names.setText("{nme}")
    assert dialog.problem.isVisible()
    assert "names 'nme'" in dialog.problem.text()
    assert not dialog.export_button.isEnabled()
    dialog.fields.names.setText("{class}")
    assert not dialog.problem.isVisible()
    assert dialog.export_button.isEnabled()


def test_it_says_what_it_replaces_and_what_fails(qtbot, tmp_path, begin, background) -> None:
    old = tmp_path / "old.png"
    old.write_text("old")
    (tmp_path / "old.png.meta").write_text("mine")
    dialog = ExportDialog([made(1)], Export(target=str(old)), begin, ask=lambda *_: tmp_path / "other")
    qtbot.addWidget(dialog)
    dialog.open()
    tick(dialog, "unity")
    assert "old.png is there already and will be replaced" in dialog.note.text()
    assert "old.png.meta is there already and will be kept" in dialog.note.text()
    dialog.path.setText(str(old / "sheet.png"))
    dialog.export_button.click()
    assert not dialog.export_button.isEnabled()
    assert background.finish(10)
    assert dialog.isVisible()
    assert dialog.export_button.isEnabled()
    assert dialog.problem.isVisible()
    assert "cannot be written" in dialog.problem.text()
    assert "Nothing was written" in dialog.problem.text()
    assert old.read_text() == "old"
    dialog.browse_button.click()
    assert not dialog.problem.isVisible()
    dialog.export_button.click()
    assert background.finish(10)
    assert (tmp_path / "other.png").exists()


@pytest.mark.parametrize(
    ("typed", "is_a_file"),
    [
        ("/", False),
        (".", False),
        ("..", False),
        ("", False),
        ("  ", False),
        ("~nobody-of-that-name/x", False),
        ("/none/x/y", True),
        ("/" + 300 * "n", True),
    ],
    ids=repr,
)
def test_whatever_is_typed_is_answered_in_words(qtbot, dialog, tmp_path, typed, is_a_file) -> None:
    """Typed key by key over what stands there, as a user does it; Browse opens nevertheless."""
    asked = []
    dialog._ask = lambda parent, current: asked.append(current)
    dialog.path.setFocus()
    qtbot.keyClick(dialog.path, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(dialog.path, Qt.Key.Key_Delete)
    assert "Name the file" in dialog.problem.text()
    qtbot.keyClicks(dialog.path, typed)
    assert dialog.path.text() == typed
    assert dialog.problem.isVisible() is not is_a_file
    assert dialog.export_button.isEnabled() is is_a_file
    qtbot.mouseClick(dialog.browse_button, Qt.MouseButton.LeftButton)
    assert len(asked) == 1
    assert asked == [Path(f"{typed}.png") if is_a_file else tmp_path / "out" / "sheet.png"]


def test_what_is_typed_without_a_folder_comes_beside_what_was_proposed(dialog, background, tmp_path) -> None:
    dialog.path.setText("mine")
    dialog.export_button.click()
    assert background.finish(10)
    assert (tmp_path / "out" / "mine.png").exists()


def test_the_fields_stand_as_they_were_left(qtbot, dialog, begin, background, tmp_path) -> None:
    fields = dialog.fields
    fields._ask = lambda *_: QColor("#102030")
    fields.background.click()
    pick(fields.palette_field.box, "PICO-8")
    fields.dither.setCurrentIndex(1)
    for name in ("scale", "margin", "extrude"):
        getattr(fields, name).setValue(2)
    for box in (fields.single, fields.class_rows, fields.power_of_two, fields.indexed, fields.recipes):
        box.click()
    fields.names.setText("{class}-{seed}")
    tick(dialog, "tiled")  # disabled by now, as there is no sheet
    dialog.fields.formats["godot"].setChecked(True)
    dialog.export_button.click()
    assert background.finish(10)
    (asked,) = begin.begun
    again = ExportDialog(SPRITES, asked, begin, bundled_palettes())
    qtbot.addWidget(again)
    again.show()
    assert again.path.text() == str(tmp_path / "out" / "sheet.png")
    assert again.fields.options() == asked.options
    assert again.fields.options().formats == ("godot",)
    assert again.fields.options().palette == PaletteRule(name="PICO-8", colours=asked.options.palette.colours, dither=2)
    assert again.fields.single.isChecked()
    assert not again.fields.columns.isEnabled()
    assert again.fields.palette_field.box.count() == dialog.fields.palette_field.box.count()


def test_it_can_be_closed_while_files_are_written(qtbot, tmp_path, background) -> None:
    go = threading.Event()

    def work():
        yield 1
        assert go.wait(10)
        yield 2

    dialog = ExportDialog(
        SPRITES, Export(target=str(tmp_path / "s.png")), lambda _: background.run("Exporting", work, 3)
    )
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.export_button.click()
    qtbot.waitUntil(lambda: "Exporting: 1 of 3. You can close this" in dialog.note.text())
    assert dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel).text() == "Close"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert background.busy
    go.set()
    assert background.finish(10)


def test_one_file_a_sprite(dialog, background, tmp_path) -> None:
    dialog.fields.single.click()
    dialog.fields.scale.setValue(2)
    assert not dialog.fields.columns.isEnabled()
    assert f"3 files in {tmp_path / 'out' / 'sheet'}" in dialog.note.text()
    dialog.export_button.click()
    assert background.finish(10)
    files = sorted((tmp_path / "out" / "sheet").iterdir())
    assert [file.name for file in files] == ["cats_000.png", "cats_001.png", "dogs_000.png"]
    for file, sprite in zip(files, (SPRITES[0], SPRITES[2], SPRITES[1]), strict=True):
        (again,) = decode_sheet(file.read_bytes())
        np.testing.assert_array_equal(again.pixels, sprite.pixels)
        assert again.recipe == sprite.recipe


def test_a_disclosure_is_written_beside_a_sheet(dialog, background, begin, tmp_path) -> None:
    dialog.fields.disclosure.click()
    dialog.export_button.click()
    assert background.finish(10)
    assert "3 sprites made by a generative model" in (tmp_path / "out" / "sheet.disclosure.txt").read_text()
    assert begin.begun[0].options.disclosure
    dialog.fields.single.click()
    assert not dialog.fields.disclosure.isEnabled()
