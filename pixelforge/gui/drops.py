"""What is dropped on the window: a model, a sprite with its recipe, or a picture to start from."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

from pixelforge.errors import DatasetError
from pixelforge.files import read_at_most
from pixelforge.gui.qimage import from_qimage
from pixelforge.gui.studio import Studio
from pixelforge.imaging.pixels import decode_picture
from pixelforge.services.recipe import recipes_in

MODEL_SUFFIXES = (".safetensors", ".pth", ".pt")
MAX_BYTES = 8 * 2**20  # of a picture; sprites are small
MAX_SIDE = 1024


def can_take(mime: QMimeData) -> bool:
    """Whether there is something in it for the window."""
    return mime.hasImage() or any(url.isLocalFile() for url in mime.urls())


def take(mime: QMimeData, studio: Studio) -> None:
    """Open the first file, or the picture if there is no file. Whatever is wrong with it is said in a message."""
    path = next((Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()), None)
    try:
        if path is not None:
            open_file(path, studio)
        elif isinstance(image := mime.imageData(), QImage) and not image.isNull():
            _check_side(max(image.width(), image.height()), "The picture")
            studio.start_from(from_qimage(image))
            _say_start(studio, "The picture")
    except DatasetError as error:
        studio.messages.complain(str(error))


def open_file(path: Path, studio: Studio) -> None:
    """Open a model, or a picture for its recipe or as a start. Raises DatasetError if it is neither."""
    if path.suffix.lower() in MODEL_SUFFIXES:
        studio.generation.import_model(path)
        return
    pixels, texts = decode_picture(read_at_most(path, MAX_BYTES, DatasetError), str(path))
    if recipes := recipes_in(texts):
        studio.use_recipe(recipes[0], of=len(recipes))
        return
    _check_side(max(pixels.shape[:2]), str(path))
    studio.start_from(pixels)
    _say_start(studio, path.name)


def _check_side(side: int, name: str) -> None:
    if side > MAX_SIDE:
        raise DatasetError(f"{name} is {side} pixels wide or high: variations start from at most {MAX_SIDE}.")


def _say_start(studio: Studio, name: str) -> None:
    studio.messages.inform(f"{name} is the start of variations now: Generate makes them.")
