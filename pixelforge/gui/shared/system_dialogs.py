"""The system's dialogs and drags, as one value that tests replace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QFile, QMimeData, QPoint, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QDrag, QPixmap
from PySide6.QtWidgets import QColorDialog, QFileDialog, QMessageBox, QWidget

PICTURE_FILES = "*.png *.gif *.webp *.bmp *.aseprite *.ase"
OPENABLE = (
    f"Sprites, models, palettes, lists ({PICTURE_FILES} *.safetensors *.pth *.pt *.gpl *.hex *.pal *.json *.csv *.tsv)"
)
PICTURES = f"Pictures ({PICTURE_FILES})"
PROJECTS = "Projects (*.toml)"
MODELS = "Models (*.safetensors *.pth *.pt)"

AskColour = Callable[[QWidget, QColor], QColor | None]
"""Asks for another colour than this; None if the user cancels."""


def ask_save_path(parent: QWidget, suggestion: Path) -> Path | None:
    """The PNG file to write; None if the user cancels."""
    dialog = QFileDialog(parent, "Save sprites", str(suggestion.parent), "PNG picture (*.png)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("png")
    dialog.selectFile(suggestion.name)
    return _run(dialog)


def ask_animation_path(parent: QWidget, suggestion: Path) -> Path | None:
    """The animation to write; None if the user cancels."""
    dialog = QFileDialog(parent, "Save how they formed", str(suggestion.parent), "GIF (*.gif);;APNG (*.apng)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix("apng" if "apng" in kind else "gif"))
    dialog.setDefaultSuffix("gif")
    dialog.selectFile(suggestion.name)
    return _run(dialog)


def ask_open_path(parent: QWidget, title: str, kinds: str) -> Path | None:
    """An existing file; None if the user cancels."""
    dialog = QFileDialog(parent, title, _pictures(), kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _run(dialog)


def ask_colour(parent: QWidget, colour: QColor) -> QColor | None:
    """Another colour than this; None if the user cancels."""
    chosen = QColorDialog.getColor(colour, parent, "Colour")
    return chosen if chosen.isValid() else None


def ask_folder(parent: QWidget, title: str) -> Path | None:
    """An existing folder; None if the user cancels."""
    dialog = QFileDialog(parent, title, _pictures())
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    return _run(dialog)


def ask_model_path(parent: QWidget, suggestion: str) -> Path | None:
    """The model file to write; None if the user cancels."""
    dialog = QFileDialog(parent, "Export the model", "", "Model (*.safetensors)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("safetensors")
    dialog.selectFile(suggestion)
    return _run(dialog)


def ask_about_training(parent: QWidget, name: str) -> Literal["go on", "stop"] | None:
    """Whether a training goes on when the window closes; None: the window stays."""
    box = QMessageBox(QMessageBox.Icon.Question, "PixelForge", f"The training of {name} is going on.", parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(
        "It can go on without the window: the model is among yours at the next start. Or stop it: it is saved, and can "
        "be resumed."
    )
    on = box.addButton("&Go on without the window", QMessageBox.ButtonRole.AcceptRole)
    stop = box.addButton("&Stop it", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    chosen = box.clickedButton()
    box.deleteLater()
    return "go on" if chosen is on else "stop" if chosen is stop else None


def ask_to_delete(parent: QWidget, question: str, then: str) -> bool:
    """Whether something is to be deleted. then: what becomes of it."""
    box = QMessageBox(QMessageBox.Icon.Question, "PixelForge", question, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(then)
    delete = box.addButton("&Delete", QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    chosen = box.clickedButton()
    box.deleteLater()
    return chosen is delete


def move_to_bin(path: Path) -> bool:
    """Put a file or folder into the system's bin; whether it could be done."""
    return bool(QFile.moveToTrash(str(path)))


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
    ask_colour: AskColour = ask_colour
    ask_folder: Callable[[QWidget, str], Path | None] = ask_folder
    ask_model_path: Callable[[QWidget, str], Path | None] = ask_model_path
    ask_about_training: Callable[[QWidget, str], Literal["go on", "stop"] | None] = ask_about_training
    ask_to_delete: Callable[[QWidget, str, str], bool] = ask_to_delete
    move_to_bin: Callable[[Path], bool] = move_to_bin
    start_drag: Callable[[QWidget, QMimeData], None] = start_drag
    open_folder: Callable[[Path], None] = open_folder


def _pictures() -> str:
    """Where one's pictures are; the folder that a program was begun in says nothing."""
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)


def _run(dialog: QFileDialog) -> Path | None:
    chosen = Path(dialog.selectedFiles()[0]) if dialog.exec() else None
    dialog.deleteLater()
    return chosen
