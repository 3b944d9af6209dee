"""The losses of a run as they fall, drawn by pyqtgraph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyqtgraph
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from training.runs.folder import StatsRow

TRAINING, HELD_OUT = "#4a90d9", "#e08a2e"  # told apart by lightness as well
WIDTH, POINT = 2, 4  # logical pixels
MARGIN = 8  # around the axes, whose words and topmost figure would be cut off else


class LossPlot(QWidget):
    """Loss of training and of the sprites held out, over steps; it scales by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot = pyqtgraph.PlotWidget()
        self._plot.setMenuEnabled(False)
        menu = self._plot.getPlotItem().ctrlMenu  # nobody's, so that it would outlive the window until it is collected
        menu.setParent(self._plot, menu.windowFlags())
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.hideButtons()
        self._plot.getPlotItem().layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self._plot.setLabel("bottom", "step")
        self._plot.setLabel("left", "loss")
        self._plot.getAxis("left").enableAutoSIPrefix(False)
        self._plot.getAxis("bottom").enableAutoSIPrefix(False)
        self._legend = self._plot.addLegend(offset=(-10, 10))
        self.training = self._plot.plot(
            name="training", pen=pyqtgraph.mkPen(TRAINING, width=WIDTH), **_points(TRAINING)
        )
        dashes = pyqtgraph.mkPen(HELD_OUT, width=WIDTH, style=Qt.PenStyle.DashLine)
        self.held_out = self._plot.plot(name="held out", pen=dashes, **_points(HELD_OUT))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._plot)
        self._follow_palette()

    def set_stats(self, rows: Sequence[StatsRow]) -> None:
        """Show these figures."""
        self.training.setData([row.step for row in rows], [row.loss for row in rows])
        held_out = [(row.step, row.heldout_loss) for row in rows if row.heldout_loss is not None]
        self.held_out.setData([step for step, _ in held_out], [loss for _, loss in held_out])

    def changeEvent(self, event: QEvent) -> None:
        """Be light or dark as the window is."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._follow_palette()

    def _follow_palette(self) -> None:
        palette = self.palette()
        text = palette.color(QPalette.ColorRole.Text)
        self._plot.setBackground(palette.color(QPalette.ColorRole.Base))
        for side in ("bottom", "left"):
            self._plot.getAxis(side).setPen(text)
            self._plot.getAxis(side).setTextPen(text)
        for _, label in self._legend.items:
            label.setText(label.text, color=text)


def _points(colour: str) -> dict[str, Any]:
    """Points beside the line, which a single figure does not make."""
    return {"symbol": "o", "symbolSize": POINT, "symbolBrush": colour, "symbolPen": None}
