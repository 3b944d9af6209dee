"""What the desk's keys do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QGuiApplication

from pixelforge.gui.desk.desk_model import DeskModel
from pixelforge.gui.desk.tools import Tool
from pixelforge.gui.shared.qimage import from_qimage, to_qimage
from pixelforge.imaging import drawing
from pixelforge.imaging.drawing import CLEAR
from pixelforge.imaging.pixels import Pixels

FILLINGS = 8  # that are offered at a time, each with its digit


@dataclass(frozen=True)
class DeskKey:
    """Something that a key does, and perhaps a button."""

    text: str
    key: str  # as QKeySequence writes it
    run: Callable[[], object]
    on_button: bool = False


def desk_keys(model: DeskModel, close: Callable[[], object]) -> tuple[DeskKey, ...]:
    """All of them. The keys are Aseprite's where that does the same."""
    return (
        DeskKey("Flip left to right", "Shift+H", lambda: model.change(drawing.flipped), on_button=True),
        DeskKey("Flip upside down", "Shift+V", lambda: model.change(_upside_down), on_button=True),
        DeskKey("Add an outline", "Shift+O", lambda: model.change(_outlined(model)), on_button=True),
        DeskKey("Recolour the outline", "Ctrl+Shift+O", lambda: model.change(_with_outline(model)), on_button=True),
        DeskKey("Remove the outline", "Alt+Shift+O", lambda: model.change(_without_outline), on_button=True),
        DeskKey("Remove stray pixels", "Shift+R", lambda: model.change(_without_stray), on_button=True),
        DeskKey("Make the part anew", "Return", model.ask_for_fillings, on_button=True),
        *(DeskKey(f"Take filling {at + 1}", str(at + 1), partial(model.take_filling, at)) for at in range(FILLINGS)),
        DeskKey("Undo the stroke", "Ctrl+Z", model.undo),
        DeskKey("Redo the stroke", "Ctrl+Y", model.redo),
        DeskKey("Redo the stroke", "Ctrl+Shift+Z", model.redo),
        DeskKey("Copy what is marked", "Ctrl+C", lambda: _copy(model)),
        DeskKey("Paste", "Ctrl+V", lambda: _paste(model)),
        DeskKey("Draw on both sides", "X", lambda: model.set_mirror(not model.mirror)),
        DeskKey("Move by a pixel", "Left", lambda: model.nudge(-1, 0)),
        DeskKey("Move by a pixel", "Right", lambda: model.nudge(1, 0)),
        DeskKey("Move by a pixel", "Up", lambda: model.nudge(0, -1)),
        DeskKey("Move by a pixel", "Down", lambda: model.nudge(0, 1)),
        DeskKey("Add a frame", "Alt+N", lambda: model.change_film(model.film.duplicated())),
        DeskKey("Remove the frame", "Alt+C", lambda: model.change_film(model.film.removed())),
        DeskKey("Frame before", ",", lambda: model.look_at(model.film.at - 1)),
        DeskKey("Frame after", ".", lambda: model.look_at(model.film.at + 1)),
        DeskKey("Frame to the left", "Alt+Left", lambda: model.change_film(model.film.moved(model.film.at - 1))),
        DeskKey("Frame to the right", "Alt+Right", lambda: model.change_film(model.film.moved(model.film.at + 1))),
        DeskKey("Onion skin", "F3", lambda: model.set_onion_skin(not model.onion_skin)),
        DeskKey("Done", "Esc", close),
        *(DeskKey(tool.value.name, tool.value.key, partial(model.set_tool, tool)) for tool in Tool),
    )


def _upside_down(picture: Pixels) -> Pixels:
    return drawing.flipped(picture, down=True)


def _outlined(model: DeskModel) -> Callable[[Pixels], Pixels]:
    return lambda picture: drawing.outlined(picture, model.ink)


def _with_outline(model: DeskModel) -> Callable[[Pixels], Pixels]:
    return lambda picture: drawing.with_outline(picture, model.ink)


def _without_outline(picture: Pixels) -> Pixels:
    return drawing.with_outline(picture, CLEAR)


def _without_stray(picture: Pixels) -> Pixels:
    result = picture.copy()
    result[drawing.stray(picture)] = CLEAR
    return result


def _copy(model: DeskModel) -> None:
    QGuiApplication.clipboard().setImage(to_qimage(model.copied()))


def _paste(model: DeskModel) -> None:
    """What the clipboard holds, also of other programs, as far as it fits."""
    image = QGuiApplication.clipboard().image()
    if not image.isNull():
        height, width = model.picture.shape[:2]
        model.paste(from_qimage(image.copy(0, 0, min(width, image.width()), min(height, image.height()))))
