"""The window of training: with the real process once, and with runs made by hand for what seldom happens."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from pixelforge.core.header import Student, read_header
from pixelforge.gui.app import Desktop
from pixelforge.gui.shared.fitting import FRAME
from pixelforge.gui.shared.sheet_picture import SheetPicture
from pixelforge.gui.shared.system_dialogs import SystemDialogs
from pixelforge.gui.training.comparison import Arrangement, arrange
from pixelforge.gui.training.slice_dialog import SliceDialog
from pixelforge.gui.training.training_model import TrainingModel
from pixelforge.gui.training.training_window import TrainingWindow
from pixelforge.gui.window.models_dialog import ModelsDialog
from pixelforge.imaging.pixels import read_sprite
from pixelforge.services.icon_drawing import make_icons
from pixelforge.services.model_library import ModelEntry, list_models
from pixelforge.services.paths import user_runs_folder
from pixelforge.services.training_runs import NewRun, can_be_made_fast
from tests.gui.using import click, pick, write
from tests.made import made
from tests.pointer import write_pointer_model
from training.runs.folder import RunFolder, RunProgress, StatsRow

ROW = StatsRow(step=10, loss=2.0, heldout_loss=1.5, images_per_second=80, learning_rate=1e-3, seconds=9)


@pytest.fixture
def sprites(tmp_path: Path) -> Path:
    """Two classes of 20 sprites each."""
    folder = tmp_path / "my sprites"
    for class_name, first in (("orcs", 0), ("elves", 100)):
        (folder / class_name).mkdir(parents=True)
        for number in range(20):
            pixels = made(first + number, side=16).pixels
            Image.fromarray(pixels).save(folder / class_name / f"{number}.png")
    return folder


def open_window(desktop: Desktop) -> TrainingWindow:
    desktop.window.actions_.train.trigger()
    (window,) = [one for one in desktop.window.findChildren(TrainingWindow) if one.isVisible()]
    return window


def old_run(name: str, status: RunProgress, model_file: Path | None = None) -> RunFolder:
    """The folder of a run of before."""
    files = RunFolder(user_runs_folder() / name)
    files.samples_folder.mkdir(parents=True, exist_ok=True)
    files.config_path.write_text('{"data": "/nowhere", "class_names": ["cats", "dogs"]}')
    files.write_status(status)
    files.append_stats(ROW)
    for step in (10, 20):
        Image.fromarray(np.full((64, 128, 3), 5 * step, np.uint8)).save(files.samples_folder / f"{step:07}.png")
    if model_file is not None:
        files.best_path.write_bytes(model_file.read_bytes())
    return files


def restart(desktop: Desktop) -> TrainingModel:
    """What the next start does about trainings."""
    desktop.training.find()
    return desktop.training


def test_from_a_folder_to_a_model_that_makes_sprites(qtbot, desktop, sprites, answers) -> None:
    window, training = open_window(desktop), desktop.training
    setup, progress = window.setup, window.progress
    assert not setup.begin_button.isEnabled()
    answers["folder"] = sprites
    click(qtbot, setup.browse_button)
    qtbot.waitUntil(lambda: window.check.report is not None, timeout=30_000)
    assert "40 sprites in 2 classes" in setup.report.toPlainText()
    assert window.check.contact is not None
    assert setup.name.text() == "my sprites"
    setup.name.setText("mine")
    pick(setup.preset, "Own time")
    setup.minutes.setValue(1)
    setup.parent_box.setCurrentIndex(setup.parent_box.count() - 1)
    click(qtbot, setup.begin_button)
    assert progress.isVisible()
    assert "Reading the sprites" in progress.title.text()
    qtbot.waitUntil(lambda: "images/s" in progress.figures.text(), timeout=60_000)
    assert "left at most" in progress.figures.text()
    assert training.watched.stats
    click(qtbot, progress.chart_button)
    assert list(progress.chart.plot.training.getData()[0]) == [row.step for row in training.watched.stats]
    click(qtbot, progress.pause_button)
    qtbot.waitUntil(lambda: training.watched.status.phase == "paused", timeout=20_000)
    click(qtbot, progress.use_button)
    assert desktop.studio.generation.entry.name.startswith("mine step ")
    assert "makes the sprites in the main window" in progress.note.text()
    click(qtbot, progress.use_button)  # the same model once more is no other one
    best = f"mine step {training.watched.status.best_step}"
    assert [entry.name for entry in list_models() if not entry.bundled] == [best]
    click(qtbot, progress.pause_button)
    qtbot.waitUntil(lambda: training.watched.status.phase == "training", timeout=20_000)
    assert "Training mine" in desktop.window.status.training.text()
    measured = []
    training._launch = lambda arguments, log: measured.append(arguments)  # it would take a minute
    click(qtbot, progress.end_button)
    qtbot.waitUntil(lambda: not training.running, timeout=20_000)
    assert training.watched.status.phase == "ended"
    assert "mine" in [entry.name for entry in list_models()]
    assert training.watched.measuring
    ((command, model, *_, out),) = measured
    assert (command, Path(model).stem, Path(out).name) == ("evaluate", "mine", "mine.figures.json")
    rows = [{"name": "ddpm 40 steps", "kid": 61.0, "class_accuracy": 0.9}]
    Path(out).write_text(json.dumps(rows))
    qtbot.waitUntil(lambda: "KID 61, class accuracy 90%" in progress.note.text(), timeout=5000)
    assert not desktop.window.status.training.isVisible()
    click(qtbot, progress.use_button)
    assert desktop.studio.generation.entry.name == "mine"
    assert desktop.studio.generation.header.class_names == ("elves", "orcs")
    assert not progress.fast_button.isVisible()  # it makes colours of its own, none of a palette
    window.close()


def test_a_model_is_made_fast_once_it_is_trained(qtbot, desktop, tmp_path) -> None:
    model, begun = write_pointer_model(tmp_path / "words.safetensors"), []

    def launch(arguments: list[str], log: Path) -> None:
        """At once at its end; the student takes longer."""
        begun.append(arguments)
        if arguments[0] == "train":
            old_run("mine", RunProgress(phase="finished", classes=("cats", "dogs")), model)

    training = desktop.training
    training._launch = launch
    window = open_window(desktop)
    training.begin(NewRun(name="mine", data=tmp_path, minutes=1))
    assert not training.running
    (figures,) = [Path(arguments[-1]) for arguments in begun if arguments[0] == "evaluate"]
    assert not window.progress.fast_button.isVisible()
    figures.write_text("[]")
    window._pages.setCurrentWidget(window.progress)
    qtbot.waitUntil(window.progress.fast_button.isVisible, timeout=5000)
    click(qtbot, window.progress.fast_button)
    command, of, *rest = begun[-1]
    assert (command, Path(of).stem) == ("distill", "mine")
    assert rest == ["--data", "/nowhere", "--out", str(user_runs_folder() / "mine fast"), "--minutes", "30"]
    assert training.running
    assert "mine fast" in window.progress.title.text()
    assert not window.progress.fast_button.isVisible()
    window.close()
    desktop.training._watched = None


def test_only_what_can_learn_it_is_offered_to_be_made_fast(tmp_path: Path) -> None:
    """Models that say how likely each colour is, and are not fast yet."""
    header = read_header(write_pointer_model(tmp_path / "words.safetensors"))
    old = replace(header, model=replace(header.model, prediction="v"))
    for offered, one in ((True, header), (False, old), (False, replace(header, student=Student())), (False, None)):
        assert can_be_made_fast(ModelEntry("any", tmp_path, False, one)) == offered


def test_data_that_cannot_be_trained_on(qtbot, desktop, tmp_path) -> None:
    window = open_window(desktop)
    (tmp_path / "empty").mkdir()
    for path, said in ((tmp_path / "empty", "no sprites"), (tmp_path / "none", "none")):
        window.setup.set_data(path)
        qtbot.waitUntil(lambda: not window.check.running, timeout=30_000)
        assert window.setup.problem.isVisible()
        assert said in window.setup.problem.text()
        assert not window.setup.begin_button.isEnabled()
    window.close()


def test_a_process_that_dies_is_told_of(qtbot, desktop, sprites) -> None:
    training = desktop.training
    training._launch = lambda arguments, log: log.write_text("reading\npixelforge: There is no room on the disk.\n")
    window = open_window(desktop)
    window.setup.set_data(sprites)
    qtbot.waitUntil(lambda: window.check.report is not None, timeout=30_000)
    click(qtbot, window.setup.begin_button)
    assert not training.running
    assert "no room on the disk" in window.progress.note.text()
    assert "Failed" in window.progress.title.text()
    assert "no room on the disk" in desktop.studio.messages.current.text
    click(qtbot, window.progress.new_button)
    assert window.setup.isVisible()
    window.close()


@pytest.mark.parametrize(
    ("answer", "closed", "told"), [("go on", True, None), ("stop", True, "halt"), (None, False, None)]
)
def test_closing_the_app_asks_about_a_training(qtbot, desktop, answers, answer, closed, told) -> None:
    files = old_run("orcs", RunProgress(phase="training", step=15, total=100))
    with files.locked():
        training = restart(desktop)
        assert training.running
        answers["training"] = answer
        assert desktop.window.close() is closed
        assert files.command() == told
        assert desktop.window.isVisible() is not closed
        answers["training"] = "go on"


def test_a_training_that_goes_on_is_shown_again_at_the_next_start(qtbot, desktop) -> None:
    files = old_run("orcs", RunProgress(phase="training", step=15, total=100, about="9 sprites", seconds_left=61))
    with ExitStack() as process:
        process.enter_context(files.locked())
        restart(desktop)
        progress = open_window(desktop).progress
        assert progress.isVisible()
        assert "step 15 of 100" in progress.figures.text()
        assert "0:01:01 left" in progress.figures.text()
        assert progress.slider_label.text() == "step 20"
        before = progress.comparison.grab().toImage()
        progress.slider.setValue(0)
        assert progress.slider_label.text() == "step 10"
        assert progress.comparison.grab().toImage() != before
        process.close()
        desktop.training.look()
    assert "has ended early: Its process was ended from outside" in desktop.studio.messages.current.text
    assert "can be resumed" in progress.note.text()
    progress.window().close()


def test_own_sprites_stand_beside_samples_of_their_class(qtbot, desktop) -> None:
    progress_of = RunProgress(phase="training", step=15, total=100, classes=("cats", "dogs"))
    files = old_run("orcs", progress_of)
    own, made_ones = (np.zeros((2 * 64, 8 * 64, 4), np.uint8) for _ in range(2))
    own[:], made_ones[:64], made_ones[64:] = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255)
    Image.fromarray(own).save(files.own_path)
    Image.fromarray(made_ones).save(files.samples_folder / "0000020.png")
    with files.locked():
        restart(desktop)
        window = open_window(desktop)
        comparison = window.progress.comparison
        assert [colours_of(view) for view in (comparison.own, comparison.made)] == [{"red"}, {"green", "blue"}]
        before = comparison.made.scale()[0]
        pick(comparison.class_box, "dogs")
        assert [colours_of(view) for view in (comparison.own, comparison.made)] == [{"red"}, {"blue"}]
        assert comparison.made.scale()[0] > before
        assert comparison.own.scale() == comparison.made.scale()
        assert not window.progress.chart.isVisible()
        click(qtbot, window.progress.chart_button)
        window.close()
        window = open_window(desktop)
        assert window.progress.chart.isVisible()
        window.close()
    desktop.training._watched = None


def colours_of(picture: SheetPicture) -> set[str]:
    """The pure colours that are seen in it."""
    image = picture.grab().toImage()
    pixels = {image.pixel(x, y) & 0xFFFFFF for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    return {name for name, value in (("red", 0xFF0000), ("green", 0xFF00), ("blue", 0xFF)) if value in pixels}


def test_an_archive_is_chosen_and_a_bundled_model_has_a_picture(qtbot, desktop, answers, tmp_path) -> None:
    window = open_window(desktop)
    answers["open"] = tmp_path / "pack.zip"
    click(qtbot, window.setup.archive_button)
    assert window.setup.data.text() == str(tmp_path / "pack.zip")
    window.close()
    path = write_pointer_model(tmp_path / "words.safetensors")
    list(make_icons(path))
    desktop.studio.generation.library.add(ModelEntry("words", path, True, read_header(path)))
    desktop.window.actions_.models.trigger()
    (dialog,) = desktop.window.findChildren(ModelsDialog)
    dialog.list.setCurrentRow([dialog.list.item(row).text() for row in range(dialog.list.count())].index("words"))
    assert dialog.picture._sheet is not None
    assert dialog.picture._sheet[..., 3].any()
    dialog.close()


def test_sprites_are_the_largest_that_there_is_room_for() -> None:
    assert arrange(1, 8, 16, 400, 400) == Arrangement(3, 8)
    assert arrange(2, 8, 16, 400, 400) == Arrangement(4, 6)
    assert arrange(6, 8, 16, 400, 400) == Arrangement(8, 3)
    assert arrange(1, 8, 64, 100, 100).factor == 1


def test_every_sprite_of_a_class_can_be_left_out(qtbot, desktop, tmp_path) -> None:
    """Twenty rows of a class: the last is walked to, and then seen and clicked."""
    (tmp_path / "data" / "orcs").mkdir(parents=True)
    for number in range(280):
        pixels = made(number).pixels.copy()
        pixels[7:9, 7:9] = (255, 0, 0, 255) if number == 278 else (0, 0, 255, 255)
        Image.fromarray(pixels).save(tmp_path / "data" / "orcs" / f"{number:03}.png")
    window = open_window(desktop)
    window.setup.set_data(tmp_path / "data")
    qtbot.waitUntil(lambda: window.check.report is not None, timeout=120_000)
    contact = window.setup.contact
    places = [contact.rect_of(place).center().toPoint() for place in ((19, 11), (19, 12), (19, 13))]
    assert not contact.visibleRegion().contains(places[2])
    for _ in range(19):
        qtbot.keyClick(contact, Qt.Key.Key_Down)
    assert contact.visibleRegion().contains(contact.rect_of((19, 0)).center().toPoint())
    shown = contact.grab().toImage()
    assert [shown.pixelColor(at).name() for at in places[:2]] == ["#0000ff", "#ff0000"]
    qtbot.mouseClick(contact, Qt.MouseButton.LeftButton, pos=places[2])
    assert window.check.left_out == ("orcs/279.png",)
    window.close()


def test_a_click_leaves_a_sprite_out_of_what_is_learnt(qtbot, desktop, sprites) -> None:
    window, launched = open_window(desktop), []
    desktop.training._launch = lambda arguments, log: launched.append(arguments)
    window.setup.set_data(sprites)
    qtbot.waitUntil(lambda: window.check.report is not None, timeout=120_000)
    contact = window.setup.contact
    shown = contact.grab().toImage()
    for place in ((0, 1), (2, 3), (2, 4), (2, 3)):  # the last takes one in again
        qtbot.mouseClick(contact, Qt.MouseButton.LeftButton, pos=contact.rect_of(place).center().toPoint())
    assert window.check.left_out == ("elves/1.png", "orcs/12.png")
    assert contact.grab().toImage() != shown
    assert window.setup.report.toPlainText().startswith("2 sprites left out by you")
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Space):
        qtbot.keyClick(contact, key)
    assert contact.accessibleDescription() == "elves/6.png, left out"
    window.setup.name.setText("chosen")
    click(qtbot, window.setup.begin_button)
    files = RunFolder(user_runs_folder() / "chosen")
    assert launched[0][-2:] == ["--leave-out", str(files.leave_out_path)]
    assert files.leave_out_path.read_text().split("\n")[:-1] == ["elves/1.png", "elves/6.png", "orcs/12.png"]
    desktop.training._watched = None
    window.close()


def test_the_name_that_is_proposed_is_free(qtbot, desktop, sprites) -> None:
    old_run("my sprites", RunProgress(phase="halted"))
    window = open_window(desktop)
    window.setup.set_data(sprites)
    assert window.setup.name.text() == "my sprites 2"
    window.close()


def test_what_is_dropped_on_the_main_window_is_trained_on(desktop, sprites) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(sprites))])
    copy, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(desktop.window, QDragEnterEvent(QPoint(50, 50), copy, mime, buttons, keys))
    QApplication.sendEvent(desktop.window, QDropEvent(QPointF(50, 50), copy, mime, buttons, keys))
    (window,) = desktop.window.findChildren(TrainingWindow)
    assert window.isVisible()
    assert window.setup.data.text() == str(sprites)
    window.close()


def test_the_window_fits_a_small_screen(qtbot, desktop, sprites) -> None:
    old_run("orcs", RunProgress(phase="halted", classes=("cats", "dogs")))
    window = open_window(desktop)
    window.setup.set_data(sprites)
    window.setup.complain("A line that says what is wrong.")
    window.progress.chart_button.setChecked(True)
    for page in (window.setup, window.progress):
        needed = page.minimumSizeHint()
        assert needed.width() <= 1024 - FRAME.width()
        assert needed.height() <= 640 - FRAME.height()
    window.close()


def test_a_run_that_another_process_trains_is_not_deleted(qtbot, desktop, bin_folder) -> None:
    files = old_run("orcs", RunProgress(phase="halted", step=15, total=100))
    window = open_window(desktop)
    with files.locked():
        click(qtbot, window.setup.discard_button)
        assert "is being trained now" in window.setup.problem.text()
        window.show_setup()
        assert not window.setup.runs_box.isVisible()
    assert files.config_path.exists()
    assert not list(bin_folder.iterdir())
    window.close()


def test_going_on_keeps_what_is_known_of_the_run(qtbot, desktop) -> None:
    files = old_run("orcs", RunProgress(phase="halted", step=15, total=100, best_step=10))
    desktop.studio.messages.warn("The training of orcs has ended early.")
    window = open_window(desktop)
    desktop.training._launch = lambda arguments, log: log.write_text("pixelforge: /nowhere does not exist.\n")
    click(qtbot, window.setup.resume_button)
    assert "/nowhere does not exist. It can be resumed" in window.progress.note.text()
    assert "step 15 of 100" in window.progress.figures.text()
    assert (window.progress.bar.value(), window.progress.bar.maximum()) == (150, 1000)
    assert files.read_status() == RunProgress(phase="preparing", step=15, total=100, best_step=10)
    window.show_setup()
    assert window.setup.runs_box.currentText() == "orcs, step 15 of 100"
    window.close()


def test_an_interrupted_training_is_offered_and_can_be_deleted(qtbot, desktop, bin_folder) -> None:
    old_run("orcs", RunProgress(phase="halted", step=15, total=100))
    restart(desktop)
    assert "orcs is not finished" in desktop.studio.messages.current.text
    window = open_window(desktop)
    launched = []
    desktop.training._launch = lambda arguments, log: launched.append(arguments)
    assert window.setup.runs_box.currentText() == "orcs, step 15 of 100"
    click(qtbot, window.setup.resume_button)
    assert launched == [["train", "--resume", "--out", str(user_runs_folder() / "orcs")]]
    assert desktop.training.running
    desktop.training.close()
    window.show_setup()
    click(qtbot, window.setup.discard_button)
    assert [path.name for path in bin_folder.iterdir()] == ["orcs"]
    assert not window.setup.runs_box.isVisible()
    window.close()
    desktop.training._watched = None


def test_a_training_that_ended_without_the_window_is_taken_in(desktop, model_file) -> None:
    files = old_run("orcs", RunProgress(phase="finished", step=20, total=20), model_file)
    begun = []
    desktop.training._launch = lambda arguments, log: begun.append(arguments)
    restart(desktop)
    assert [entry.name for entry in desktop.studio.generation.library.entries] == ["tiny", "orcs"]
    assert not files.config_path.exists()
    assert begun[0][0] == "evaluate"
    desktop.studio.messages.dismiss()
    restart(desktop)
    assert desktop.studio.messages.current is None


def test_a_model_of_own_kinds_and_styles_shows_them_at_once(desktop, tmp_path) -> None:
    old_run("mine", RunProgress(phase="finished"), write_pointer_model(tmp_path / "mine.safetensors", side=16))
    desktop.training._launch = lambda *_: None
    restart(desktop)
    what = desktop.window.controls.what
    assert not what.kinds.isVisible()
    pick(desktop.window.controls.model_box, "mine")
    assert desktop.studio.generation.entry.name == "mine"
    assert what.kinds.isVisible()
    assert [what.kinds.item(row).text() for row in range(what.kinds.count())] == ["any", "lion", "lynx"]
    for part, words in (("style", ["dawn", "ink"]), ("colour", ["red", "blue"])):
        assert what.boxes[part].isVisible()
        assert [what.boxes[part].itemText(row) for row in range(1, what.boxes[part].count())] == words


def test_a_run_that_the_clock_ends_tells_how_much_of_its_time_is_over(qtbot, desktop) -> None:
    files = old_run("orcs", RunProgress(phase="training", step=15, fraction=0.37, about="9 sprites", seconds_left=61))
    with files.locked():
        restart(desktop)
        progress = open_window(desktop).progress
        assert "step 15, 37% of the time" in progress.figures.text()
        assert (progress.bar.value(), progress.bar.maximum()) == (370, 1000)
        assert desktop.window.status.training.text() == "Training orcs 37%"
    desktop.training.close()
    progress.window().close()
    desktop.training._watched = None


def test_sprites_of_another_size_are_checked_and_trained_at_it(qtbot, desktop, sprites) -> None:
    launched: list[list[str]] = []
    desktop.training._launch = lambda arguments, log: launched.append(arguments)
    window = open_window(desktop)
    setup = window.setup
    offered = lambda: [setup.parent_box.itemText(index) for index in range(setup.parent_box.count())]  # noqa: E731
    assert offered() == ["tiny", "Nothing (takes much longer)"]  # it is the chosen model, of 16 pixels
    setup.set_data(sprites)
    pick(setup.size_box, "8 x 8 pixels")
    assert offered() == ["Nothing (takes much longer)"]
    qtbot.waitUntil(lambda: window.check.report is not None, timeout=30_000)
    assert "40 of another size" in setup.report.toPlainText()
    pick(setup.size_box, "24 x 24 pixels")
    assert not setup.begin_button.isEnabled()  # until they have been looked at
    qtbot.waitUntil(lambda: window.check.report is not None, timeout=30_000)
    click(qtbot, setup.begin_button)
    ((command, _, *options),) = launched
    assert command == "train"
    assert options[options.index("--size") + 1] == "24"
    assert options[options.index("--from") + 1] == "nothing"
    desktop.training.close()
    window.close()
    desktop.training._watched = None


def test_a_lock_that_cannot_be_opened_stops_nothing(qtbot, desktop) -> None:
    files = old_run("orcs", RunProgress(phase="training", step=15, total=100))
    lock = files.root / "lock"
    with files.locked():
        training = restart(desktop)
        assert training.running
    lock.unlink(missing_ok=True)
    lock.mkdir()
    training.look()  # as the timer does
    assert training.running
    assert "cannot be written" in training.watched.trouble
    window = open_window(desktop)
    window.show_setup()
    assert not window.setup.runs_box.isVisible()
    restart(desktop)
    lock.rmdir()
    training.look()
    assert not training.running
    assert "ended from outside" in training.watched.note
    window.close()


def test_what_a_model_is_named(qtbot, desktop, sprites) -> None:
    old_run("orcs", RunProgress(phase="halted"))
    window = open_window(desktop)
    window.setup.set_data(sprites)
    qtbot.waitUntil(lambda: window.check.report is not None, timeout=30_000)
    for name, said in (
        ("dawnlike16", "a model named"),
        ("x" * 61, "at most 60"),
        ("orcs", "not finished"),
        ("a/b", "made of letters"),
    ):
        window.setup.name.setText(name)
        click(qtbot, window.setup.begin_button)
        assert said in window.setup.problem.text()
        assert window.setup.isVisible()
    assert desktop.training.watched is None
    window.close()


def test_other_models_in_the_list_change_no_setting(desktop, entry, model_file) -> None:
    generation, controls = desktop.studio.generation, desktop.window.controls
    generation.set_sampling(steps=7)
    before = (controls.quality.currentText(), generation.settings)
    generation.library.add(entry.__class__("other", model_file.with_name("other.safetensors"), False, entry.header))
    assert controls.model_box.count() == 2
    assert (controls.quality.currentText(), generation.settings) == before


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """2 x 3 tiles of 8 pixels with a margin of 1 and a spacing of 2: five sprites, one of them twice, one empty."""
    picture = np.zeros((1 + 8 + 2 + 8 + 1, 1 + 3 * 8 + 2 * 2 + 1, 4), np.uint8)
    for number, seed in enumerate((1, 2, 3, 1, None, 4)):
        top, left = 1 + 10 * (number // 3), 1 + 10 * (number % 3)
        if seed is not None:
            picture[top : top + 8, left : left + 8] = made(seed, side=8).pixels
    path = tmp_path / "orcs.png"
    Image.fromarray(picture).save(path)
    return path


def test_a_sheet_is_cut_with_the_grid_over_it(qtbot, desktop, sheet, answers, tmp_path) -> None:
    window = open_window(desktop)
    click(qtbot, window.setup.slice_button)
    (dialog,) = window.findChildren(SliceDialog)
    answers["open"] = sheet
    click(qtbot, dialog.open_button)
    dialog.tile.setValue(8)
    assert "belong to no tile" in dialog.note.text()
    dialog.margin.setValue(1)
    dialog.spacing.setValue(2)
    assert "belong to no tile" not in dialog.note.text()
    assert dialog.grid.wanted == 4
    qtbot.mouseClick(dialog.grid, Qt.MouseButton.LeftButton, pos=dialog.grid.rect_of((0, 1)).center())
    assert dialog.grid.wanted == 3
    qtbot.mouseClick(
        dialog.grid, Qt.MouseButton.LeftButton, pos=dialog.grid.rect_of((0, 0)).center()
    )  # its repeat takes its place
    assert dialog.grid.left_out == {(0, 0), (0, 1)}
    assert dialog.grid.wanted == 3
    qtbot.mouseClick(
        dialog.grid, Qt.MouseButton.LeftButton, pos=dialog.grid.rect_of((1, 1)).center()
    )  # empty: nothing to take in
    assert dialog.grid.wanted == 3
    assert dialog.class_name.text() == "orcs"
    click(qtbot, dialog.cut_button)
    assert not dialog.cut_button.isEnabled()
    write(desktop)
    assert "3 sprites written to" in dialog.note.text()
    files = sorted((tmp_path / "sprites" / "orcs").iterdir())
    assert [file.name for file in files] == ["orcs_r00c02.png", "orcs_r01c00.png", "orcs_r01c02.png"]
    np.testing.assert_array_equal(read_sprite(files[2]), made(4, side=8).pixels)
    assert window.setup.data.text() == str(tmp_path / "sprites")
    dialog._cut()
    write(desktop)
    assert "is there already: choose another folder" in dialog.note.text()
    dialog.class_name.setText("a/b")
    dialog._cut()
    assert "name of a folder" in dialog.note.text()
    dialog.open_sheet(tmp_path / "none.png")
    assert "none.png cannot be read" in dialog.note.text()
    dialog.close()
    window.close()


def test_a_copy_that_fails_is_said_where_the_dialog_is_closed(qtbot, desktop, answers, tmp_path) -> None:
    (tmp_path / "file").touch()
    answers["model"] = tmp_path / "file" / "copy.safetensors"
    for closed in (False, True):
        desktop.window.actions_.models.trigger()
        (dialog,) = (found for found in desktop.window.findChildren(ModelsDialog) if found.isVisible())
        click(qtbot, dialog.export_button)
        if closed:
            dialog.reject()
        write(desktop)
        if not closed:
            assert "cannot be written" in dialog.note.text()
            assert desktop.studio.messages.current is None
            dialog.reject()
    assert "cannot be written" in desktop.studio.messages.current.text


def test_models_are_renamed_exported_and_deleted(qtbot, desktop, model_file, answers, tmp_path, bin_folder) -> None:
    old_run("orcs", RunProgress(phase="finished", step=20, total=20), model_file)
    desktop.training._launch = lambda arguments, log: None
    restart(desktop)
    generation = desktop.studio.generation
    desktop.window.actions_.models.trigger()
    (dialog,) = desktop.window.findChildren(ModelsDialog)
    assert not dialog.delete_button.isEnabled()
    assert dialog.name.isReadOnly()
    dialog.list.setCurrentRow(1)
    assert "Classes: cats, dogs" in dialog.about.text()
    figures = [{"name": "ddpm", "kid": 45.2, "class_accuracy": 0.95, "fid": 3}]
    own = generation.library.entries[1]
    own.path.with_suffix(".figures.json").write_text(json.dumps(figures))
    dialog.name.setText("dawnlike16")
    click(qtbot, dialog.rename_button)
    assert "a model named dawnlike16" in dialog.note.text()
    dialog.name.setText("greenskins")
    click(qtbot, dialog.rename_button)
    assert [entry.name for entry in generation.library.entries] == ["tiny", "greenskins"]
    assert "KID 45, class accuracy 95%" in dialog.about.text()
    answers["model"] = tmp_path / "copy.safetensors"
    click(qtbot, dialog.export_button)
    write(desktop)
    assert dialog.note.text() == f"Exported {answers['model']}."
    assert (tmp_path / "copy.safetensors").read_bytes() == model_file.read_bytes()
    generation.library.choose(generation.library.entries[1])
    click(qtbot, dialog.delete_button)
    assert [entry.name for entry in generation.library.entries] == ["tiny"]
    assert generation.entry.name == "tiny"
    names = sorted(path.name for path in bin_folder.iterdir())
    assert names == ["greenskins.figures.json", "greenskins.grid.png", "greenskins.safetensors"]
    dialog.reject()


@pytest.mark.parametrize(
    ("stuck", "left", "words"),
    [("greens.safetensors", ["tiny", "greens"], "nothing was changed"), ("greens.grid.png", ["tiny"], "is left")],
)
def test_what_could_not_be_deleted_is_told_truly(desktop, qtbot, model_file, tmp_path, stuck, left, words) -> None:
    library = desktop.studio.generation.library
    (tmp_path / "greens.grid.png").touch()
    (tmp_path / "greens.safetensors").write_bytes(model_file.read_bytes())
    library.add(ModelEntry("greens", tmp_path / "greens.safetensors", False, library.header))
    binned = []
    system = replace(SystemDialogs(), move_to_bin=lambda path: path.name != stuck and not binned.append(path.name))
    dialog = ModelsDialog(library, system, desktop.background, desktop.window)
    dialog.list.setCurrentRow(1)
    click(qtbot, dialog.delete_button)
    assert [entry.name for entry in library.entries] == left
    assert [dialog.list.item(row).text() for row in range(dialog.list.count())] == left
    assert stuck in dialog.note.text()
    assert words in dialog.note.text()
    assert ("greens.safetensors" in binned) == (left == ["tiny"])
    dialog.close()


def test_a_folder_is_dropped_and_every_field_counts(qtbot, desktop, sprites) -> None:
    window, launched = open_window(desktop), []
    desktop.training._launch = lambda arguments, log: launched.append(arguments)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(sprites))])
    action, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window.setup, QDragEnterEvent(QPoint(5, 5), action, mime, buttons, keys))
    QApplication.sendEvent(window.setup, QDropEvent(QPointF(5, 5), action, mime, buttons, keys))
    assert window.setup.data.text() == str(sprites)
    window.setup.keep_background.click()
    window.setup.kinds.click()
    qtbot.waitUntil(lambda: window.check.report is not None, timeout=30_000)
    pick(window.setup.preset, "Thorough (8 hours)")
    window.setup.name.setText("orcs and elves")
    click(qtbot, window.setup.begin_button)
    out = str(user_runs_folder() / "orcs and elves")
    model = str(desktop.studio.generation.entry.path)
    options = ["--size", "16", "--minutes", "480", "--keep-background", "--kinds"]
    assert launched == [["train", str(sprites), "--out", out, "--from", model, *options]]
    desktop.training._watched = None
    window.close()
