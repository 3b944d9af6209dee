"""What this is, who made it and what it was trained on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QTextBrowser, QVBoxLayout, QWidget

from pixelforge import __version__
from pixelforge.core.header import ModelHeader
from pixelforge.gui.window.licences_dialog import LicencesDialog
from pixelforge.services.licences import licences, parts
from pixelforge.services.paths import resources_folder

LICENCE = "PixelForge is free software under the MIT licence. It works without a network and sends nothing anywhere."

ENGINES = {"torch": "PyTorch", "onnxruntime": "ONNX Runtime"}


class AboutDialog(QDialog):
    """Version, licence and credits; the texts can be copied."""

    def __init__(
        self, header: ModelHeader | None, engine: str = "", device: str = "", parent: QWidget | None = None
    ) -> None:
        """engine, device: what runs the model, and where; empty as long as it is not loaded."""
        super().__init__(parent)
        self.setWindowTitle("About PixelForge")
        self.title = QLabel(f"PixelForge {__version__}")
        font = self.title.font()
        font.setPointSizeF(1.6 * font.pointSizeF())
        font.setBold(True)
        self.title.setFont(font)
        self.text = QLabel("\n\n".join([LICENCE, *_model(header), *_runs(engine, device)]))
        self.made_of = QLabel(f"Made of {', '.join(parts())}.")
        for label in (self.text, self.made_of):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.title, self.text, self.made_of):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.credits = QTextBrowser()
        self.credits.setMarkdown((resources_folder() / "CREDITS.md").read_text(encoding="utf-8"))
        self.credits.setAccessibleName("Credits")
        self.credits.setOpenLinks(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.licences_button = buttons.addButton("&Licences…", QDialogButtonBox.ButtonRole.ActionRole)
        self.licences_button.clicked.connect(self._show_licences)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        for widget in (self.title, self.text, self.credits, self.made_of, buttons):
            column.addWidget(widget)
        self.setMinimumWidth(400)
        self.resize(520, 500)

    def _show_licences(self) -> None:
        dialog = LicencesDialog(licences(), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


def _runs(engine: str, device: str) -> list[str]:
    return [f"It runs on the {device.upper()} by {ENGINES.get(engine, engine)}."] if engine else []


def _model(header: ModelHeader | None) -> list[str]:
    if header is None:
        return []
    source = header.provenance
    lines = [
        f"The model in use was trained on {source.sprites:,} sprites" if source.sprites else "The model in use",
        f"Credits: {source.credits}" if source.credits else "",
        f"Licence of the data: {source.licence}" if source.licence else "",
    ]
    return ["\n".join(line for line in lines if line)] if source.sprites or source.credits else []
