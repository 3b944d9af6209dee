"""Names as plain text where Qt has no switch for it: they come out of files that somebody else made."""

from __future__ import annotations

from PySide6.QtGui import Qt


def plain(text: str) -> str:
    """A tooltip that shows a text as it is: escaped where Qt would take it for HTML, and load what that names."""
    return Qt.convertFromPlainText(text) if Qt.mightBeRichText(text) else text
