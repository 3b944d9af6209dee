"""The export dialog through its fields."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QColor

from pixelforge.gui.export.export_dialog import ExportDialog
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.export import sheet_picture
from pixelforge.services.palettes import bundled_palettes
from pixelforge.services.sprites import decode_sheet
from tests.gui.using import pick
from tests.made import made

SPRITES = [made(1), made(2, "dogs", side=8), made(3)]


@pytest.fixture
def dialog(qtbot, tmp_path) -> ExportDialog:
    dialog = ExportDialog(SPRITES, SheetOptions(2, 1), tmp_path / "out" / "sheet.png", bundled_palettes())
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def tick(dialog, name: str) -> None:
    dialog.fields.formats[name].click()


def test_it_writes_what_the_tray_shows(dialog) -> None:
    done = []
    dialog.exported.connect(done.append)
    dialog.fields.scale.setValue(3)
    assert dialog.note.text() == "99 x 99 px, 3 sprites."
    dialog.export_button.click()
    ((path,),) = done
    with Image.open(path) as image:
        written, recipes = np.asarray(image), json.loads(image.text["pixelforge"])
    np.testing.assert_array_equal(written, sheet_picture(SPRITES, SheetOptions(2, 1, 3)))
    assert [recipe["seed"] for recipe in recipes] == [1, 2, 3]


def test_every_field_counts(dialog) -> None:
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
    done = []
    dialog.exported.connect(done.append)
    dialog.export_button.click()
    assert [path.suffix for path in done[0]] == [".png", ".tsx", ".tres"]
    with Image.open(done[0][0]) as image:
        assert (image.mode, image.width) == ("P", 64)
    fields.background.click()
    assert fields.options().sheet.background is None


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


def test_it_says_what_it_replaces_and_what_fails(qtbot, tmp_path) -> None:
    old = tmp_path / "old.png"
    old.write_text("old")
    (tmp_path / "old.png.meta").write_text("mine")
    dialog = ExportDialog([made(1)], SheetOptions(), old, ask=lambda *_: tmp_path / "other")
    qtbot.addWidget(dialog)
    dialog.open()
    tick(dialog, "unity")
    assert "old.png is there already and will be replaced" in dialog.note.text()
    assert "old.png.meta is there already and will be kept" in dialog.note.text()
    dialog.path.setText(str(old / "sheet.png"))
    dialog.export_button.click()
    assert dialog.isVisible()
    assert dialog.problem.isVisible()
    assert "cannot be written" in dialog.problem.text()
    assert old.read_text() == "old"
    dialog.browse_button.click()
    assert not dialog.problem.isVisible()
    dialog.export_button.click()
    assert (tmp_path / "other.png").exists()
    dialog.path.setText("  ")
    assert not dialog.export_button.isEnabled()


def test_one_file_a_sprite(dialog, tmp_path) -> None:
    dialog.fields.single.click()
    dialog.fields.scale.setValue(2)
    assert not dialog.fields.columns.isEnabled()
    assert f"3 files in {tmp_path / 'out' / 'sheet'}" in dialog.note.text()
    dialog.export_button.click()
    files = sorted((tmp_path / "out" / "sheet").iterdir())
    assert [file.name for file in files] == ["cats_000.png", "cats_001.png", "dogs_000.png"]
    for file, sprite in zip(files, (SPRITES[0], SPRITES[2], SPRITES[1]), strict=True):
        (again,) = decode_sheet(file.read_bytes())
        np.testing.assert_array_equal(again.pixels, sprite.pixels)
        assert again.recipe == sprite.recipe
