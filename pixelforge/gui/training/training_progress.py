"""A run as it goes: its losses, its samples then and now, and what can be done with it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSlider, QSplitter, QVBoxLayout, QWidget

from pixelforge.errors import DatasetError
from pixelforge.gui.training.comparison import Comparison
from pixelforge.gui.training.loss_chart import LossChart
from pixelforge.gui.training.training_model import TrainingModel, Watched
from pixelforge.imaging.pixels import Pixels, read_sprite
from pixelforge.services.judging import verdict_of
from pixelforge.services.model_library import read_figures
from pixelforge.services.training_runs import FAST_MINUTES
from training.runs.folder import OVER, SAMPLE_SCALE

RESOLUTION = 1000  # of the progress bar

PHASES = {
    "preparing": "Reading the sprites…",
    "training": "Training",
    "paused": "Paused",
    "halted": "Stopped",
    "ended": "Ended",
    "turned": "Done early: the held-out loss falls no more",
    "finished": "Done",
}


class TrainingProgress(QWidget):
    """Shows what the model watches, and passes the user's commands on to it."""

    def __init__(self, training: TrainingModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training = training
        self._steps: list[int] = []  # at which the samples of the slider were drawn
        self._shown: tuple[Path | None, Path | None] = (None, None)  # pictures of own sprites and of samples
        self.title = QLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.figures = QLabel()
        self.note = QLabel()
        self.chart = LossChart()
        self.chart.hide()
        self.chart_button = QPushButton("Show the &losses")
        self.chart_button.setCheckable(True)
        self.chart_button.setVisible(LossChart.can_be_drawn())
        self.chart_button.toggled.connect(self._show_chart)
        self.comparison = Comparison()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Which samples are shown")
        self.slider.setRange(0, 0)
        self.slider_label = QLabel()
        self.pause_button = QPushButton("&Pause")
        self.end_button = QPushButton("&End now")
        self.use_button = QPushButton("&Use it now")
        self.fast_button = QPushButton(f"M&ake it fast ({FAST_MINUTES} minutes)")
        self.new_button = QPushButton("Ne&w training…")
        self._lay_out()
        self.pause_button.clicked.connect(self._toggle_pause)
        self.end_button.clicked.connect(training.end)
        self.use_button.clicked.connect(training.use_now)
        self.fast_button.clicked.connect(training.make_fast)
        self.slider.valueChanged.connect(lambda _: self._show_samples())
        training.changed.connect(self._show)
        self._show()

    def _lay_out(self) -> None:
        self.end_button.setToolTip("End the training here and keep its best model.")
        self.chart_button.setToolTip("The losses of training and of the sprites held out, over the steps.")
        self.use_button.setToolTip("Make sprites with the best model so far; the training goes on.")
        self.fast_button.setToolTip(
            "Teach a copy of the model to make much the same sprites in four steps: the quality Instant."
        )
        pictures = QWidget()
        column = QVBoxLayout(pictures)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.comparison, 1)
        row = QHBoxLayout()
        row.addWidget(self.slider, 1)
        row.addWidget(self.slider_label)
        column.addLayout(row)
        halves = QSplitter()
        halves.addWidget(pictures)
        halves.addWidget(self.chart)
        halves.setChildrenCollapsible(False)
        halves.setSizes([600, 300])
        for line in (self.figures, self.note):
            line.setTextFormat(Qt.TextFormat.PlainText)
            line.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.new_button)
        buttons.addWidget(self.chart_button)
        buttons.addStretch(1)
        for button in (self.fast_button, self.use_button, self.pause_button, self.end_button):
            buttons.addWidget(button)
        page = QVBoxLayout(self)
        page.addWidget(self.title)
        page.addWidget(self.bar)
        page.addWidget(self.figures)
        page.addWidget(halves, 1)
        page.addWidget(self.note)
        page.addLayout(buttons)

    def _show(self) -> None:
        watched = self._training.watched
        if watched is None:
            return
        status = watched.status
        self.title.setText(f"{watched.name}: {PHASES[status.phase] if watched.running else _ending(watched)}")
        known = not watched.running or status.step > 0
        self.bar.setRange(0, RESOLUTION if known else 0)  # 0 to 0: it only moves
        self.bar.setValue(round(RESOLUTION * (1 if status.phase in OVER else status.share)))
        self.figures.setText(_figures(watched))
        self.note.setText(_note(watched))
        self.note.setVisible(bool(self.note.text()))
        self.chart.set_stats(watched.stats)
        self.comparison.set_classes(status.classes)
        paused = status.phase == "paused"
        self.pause_button.setText("&Continue" if paused else "&Pause")
        for button, usable in (
            (self.pause_button, watched.running and status.phase in ("training", "paused")),
            (self.end_button, watched.running and status.phase in ("training", "paused")),
            (self.use_button, watched.model is not None or bool(watched.stats)),
            (self.new_button, not watched.running),
        ):
            button.setEnabled(usable)
        self.fast_button.setVisible(watched.can_be_made_fast)
        self._fill_slider(list(watched.grids))

    def _fill_slider(self, steps: list[int]) -> None:
        if steps != self._steps:
            at_end = self.slider.value() == self.slider.maximum()
            self._steps = steps
            self.slider.setRange(0, max(0, len(steps) - 1))
            if at_end:
                self.slider.setValue(self.slider.maximum())
        self.slider.setEnabled(len(steps) > 1)
        self._show_samples()

    def _show_samples(self) -> None:
        watched = self._training.watched
        if watched is None or not self._steps:
            self._show_pictures(None if watched is None else watched.own, None)
            self.slider_label.setText("no samples yet")
            return
        step = self._steps[self.slider.value()]
        self.slider_label.setText(f"step {step:,}")
        self._show_pictures(watched.own, watched.grids[step])

    def _show_pictures(self, own: Path | None, made: Path | None) -> None:
        if (own, made) != self._shown:
            self._shown = (own, made)
            self.comparison.set_sheets(_read(own), _read(made))

    def _show_chart(self, shown: bool) -> None:
        self.chart.setVisible(shown)
        self.chart_button.setText("Hide the &losses" if shown else "Show the &losses")

    def _toggle_pause(self) -> None:
        watched = self._training.watched
        if watched is not None and watched.status.phase == "paused":
            self._training.unpause()
        else:
            self._training.pause()


def _read(path: Path | None) -> Pixels | None:
    """A picture of samples, at the sprites' own size; None where there is none, or somebody has taken it away."""
    try:
        return None if path is None else read_sprite(path)[::SAMPLE_SCALE, ::SAMPLE_SCALE]
    except DatasetError:
        return None


def _ending(watched: Watched) -> str:
    return PHASES[watched.status.phase] if watched.status.phase not in ("preparing", "training", "paused") else "Failed"


def _figures(watched: Watched) -> str:
    status = watched.status
    parts = [status.about] * bool(status.about)
    if status.total:
        parts.append(f"step {status.step:,} of {status.total:,}")
    elif status.step:
        parts.append(f"step {status.step:,}, {status.share:.0%} of the time")
    if status.best_step:
        parts.append(f"best at step {status.best_step:,}")
    if status.images_per_second is not None and watched.running:
        parts.append(f"{status.images_per_second:.0f} images/s")
    if status.seconds_left is not None and watched.running:
        parts.append(f"{timedelta(seconds=round(status.seconds_left))} left at most")
    return ", ".join(parts)


def _note(watched: Watched) -> str:
    if watched.trouble:
        return watched.trouble
    if watched.measuring:
        return "The model is in the library. It is being measured, which takes one to four minutes…"
    if watched.model is not None and not watched.note:
        rows = read_figures(watched.model)
        figures = [f"{row.name}: KID {row.kid:.0f}, class accuracy {row.class_accuracy:.0%}." for row in rows]
        return " ".join(filter(None, ["The model is in the library.", verdict_of(rows), *figures]))
    return watched.note
