"""The batches that wait for the one that is being made, each with a cross that takes it out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from pixelforge.gui.generating.states import Waiting
from pixelforge.gui.shared.pixel_button import CROSS, PixelButton

MOST_SHOWN = 4  # batches; of more the number is told


class QueueList(QWidget):
    """Shows what waits, the next one first; hidden while nothing does."""

    cancelled = Signal(object)  # Waiting
    go_on_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.setAccessibleName("Waiting batches")
        self.hide()

    def set_waiting(self, waiting: Sequence[Waiting], *, paused: bool = False) -> None:
        """Show these; paused: with a button that has them made."""
        while (item := self._column.takeAt(0)) is not None:
            if (row := item.widget()) is not None:
                row.hide()
                row.deleteLater()
        for batch in waiting[:MOST_SHOWN]:
            self._column.addWidget(self._row(batch))
        if len(waiting) > MOST_SHOWN:
            self._column.addWidget(QLabel(f"and {len(waiting) - MOST_SHOWN} more"))
        if paused:
            button = QPushButton("&Begin what waits")
            button.setToolTip("These batches were not finished when the app was closed.")
            button.clicked.connect(self.go_on_requested)
            self._column.addWidget(button)
        self.setVisible(bool(waiting))

    def _row(self, batch: Waiting) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        label = QLabel(f"Then {batch.request.count} \N{MULTIPLICATION SIGN} {', '.join(batch.names)}")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # long names widen nothing
        cross = PixelButton("Take it out of the queue", CROSS)
        cross.setToolTip("Take it out of the queue.")
        cross.setAutoRaise(True)
        cross.clicked.connect(lambda: self.cancelled.emit(batch))
        line.addWidget(label, 1)
        line.addWidget(cross)
        return row
