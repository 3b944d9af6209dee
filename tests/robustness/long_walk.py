"""Hours in the window at random: what `tests/gui/test_random_walk.py` does, the desk, sets and Live; see slopes.py."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pixelforge.core.header import read_header
from pixelforge.gui.app import AppFolders, Desktop, build, error_hook
from pixelforge.gui.shared.system_dialogs import SystemDialogs
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.settings import AppSettings, save_settings
from pixelforge.services.sprites import encode_sprite
from tests.gui.test_random_walk import KEY, LEFT, MODIFIER, Walker
from tests.made import made
from tests.pointer import write_pointer_model

MODEL = "pointer.safetensors"
SHARE = 200  # looks at how far the time has come
PATIENCE = 60  # seconds until a run has stopped
HISTORY = 1000  # sprites that are kept, so that it is full soon


class LongWalker(Walker):
    """Draws on the desk, goes from set to set, and switches Live, besides."""

    def __init__(self, desktop: Desktop, picture: Path, seed: int) -> None:
        super().__init__(desktop, picture, seed)
        self.actions += [self.draw, self.gather] * 3 + [self.desk_key, self.choose_set, self.set_menu, self.live]

    def draw(self) -> None:
        """A stroke at the desk, to which a sprite of the stage goes where none is there."""
        if not self.window.desk.isVisible():
            self.window.stage.setFocus()
            QTest.keyClick(self.window.stage.canvas, KEY.Key_E)
            return
        canvas = self.window.desk.canvas
        at = self.point(canvas)
        QTest.mousePress(canvas, LEFT, MODIFIER.NoModifier, at)
        for _ in range(self.rng.randrange(6)):
            at = self.point(canvas)
            QTest.mouseMove(canvas, at)
        QTest.mouseRelease(canvas, LEFT, MODIFIER.NoModifier, at)

    def desk_key(self) -> None:
        """Any of the desk's own keys: a tool, a turn, a frame more, the way back."""
        desk = self.window.desk
        if desk.isVisible():
            desk.canvas.setFocus()
            QTest.keySequence(desk.canvas, QKeySequence(self.rng.choice(desk.keys())[1]))

    def choose_set(self) -> None:
        self._pick(self.window.tray.sets.box)

    def set_menu(self) -> None:
        """New ones, as long as there are few."""
        sets = self.window.tray.sets
        few = sets.box.count() < 6
        self.rng.choice([sets.new if few else sets.delete, sets.delete, sets.rename]).trigger()
        if sets.edit.isVisible():
            QTest.keyClicks(sets.edit, str(self.rng.randrange(1000)))
            QTest.keyClick(sets.edit, self.rng.choice((KEY.Key_Return, KEY.Key_Escape)))

    def gather(self) -> None:
        """What is chosen on the stage, or was, into the set."""
        self.window.stage.setFocus()
        QTest.keyClick(self.window.stage.canvas, KEY.Key_Space)

    def live(self) -> None:
        self.window.controls.live.click()


def acted(home: Path, minutes: float) -> Iterator[tuple[float, int]]:
    """So many minutes in the window; AssertionError in the end, where something went wrong that nobody expected."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    desktop = opened(home)
    sys.excepthook = error_hook(desktop.studio.messages)
    picture = home / "sprite.png"
    picture.write_bytes(encode_sprite(made(1)))
    try:
        yield from _walked(app, desktop, LongWalker(desktop, picture, 0), 60 * minutes)
        reports = [path.read_text(encoding="utf-8") for path in home.rglob("report-*.txt")]
        assert not reports, "\n\n".join(reports)
    finally:
        settle(desktop)
        desktop.window.close()


def _walked(app: QCoreApplication, desktop: Desktop, walker: LongWalker, seconds: float) -> Iterator[tuple[float, int]]:
    began, done, looks = time.monotonic(), 0, 0
    while looks < SHARE:
        walker.step()
        app.processEvents()
        done += 1
        if time.monotonic() - began > (looks + 1) * seconds / SHARE:
            looks += 1
            if looks % 10 == 0:
                settle(desktop)
            yield looks / SHARE, done


def opened(home: Path) -> Desktop:
    """The application as `app.run` builds it, but for the system's own dialogs, which nobody could answer."""
    path = write_pointer_model(home / MODEL, side=16)
    places = AppFolders(*(home / name for name in ("window.json", "window.sqlite", "drags")))
    save_settings(places.settings, AppSettings(history_cap=HISTORY))
    system = SystemDialogs(
        ask_save_path=lambda parent, suggestion: home / "saved.png",
        ask_animation_path=lambda parent, suggestion: home / "saved.gif",
        ask_open_path=lambda *_: None,
        ask_colour=lambda *_: None,
        ask_folder=lambda *_: None,
        ask_model_path=lambda *_: None,
        ask_to_delete=lambda *_: False,
        move_to_bin=lambda path: False,
        start_drag=lambda source, mime: None,
        open_folder=lambda path: None,
    )
    desktop = build([ModelEntry("pointer", path, True, read_header(path))], places, system)
    desktop.session.remember_folder(home)
    desktop.window.show()
    wait_for(lambda: desktop.studio.generation.device != "")
    return desktop


def settle(desktop: Desktop) -> None:
    """Stop what runs and close what is open, so that two looks see the same."""
    generation = desktop.studio.generation
    generation.stop()
    wait_for(lambda: not generation.run.running)
    for widget in QApplication.topLevelWidgets():
        if widget is not desktop.window and widget.isVisible():
            widget.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def wait_for(done: Callable[[], bool]) -> None:
    """Turn the event loop until something is so."""
    end = time.monotonic() + PATIENCE
    while not done():
        QTest.qWait(10)
        assert time.monotonic() < end, "it goes on and on"
