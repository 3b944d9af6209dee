"""The window as its user has it: real widgets, a real worker, a tiny model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from PIL import Image
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from pixelforge.core.condition import Condition
from pixelforge.core.sampling import Sampling
from pixelforge.gui import app
from pixelforge.gui.app import build, error_hook
from pixelforge.gui.generating.states import MAX_TYPED_SEED, Phase
from pixelforge.gui.shared.messages import Severity
from pixelforge.gui.window import message_bar
from pixelforge.imaging.sheet import lay_out
from pixelforge.services import generation
from pixelforge.services.asking import Ask
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.requests import Finished, GenerationEvent, Notice, Progress
from tests.gui.using import (
    classic,
    click,
    click_cell,
    click_class,
    finish,
    held,
    make,
    mnemonics,
    pick,
    recipes,
    write,
)
from tests.made import made


def test_the_recommended_settings_are_the_defaults(desktop) -> None:
    controls = desktop.window.controls
    assert controls.what.classes.names() == ("cats",)
    assert controls.scalars["guidance_scale"].number.value() == 2.5
    assert controls.scalars["guidance_scale"].number.text() == desktop.window.locale().toString(2.5)
    assert controls.scalars["guidance_scale"].slider.value() == 5
    assert controls.quality.sampler_box.currentData() == "ddim"
    assert controls.quality.steps.value() == 8
    assert [controls.count_box.itemData(i) for i in range(controls.count_box.count())] == [1, 4, 9, 16, 25, 36, 64]
    assert controls.quality.currentText() == "Fine (8 steps)"
    assert controls.palette_field.box.currentText() == "As generated"
    assert desktop.window.status.device.text() == "CPU"


def test_controls_set_what_is_asked_for(qtbot, desktop) -> None:
    controls = desktop.window.controls
    click_class(qtbot, controls.what.classes, 1)
    controls.scalars["guidance_scale"].slider.setValue(9)
    pick(controls.quality, "Custom")
    pick(controls.quality.sampler_box, "DPM++ 2M")
    controls.quality.steps.setValue(6)
    pick(controls.count_box, "4")
    controls.seed.edit.setFocus()
    controls.seed.edit.selectAll()
    qtbot.keyClicks(controls.seed.edit, "4000000000")  # more than Qt's own numbers hold
    click(qtbot, controls.generate_button)
    finish(qtbot, desktop)
    recipe = recipes(desktop)[0]
    assert (recipe.class_name, recipe.request.sampling) == (
        "dogs",
        Sampling(guidance_scale=4.5, sampler="dpm++2m", steps=6),
    )
    assert (len(recipes(desktop)), recipe.seed) == (4, 4_000_000_000)
    assert desktop.window.stage.canvas.layout_in_device_pixels().count == 4


def test_a_number_between_the_halves_of_the_slider_is_kept(qtbot, desktop) -> None:
    number = desktop.window.controls.scalars["guidance_scale"].number
    number.selectAll()
    qtbot.keyClicks(number, desktop.window.locale().toString(3.7))
    assert desktop.studio.generation.settings.request.sampling.guidance_scale == 3.7
    assert number.value() == 3.7


def test_previews_come_in_order_and_then_the_finished_batch(qtbot, desktop) -> None:
    reports, stages = [], []
    desktop.worker.reported.connect(reports.append)
    desktop.studio.stage.changed.connect(lambda: stages.append(desktop.studio.stage.sprites))
    desktop.worker._interval = 0.0
    qtbot.keyClick(desktop.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert desktop.studio.generation.run.phase is Phase.STARTING
    finish(qtbot, desktop)
    previews = [r.event for r in reports if isinstance(r.event, Progress) and r.event.preview is not None]
    assert [preview.step for preview in previews] == list(range(1, 8))
    assert not any(preview.preview.flags.writeable for preview in previews)
    finished = next(r.event for r in reports if isinstance(r.event, Finished))
    np.testing.assert_array_equal(desktop.studio.stage.sprites, finished.sprites)
    assert desktop.studio.stage.sprites.shape == (16, 16, 16, 4)
    assert set(np.unique(desktop.studio.stage.sprites[..., 3])) <= {0, 255}
    np.testing.assert_array_equal(stages[1], previews[0].preview)  # stages[0] is the empty one
    assert desktop.window.status.text.text().startswith("16 sprites in ")


def test_unlocked_draws_a_seed_for_every_run_and_locked_keeps_it(qtbot, desktop) -> None:
    controls = desktop.window.controls
    seeds, pictures = [], []
    for locked in (False, False, True, True):
        if controls.seed.lock.isChecked() != locked:
            click(qtbot, controls.seed.lock)
        click(qtbot, controls.generate_button)
        finish(qtbot, desktop)
        seeds.append(int(controls.seed.edit.text()))
        pictures.append(desktop.studio.stage.sprites.tobytes())
        assert recipes(desktop)[0].seed == seeds[-1]
        assert 0 <= seeds[-1] < 2**31
    assert seeds[0] != seeds[1] == seeds[2] == seeds[3]
    assert pictures[0] != pictures[1] == pictures[2] == pictures[3]


def test_a_typed_seed_is_locked_and_the_dice_draws_another(qtbot, desktop) -> None:
    field = desktop.window.controls.seed
    field.edit.selectAll()
    qtbot.keyClicks(field.edit, "12x3")
    assert (field.edit.text(), desktop.studio.generation.settings.request.seed, field.lock.isChecked()) == (
        "123",
        123,
        True,
    )
    click(qtbot, field.dice)
    assert desktop.studio.generation.settings.request.seed != 123
    assert field.edit.text() == str(desktop.studio.generation.settings.request.seed)
    assert field.lock.isChecked()


def test_an_emptied_seed_comes_back(qtbot, desktop) -> None:
    with qtbot.waitActive(desktop.window):
        desktop.window.activateWindow()
    desktop.studio.generation.set_seed(41)
    edit = desktop.window.controls.seed.edit
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_Delete)
    assert edit.text() == ""
    desktop.window.controls.quality.steps.setFocus()
    assert edit.text() == "41"


def test_the_largest_seed_serves_the_largest_batch(qtbot, desktop) -> None:
    edit = desktop.window.controls.seed.edit
    edit.selectAll()
    qtbot.keyClicks(edit, str(MAX_TYPED_SEED))
    desktop.studio.generation.set_count(64)
    assert desktop.studio.generation.settings.request.seed == MAX_TYPED_SEED
    assert desktop.studio.generation.settings.request.count == 64
    edit.selectAll()
    qtbot.keyClicks(edit, str(MAX_TYPED_SEED + 1))
    assert int(edit.text()) <= MAX_TYPED_SEED


def test_escape_stops_and_the_batch_of_before_is_back(qtbot, desktop) -> None:
    desktop.studio.generation.generate()
    finish(qtbot, desktop)
    before = desktop.studio.stage.cells
    classic(desktop)
    desktop.studio.generation.generate()
    qtbot.waitUntil(lambda: desktop.studio.generation.run.step >= 20, timeout=20_000)
    assert not desktop.window.controls.save_button.isEnabled()
    qtbot.keyClick(desktop.window, Qt.Key.Key_Escape)
    assert desktop.studio.generation.run.phase is Phase.STOPPED
    assert desktop.window.status.text.text().startswith("Stopped at step ")
    assert desktop.studio.stage.cells == before
    assert desktop.window.controls.save_button.isEnabled()
    assert not desktop.window.controls.stop_button.isEnabled()


def test_generate_while_running_waits_for_its_turn_and_nothing_is_thrown_away(qtbot, desktop) -> None:
    generation, controls, batches = desktop.studio.generation, desktop.window.controls, []
    generation.batch_finished.connect(batches.append)
    generation.set_sampling(sampler="ddpm", steps=4)
    shown = lambda kind: [widget for widget in controls.queue.findChildren(kind) if widget.isVisible()]  # noqa: E731
    with held(desktop):
        generation.generate()
        qtbot.waitUntil(lambda: generation.run.step >= 1, timeout=20_000)
        assert controls.generate_button.text() == "Add to the &queue"
        generation.set_sampling(sampler="ddim")
        generation.set_sampling(steps=3)
        for seed in (77, 88, 99):
            generation.set_seed(seed)
            generation.set_ask(Ask(classes=("dogs",)))
            click(qtbot, controls.generate_button)
        qtbot.waitUntil(lambda: len(shown(QLabel)) == 3)
        assert {label.text() for label in shown(QLabel)} == {"Then 16 \N{MULTIPLICATION SIGN} dogs"}
        click(qtbot, shown(QAbstractButton)[1])
    qtbot.waitUntil(lambda: len(batches) == 3, timeout=60_000)
    assert [batch.request.seed for batch in batches[1:]] == [77, 99]
    assert len(batches[0].sprites) == 16
    assert generation.run.phase is Phase.FINISHED
    assert not controls.queue.isVisible()
    assert controls.generate_button.text() == "&Generate"


def test_stop_cancels_what_waits_and_says_so(qtbot, desktop) -> None:
    generation = desktop.studio.generation
    classic(desktop)
    for _ in range(3):
        generation.generate()
    qtbot.waitUntil(lambda: generation.run.step >= 3, timeout=20_000)
    qtbot.keyClick(desktop.window, Qt.Key.Key_Escape)
    assert generation.run.phase is Phase.STOPPED
    assert generation.queue == ()
    assert desktop.studio.messages.current.text == "2 waiting batches cancelled."


def test_previews_show_what_it_will_be_or_the_noise(qtbot, desktop) -> None:
    events, stages = [], []
    desktop.worker.reported.connect(lambda report: events.append(report.event))
    desktop.studio.stage.changed.connect(lambda: stages.append(desktop.studio.stage.sprites))
    desktop.worker._interval = 0.0
    for noise in (False, True):
        desktop.window.actions_.show_noise.setChecked(noise)
        events.clear()
        stages.clear()
        desktop.studio.generation.generate()
        finish(qtbot, desktop)
        first = next(event for event in events if isinstance(event, Progress) and event.preview is not None)
        assert not np.array_equal(first.preview, first.noisy)
        np.testing.assert_array_equal(stages[1], first.noisy if noise else first.preview)
    assert desktop.session.settings.show_noise


def test_what_is_saved_can_be_read_and_made_again(qtbot, desktop, ask_path, opened_folders, tmp_path) -> None:
    assert not desktop.window.actions_.save.isEnabled()
    desktop.studio.generation.set_seed(5)
    desktop.studio.generation.set_count(4)
    desktop.studio.generation.generate()
    finish(qtbot, desktop)
    ask_path.answer = tmp_path / "new" / "sheet.png"
    click(qtbot, desktop.window.controls.save_button)
    write(desktop)
    assert ask_path.suggestion.name == "cats_00005.png"
    with Image.open(ask_path.answer) as image:
        np.testing.assert_array_equal(np.asarray(image), lay_out(desktop.studio.stage.sprites))
        written = json.loads(image.text["pixelforge"])
        assert "Steps: 8" in image.text["parameters"]
    assert [recipe["seed"] for recipe in written] == [5, 6, 7, 8]
    assert len(written[0]["model_sha256"]) == 64
    assert desktop.studio.messages.current.severity is Severity.INFO
    assert desktop.window.message_bar.action_button.text() == "Show in folder"
    click(qtbot, desktop.window.message_bar.action_button)
    assert opened_folders == [tmp_path / "new"]


def test_a_save_that_fails_loses_nothing(qtbot, desktop, ask_path, tmp_path) -> None:
    desktop.studio.generation.generate()
    finish(qtbot, desktop)
    (tmp_path / "file").write_text("")
    ask_path.answer = tmp_path / "file" / "sheet.png"
    desktop.window.actions_.save.trigger()
    write(desktop)
    assert desktop.studio.messages.current.severity is Severity.ERROR
    assert desktop.window.message_bar.isVisible()
    assert "cannot be written" in desktop.window.message_bar.text.text()
    assert desktop.studio.stage.cells
    ask_path.answer = None  # the user cancels
    desktop.window.actions_.save.trigger()
    click(qtbot, desktop.window.message_bar.close_button)
    assert not desktop.window.message_bar.isVisible()


def test_a_model_that_breaks_is_named_and_the_thread_lives_on(qtbot, desktop, model_file) -> None:
    whole = model_file.read_bytes()
    model_file.write_bytes(whole[:-100])
    desktop.studio.generation.generate()
    finish(qtbot, desktop)
    assert desktop.studio.generation.run.phase is Phase.FAILED
    assert model_file.name in desktop.studio.messages.current.text
    model_file.write_bytes(whole)
    desktop.studio.generation.generate()
    finish(qtbot, desktop)
    assert desktop.studio.generation.run.phase is Phase.FINISHED
    assert desktop.studio.messages.current is None
    model_file.unlink()
    desktop.studio.generation.generate()
    finish(qtbot, desktop)
    assert "cannot be read: no such file" in desktop.studio.messages.current.text


def test_a_model_whose_header_is_broken_is_listed_but_not_chosen(qtbot, entry, places, tmp_path) -> None:
    broken = ModelEntry("broken", tmp_path / "broken", False, None, "broken is damaged.")
    desktop = build([broken, entry], places)
    qtbot.addWidget(desktop.window)
    assert desktop.studio.generation.entry == entry
    assert desktop.studio.messages.current.text == "broken is damaged."
    pick(desktop.window.controls.model_box, "broken")
    assert desktop.studio.generation.entry == entry
    assert desktop.window.controls.model_box.currentText() == "tiny"


def test_without_a_model_the_window_says_so(qtbot, places) -> None:
    desktop = build([], places)
    qtbot.addWidget(desktop.window)
    assert "no model" in desktop.studio.messages.current.text
    assert not desktop.window.actions_.generate.isEnabled()
    assert not desktop.window.controls.what.classes.isEnabled()
    desktop.studio.generation.generate()
    assert not desktop.studio.generation.run.running


def test_another_model_brings_its_settings_and_keeps_class_and_seed(qtbot, entry, places) -> None:
    other = ModelEntry("other", entry.path, False, entry.header)
    desktop = build([entry, other], places)
    qtbot.addWidget(desktop.window)
    desktop.studio.generation.set_ask(Ask(classes=("dogs",)))
    desktop.studio.generation.set_sampling(steps=3)
    desktop.studio.generation.set_seed(9)
    pick(desktop.window.controls.model_box, "other")
    settings = desktop.studio.generation.settings
    assert (settings.request.labels, settings.request.seed, settings.seed_locked) == (("dogs",), 9, True)
    assert settings.request.sampling.steps == 8
    assert desktop.window.controls.what.classes.names() == ("dogs",)


def test_a_quality_that_was_chosen_stays_with_another_model(qtbot, entry, places) -> None:
    other = ModelEntry("other", entry.path, False, replace(entry.header, recommended=Sampling(steps=30)))
    desktop = build([entry, other], places)
    qtbot.addWidget(desktop.window)
    quality, box = desktop.window.controls.quality, desktop.window.controls.model_box
    for name in ("Fast", "Fine"):
        pick(quality, next(quality.itemText(row) for row in range(quality.count()) if name in quality.itemText(row)))
        for model in ("other", "tiny"):
            pick(box, model)
            assert name in quality.currentText()
    assert desktop.studio.generation.settings.request.sampling == entry.header.recommended


def test_an_error_that_nobody_expected_goes_to_the_log(qtbot, desktop, log_folder, monkeypatch, caplog) -> None:

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(generation, "generate", broken)
    desktop.studio.generation.generate()
    finish(qtbot, desktop)
    [report] = log_folder.glob("report-*.txt")
    assert str(report) in desktop.studio.messages.current.text
    assert "ZeroDivisionError: a bug" in report.read_text()
    assert report.name in caplog.text
    monkeypatch.undo()
    desktop.studio.generation.generate()
    finish(qtbot, desktop)
    assert desktop.studio.generation.run.phase is Phase.FINISHED


def test_an_error_in_the_window_goes_to_the_log_and_the_window_lives_on(desktop, log_folder) -> None:
    error = KeyError("in a slot")
    error_hook(desktop.studio.messages)(KeyError, error, None)
    [report] = log_folder.glob("report-*.txt")
    assert str(report) in desktop.studio.messages.current.text
    assert "in a slot" in report.read_text()
    assert desktop.window.isVisible()


def test_a_log_that_cannot_be_written_is_said(tmp_path, monkeypatch, capsys) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(app, "log_folder", lambda: tmp_path / "file")
    assert "could not be written" in app.describe_bug(ValueError("lost"))
    assert "ValueError: lost" in capsys.readouterr().err


def test_closing_while_running_stops_within_two_steps(qtbot, desktop, monkeypatch) -> None:
    made, made_by_then, generate = [], [], generation.generate

    def counted(*arguments) -> Iterator[GenerationEvent]:
        for event in generate(*arguments):
            made.append(event)
            yield event

    monkeypatch.setattr(generation, "generate", counted)
    classic(desktop)
    desktop.studio.generation.set_count(64)
    desktop.studio.generation.generate()
    qtbot.waitUntil(lambda: desktop.studio.generation.run.step >= 3, timeout=30_000)
    desktop.studio.generation.stop_requested.connect(lambda: made_by_then.append(len(made)))
    desktop.window.close()
    assert desktop.worker.isFinished()
    assert 3 <= len(made) <= made_by_then[0] + 2  # of a thousand


def test_every_control_has_a_name_a_tooltip_and_a_place_in_the_tab_order(desktop) -> None:
    controls = desktop.window.controls
    fields = [
        controls.model_box,
        controls.what.search,
        controls.what.classes,
        controls.what.kinds,
        *controls.what.boxes.values(),
        controls.palette_field.box,
        controls.palette_field.count,
        controls.seed.edit,
        controls.seed.lock,
        controls.seed.dice,
        controls.seed.copy,
        controls.scalars["guidance_scale"].slider,
        controls.scalars["guidance_scale"].number,
        controls.quality.sampler_box,
        controls.quality.steps,
        controls.count_box,
        controls.quality,
    ]
    on_the_stage = [controls.variation.slider, controls.variation.number, controls.variation.remove]
    assert all(field.accessibleName() and field.toolTip() for field in (*fields, *on_the_stage))
    buttons = [controls.generate_button, controls.stop_button, controls.save_button]
    assert all(button.toolTip() for button in buttons)
    chain, widget = [], controls.model_box
    for _ in range(200):
        if widget in fields or widget in buttons:
            chain.append(widget)
        widget = widget.nextInFocusChain()
    order = [*fields, *buttons]
    assert chain[: len(order)] == order
    labels = [label for label in controls.findChildren(QLabel) if label.buddy() is not None]
    mnemonics = [QKeySequence.mnemonic(label.text()).toString() for label in labels]
    mnemonics += [QKeySequence.mnemonic(button.text()).toString() for button in buttons]
    assert len(set(mnemonics)) == len(mnemonics)
    assert all(mnemonics)


def test_no_two_things_of_the_window_have_one_mnemonic(qtbot, desktop) -> None:
    """Alt and a letter goes to one thing, or Qt goes in turns to all that have it: a menu may not be reached."""
    window = desktop.window
    classic(desktop)
    for _ in range(2):
        click(qtbot, window.controls.generate_button)
    desktop.studio.generation.suspend()  # so that there is a button that makes what waits
    menus = [QKeySequence.mnemonic(action.text()).toString() for action in window.menuBar().actions()]
    keys = [*menus, *mnemonics(window)]
    assert {"Alt+F", "Alt+T", "Alt+P", "Alt+K", "Alt+N"} <= set(keys)
    assert sorted(keys) == sorted(set(keys))


def test_the_window_fits_a_small_screen(desktop) -> None:
    hint = desktop.window.minimumSizeHint()
    assert hint.width() <= 1024
    assert hint.height() <= 700


def test_the_models_own_palette_is_offered_first(qtbot, entry, places) -> None:
    fewer = replace(entry.header, model=replace(entry.header.model, palette=((1, 2, 3), (4, 5, 6))))
    other = ModelEntry("other", entry.path, False, fewer)
    desktop = build([entry, other], places)
    qtbot.addWidget(desktop.window)
    box = desktop.window.controls.palette_field.box
    assert [box.itemText(i) for i in range(4)] == ["As generated", "Reduce to", "The model's", "Commodore 64"]
    pick(box, "The model's")
    assert desktop.studio.generation.settings.request.palette.colours[0] == "#ff0000"
    pick(desktop.window.controls.model_box, "other")
    texts = [box.itemText(i) for i in range(box.count())]
    assert texts[2:4] == ["The model's", "Commodore 64"]
    pick(box, "The model's")
    assert desktop.studio.generation.settings.request.palette.colours == ("#010203", "#040506")


def test_a_line_says_when_memory_ran_out(qtbot, desktop, monkeypatch) -> None:

    real, tight = generation.generate, []

    def ran_out(*arguments):
        tight.append(True)
        yield Notice("Memory ran out with 16 sprites at a time: going on with 8.")
        yield from real(*arguments)

    monkeypatch.setattr(generation, "generate", ran_out)
    desktop.studio.generation.generate()
    finish(qtbot, desktop)
    assert tight
    assert "going on with 8" in desktop.studio.messages.current.text
    assert desktop.window.message_bar.isVisible()
    assert len(desktop.studio.stage.cells) == 16


def test_select_all_means_what_has_the_keyboard(qtbot, desktop) -> None:
    with qtbot.waitActive(desktop.window):
        desktop.window.activateWindow()
    make(qtbot, desktop)
    window = desktop.window
    for widget in (window.controls.what.classes, window.history.view, window.stage.canvas):
        widget.setFocus()
        qtbot.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        if widget is window.controls.what.classes:
            assert desktop.studio.generation.settings.request.labels == ("cats", "dogs")
            assert desktop.studio.stage.selected == frozenset()
        elif widget is window.history.view:
            assert len(window.history.selected_entries()) == 4
            assert desktop.studio.stage.selected == frozenset()
    assert desktop.studio.stage.selected == {0, 1, 2, 3}


def test_words_that_no_control_shows_are_told_and_can_be_dropped(qtbot, desktop) -> None:
    generation, words = desktop.studio.generation, desktop.window.controls.words
    assert not words.isVisible()
    generation.set_conditions((Condition(class_name="dogs", kind="poodle", style="R&B"),))
    assert words.isVisible()
    assert words.text() == "Also kind poodle, style R&&B  \N{MULTIPLICATION SIGN}"
    click(qtbot, words)
    assert generation.settings.request.conditions == (Condition(class_name="dogs"),)
    assert not words.isVisible()


def test_showing_a_number_rounded_does_not_change_it(desktop) -> None:
    generation = desktop.studio.generation
    generation.set_sampling(guidance_scale=7.333)
    assert desktop.window.controls.scalars["guidance_scale"].number.value() == 7.33
    assert generation.settings.request.sampling.guidance_scale == 7.333


def test_what_can_be_undone_is_limited(desktop) -> None:
    for seed in range(app.UNDO_LIMIT + 5):
        desktop.studio.tray.add([made(seed)])
    assert desktop.studio.undo.count() == app.UNDO_LIMIT


def test_a_message_lies_over_the_stage_and_moves_nothing(qtbot, desktop) -> None:
    make(qtbot, desktop)
    window, messages = desktop.window, desktop.studio.messages
    before = window.stage.canvas.geometry(), window.stage.canvas.layout_in_device_pixels()
    messages.warn("A long line. " * 30)
    assert (window.stage.canvas.geometry(), window.stage.canvas.layout_in_device_pixels()) == before
    bar = window.message_bar
    assert window.middle.rect().contains(bar.geometry())
    assert bar.geometry().bottom() > window.stage.height() * 0.9
    assert bar.text.height() >= bar.text.heightForWidth(bar.text.width())  # nothing is clipped
    window.resize(1400, 900)
    qtbot.waitUntil(lambda: abs(bar.geometry().center().x() - window.middle.rect().center().x()) <= 1)
    assert not bar._timer.isActive()  # a warning stays


def test_what_went_well_fades_unless_the_pointer_is_over_it(qtbot, desktop, monkeypatch) -> None:
    monkeypatch.setattr(message_bar, "STAYS", 60)
    bar, messages = desktop.window.message_bar, desktop.studio.messages
    bar._fading.setDuration(40)
    messages.inform("Done.")
    assert bar.isVisible()
    QApplication.sendEvent(bar, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
    qtbot.wait(200)
    assert bar.isVisible()
    QApplication.sendEvent(bar, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: not bar.isVisible(), timeout=5_000)
    assert messages.current is None


def test_what_took_long_is_told_until_it_is_closed(qtbot, desktop, monkeypatch) -> None:
    for name in ("STAYS", "FADES"):
        monkeypatch.setattr(message_bar, name, 1)
    messages, bar = desktop.studio.messages, desktop.window.message_bar
    messages.inform("A model is ready.", stays=True)
    qtbot.wait(50)
    assert bar.isVisible()
    click(qtbot, bar.close_button)
    assert not bar.isVisible()


def test_what_was_deleted_is_brought_back_by_the_messages_button(qtbot, desktop) -> None:
    make(qtbot, desktop)
    bar, studio = desktop.window.message_bar, desktop.studio
    with qtbot.waitActive(desktop.window):
        desktop.window.activateWindow()
    desktop.window.stage.setFocus()
    click_cell(qtbot, desktop, 1)
    qtbot.keyClick(desktop.window.stage.canvas, Qt.Key.Key_Delete)
    assert len(studio.stage.cells) == 3
    assert bar.action_button.text() == "Undo"
    click(qtbot, bar.action_button)
    assert len(studio.stage.cells) == 4
    assert not bar.isVisible()
    qtbot.keyClick(desktop.window.stage.canvas, Qt.Key.Key_Delete)
    studio.undo.undo()  # by another way: the button has nothing left to undo
    assert not bar.isVisible()
