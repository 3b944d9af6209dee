"""Where a sprite is mended: tools on the left, the sprite in the middle, colours and true sizes on the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pixelforge.gui.desk.desk_canvas import DeskCanvas
from pixelforge.gui.desk.desk_keys import DeskKey, desk_keys
from pixelforge.gui.desk.desk_model import DeskModel
from pixelforge.gui.desk.filling_strip import FillingStrip
from pixelforge.gui.desk.frame_fields import FrameFields
from pixelforge.gui.desk.frame_strip import FrameStrip
from pixelforge.gui.desk.swatches import Swatches
from pixelforge.gui.desk.tools import Tool
from pixelforge.gui.shared.keep_field import KeepField
from pixelforge.gui.shared.pixel_button import Glyph, PixelButton
from pixelforge.gui.shared.player import Player
from pixelforge.gui.shared.sheet_picture import SheetPicture
from pixelforge.gui.shared.system_dialogs import AskColour
from pixelforge.gui.shared.tall import Tall
from pixelforge.imaging import drawing
from pixelforge.imaging.drawing import Point
from pixelforge.imaging.pixels import Pixels

MIRROR: Glyph = (
    "     ##     ",
    "     ##     ",
    "  #  ##  #  ",
    " ##  ##  ## ",
    "###  ##  ###",
    "############",
    "############",
    "###  ##  ###",
    " ##  ##  ## ",
    "  #  ##  #  ",
    "     ##     ",
    "     ##     ",
)
TRUE_SIDE = 64  # logical pixels of the small pictures beside the sprite
REST = 500  # milliseconds without a stroke after which what was drawn is played, and not begun anew at each of them
GROUNDS = ("#ffffff", "#202024")  # behind two of them


class Desk(QWidget):
    """Shows a DeskModel and passes on to it what the user does with mouse and keys."""

    closed = Signal()

    def __init__(
        self,
        model: DeskModel,
        ask_colour: AskColour,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._ask_colour = ask_colour
        self.canvas = DeskCanvas(model)
        self.swatches = Swatches()
        self.tool_buttons = {tool: _tool_button(tool) for tool in Tool}
        self.mirror_button = PixelButton("Mirror", MIRROR, MIRROR)
        self.mirror_button.setToolTip("Draw on both sides at once (X).")
        self.back_button = QPushButton("Do&ne")
        self.back_button.setToolTip("Back to the sprites (Esc). What was drawn is kept.")
        self.more_button = QPushButton("Other co&lour…")
        self.more_button.setToolTip("Draw in a colour that is not among these.")
        self.fillings = FillingStrip()
        self.keep = KeepField()
        self.keep.leave_keyboard_alone()
        self.frames = FrameStrip(model)
        self.frame_fields = FrameFields(model)
        self.player = Player(self)
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self.readout = QLabel(" ")
        self.readout.setAccessibleDescription("Pixel")
        self.true_pictures = [SheetPicture() for _ in GROUNDS]
        self._by_key = {known.key: known for known in desk_keys(model, self.closed.emit)}
        self._lay_out()
        self._connect()
        self._show_tool()
        self._show_inks()

    def keys(self) -> list[tuple[str, str]]:
        """What can be done here, and by which key, for the list of keys."""
        return [(known.text, known.key) for known in self._by_key.values()]

    def event(self, event: QEvent) -> bool:
        """Have the desk's keys before the window's, of which some are the same."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._command(event):
            event.accept()
            return True
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Play what there is to play."""
        super().showEvent(event)
        self._play()

    def hideEvent(self, event: QHideEvent) -> None:
        """Play nothing that nobody sees."""
        super().hideEvent(event)
        self._rest.stop()
        self.player.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what the key stands for."""
        if (command := self._command(event)) is not None:
            command.run()
        else:
            super().keyPressEvent(event)

    def _command(self, event: QKeyEvent) -> DeskKey | None:
        return self._by_key.get(QKeySequence(event.keyCombination()).toString())

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        for button in (*self.tool_buttons.values(), self.mirror_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the sprite
            left.addWidget(button)
        left.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        middle = QVBoxLayout()
        middle.addWidget(self.canvas, 1)
        middle.addWidget(self.frames)
        row.addLayout(left)
        row.addLayout(middle, 1)
        row.addWidget(Tall(self._right()))  # sprites of many colours made the window higher than the screen

    def _right(self) -> QWidget:
        """Colours, changes of the whole sprite, and how it looks at its own size."""
        panel = QWidget()
        right = QVBoxLayout(panel)
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(self.back_button)
        right.addWidget(self.swatches)
        right.addWidget(self.more_button)
        for command in self._by_key.values():
            if command.on_button:
                change = QPushButton(command.text)
                change.setToolTip(f"{command.text} ({command.key}).")
                change.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                change.clicked.connect(command.run)
                right.addWidget(change)
        right.addWidget(self.keep)
        right.addWidget(self.fillings)
        sizes = QHBoxLayout()
        for picture, ground in zip(self.true_pictures, GROUNDS, strict=True):
            frame = QWidget()
            frame.setStyleSheet(f"background: {ground}")
            frame.setFixedSize(TRUE_SIDE, TRUE_SIDE)
            picture.setParent(frame)
            picture.setGeometry(0, 0, TRUE_SIDE, TRUE_SIDE)
            sizes.addWidget(frame)
        sizes.addStretch(1)
        right.addLayout(sizes)
        right.addWidget(self.frame_fields)
        right.addStretch(1)
        right.addWidget(self.readout)
        return panel

    def _connect(self) -> None:
        model = self._model
        for tool, button in self.tool_buttons.items():
            button.clicked.connect(lambda _=False, tool=tool: model.set_tool(tool))
        self.mirror_button.clicked.connect(lambda: model.set_mirror(not model.mirror))
        self.swatches.chosen.connect(model.set_ink)
        self.more_button.clicked.connect(self._ask_for_colour)
        self.back_button.clicked.connect(self.closed)
        self.canvas.pointed.connect(self._read_out)
        self.fillings.chosen.connect(model.take_filling)
        model.fillings.changed.connect(lambda: self.fillings.set_pictures(model.fillings.pictures))
        self.keep.value_changed.connect(model.fillings.set_keep)
        model.fillings.keep_changed.connect(lambda: self.keep.set_value(model.fillings.keep))
        model.tool_changed.connect(self._show_tool)
        model.ink_changed.connect(self._show_inks)
        model.picture_changed.connect(self._show_true)
        model.film_changed.connect(self._wait_to_play)
        self._rest.timeout.connect(self._play)
        self.player.shown.connect(self._show_playing)

    def _show_tool(self) -> None:
        for tool, button in self.tool_buttons.items():
            button.setChecked(tool is self._model.tool)
        self.mirror_button.setChecked(self._model.mirror)

    def _show_inks(self) -> None:
        palette, ink = self._model.palette, self._model.ink
        self.swatches.set_inks(palette if ink in palette else (*palette, ink), ink)

    def _show_true(self) -> None:
        if self.player.frames is None:
            self._show_playing(None)

    def _show_playing(self, shown: Pixels | None) -> None:
        """Have the frames play in true size; a single one stands still."""
        for picture, ground in zip(self.true_pictures, GROUNDS, strict=True):
            picture.set_sheet(_on(self._model.picture if shown is None else shown, QColor(ground)))

    def _wait_to_play(self) -> None:
        """What plays goes on until the hand rests; where nothing does, or nothing more, none is waited for."""
        if self.player.frames is None or self._model.film.frames() is None:
            self._play()
        else:
            self._rest.start()

    def _play(self) -> None:
        self.player.play(self._model.film.frames() if self.isVisible() else None)

    def _read_out(self, at: Point | None) -> None:
        if at is None:
            self.readout.setText(" ")
            return
        red, green, blue, alpha = drawing.ink_at(self._model.picture, at)
        colour = f"#{red:02x}{green:02x}{blue:02x}" if alpha else "transparent"
        self.readout.setText(f"{at[0]}, {at[1]}  {colour}")

    def _ask_for_colour(self) -> None:
        colour = self._ask_colour(self, QColor(*self._model.ink))
        if colour is not None:
            self._model.set_ink((colour.red(), colour.green(), colour.blue(), 255))


def _on(picture: Pixels, ground: QColor) -> Pixels:
    result = picture.copy()
    result[picture[..., 3] == 0] = (ground.red(), ground.green(), ground.blue(), 255)
    return result


def _tool_button(tool: Tool) -> PixelButton:
    button = PixelButton(tool.value.name, tool.value.glyph, tool.value.glyph)
    button.setToolTip(f"{tool.value.name} ({tool.value.key}). {tool.value.help}")
    return button
