"""The losses of a run, which most never look at: what draws them is loaded when somebody does."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from training.runs.folder import StatsRow

if TYPE_CHECKING:
    from pixelforge.gui.training.loss_plot import LossPlot


class LossChart(QWidget):
    """Loss of training and of the sprites held out, over steps. plot: None until it is first seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Losses over the steps of the training")
        self.plot: LossPlot | None = None
        self._rows: Sequence[StatsRow] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    @staticmethod
    def can_be_drawn() -> bool:
        """Whether what draws it is part of this PixelForge; it is of those that train."""
        return importlib.util.find_spec("pyqtgraph") is not None

    def set_stats(self, rows: Sequence[StatsRow]) -> None:
        """Show these figures."""
        self._rows = rows
        if self.plot is not None:
            self.plot.set_stats(rows)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw it, the first time."""
        super().showEvent(event)
        if self.plot is None and self.can_be_drawn():
            from pixelforge.gui.training.loss_plot import LossPlot

            self.plot = LossPlot()
            self.plot.set_stats(self._rows)
            self._column.addWidget(self.plot)
