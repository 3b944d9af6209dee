"""What is there again at the next start, and what happens where it cannot be."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from pixelforge.gui import app
from pixelforge.gui.shared.messages import Severity
from pixelforge.imaging.palette import PaletteRule
from pixelforge.services.asking import Ask
from pixelforge.services.settings import load_settings
from tests.gui.using import classic, click, click_cell, click_class, make, pictures


@pytest.fixture
def start(qtbot, entry, places):
    """Starts the application, as often as wanted."""

    def started():
        built = app.build([entry], places)
        qtbot.addWidget(built.window)
        built.window.show()
        qtbot.waitUntil(lambda: built.studio.generation.device != "", timeout=20_000)
        return built

    return started


def test_the_history_is_there_after_a_restart(qtbot, start) -> None:
    first = start()
    sprites = make(qtbot, first, count=9)
    click_cell(qtbot, first, 4)
    first.studio.star(first.window.chosen())
    first.window.close()
    second = start()
    entries = [second.studio.history.entry(row) for row in range(9)]
    np.testing.assert_array_equal([entry.sprite.pixels for entry in entries], sprites[::-1])
    assert [entry.starred for entry in entries] == [row == 4 for row in range(9)]
    assert [entry.sprite.seed for entry in entries] == list(range(13, 4, -1))


def test_what_is_asked_for_is_kept_before_the_window_is_closed(qtbot, start, places) -> None:
    """A kill leaves no time for it."""
    first = start()
    click_class(qtbot, first.window.controls.what.classes, 1)
    first.window.tray.columns.setValue(5)

    def kept() -> tuple[str, int]:
        settings, _ = load_settings(places.settings)
        asked = settings.generation
        return (asked.request.conditions[0].class_name or "" if asked is not None else ""), settings.tray_columns

    qtbot.waitUntil(lambda: kept() == ("dogs", 5), timeout=10_000)


def test_the_history_survives_a_crash(qtbot, start, places) -> None:
    first = start()
    make(qtbot, first)
    copy = places.history.with_name("copy.sqlite")  # the files as a crash leaves them, nothing closed
    for suffix in ("", "-wal"):
        copy.with_name(copy.name + suffix).write_bytes(
            places.history.with_name(places.history.name + suffix).read_bytes()
        )
    from pixelforge.services.history import HistoryFilter, open_history

    history, notice = open_history(copy, 1000)
    assert notice == ""
    assert len(history.ids(HistoryFilter())) == 4
    history.close()


def test_the_set_and_the_stage_are_there_after_a_crash(qtbot, start) -> None:
    """The first window is never closed."""
    first = start()
    sprites = make(qtbot, first, seed=30)
    first.studio.add_to_tray(first.studio.stage.cells[:3])
    first.studio.tray.rename(1, "lion")
    first.studio.tray.move([2], 0)
    first.studio.tray.sets.rename("Savanna")
    first.studio.star(first.studio.stage.cells[:1])
    second = start()
    np.testing.assert_array_equal(pictures(second), sprites)
    assert second.studio.stage.starred == {0}
    assert second.studio.tray.names == ["cats_000", "cats_001", "lion"]
    assert [sprite.seed for sprite in second.studio.tray.sprites] == [32, 30, 31]
    assert second.window.tray.sets.box.currentText() == "Savanna"


def test_a_run_that_was_killed_leaves_the_batch_before_it(qtbot, start) -> None:
    first = start()
    sprites = make(qtbot, first)
    classic(first)
    click(qtbot, first.window.controls.generate_button)
    qtbot.waitUntil(lambda: not first.studio.stage.cells)
    np.testing.assert_array_equal(pictures(start()), sprites)
    first.studio.generation.stop()


def test_deleted_sprites_are_not_on_the_next_stage(qtbot, start) -> None:
    first = start()
    sprites = make(qtbot, first)
    click_cell(qtbot, first, 1)
    first.studio.delete(first.window.chosen())
    np.testing.assert_array_equal(pictures(start()), [sprites[0], *sprites[2:]])
    first.studio.undo.undo()
    np.testing.assert_array_equal(pictures(start()), sprites)


def test_controls_tray_and_docks_are_as_they_were_left(start) -> None:
    first = start()
    generation = first.studio.generation
    generation.set_ask(Ask(classes=("dogs", "cats")))
    generation.set_sampling(guidance_scale=6.5)
    generation.set_sampling(sampler="dpm++2m")
    generation.set_sampling(steps=11)
    generation.set_count(25)
    generation.set_seed(99)
    generation.set_palette(PaletteRule(reduce_to=5))
    first.studio.tray.set_columns(7)
    first.studio.tray.set_padding(3)
    history, tray = first.window.docks[1:]
    history.hide()
    first.window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, tray)
    left = generation.settings
    first.window.close()
    second = start()
    assert second.studio.generation.settings == left
    controls = second.window.controls
    assert controls.palette_field.count.value() == 5
    assert controls.seed.lock.isChecked()
    assert (second.studio.tray.options.columns, second.studio.tray.options.padding) == (7, 3)
    assert not second.window.docks[1].isVisible()
    assert second.window.dockWidgetArea(second.window.docks[2]) == Qt.DockWidgetArea.LeftDockWidgetArea


def test_two_windows_share_the_history(qtbot, start) -> None:
    first, second = start(), start()
    make(qtbot, first, seed=10)
    second.studio.history.refresh_if_changed()
    assert second.studio.history.rowCount() == 4
    make(qtbot, second, seed=20)
    first.studio.history.refresh_if_changed()
    seeds = [first.studio.history.entry(row).sprite.seed for row in range(8)]
    assert seeds == [23, 22, 21, 20, 13, 12, 11, 10]
    click_cell(qtbot, first, 0)
    first.studio.delete(first.window.chosen())
    second.studio.history.refresh_if_changed()
    assert second.studio.history.rowCount() == 7


def test_a_damaged_history_is_moved_aside(qtbot, start, places) -> None:
    places.history.write_bytes(b"this is no database, but it is somebody's" * 100)
    desktop = start()
    assert "damaged" in desktop.studio.messages.current.text
    (aside,) = places.history.parent.glob("*damaged*")
    assert aside.read_bytes().startswith(b"this is no database")
    assert aside.name in desktop.studio.messages.current.text
    make(qtbot, desktop)
    assert desktop.studio.history.rowCount() == 4


def test_a_history_that_cannot_be_written_loses_nothing_on_the_stage(qtbot, start, places) -> None:
    desktop = start()
    other = sqlite3.connect(places.history)
    other.execute("DROP TABLE sprites")
    other.commit()
    other.close()
    sprites = make(qtbot, desktop)
    assert len(sprites) == 4
    assert desktop.studio.messages.current.severity is not Severity.INFO
    assert desktop.window.message_bar.isVisible()
    assert [cell.id for cell in desktop.studio.stage.cells] == [None] * 4


def test_settings_of_a_newer_version_are_kept_and_the_defaults_used(start, places) -> None:
    newer = json.dumps({"format_version": 99, "theme": "plaid"})
    places.settings.write_text(newer)
    desktop = start()
    assert "newer PixelForge" in desktop.studio.messages.current.text
    assert desktop.session.settings.theme == "system"
    desktop.window.close()
    assert places.settings.with_name("settings-format-99.json").read_text() == newer


def test_settings_that_cannot_be_written_are_said(start, places) -> None:
    desktop = start()
    places.settings.mkdir()
    (places.settings / "file").write_text("")
    desktop.session.take(type(desktop.session.settings)(theme="dark"))
    assert "will not be there at the next start" in desktop.studio.messages.current.text
    assert desktop.session.settings.theme == "dark"


def test_a_class_that_the_model_no_longer_knows_is_passed_over(start, places) -> None:
    first = start()
    first.window.close()
    stored = json.loads(places.settings.read_text())
    stored["generation"]["request"]["conditions"] = [{"class_name": "birds"}, {"class_name": "dogs"}]
    places.settings.write_text(json.dumps(stored))
    second = start()
    assert second.studio.generation.settings.request.labels == ("dogs",)
    assert second.studio.messages.current is None
    assert pictures(second) == []


def test_two_windows_keep_the_settings_that_each_of_them_changed(start, places) -> None:
    first, second = start(), start()
    first.session.take(replace(first.session.settings, history_cap=54_321, theme="dark"))
    second.session.remember_folder(places.history.parent)
    assert second.session.settings.history_cap == 54_321  # and so it keeps as many
    first.session.refresh_if_changed()
    assert first.session.settings.save_folder == str(places.history.parent)
    kept, _ = load_settings(places.settings)
    assert (kept.history_cap, kept.theme, kept.save_folder) == (54_321, "dark", str(places.history.parent))
