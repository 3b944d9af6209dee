"""What is dropped on the window, or opened: recipes, models, pictures, and what is none of them."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QClipboard, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication

from pixelforge.core.condition import Condition
from pixelforge.core.sampling import Sampling
from pixelforge.gui.export.export_dialog import ExportDialog
from pixelforge.gui.shared.messages import Severity
from pixelforge.gui.shared.qimage import to_qimage
from pixelforge.gui.window.drops import open_file
from pixelforge.imaging.pixels import resize_nearest
from pixelforge.imaging.png import write_png
from pixelforge.services import model_library
from pixelforge.services.asking import Ask
from pixelforge.services.export import ExportOptions, export_sprites
from pixelforge.services.requests import GenerationRequest
from pixelforge.services.sprites import encode_sprite, made_sprites
from tests.frames_model import write_frames_model
from tests.gui.using import click, finish, make, pictures, recipes
from tests.made import made


@pytest.fixture(autouse=True)
def own_models(tmp_path, monkeypatch):
    folder = tmp_path / "own models"
    monkeypatch.setattr(model_library, "user_models_folder", lambda: folder)
    monkeypatch.setattr(model_library, "bundled_models_folder", lambda: tmp_path / "bundled")
    return folder


def drop(desktop, mime: QMimeData) -> bool:
    """Drop on the middle of the window; whether the window takes it."""
    window = desktop.window
    buttons, modifiers, copy = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(window.rect().center(), copy, mime, buttons, modifiers)
    enter.setAccepted(False)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(window.rect().center()), copy, mime, buttons, modifiers))
    return enter.isAccepted()


def drop_file(desktop, path) -> str:
    """Drop a file; the message that the window shows."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    assert drop(desktop, mime)
    return desktop.studio.messages.current.text


def test_a_sprite_brings_its_recipe_back(qtbot, desktop, tmp_path) -> None:
    desktop.studio.generation.set_sampling(guidance_scale=4.5)
    sprites = make(qtbot, desktop, seed=70, class_names=("dogs",))
    cell = desktop.studio.stage.cells[2]
    path = tmp_path / "dog.png"
    path.write_bytes(encode_sprite(cell.sprite))
    make(qtbot, desktop, seed=1, class_names=("cats",))
    desktop.studio.generation.set_sampling(guidance_scale=1)
    assert "makes this sprite again" in drop_file(desktop, path)
    click(qtbot, desktop.window.controls.generate_button)
    finish(qtbot, desktop)
    np.testing.assert_array_equal(pictures(desktop), [sprites[2]])
    assert recipes(desktop) == [cell.sprite.recipe]


def test_what_a_recipe_replaced_comes_back_by_the_messages_button(qtbot, desktop, tmp_path) -> None:
    generation = desktop.studio.generation
    generation.set_ask(Ask(classes=("dogs",)))
    generation.set_seed(77)
    generation.set_count(64)
    before = generation.settings
    path = tmp_path / "one.png"
    path.write_bytes(encode_sprite(made(3)))
    drop_file(desktop, path)
    assert generation.settings != before
    assert generation.settings.request.count == 1
    click(qtbot, desktop.window.message_bar.action_button)
    assert generation.settings == before


def test_what_was_copied_elsewhere_is_pasted_as_a_start(qtbot, active, qapp) -> None:
    image = QImage(16, 16, QImage.Format.Format_RGBA8888)
    image.fill("#20c040")
    qapp.clipboard().setImage(image)
    qtbot.keyClick(active.window.stage.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    (start,) = active.studio.generation.settings.request.start.pictures
    assert (start == (0x20, 0xC0, 0x40, 255)).all()
    qapp.clipboard().setText("no picture")
    qtbot.keyClick(active.window.stage.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "copy a picture" in active.studio.messages.current.text


def test_a_clipboard_that_holds_nothing_at_all_is_told(qtbot, active, monkeypatch) -> None:
    monkeypatch.setattr(QClipboard, "mimeData", lambda *_: None)  # as of a screen without a clipboard
    qtbot.keyClick(active.window.stage.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "copy a picture" in active.studio.messages.current.text


def test_a_picture_of_another_size_is_cut_by_the_messages_button(qtbot, desktop, tmp_path) -> None:
    picture = np.full((200, 300, 4), (20, 40, 200, 255), np.uint8)
    picture[92:108, 142:158, 0] = np.arange(256, dtype=np.uint8).reshape(16, 16)
    write_png(tmp_path / "start.png", picture)
    drop_file(desktop, tmp_path / "start.png")
    button = desktop.window.message_bar.action_button
    assert (button.isVisible(), button.text()) == (True, "Cut it instead")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    (start,) = desktop.studio.generation.settings.request.start.pictures
    np.testing.assert_array_equal(start, picture[92:108, 142:158])
    assert "It is the middle of 300 x 200 pixels" in desktop.studio.messages.current.text
    assert not button.isVisible()
    write_png(tmp_path / "start.png", picture[:1, :1])
    drop_file(desktop, tmp_path / "start.png")
    (start,) = desktop.studio.generation.settings.request.start.pictures
    assert (start == picture[0, 0]).all()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    (start,) = desktop.studio.generation.settings.request.start.pictures
    assert np.argwhere(start[..., 3]).tolist() == [[8, 8]]


def test_a_picture_of_another_size_says_what_becomes_of_it(desktop, tmp_path) -> None:
    for size, told in (((300, 200), "300 x 200 pixels, and is brought to 16 x 16"), ((16, 16), "")):
        Image.new("RGB", size, "red").save(tmp_path / "start.png")
        text = drop_file(desktop, tmp_path / "start.png")
        assert told in text
        assert ("brought" in text) is bool(told)


def test_a_sheet_brings_the_first_of_its_recipes(qtbot, desktop, tmp_path) -> None:
    make(qtbot, desktop, seed=70, count=9)
    export_sprites(tmp_path / "sheet.png", [cell.sprite for cell in desktop.studio.stage.cells], ExportOptions())
    desktop.studio.generation.set_seed(1)
    assert "the first of the 9 sprites" in drop_file(desktop, tmp_path / "sheet.png")
    assert desktop.studio.generation.settings.request.seed == 70


def test_a_recipe_of_a_model_that_is_not_there_says_so(desktop, tmp_path) -> None:
    (tmp_path / "other.png").write_bytes(encode_sprite(made(9, "birds", "other model")))
    message = drop_file(desktop, tmp_path / "other.png")
    assert "'other model', is not among yours" in message
    assert "no class 'birds'" in message
    assert desktop.studio.generation.settings.request.seed == 9


def test_a_model_is_copied_and_chosen(qtbot, desktop, model_file, own_models, tmp_path) -> None:
    source = tmp_path / "mine.safetensors"
    shutil.copyfile(model_file, source)
    drop_file(desktop, source)
    qtbot.waitUntil(lambda: desktop.studio.generation.entry.name == "mine", timeout=10_000)
    assert desktop.window.controls.model_box.currentText() == "mine"
    assert (own_models / "mine.safetensors").read_bytes() == model_file.read_bytes()
    make(qtbot, desktop)
    assert recipes(desktop)[0].model == "mine"
    assert [desktop.window.history.model_box.itemText(i) for i in range(2)] == ["All models", "mine"]


def test_a_model_of_frames_is_copied_and_its_action_is_in_the_menu(qtbot, desktop, own_models, tmp_path) -> None:
    drop_file(desktop, write_frames_model(tmp_path / "mine.safetensors", "idle"))
    messages, moving = desktop.studio.messages, desktop.window._moving
    qtbot.waitUntil(lambda: "It makes frames: idle." in messages.current.text, timeout=10_000)
    assert desktop.studio.generation.entry.name == "tiny"  # it makes no sprites
    assert desktop.window.controls.model_box.findText("mine") == -1
    moving.menu.aboutToShow.emit()
    make(qtbot, desktop)
    moving.animate(desktop.studio.stage.cells[:1], "idle")
    assert desktop.studio.stage.cells[1].sprite.frames.action == "idle"


def test_what_is_no_model_is_named_and_the_old_one_stays(qtbot, desktop, own_models, tmp_path) -> None:
    path = tmp_path / "picture.safetensors"
    path.write_bytes(encode_sprite(made(1)))
    drop_file(desktop, path)
    qtbot.waitUntil(lambda: desktop.studio.messages.current.severity is Severity.ERROR, timeout=10_000)
    assert str(path) in desktop.studio.messages.current.text
    assert desktop.studio.generation.entry.name == "tiny"
    assert not own_models.exists()


def test_a_model_is_not_imported_in_the_middle_of_a_run(desktop, model_file) -> None:
    desktop.studio.generation.set_sampling(steps=1000)
    desktop.studio.generation.generate()
    assert "Stop the run" in drop_file(desktop, model_file)
    assert desktop.studio.generation.run.running
    desktop.studio.generation.stop()


def test_another_picture_is_a_start_for_variations(qtbot, desktop, tmp_path) -> None:
    pixels = np.concatenate([made(1, side=20).pixels, made(2, side=20).pixels], axis=1)
    Image.fromarray(pixels).save(tmp_path / "hero.png")
    assert "hero.png is the start of variations" in drop_file(desktop, tmp_path / "hero.png")
    start = desktop.studio.generation.settings.request.start.picture
    assert start.shape == (16, 16, 4)
    np.testing.assert_array_equal(start, resize_nearest(pixels, 16))
    assert desktop.window.controls.variation.isVisible()
    desktop.studio.generation.set_strength(0.4)
    make(qtbot, desktop)
    assert {recipe.request.start.strength for recipe in recipes(desktop)} == {0.4}


def test_a_picture_out_of_another_program_too(desktop) -> None:
    mime = QMimeData()
    mime.setImageData(to_qimage(made(3).pixels))
    assert drop(desktop, mime)
    np.testing.assert_array_equal(desktop.studio.generation.settings.request.start.picture, made(3).pixels)


def test_what_is_of_no_use_is_not_taken(desktop) -> None:
    mime = QMimeData()
    mime.setText("hello")
    assert not drop(desktop, mime)
    mime.setUrls([QUrl("https://example.org/hero.png")])
    assert not drop(desktop, mime)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.png", b"", "empty.png"),
        ("text.png", b"this is no picture", "text.png"),
        ("cut.png", encode_sprite(made(1))[:200], "cut.png"),
        ("none.png", None, "cannot be read"),
        ("large.png", bytes(9 * 2**20), "larger than 8 MB"),
    ],
)
def test_bad_files_are_named_and_change_nothing(desktop, tmp_path, name, content, message) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    before = desktop.studio.generation.settings
    assert message in drop_file(desktop, tmp_path / name)
    assert desktop.studio.messages.current.severity is Severity.ERROR
    assert desktop.studio.generation.settings is before


def test_a_huge_picture_is_refused(desktop, tmp_path) -> None:
    Image.new("1", (1025, 10)).save(tmp_path / "wide.png")
    assert "at most 1024" in drop_file(desktop, tmp_path / "wide.png")
    mime = QMimeData()
    mime.setImageData(QImage(2000, 4, QImage.Format.Format_ARGB32))
    drop(desktop, mime)
    assert "at most 1024" in desktop.studio.messages.current.text


def test_a_recipe_that_is_damaged_leaves_a_picture(desktop, tmp_path) -> None:
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_itxt("pixelforge", '{"class_name": "cats", "seed": "many"}')
    Image.fromarray(made(1).pixels).save(tmp_path / "sprite.png", pnginfo=texts)
    assert "start of variations" in drop_file(desktop, tmp_path / "sprite.png")


def test_an_aseprite_file_brings_its_recipe_or_what_was_drawn_over_it(desktop, tmp_path) -> None:
    options = ExportOptions(formats=("aseprite-file",))
    path = export_sprites(tmp_path / "s.png", [made(5, "cats")], options)[1]
    assert "start of variations" not in drop_file(desktop, path)
    assert desktop.studio.generation.settings.request.seed == 5
    told = made(5, "cats").fingerprint.hex().encode()
    path.write_bytes(path.read_bytes().replace(told, b"0" * len(told)))  # as if the pixels were others
    assert "s.aseprite is the start of variations" in drop_file(desktop, path)
    path.write_bytes(path.read_bytes()[:-9])
    assert "s.aseprite cannot be read: it is damaged" in drop_file(desktop, path)


def test_a_palette_is_taken_for_new_sprites(qtbot, desktop, tmp_path) -> None:
    (tmp_path / "mine.hex").write_text("000000\nffffff\n")
    assert "2 colours of mine" in drop_file(desktop, tmp_path / "mine.hex")
    assert desktop.window.controls.palette_field.box.currentText() == "mine"
    for pixels in make(qtbot, desktop):
        assert set(np.unique(pixels[pixels[..., 3] > 0][:, :3])) <= {0, 255}
    desktop.studio.tray.add([made(1)])
    desktop.window.actions_.export.trigger()
    (dialog,) = desktop.window.findChildren(ExportDialog)
    box = dialog.fields.palette_field.box
    assert [box.itemText(row) for row in range(2, 5)] == ["The model's", "mine", "Commodore 64"]
    dialog.reject()
    (tmp_path / "bad.gpl").write_text("no palette")
    assert "bad.gpl is not a GIMP palette" in drop_file(desktop, tmp_path / "bad.gpl")


def test_a_kind_that_the_model_does_not_know_leaves_its_class(qtbot, desktop, tmp_path) -> None:
    generation = desktop.studio.generation
    generation.set_ask(Ask(classes=("cats",)))
    request = GenerationRequest(conditions=(Condition(class_name="dogs", kind="poodle"),), sampling=Sampling(steps=2))
    (sprite,) = made_sprites(request, made(1, side=8).pixels[None], "tiny", "0" * 64)
    path = tmp_path / "poodle.png"
    path.write_bytes(encode_sprite(sprite))
    open_file(path, desktop.studio)
    assert generation.settings.request.conditions == (Condition(class_name="dogs"),)
    assert "no kind 'poodle'" in desktop.studio.messages.current.text
