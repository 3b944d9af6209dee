"""The history as a list, and the strip that shows it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt

from pixelforge.gui.history.history_model import HistoryModel
from pixelforge.gui.history.history_strip import HistoryStrip
from pixelforge.gui.shared.mime import from_mime
from pixelforge.gui.shared.sprite_delegate import SPRITE_ROLE, STARRED_ROLE
from pixelforge.services.history import HistoryFilter, open_history
from pixelforge.services.sprites import decode_sprite
from tests.made import made


@pytest.fixture
def history(tmp_path):
    history, _ = open_history(tmp_path / "history.sqlite", 100_000)
    yield history
    history.close()


@pytest.fixture
def model(history, tmp_path) -> HistoryModel:
    return HistoryModel(history, tmp_path / "drags")


@pytest.fixture
def strip(qtbot, model) -> HistoryStrip:
    strip = HistoryStrip(model)
    strip.filter_changed.connect(model.set_filter)
    qtbot.addWidget(strip)
    strip.resize(640, 170)
    strip.show()
    return strip


def select(strip: HistoryStrip, *rows: int) -> None:
    for row in rows:
        index = strip.view.model().index(row, 0)
        strip.view.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)


def seeds(model: HistoryModel) -> list[int]:
    return [model.data(model.index(row), SPRITE_ROLE).seed for row in range(model.rowCount())]


def test_only_what_is_looked_at_is_read(qtbot, history, strip, model, monkeypatch) -> None:
    read = []
    entries = history.entries
    monkeypatch.setattr(history, "entries", lambda ids, *table: read.extend(ids) or entries(ids, *table))
    model.add([made(i, side=8) for i in range(3000)])
    qtbot.wait(50)
    strip.view.grab()
    assert 0 < len(read) <= 128
    strip.view.scrollToBottom()
    strip.view.grab()
    assert len(read) <= 400
    assert strip.count.text() == "3,000 sprites"


def test_new_sprites_come_first_and_the_selection_stays(strip, model) -> None:
    model.add([made(1), made(2)])
    select(strip, 0)
    model.add([made(3)])
    assert seeds(model) == [3, 2, 1]
    assert [entry.sprite.seed for entry in strip.selected_entries()] == [2]


def test_filters(qtbot, strip, model) -> None:
    model.add([made(1, "cats"), made(2, "dogs"), made(3, "cats", "other")])
    assert [strip.class_box.itemText(i) for i in range(3)] == ["All classes", "cats", "dogs"]
    strip.class_box.setCurrentIndex(1)
    assert seeds(model) == [3, 1]
    strip.model_box.setCurrentText("tiny")
    assert seeds(model) == [1]
    qtbot.mouseClick(strip.starred, Qt.MouseButton.LeftButton)
    assert seeds(model) == []
    model.add([made(4, "cats")])
    assert seeds(model) == []
    strip.starred.setChecked(False)
    assert seeds(model) == [4, 1]
    assert model.filter == HistoryFilter("cats", "tiny")


def test_stars(model) -> None:
    ids = model.add([made(1), made(2)])
    told = []
    model.starred_changed.connect(told.append)
    model.set_starred(ids[:1], True)
    assert told == [[ids[0]]]
    assert [model.data(model.index(row), STARRED_ROLE) for row in range(2)] == [False, True]
    model.set_filter(HistoryFilter(starred=True))
    assert seeds(model) == [1]
    model.set_starred(ids[:1], False)
    assert model.rowCount() == 0


def test_deleted_and_restored(model) -> None:
    ids = model.add([made(i) for i in range(4)])
    rows = model.delete(ids[1:3])
    assert seeds(model) == [3, 0]
    model.restore(rows)
    assert seeds(model) == [3, 2, 1, 0]


def test_another_window_is_seen(tmp_path, model, strip) -> None:
    ids = model.add([made(1), made(2)])
    select(strip, 0)
    other, _ = open_history(tmp_path / "history.sqlite", 100_000)
    other.add([made(3)])
    other.set_starred(ids[:1], True)
    model.refresh_if_changed()
    assert seeds(model) == [3, 2, 1]
    assert model.data(model.index(2), STARRED_ROLE)
    assert [entry.sprite.seed for entry in strip.selected_entries()] == [2]
    other.close()


def test_a_drag_carries_sprites_and_files(model) -> None:
    model.add([made(1), made(2), made(3)])
    mime = model.mimeData([model.index(2), model.index(0)])
    assert [sprite.seed for sprite in from_mime(mime)] == [3, 1]
    files = [decode_sprite(Path(url.toLocalFile()).read_bytes()) for url in mime.urls()]
    assert [sprite.seed for sprite in files] == [3, 1]
    assert mime.hasImage()


def test_enter_and_letters(qtbot, strip, model) -> None:
    model.add([made(1), made(2)])
    opened = []
    strip.activated.connect(opened.append)
    strip.view.setCurrentIndex(model.index(1))
    qtbot.keyClick(strip.view, Qt.Key.Key_Return)
    assert [entry.sprite.seed for entry in opened] == [1]
    qtbot.keyClicks(strip.view, "tiny")
    assert strip.view.currentIndex().row() == 1


def test_a_history_that_fails_says_so_and_raises_nothing(history, model) -> None:
    ids = model.add([made(1)])
    said = []
    model.failed.connect(said.append)
    history.close()
    assert model.add([made(2)]) == ()
    model.set_starred(ids, True)
    assert model.delete(ids) == ()
    model.reload()
    model.refresh_if_changed()
    assert model.unstarred() == []
    assert len(said) >= 4
    assert all("history cannot be" in text for text in said)
