"""Below the sprite on the desk: its frames."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from pixelforge.gui.desk.desk_model import DeskModel
from pixelforge.gui.desk.frame_thumbs import FrameThumbs
from pixelforge.gui.shared.pixel_button import Glyph, PixelButton

ADD: Glyph = (
    "            ",
    "     ##     ",
    "     ##     ",
    "     ##     ",
    "     ##     ",
    " ########## ",
    " ########## ",
    "     ##     ",
    "     ##     ",
    "     ##     ",
    "     ##     ",
    "            ",
)
REMOVE: Glyph = (*("            ",) * 5, *(" ########## ",) * 2, *("            ",) * 5)
ONION: Glyph = (
    "            ",
    " # # # #    ",
    "            ",
    " #  ####### ",
    "    #     # ",
    " #  #     # ",
    "    #     # ",
    " #  #     # ",
    "    #     # ",
    "    ####### ",
    "            ",
    "            ",
)


class FrameStrip(QWidget):
    """Shows a DeskModel's film and passes on to it what is done with the frames."""

    def __init__(self, model: DeskModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.thumbs = FrameThumbs()
        self.add_button = _button("Add a frame", ADD, "Add a frame that is like this one (Alt+N).")
        self.remove_button = _button("Remove the frame", REMOVE, "Remove this frame (Alt+C).")
        self.onion_skin = _button("Onion skin", ONION, "See the frame before through this one (F3).", checkable=True)
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        scroll = QScrollArea()
        scroll.setWidget(self.thumbs)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFixedHeight(self.thumbs.sizeHint().height() + scroll.horizontalScrollBar().sizeHint().height())
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setMinimumWidth(self.thumbs.sizeHint().width())
        self.area = scroll
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(scroll, 1)
        for widget in (self.add_button, self.remove_button, self.onion_skin):
            row.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        model = self._model
        self.thumbs.chosen.connect(model.look_at)
        self.thumbs.dropped.connect(lambda to: model.change_film(model.film.moved(to)))
        self.add_button.clicked.connect(lambda: model.change_film(model.film.duplicated()))
        self.remove_button.clicked.connect(lambda: model.change_film(model.film.removed()))
        self.onion_skin.toggled.connect(model.set_onion_skin)
        model.film_changed.connect(self._show)

    def _show(self) -> None:
        film = self._model.film
        several = len(film.pictures) > 1
        self.thumbs.set_film(film)
        self.area.ensureVisible(self.thumbs.place_of(film.at).center().x(), 0, self.thumbs.place_of(0).width(), 0)
        self.onion_skin.setChecked(self._model.onion_skin)
        for widget in (self.remove_button, self.onion_skin):
            widget.setEnabled(several)


def _button(name: str, glyph: Glyph, tip: str, checkable: bool = False) -> PixelButton:
    button = PixelButton(name, glyph, glyph if checkable else None)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the sprite
    return button
