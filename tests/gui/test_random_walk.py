"""Whatever is done with the window, in whatever order, it goes on."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from pixelforge.services.sprites import encode_sprite
from tests.gui.test_drops import drop_file
from tests.made import made

ACTIONS = 500  # a seed
KEY, MODIFIER, LEFT = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton
MODIFIERS = (MODIFIER.NoModifier, MODIFIER.ControlModifier, MODIFIER.ShiftModifier)
KEYS = (KEY.Key_Left, KEY.Key_Right, KEY.Key_Up, KEY.Key_Down, KEY.Key_Return, KEY.Key_Space, KEY.Key_Escape)
LETTERS = (KEY.Key_S, KEY.Key_U, KEY.Key_R, KEY.Key_V, KEY.Key_L, KEY.Key_D, KEY.Key_Plus, KEY.Key_Minus, KEY.Key_0)


class Walker:
    """Does one thing after another at random."""

    def __init__(self, desktop, picture, seed: int) -> None:
        self.desktop = desktop
        self.window = desktop.window
        self.picture = picture
        self.rng = random.Random(seed)
        often = [self.click_stage, self.press_key, self.press_letter, self.generate]
        self.actions = often * 2 + [
            self.double_click,
            self.wheel,
            self.pan,
            self.resize,
            self.trigger,
            self.sprite_action,
            self.set_controls,
            self.choose_classes,
            self.press_button,
            self.click_history,
            self.filter_history,
            self.edit_tray,
            self.toggle_dock,
            self.drop,
            self.answer_dialogs,
            self.wait,
        ]

    def step(self) -> str:
        """Do something; its name."""
        action = self.rng.choice(self.actions)
        action()
        return action.__name__

    def point(self, widget) -> QPoint:
        return QPoint(self.rng.randrange(widget.width()), self.rng.randrange(widget.height()))

    def click_stage(self) -> None:
        canvas = self.window.stage.canvas
        QTest.mouseClick(canvas, LEFT, self.rng.choice(MODIFIERS), self.point(canvas))

    def double_click(self) -> None:
        canvas = self.window.stage.canvas
        QTest.mouseDClick(canvas, LEFT, MODIFIER.NoModifier, self.point(canvas))

    def press_key(self) -> None:
        QTest.keyClick(
            QApplication.focusWidget() or self.window, self.rng.choice(KEYS), self.rng.choice(MODIFIERS[::2])
        )

    def press_letter(self) -> None:
        self.window.stage.setFocus()
        QTest.keyClick(self.window.stage.canvas, self.rng.choice(LETTERS))

    def generate(self) -> None:
        QTest.keyClick(self.window, KEY.Key_Return, MODIFIER.ControlModifier)

    def wheel(self) -> None:
        canvas, none = self.window.stage.canvas, Qt.MouseButton.NoButton
        at, turn = QPointF(self.point(canvas)), QPoint(0, self.rng.choice((-960, -120, 40, 120, 960)))
        scroll = Qt.ScrollPhase.NoScrollPhase
        modifier = MODIFIER.NoModifier
        event = QWheelEvent(at, canvas.mapToGlobal(at), QPoint(), turn, none, modifier, scroll, False)
        QApplication.sendEvent(canvas, event)

    def pan(self) -> None:
        canvas = self.window.stage.canvas
        QTest.mousePress(canvas, Qt.MouseButton.MiddleButton, MODIFIER.NoModifier, self.point(canvas))
        QTest.mouseMove(canvas, self.point(canvas))
        QTest.mouseRelease(canvas, Qt.MouseButton.MiddleButton, MODIFIER.NoModifier, self.point(canvas))

    def resize(self) -> None:
        self.window.resize(self.rng.randrange(300, 1800), self.rng.randrange(300, 1200))

    def trigger(self) -> None:
        actions = self.window.actions_
        left_out = {actions.close, actions.open_file, actions.import_model}  # they end the app, or ask the system
        self.rng.choice([action for action in actions.all() if action not in left_out]).trigger()

    def sprite_action(self) -> None:
        self.rng.choice(self.window.sprite_actions.list()).trigger()

    def set_controls(self) -> None:
        controls, generation = self.window.controls, self.desktop.studio.generation
        self.rng.choice(
            [
                lambda: controls.scalars["guidance_scale"].slider.setValue(self.rng.randint(2, 30)),
                lambda: controls.scalars["guidance_scale"].number.setValue(self.rng.uniform(1, 15)),
                lambda: self._pick(controls.quality),
                lambda: self._pick(controls.quality.sampler_box),
                lambda: controls.quality.steps.setValue(self.rng.randint(1, 1000)),
                lambda: self._pick(controls.count_box),
                lambda: self._pick(controls.palette_field.box),
                lambda: controls.palette_field.count.setValue(self.rng.randint(2, 64)),
                lambda: controls.variation.slider.setValue(self.rng.randint(1, 100)),
                lambda: controls.variation.remove.click(),
                lambda: QTest.keyClicks(controls.seed.edit, str(self.rng.randrange(1000))),
                lambda: controls.seed.lock.click(),
                lambda: generation.set_sampling(steps=self.rng.randint(1, 12)),
            ]
        )()

    def choose_classes(self) -> None:
        classes = self.window.controls.what.classes
        at = classes.visualItemRect(classes.item(self.rng.randrange(classes.count()))).center()
        QTest.mouseClick(classes.viewport(), LEFT, self.rng.choice(MODIFIERS), at)

    def press_button(self) -> None:
        controls = self.window.controls
        self.rng.choice([controls.stop_button, controls.save_button, controls.seed.dice, controls.seed.copy]).click()

    def click_history(self) -> None:
        view = self.window.history.view
        QTest.mouseClick(view.viewport(), LEFT, self.rng.choice(MODIFIERS), self.point(view.viewport()))

    def filter_history(self) -> None:
        history = self.window.history
        self.rng.choice(
            [
                history.starred.click,
                history.purge.click,
                lambda: history.class_box.setCurrentIndex(self.rng.randrange(history.class_box.count())),
                lambda: history.model_box.setCurrentIndex(self.rng.randrange(history.model_box.count())),
                self.desktop.studio.history.refresh_if_changed,
            ]
        )()

    def edit_tray(self) -> None:
        tray, model = self.window.tray, self.desktop.studio.tray
        rows = [self.rng.randrange(len(model.sprites)) for _ in range(2)] if model.sprites else []
        self.rng.choice(
            [
                lambda: model.move(rows[:1], self.rng.randint(0, len(model.sprites))),
                lambda: model.remove(rows),
                lambda: tray.columns.setValue(self.rng.randint(0, 12)),
                lambda: tray.padding.setValue(self.rng.randint(0, 9)),
                tray.clear_button.click,
                tray.export_button.click,
            ]
        )()

    def toggle_dock(self) -> None:
        self.rng.choice(self.window.docks).toggleViewAction().trigger()

    def drop(self) -> None:
        drop_file(self.desktop, self.picture)

    def answer_dialogs(self) -> None:
        for dialog in self.window.findChildren(QDialog):
            if dialog.isVisible():
                QTest.keyClick(dialog, self.rng.choice((KEY.Key_Escape, KEY.Key_Return)))

    def wait(self) -> None:
        QTest.qWait(self.rng.randrange(60))

    def _pick(self, box) -> None:
        row = self.rng.randrange(box.count())
        box.setCurrentIndex(row)
        box.activated.emit(row)


@pytest.mark.parametrize("seed", range(4))
def test_a_walk_over_everything(qtbot, desktop, ask_path, tmp_path, seed, log_folder) -> None:
    picture = tmp_path / "sprite.png"
    picture.write_bytes(encode_sprite(made(1)))
    ask_path.answer = tmp_path / "saved.png"
    desktop.session.remember_folder(tmp_path)
    walker = Walker(desktop, picture, seed)
    done = []
    for _ in range(ACTIONS):
        done.append(walker.step())
        QApplication.processEvents()
        assert not list(log_folder.glob("report-*")), done[-5:]
    assert len(set(done)) == len(set(walker.actions))
