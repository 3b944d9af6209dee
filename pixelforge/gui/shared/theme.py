"""Light and dark."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from pixelforge.services.settings import Theme

SCHEMES = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
ROLE, GROUP = QPalette.ColorRole, QPalette.ColorGroup
LIGHT = {
    ROLE.Window: "#efefef", ROLE.WindowText: "#1a1a1e", ROLE.Base: "#ffffff", ROLE.AlternateBase: "#e6e6ea",
    ROLE.Text: "#1a1a1e", ROLE.Button: "#efefef", ROLE.ButtonText: "#1a1a1e", ROLE.ToolTipBase: "#ffffe1",
    ROLE.ToolTipText: "#1a1a1e", ROLE.Highlight: "#2f6fd0", ROLE.HighlightedText: "#ffffff", ROLE.Link: "#1d56b0",
    ROLE.PlaceholderText: "#66666e",
}  # fmt: skip
DARK = {
    ROLE.Window: "#2b2b30", ROLE.WindowText: "#ececf0", ROLE.Base: "#1f1f23", ROLE.AlternateBase: "#35353c",
    ROLE.Text: "#ececf0", ROLE.Button: "#3a3a41", ROLE.ButtonText: "#ececf0", ROLE.ToolTipBase: "#3a3a41",
    ROLE.ToolTipText: "#ececf0", ROLE.Highlight: "#3a71cf", ROLE.HighlightedText: "#ffffff", ROLE.Link: "#8ab4f8",
    ROLE.PlaceholderText: "#a4a4ae",
}  # fmt: skip
FADED = {Qt.ColorScheme.Light: "#8c8c94", Qt.ColorScheme.Dark: "#7c7c86"}  # text of what cannot be used now


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Follow the system, or be light or dark whatever it is.

    Qt asks the platform for it. Where that has no answer, as on a bare X server, the colours are set here.
    """
    hints = app.styleHints()
    if theme == "system":
        hints.unsetColorScheme()
        app.setPalette(QPalette())
        return
    scheme = SCHEMES[theme]
    hints.setColorScheme(scheme)
    if hints.colorScheme() is scheme:
        app.setPalette(QPalette())
    else:
        app.setPalette(_palette(scheme))


def _palette(scheme: Qt.ColorScheme) -> QPalette:
    colours = DARK if scheme is Qt.ColorScheme.Dark else LIGHT
    palette = QPalette(QColor(colours[ROLE.Button]), QColor(colours[ROLE.Window]))  # the shades of frames come of these
    for role, colour in colours.items():
        palette.setColor(role, QColor(colour))
    palette.setColor(ROLE.Accent, QColor(colours[ROLE.Highlight]))
    for role in (ROLE.Text, ROLE.WindowText, ROLE.ButtonText):
        palette.setColor(GROUP.Disabled, role, QColor(FADED[scheme]))
    return palette
