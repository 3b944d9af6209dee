"""The colour scheme: the few colours that a sprite is drawn in, as swatches; to shuffle, to keep, to take over."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from pixelforge.core.condition import WHOLE, Scheme
from pixelforge.gui.shared.focus_frame import draw_focus
from pixelforge.gui.shared.mime import copied
from pixelforge.gui.shared.pixel_button import DICE, LOCKED, UNLOCKED, PixelButton

TOOLTIP = (
    "The few colours that the chosen sprite is drawn in. Drop a sprite or a picture here, or "
    "paste one (Ctrl+V): new sprites take its colours."
)
NO_SPRITE, WHOLE_PALETTE = "Choose a sprite", "All of its palette"
HEIGHT, WIDEST = 26, 22  # logical pixels of the strip, and of a swatch at the most


class SchemeField(QWidget):
    """Shows the scheme that is kept, or else that of the chosen sprite; says what the user wants of it."""

    shuffle_requested = Signal()
    lock_changed = Signal(bool)
    dropped = Signal(object)  # QMimeData

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seen: Scheme = ()
        self._kept: Scheme | None = None
        self.strip = SwatchStrip()
        self.shuffle = PixelButton("Shuffle the colours", DICE)
        self.shuffle.setToolTip("Make the chosen sprite again in other schemes (C): same seed, other colours.")
        self.shuffle.clicked.connect(self.shuffle_requested)
        self.lock = PixelButton("Keep this scheme", UNLOCKED, LOCKED)
        self.lock.setToolTip("Draw the next sprites in these colours (K); without it, each seed draws a scheme.")
        self.lock.toggled.connect(self.lock_changed)
        self.strip.dropped.connect(self.dropped)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.strip, 1)
        row.addWidget(self.shuffle)
        row.addWidget(self.lock)
        self.setFocusProxy(self.strip)  # the first of them: Tab would leave out what stands before it
        self.setToolTip(TOOLTIP)
        self._show()

    def set_seen(self, scheme: Scheme, *, shuffles: bool) -> None:
        """The scheme of the chosen sprite, none where none is chosen, and whether it can be shuffled."""
        self._seen = scheme
        self.shuffle.setEnabled(shuffles)
        self._show()

    def set_kept(self, scheme: Scheme | None) -> None:
        """The scheme that new sprites are drawn in; None: their seeds draw one."""
        self._kept = scheme
        self._show()

    def _show(self) -> None:
        self.strip.set_scheme(self._seen if self._kept is None else self._kept)
        with QSignalBlocker(self.lock):
            self.lock.setChecked(self._kept is not None)
        self.lock.setEnabled(bool(self._kept or self._seen))
        self.lock.update()


class SwatchStrip(QWidget):
    """Colours side by side; takes sprites and pictures that are dropped on it."""

    dropped = Signal(object)  # QMimeData

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scheme: Scheme = ()
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard on the stage
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Colour scheme")
        self.setToolTip(TOOLTIP)

    def sizeHint(self) -> QSize:
        """As high as the buttons beside it."""
        return QSize(120, HEIGHT)

    def set_scheme(self, scheme: Scheme) -> None:
        """Show these colours; none: say how to see some."""
        self._scheme = scheme
        self.setAccessibleDescription(self.words or ", ".join(scheme))
        self.update()

    @property
    def words(self) -> str:
        """What stands there in place of swatches."""
        return WHOLE_PALETTE if self._scheme == WHOLE else "" if self._scheme else NO_SPRITE

    def place_of(self, index: int) -> QRect:
        """Where a swatch lies."""
        side = min(WIDEST, self.width() / max(1, len(self._scheme)))
        left, right = round(index * side), round((index + 1) * side)
        return QRect(left, 2, right - left, self.height() - 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the swatches, or the words."""
        painter = QPainter(self)
        if self.words:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.words)
        else:
            for index, colour in enumerate(self._scheme):
                painter.fillRect(self.place_of(index), QColor(colour))
            painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
            last = self.place_of(len(self._scheme) - 1)
            painter.drawRect(QRect(0, last.top(), last.right(), last.height() - 1))
        if self.hasFocus():
            draw_focus(painter, self.rect())
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Paste here, not into the window."""
        before_shortcuts = event.type() == QEvent.Type.ShortcutOverride
        if before_shortcuts and isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Paste):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What was copied is taken as what is dropped."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.dropped.emit(copied())
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take what has colours."""
        mime: QMimeData = event.mimeData()
        if mime.hasImage() or any(url.isLocalFile() for url in mime.urls()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Pass on what was dropped."""
        self.dropped.emit(event.mimeData())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
