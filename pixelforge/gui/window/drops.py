"""What is dropped on the window: a model, palette, list, project, sprite with its recipe, a picture, or many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

from pixelforge.errors import DatasetError, PaletteError, RequestError
from pixelforge.files import read_at_most
from pixelforge.gui.shared.messages import MessageAction
from pixelforge.gui.shared.mime import copied
from pixelforge.gui.shared.qimage import from_qimage
from pixelforge.gui.window.studio import Studio
from pixelforge.imaging.aseprite_reader import is_aseprite
from pixelforge.imaging.palette import rule_of
from pixelforge.imaging.palette_files import read_palette
from pixelforge.imaging.pixels import Pixels, cut_middle, decode_picture
from pixelforge.services.lists import LIST_SUFFIXES
from pixelforge.services.project.project_file import PROJECT_FILE
from pixelforge.services.recipe import Recipe, recipes_in
from pixelforge.services.sprites import sprites_in

MODEL_SUFFIXES = (".safetensors", ".pth", ".pt")
PALETTE_SUFFIXES = (".gpl", ".hex", ".pal", ".json")
PROJECT_SUFFIX = ".toml"
FAILURES = (DatasetError, PaletteError, RequestError)  # of a file that is opened
MAX_BYTES = 8 * 2**20  # of a picture; sprites are small
MAX_SIDE = 1024


def can_take(mime: QMimeData) -> bool:
    """Whether there is something in it for the window."""
    return mime.hasImage() or any(url.isLocalFile() for url in mime.urls())


def take(mime: QMimeData, studio: Studio, train_on: Callable[[Path], object]) -> None:
    """Open the first file, or the picture if there is no file. Whatever is wrong with it is said in a message."""
    path = next((Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()), None)
    if path is not None:
        open_path(path, studio, train_on)
        return
    try:
        if isinstance(image := mime.imageData(), QImage) and not image.isNull():
            _check_side(max(image.width(), image.height()), "The picture")
            _start(studio, "The picture", from_qimage(image))
    except FAILURES as error:
        studio.messages.complain(str(error))


def open_path(path: Path, studio: Studio, train_on: Callable[[Path], object]) -> None:
    """Open a file or folder. Whatever is wrong with it is said in a message.

    train_on: takes a folder that is no game's project, or a .zip of one: sprites to learn from.
    """
    if path.suffix.lower() == ".zip" or (path.is_dir() and not (path / PROJECT_FILE).exists()):
        train_on(path)
        return
    try:
        open_file(path, studio)
    except FAILURES as error:
        studio.messages.complain(str(error))


def paste(studio: Studio, train_on: Callable[[Path], object]) -> None:
    """The same as `take`, with what another program, or this one, has copied."""
    mime = copied()
    if can_take(mime):
        take(mime, studio, train_on)
    else:
        studio.messages.warn("Nothing was copied that could be a start: copy a picture, or a file.")


def open_file(path: Path, studio: Studio) -> None:
    """Open a model, palette, list or project, or a picture for its recipe or as a start. Raises one of `FAILURES`."""
    if path.is_dir() or path.suffix.lower() == PROJECT_SUFFIX:
        studio.project_given.emit(path)
        return
    if path.suffix.lower() in MODEL_SUFFIXES:
        studio.generation.import_model(path)
        return
    if path.suffix.lower() in PALETTE_SUFFIXES:
        palette = read_palette(path)
        studio.generation.set_palette(rule_of(palette))
        studio.messages.inform(f"New sprites take the {len(palette.colours)} colours of {palette.name}.")
        return
    if path.suffix.lower() in LIST_SUFFIXES:
        studio.generation.make_list(path)
        studio.messages.inform(f"{path.name} is being made, and becomes a set of its own.")
        return
    data = read_at_most(path, MAX_BYTES, DatasetError)
    pixels, recipes = _of_frames(data, path) if is_aseprite(data) else _of_picture(data, path)
    if recipes:
        studio.use_recipe(recipes[0], of=len(recipes))
        return
    _check_side(max(pixels.shape[:2]), str(path))
    _start(studio, path.name, pixels)


def _of_picture(data: bytes, path: Path) -> tuple[Pixels, Sequence[Recipe]]:
    """A picture, and the recipes that it carries."""
    pixels, texts = decode_picture(data, str(path))
    return pixels, recipes_in(texts)


def _of_frames(data: bytes, path: Path) -> tuple[Pixels, Sequence[Recipe]]:
    """The first frame of an Aseprite file; with the recipes of those that nobody has edited, if it is one of them."""
    sprites = sprites_in(data, str(path), path.stem)
    made = [sprite.recipe for sprite in sprites if sprite.recipe is not None]
    return sprites[0].pixels, made if sprites[0].recipe is not None else []


def _check_side(side: int, name: str) -> None:
    if side > MAX_SIDE:
        raise DatasetError(f"{name} is {side} pixels wide or high: variations start from at most {MAX_SIDE}.")


def _start(studio: Studio, name: str, pixels: Pixels) -> None:
    """Have a picture be the start of variations, brought to the model's size; or, by a button, its middle as it is."""
    studio.start_from([pixels])
    header = studio.generation.header
    side = 0 if header is None else header.model.image_size
    told = f"{name} is the start of variations now: Generate makes them."
    height, width = pixels.shape[:2]
    if (height, width) == (side, side):
        studio.messages.inform(told)
        return

    def cut() -> None:
        studio.start_from([cut_middle(pixels, side)])
        studio.messages.inform(f"{told} It is the middle of {width} x {height} pixels.")

    brought = f" It was {width} x {height} pixels, and is brought to {side} x {side}."
    studio.messages.inform(told + brought, MessageAction("Cut it instead", cut), stays=True)
