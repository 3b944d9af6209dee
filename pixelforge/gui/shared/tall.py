"""Room for what may be higher than a small screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

LEAST = 80  # logical pixels of height


class Tall(QScrollArea):
    """Scrolls up and down where there is too little room; never narrower than what it holds."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard goes to what it holds
        self.setWidget(content)

    def sizeHint(self) -> QSize:
        """Its content, and the scroll bar beside it."""
        return QSize(self._width(), self._content.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """All of its width, and some of its height."""
        return QSize(self._width(), LEAST)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Be as wide as the content comes to be."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _width(self) -> int:
        return self._content.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
