"""The status bar: where the network runs, how far it is, how long it will take."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStatusBar, QWidget

from pixelforge.gui.generating.states import Phase, RunState
from pixelforge.gui.training.training_model import Watched
from pixelforge.words import counted

RESOLUTION = 1000  # of the progress bar


class RunStatus(QStatusBar):
    """Shows the run and the device."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.device = QLabel()
        self.device.setAccessibleDescription("Device")
        self.device.setToolTip("Where the network runs.")
        self.text = QLabel()
        self.text.setAccessibleDescription("Progress")
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Progress bar")
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(220)
        self.bar.setMaximumHeight(self.fontMetrics().height())
        self.work = QLabel()
        self.work.setAccessibleDescription("Files")
        self.training = QLabel()
        self.training.setAccessibleDescription("Training")
        for label in (self.work, self.training):  # which name files and runs
            label.setTextFormat(Qt.TextFormat.PlainText)
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # else the texts would jump when a run ends
        self.bar.setSizePolicy(policy)
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(8, 3, 8, 3)
        row.setSpacing(16)
        row.addWidget(self.device)
        row.addWidget(self.text, 1)
        row.addWidget(self.bar)
        row.addWidget(self.work)
        row.addWidget(self.training)
        self.addWidget(content, 1)
        self.set_device("")
        self.set_run(RunState())
        self.set_work("")
        self.set_training(None)

    def set_device(self, device: str) -> None:
        """Show where the network runs; empty until the model is loaded."""
        self.device.setText(device.upper())
        self.device.setVisible(bool(device))

    def set_run(self, run: RunState) -> None:
        """Show the progress of a run, or how it ended."""
        self.text.setText(describe_run(run))
        self.bar.setVisible(run.running)
        if run.phase is Phase.STARTING:
            self.bar.setRange(0, 0)  # busy, with nothing to count yet
        else:
            self.bar.setRange(0, RESOLUTION)
            self.bar.setValue(round(run.fraction * RESOLUTION))

    def set_work(self, words: str) -> None:
        """Show what is being written, and how far it is."""
        self.work.setText(words)
        self.work.setVisible(bool(words))

    def set_training(self, watched: Watched | None) -> None:
        """Show that a training is going on."""
        going_on = watched is not None and watched.running
        self.training.setVisible(going_on)
        if watched is not None and going_on:
            share = f" {watched.status.share:.0%}" if watched.status.step else "…"
            self.training.setText(f"Training {watched.name}{share}")


def describe_run(run: RunState) -> str:
    """A run in words."""
    match run.phase:
        case Phase.IDLE:
            return "Ready"
        case Phase.STARTING:
            return "Starting…"
        case Phase.SAMPLING:
            step = f"Step {run.step} of {run.steps}"
            return step if run.seconds_left is None else f"{step}, {_duration(run.seconds_left)} left"
        case Phase.FINISHED:
            sprites = counted(run.count, "sprite")
            return f"{sprites} in {run.seconds:.1f} s"
        case Phase.STOPPED:
            return f"Stopped at step {run.step} of {run.steps}" if run.steps else "Stopped"
        case Phase.FAILED:
            return "Failed"


def _duration(seconds: float) -> str:
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 10 else f"{minutes} min"
