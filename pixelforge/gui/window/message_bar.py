"""A line for the user, over the lower edge of the stage: it moves nothing and blocks nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPropertyAnimation, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QEnterEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QWidget,
)

from pixelforge.gui.shared.messages import Message, Severity
from pixelforge.gui.shared.pixel_button import CROSS, PixelButton

ICONS = {
    Severity.INFO: QStyle.StandardPixmap.SP_MessageBoxInformation,
    Severity.WARNING: QStyle.StandardPixmap.SP_MessageBoxWarning,
    Severity.ERROR: QStyle.StandardPixmap.SP_MessageBoxCritical,
}
MARGIN, WIDEST = 12, 640  # logical pixels: from the edges of what it lies over, and of the bar
STAYS = 8_000  # milliseconds that what went well is told, not counting those that the pointer is over it
FADES = 400  # milliseconds of its fading


class MessageBar(QFrame):
    """Shows a message over its parent; hidden while there is none."""

    dismissed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
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
        self.text.setAccessibleDescription("Message")
        self.action_button = QPushButton()
        self.action_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.action_button.clicked.connect(self._act)
        self.close_button = PixelButton("Close the message", CROSS)
        self.close_button.setToolTip("Close this message.")
        self.close_button.setAutoRaise(True)
        self.close_button.clicked.connect(self.dismissed)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 6, 6)
        row.setSpacing(10)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)
        row.addWidget(self.action_button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._effect = QGraphicsOpacityEffect(self)
        self._effect.setEnabled(False)  # unless it fades: the effect paints a widget twice
        self.setGraphicsEffect(self._effect)
        self._fading = QPropertyAnimation(self._effect, b"opacity", self)
        self._fading.setDuration(FADES)
        self._fading.setStartValue(1.0)
        self._fading.setEndValue(0.0)
        self._fading.finished.connect(self.dismissed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._fade)
        parent.installEventFilter(self)
        self.hide()

    def set_message(self, message: Message | None) -> None:
        """Show this message; None hides the bar."""
        self._message = message
        self._stop_fading()
        self.setVisible(message is not None)
        if message is None:
            return
        # A long path has no spaces to break at: allow a break after every separator.
        self.text.setText(message.text.replace("/", "/\u200b").replace("\\", "\\\u200b"))
        self.text.setAccessibleName(message.text)
        if QAccessible.isActive():  # it comes unasked, and the keyboard is elsewhere
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.text, message.text))
        self.action_button.setVisible(message.action is not None)
        self.action_button.setText("" if message.action is None else message.action.label)
        self._show_icon()
        self._place()
        self.raise_()
        if message.fades:
            self._timer.start(STAYS)

    def changeEvent(self, event: QEvent) -> None:
        """Another style or palette has other icons."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._show_icon()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the lower edge of the parent."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Whoever reads it is not hurried."""
        self._stop_fading()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Then the time begins again."""
        if self._message is not None and self._message.fades:
            self._timer.start(STAYS)
        super().leaveEvent(event)

    def _place(self) -> None:
        around = self._over.rect()
        width = min(WIDEST, around.width() - 2 * MARGIN)
        height = self._row.totalHeightForWidth(width)
        left = (around.width() - width) // 2
        self.setGeometry(left, around.height() - height - MARGIN, width, height)

    def _fade(self) -> None:
        self._effect.setEnabled(True)
        self._fading.start()

    def _stop_fading(self) -> None:
        self._timer.stop()
        self._fading.stop()
        self._effect.setEnabled(False)

    def _act(self) -> None:
        action = None if self._message is None else self._message.action
        self.dismissed.emit()
        if action is not None:
            action.run()

    def _show_icon(self) -> None:
        if self._message is not None:
            icon = self.style().standardIcon(ICONS[self._message.severity])
            self._icon.setPixmap(icon.pixmap(20, 20))
            self._icon.setAccessibleName(self._message.severity.name.capitalize())
