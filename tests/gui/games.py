"""A game's project in the window: opened, and waited for."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl

from tests.gui.test_drops import drop
from tests.gui.using import finish, write

GAME = """# ours
[defaults]
model = "orcs.safetensors" # in the game

[sets.cats]  # soft
class = "cats"
count = 4
columns = 2

[sets.both]
sets = ["cats", "dogs"]

[sets.dogs]
class = "dogs"
count = 2
names = ["Rex"]
format = ["godot"]
out = "art/dogs.png"
"""


def open_by(qtbot, desktop, path: Path) -> None:
    """Drop it on the window, and wait until all of it is made."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    assert drop(desktop, mime)
    write(desktop)
    finish(qtbot, desktop)
    qtbot.waitUntil(lambda: not desktop.studio.generation.queue, timeout=20_000)
    finish(qtbot, desktop)


def rest(qtbot, desktop) -> None:
    """Wait until what was changed is in the file."""
    for _ in range(2):  # what is kept first may be followed by its sheet
        desktop.window.projects.flush()
        desktop.window._in_step.flush()
        finish(qtbot, desktop)


def sets(desktop) -> dict[str, int]:
    return {one.name: len(one.sprites) for one in desktop.studio.tray.sets.sets}


def choose(desktop, name: str) -> None:
    box = desktop.window.tray.sets.box
    box.setCurrentText(name)
    box.activated.emit(box.currentIndex())
    assert desktop.studio.tray.sets.current.name == name
