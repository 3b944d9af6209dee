"""Below the sprite on the desk: its frames, how long each is shown, and what the action is called."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QScrollArea, QSizePolicy, QSpinBox, QWidget

from pixelforge.errors import RequestError
from pixelforge.gui.desk.desk_model import DeskModel
from pixelforge.gui.desk.frame_thumbs import FrameThumbs
from pixelforge.gui.shared.check_box import CheckBox
from pixelforge.imaging.frames import MAX_DURATION, MIN_DURATION
from pixelforge.services.naming import check_name

DURATION_STEP = 10  # milliseconds


class FrameStrip(QWidget):
    """Shows a DeskModel's film and passes on to it what is done with the frames."""

    def __init__(self, model: DeskModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.thumbs = FrameThumbs()
        self.add_button = _button("&Add frame", "Add a frame that is like this one (Alt+N).")
        self.remove_button = _button("Remo&ve", "Remove this frame (Alt+C).")
        self.duration = QSpinBox()
        self.duration.setRange(MIN_DURATION, MAX_DURATION)
        self.duration.setSingleStep(DURATION_STEP)
        self.duration.setSuffix(" ms")
        self.duration.setKeyboardTracking(False)  # a number that is being typed is none yet
        self.duration.setAccessibleName("Duration")
        self.duration.setToolTip("How long this frame is shown.")
        self.action_name = QLineEdit()
        self.action_name.setMaximumWidth(90)
        self.action_name.setAccessibleName("Action")
        self.action_name.setToolTip("What the frames show: idle, walk … Engines call the animation so.")
        self.onion_skin = CheckBox("&Onion skin")
        self.onion_skin.setToolTip("See the frame before through this one (F3).")
        self.onion_skin.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lay_out()
        self._connect()
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter ends what is typed here; it is not the desk's."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        scroll = QScrollArea()
        scroll.setWidget(self.thumbs)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFixedHeight(self.thumbs.sizeHint().height() + scroll.horizontalScrollBar().sizeHint().height())
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setMinimumWidth(self.thumbs.sizeHint().width())
        self.scroll = scroll
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(scroll, 1)
        for widget in (self.add_button, self.remove_button, self.duration, self.action_name, self.onion_skin):
            row.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        model = self._model
        self.thumbs.chosen.connect(model.look_at)
        self.thumbs.dropped.connect(lambda to: model.change_film(model.film.moved(to)))
        self.add_button.clicked.connect(lambda: model.change_film(model.film.duplicated()))
        self.remove_button.clicked.connect(lambda: model.change_film(model.film.removed()))
        self.duration.valueChanged.connect(self._time)
        self.action_name.editingFinished.connect(self._name)
        self.onion_skin.toggled.connect(model.set_onion_skin)
        model.film_changed.connect(self._show)

    def _show(self) -> None:
        film = self._model.film
        several = len(film.pictures) > 1
        self.thumbs.set_film(film)
        self.scroll.ensureVisible(self.thumbs.place_of(film.at).center().x(), 0, self.thumbs.place_of(0).width(), 0)
        self.duration.blockSignals(True)
        self.duration.setValue(film.durations[film.at])
        self.duration.blockSignals(False)
        self.action_name.setText(film.action)
        self.onion_skin.setChecked(self._model.onion_skin)
        for widget in (self.remove_button, self.duration, self.action_name, self.onion_skin):
            widget.setEnabled(several)

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


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the sprite
    return button
