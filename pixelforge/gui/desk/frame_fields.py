"""How long the frame on the desk is shown, and what the action is called."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSpinBox, QWidget

from pixelforge.errors import RequestError
from pixelforge.gui.desk.desk_model import DeskModel
from pixelforge.imaging.frames import MAX_DURATION, MIN_DURATION
from pixelforge.services.naming import check_name

DURATION_STEP = 10  # milliseconds
NAME_WIDTH = 80  # logical pixels


class FrameFields(QWidget):
    """Shows a DeskModel's film in numbers and words, and passes on to it what is typed."""

    def __init__(self, model: DeskModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.duration = QSpinBox()
        self.duration.setRange(MIN_DURATION, MAX_DURATION)
        self.duration.setSingleStep(DURATION_STEP)
        self.duration.setSuffix(" ms")
        self.duration.setKeyboardTracking(False)  # a number that is being typed is none yet
        self.duration.setAccessibleName("Duration")
        self.duration.setToolTip("How long this frame is shown.")
        self.action_name = QLineEdit()
        self.action_name.setFixedWidth(NAME_WIDTH)
        self.action_name.setAccessibleName("Action")
        self.action_name.setToolTip("What the frames show: idle, walk … Engines call the animation so.")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.action_name)
        row.addWidget(self.duration, 1)
        self.duration.valueChanged.connect(self._time)
        self.action_name.editingFinished.connect(self._name)
        model.film_changed.connect(self._show)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter ends what is typed here; it is not the desk's."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def _show(self) -> None:
        film = self._model.film
        self.duration.blockSignals(True)
        self.duration.setValue(film.durations[film.at])
        self.duration.blockSignals(False)
        self.action_name.setText(film.action)
        self.setVisible(len(film.pictures) > 1)

    def _time(self, duration: int) -> None:
        self._model.change_film(self._model.film.timed(duration))

    def _name(self) -> None:
        """Take the name that was typed, or go back to the one before."""
        try:
            name = check_name(self.action_name.text(), ())
        except RequestError:
            name = self._model.film.action
        if name != self._model.film.action:
            self._model.change_film(replace(self._model.film, action=name))
        self.action_name.setText(name)
