"""Sprites on their way by drag, drop and clipboard."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import msgspec
from PySide6.QtCore import QByteArray, QMimeData, QUrl
from PySide6.QtGui import QGuiApplication

from pixelforge.errors import DatasetError
from pixelforge.gui.shared.qimage import to_qimage
from pixelforge.imaging.sheet import lay_out_any
from pixelforge.services.naming import safe_name
from pixelforge.services.sprites import Sprite, decode_any, encode_sprite

MIME_TYPE = "application/x-pixelforge-sprites"  # msgpack: a list of PNGs, each with class and name
MAX_AGE = 86_400  # seconds that a dragged file is kept


def copied() -> QMimeData:
    """What was copied, here or elsewhere; empty where Qt has nothing at all, as when the screen has no clipboard."""
    return QGuiApplication.clipboard().mimeData() or QMimeData()


def to_mime(sprites: Sequence[Sprite], folder: Path | None = None) -> QMimeData:
    """Sprites for other parts of the window, as a picture (several as a sheet), and as files in `folder` if given.

    Raises OSError if the files cannot be written.
    """
    files = [encode_sprite(sprite) for sprite in sprites]
    mime = QMimeData()
    packed = [(sprite.class_name, sprite.name, data) for sprite, data in zip(sprites, files, strict=True)]
    mime.setData(MIME_TYPE, QByteArray(msgspec.msgpack.encode(packed)))
    picture = lay_out_any([sprite.pixels for sprite in sprites])
    mime.setImageData(to_qimage(picture))
    if folder is not None:
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in _write(files, sprites, folder)])
    return mime


def from_mime(mime: QMimeData) -> list[Sprite]:
    """The sprites that `to_mime` packed; none where there are none."""
    try:
        packed = msgspec.msgpack.decode(bytes(mime.data(MIME_TYPE).data()), type=list[tuple[str, str, bytes]])
        return [replace(decode_any(data, class_name), name=name) for class_name, name, data in packed]
    except (msgspec.DecodeError, DatasetError):
        return []


def remove_old_files(folder: Path, now: float) -> None:
    """Remove what was dragged out more than a day ago; by then whoever took it has made it their own."""
    for path in folder.glob("*.png"):
        with suppress(OSError):  # another window is removing it, or the system holds it: it can stay
            if now - path.stat().st_mtime > MAX_AGE:
                path.unlink()


def _write(files: Sequence[bytes], sprites: Sequence[Sprite], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for data, sprite in zip(files, sprites, strict=True):
        stem = safe_name(sprite.name) if sprite.name else f"{safe_name(sprite.class_name)}_{sprite.seed:05}"
        path = folder / f"{stem}.png"
        number = 2
        while path in paths or (path.exists() and path.read_bytes() != data):
            path = folder / f"{stem}_{number}.png"
            number += 1
        path.write_bytes(data)
        paths.append(path)
    return paths
