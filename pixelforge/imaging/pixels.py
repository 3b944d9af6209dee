"""Sprites as arrays: read, resized, turned into a network's values and back."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence, UnidentifiedImageError

from pixelforge.errors import DatasetError
from pixelforge.files import read_at_most, reason
from pixelforge.imaging.aseprite_reader import is_aseprite, read_aseprite

Pixels = NDArray[np.uint8]
Values = NDArray[np.float32]

ALPHA_THRESHOLD = 128
MAX_SIDE = 4096
MAX_BYTES = 256 * 2**20  # of a picture's file
MAX_FRAMES = 256
MAX_PIXELS = 2**25  # of all frames together
MAX_SCANS = 64  # of a progressive JPEG, which has about ten; each goes over the whole picture, however few its bytes
FORMATS = ("Bmp", "Gif", "Ico", "Jpeg", "Pcx", "Png", "Ppm", "Qoi", "Tga", "WebP")  # none that runs a program
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_sprite(path: Path) -> Pixels:
    """The first frame of a picture file as (H, W, 4) with hard alpha. Raises DatasetError that names the file."""
    return _read(io.BytesIO(read_at_most(path, MAX_BYTES, DatasetError)), str(path))[0]


def picture_size(data: bytes, name: str) -> tuple[int, int]:
    """Width and height of a picture file's content, of which no more is read. Raises DatasetError."""
    if is_aseprite(data):
        return int.from_bytes(data[8:10], "little"), int.from_bytes(data[10:12], "little")
    with _opened(io.BytesIO(data), name) as image:
        return image.size


def decode_picture(data: bytes, name: str = "The picture", max_side: int = MAX_SIDE) -> tuple[Pixels, dict[str, str]]:
    """A picture file's content as (H, W, 4) with hard alpha, and its texts by keyword. Raises DatasetError."""
    return _read(io.BytesIO(data), name, max_side)


def decode_frames(data: bytes, name: str) -> list[Pixels]:
    """The frames of a picture file's content, (H, W, 4) each with hard alpha; one for most. Raises DatasetError."""
    return [frame for frame, _ in decode_shown(data, name)]


def decode_shown(data: bytes, name: str) -> list[tuple[Pixels, int]]:
    """The same with the milliseconds that each is shown, 0 where the file does not tell. Raises DatasetError."""
    if is_aseprite(data):
        frames = read_aseprite(data, name, MAX_SIDE, MAX_PIXELS)
        return [(harden_alpha(frame.pixels), frame.duration) for frame in frames]
    with _opened(io.BytesIO(data), name) as image:
        shown: list[tuple[Pixels, int]] = []
        for number, frame in enumerate(ImageSequence.Iterator(image), start=1):  # their number is not asked for: it
            # is what the file claims, or Pillow goes through all of the file to count them.
            _check_size(frame, name)  # again, for a frame can be larger than the picture says that it is
            if number > MAX_FRAMES or number * frame.width * frame.height > MAX_PIXELS:
                raise DatasetError(f"{name} has too many frames: at most {MAX_FRAMES}, and {MAX_PIXELS:,} pixels.")
            pixels = harden_alpha(np.asarray(frame.convert("RGBA"), dtype=np.uint8))
            shown.append((pixels, round(float(frame.info.get("duration") or 0))))
        return shown


def _read(source: io.BytesIO, name: str, max_side: int = MAX_SIDE) -> tuple[Pixels, dict[str, str]]:
    data = source.getvalue()
    if is_aseprite(data):
        (frame,) = read_aseprite(data, name, max_side, MAX_PIXELS, first_only=True)
        return harden_alpha(frame.pixels), frame.texts
    with _opened(source, name) as image:
        _check_size(image, name, max_side)
        pixels = harden_alpha(np.asarray(image.convert("RGBA"), dtype=np.uint8))
        texts = getattr(image, "text", {})
        return pixels, {key: str(value) for key, value in texts.items()}


@contextmanager
def _opened(source: io.BytesIO, name: str) -> Iterator[Image.Image]:
    """A picture, read within; whatever is wrong with it comes out as a DatasetError that names it."""
    try:
        _refuse_scans(source.getvalue(), name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on files that are a little wrong
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            Image.MAX_IMAGE_PIXELS = MAX_SIDE**2  # Pillow's own limit lets a frame of a GIF take gigabytes
            with Image.open(source, formats=_formats(source.getvalue())) as image:
                _check_size(image, name)
                yield image
    except DatasetError:
        raise
    except UnidentifiedImageError as error:
        raise DatasetError(f"{name} is not a picture.") from error
    except OSError as error:
        raise DatasetError(f"{name} cannot be read: {reason(error)}.") from error
    except (SyntaxError, ValueError, EOFError, Image.DecompressionBombError, Warning) as error:
        raise DatasetError(f"{name} cannot be read: {str(error) or type(error).__name__}.") from error
    except Exception as error:  # Pillow lets through whatever a broken file makes it stumble on
        raise DatasetError(f"{name} cannot be read: it is damaged ({type(error).__name__}).") from error


def _formats(data: bytes) -> tuple[str, ...]:
    """What a picture can be. Their readers are loaded only if it is no PNG, as are all that the app itself reads.

    By itself Pillow would load those of all formats that it knows, a tenth of the time in which the window starts.
    """
    if data.startswith(PNG_SIGNATURE):
        return ("PNG",)
    for name in FORMATS:
        import_module(f"PIL.{name}ImagePlugin")
    return tuple(name.upper() for name in FORMATS)


def _refuse_scans(data: bytes, name: str) -> None:
    """Marker SOS of ITU T.81; among a JPEG's numbers the two bytes cannot stand (F.1.2.3)."""
    if data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > MAX_SCANS:
        raise DatasetError(f"{name} cannot be read: it is a JPEG of more than {MAX_SCANS} scans.")


def _check_size(image: Image.Image, name: str, max_side: int = MAX_SIDE) -> None:
    if max(image.size) > max_side:
        raise DatasetError(f"{name} is {image.width} x {image.height}: sprites are at most {max_side}.")


def harden_alpha(pixels: Pixels) -> Pixels:
    """Alpha made 0 or 255, and every transparent pixel the one constant (0, 0, 0, 0). (…, 4) in and out."""
    opaque = pixels[..., 3] >= ALPHA_THRESHOLD
    result = np.where(opaque[..., None], pixels, np.uint8(0))
    result[..., 3] = np.where(opaque, 255, 0)
    return result


def resize_nearest(pixels: Pixels, side: int) -> Pixels:
    """(H, W, C) to (side, side, C) by nearest neighbour; a picture that is not square is padded, centred."""
    height, width, channels = pixels.shape
    longest = max(height, width)
    square = np.zeros((longest, longest, channels), np.uint8)
    top, left = (longest - height) // 2, (longest - width) // 2
    square[top : top + height, left : left + width] = pixels
    index = (np.arange(side) * 2 + 1) * longest // (2 * side)
    resized: Pixels = square[index][:, index]
    return resized


def cut_middle(pixels: Pixels, side: int) -> Pixels:
    """(H, W, C) to (side, side, C), the middle of it at its own size; around a smaller one is nothing."""
    height, width, channels = pixels.shape
    cut = np.zeros((side, side, channels), np.uint8)
    top, left = (height - side) // 2, (width - side) // 2
    shown = pixels[max(top, 0) : max(top, 0) + side, max(left, 0) : max(left, 0) + side]
    y, x = max(-top, 0), max(-left, 0)
    cut[y : y + shown.shape[0], x : x + shown.shape[1]] = shown
    return cut


def enlarge(pixels: Pixels, factor: int) -> Pixels:
    """(H, W, C) with every pixel a factor x factor square."""
    return pixels.repeat(factor, axis=0).repeat(factor, axis=1)


def to_values(sprites: Pixels, channels: int) -> Values:
    """Sprites (N, H, W, 4) to a network's values (N, channels, H, W) in [-1, 1]."""
    scaled = sprites[..., :channels].astype(np.float32) / np.float32(127.5) - np.float32(1)
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))


def from_values(values: Values) -> Pixels:
    """A network's values (N, 3 or 4, H, W) to sprites (N, H, W, 4) with hard alpha; three channels are opaque."""
    scaled = np.rint((np.clip(values, -1, 1) + 1) * 127.5).astype(np.uint8).transpose(0, 2, 3, 1)
    if scaled.shape[-1] == 3:
        alpha = np.full((*scaled.shape[:3], 1), 255, np.uint8)
        return np.concatenate([scaled, alpha], axis=-1)
    return harden_alpha(scaled)
