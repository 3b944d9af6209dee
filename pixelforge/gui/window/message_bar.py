"""A line for the user above the stage; it blocks nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QStyle, QWidget

from pixelforge.gui.shared.messages import Message, Severity
from pixelforge.gui.shared.pixel_button import CROSS, PixelButton

ICONS = {
    Severity.INFO: QStyle.StandardPixmap.SP_MessageBoxInformation,
    Severity.WARNING: QStyle.StandardPixmap.SP_MessageBoxWarning,
    Severity.ERROR: QStyle.StandardPixmap.SP_MessageBoxCritical,
}


class MessageBar(QFrame):
    """Shows a message until it is dismissed; hidden while there is none."""

    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._message: Message | None = None
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self._icon = QLabel()
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.PlainText)  # paths may hold anything
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # long paths widen nothing
        self.text.setAccessibleName("Message")
        self.close_button = PixelButton("Close the message", CROSS)
        self.close_button.setToolTip("Close this message.")
        self.close_button.setAutoRaise(True)
        self.close_button.clicked.connect(self.dismissed)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 6, 6)
        row.setSpacing(10)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def set_message(self, message: Message | None) -> None:
        """Show this message; None hides the bar."""
        self._message = message
        self.setVisible(message is not None)
        if message is not None:
            # A long path has no spaces to break at: allow a break after every separator.
            self.text.setText(message.text.replace("/", "/\u200b").replace("\\", "\\\u200b"))
            self.text.setAccessibleDescription(message.text)
            self._show_icon()

    def changeEvent(self, event: QEvent) -> None:
        """Another style or palette has other icons."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._show_icon()

    def _show_icon(self) -> None:
        if self._message is not None:
            icon = self.style().standardIcon(ICONS[self._message.severity])
            self._icon.setPixmap(icon.pixmap(20, 20))
            self._icon.setAccessibleName(self._message.severity.name.capitalize())
