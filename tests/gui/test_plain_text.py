"""Names out of files are shown as they are: none is taken for HTML, which would load what it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QMessageBox, QWidget

from pixelforge.core.checkpoint import load_checkpoint, save_checkpoint
from pixelforge.core.header import read_header
from pixelforge.gui.generating.queue_list import QueueList
from pixelforge.gui.generating.states import Waiting
from pixelforge.gui.shared.plain import plain
from pixelforge.gui.shared.system_dialogs import ask_about_training, ask_to_delete
from pixelforge.gui.training.slice_dialog import SliceDialog
from pixelforge.services.model_library import ModelEntry
from tests.made import asked, made

EVIL = '<img src="evil.png">'


@pytest.fixture
def entry(model_file: Path) -> ModelEntry:
    """A model whose maker named a class so."""
    checkpoint = load_checkpoint(model_file)
    header = replace(checkpoint.header, class_names=(EVIL, "dogs"))
    save_checkpoint(model_file, header, checkpoint.network.state_dict())
    return ModelEntry("tiny", model_file, True, read_header(model_file))


def shown(root: QWidget) -> Iterator[str]:
    """All that a widget and those in it show in a way that may be taken for HTML."""
    for widget in (root, *root.findChildren(QWidget)):
        yield widget.toolTip()
        if isinstance(widget, QLabel) and widget.textFormat() != Qt.TextFormat.PlainText:
            yield widget.text()
        if isinstance(widget, QAbstractItemView) and (model := widget.model()) is not None:
            for row in range(model.rowCount()):
                yield str(model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole) or "")


def test_an_ordinary_text_stays_and_html_is_escaped() -> None:
    assert plain("cats & dogs, 1 < 2") == "cats & dogs, 1 < 2"
    assert "<img" not in plain(EVIL)
    assert "evil.png" in plain(EVIL)


def test_nothing_in_the_window_takes_a_name_for_html(desktop) -> None:
    sprite = made(1, EVIL, model=EVIL)
    desktop.studio.history.add([sprite])
    desktop.studio.tray.add([sprite])
    QApplication.processEvents()
    texts = list(shown(desktop.window))
    assert sum("evil.png" in text for text in texts) >= 3  # the class to choose, the history, the set
    assert [text for text in texts if "<img" in text] == []


def test_a_model_that_cannot_be_read_quotes_nothing_as_html(desktop, tmp_path: Path) -> None:
    broken = ModelEntry("broken", tmp_path / "broken.safetensors", False, None, f"A header says {EVIL}.")
    desktop.window.controls.set_models((broken,), None)
    box = desktop.window.controls.model_box
    assert "<img" not in box.itemData(0, Qt.ItemDataRole.ToolTipRole)


def test_no_label_of_these_takes_a_name_for_html(qtbot, desktop, entry, tmp_path: Path) -> None:
    queue = QueueList()
    qtbot.addWidget(queue)
    queue.set_waiting([Waiting(entry, asked(EVIL))])
    dialog = SliceDialog(desktop.window._dialogs._system, desktop.studio.background)
    qtbot.addWidget(dialog)
    dialog.file_label.setText(EVIL)
    for widget in (queue, dialog, desktop.window.statusBar()):
        assert widget.findChildren(QLabel)
        assert [text for text in shown(widget) if "<img" in text] == []
    assert dialog.file_label.text() == EVIL


@pytest.mark.parametrize("ask", [lambda p: ask_to_delete(p, EVIL, "Gone."), lambda p: ask_about_training(p, EVIL)])
def test_a_question_takes_no_name_for_html(qtbot, ask) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    formats = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        formats.append((EVIL in box.text(), box.textFormat()))
        box.reject()

    QTimer.singleShot(0, look)
    ask(parent)
    assert formats == [(True, Qt.TextFormat.PlainText)]
