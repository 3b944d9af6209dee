"""The system's dialogs and drags, as one value that tests replace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDrag, QPixmap
from PySide6.QtWidgets import QFileDialog, QWidget

OPENABLE = "Sprites, models, palettes (*.png *.gif *.webp *.bmp *.safetensors *.pth *.pt *.gpl *.hex *.pal *.json)"
MODELS = "Models (*.safetensors *.pth *.pt)"


def ask_save_path(parent: QWidget, suggestion: Path) -> Path | None:
    """The PNG file to write; None if the user thinks better of it."""
    dialog = QFileDialog(parent, "Save sprites", str(suggestion.parent), "PNG picture (*.png)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("png")
    dialog.selectFile(suggestion.name)
    return _run(dialog)


def ask_animation_path(parent: QWidget, suggestion: Path) -> Path | None:
    """The animation to write; None if the user thinks better of it."""
    dialog = QFileDialog(parent, "Save how they formed", str(suggestion.parent), "GIF (*.gif);;APNG (*.apng)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix("apng" if "apng" in kind else "gif"))
    dialog.setDefaultSuffix("gif")
    dialog.selectFile(suggestion.name)
    return _run(dialog)


def ask_open_path(parent: QWidget, title: str, kinds: str) -> Path | None:
    """An existing file; None if the user thinks better of it."""
    dialog = QFileDialog(parent, title, "", kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _run(dialog)


def start_drag(source: QWidget, mime: QMimeData) -> None:
    """Drag out of a widget, until the user lets go."""
    drag = QDrag(source)
    drag.setMimeData(mime)
    drag.setPixmap(QPixmap.fromImage(mime.imageData()).scaled(48, 48, Qt.AspectRatioMode.KeepAspectRatio))
    drag.setHotSpot(QPoint(-8, -8))
    drag.exec(Qt.DropAction.CopyAction)


def open_folder(folder: Path) -> None:
    """Show a folder in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


@dataclass(frozen=True)
class SystemDialogs:
    """What the window asks of the system."""

    ask_save_path: Callable[[QWidget, Path], Path | None] = ask_save_path
    ask_animation_path: Callable[[QWidget, Path], Path | None] = ask_animation_path
    ask_open_path: Callable[[QWidget, str, str], Path | None] = ask_open_path
    start_drag: Callable[[QWidget, QMimeData], None] = start_drag
    open_folder: Callable[[Path], None] = open_folder


def _run(dialog: QFileDialog) -> Path | None:
    chosen = Path(dialog.selectedFiles()[0]) if dialog.exec() else None
    dialog.deleteLater()
    return chosen
