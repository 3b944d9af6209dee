"""The switch of Live: on by itself where the machine is quick enough, which is measured once for a model."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from pixelforge.gui.generating.controls import Controls
from pixelforge.gui.generating.live import QUICK, Live
from pixelforge.gui.window.mending import Mending
from pixelforge.gui.window.session import Session
from pixelforge.gui.window.studio import Studio

CALM = 3000  # milliseconds after the first paint, when a model is loaded and nobody is kept waiting
MOST = 32  # models whose speed is remembered


class Following(QObject):
    """Ties switch, session and desk to Live. What the user has chosen counts for more than what was measured."""

    def __init__(self, studio: Studio, controls: Controls, mending: Mending, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._generation = studio.generation
        self._session = session
        self.live = Live(studio.generation, self)
        self._switch = controls.live
        controls.live.clicked.connect(self._choose)
        self.live.changed.connect(lambda: controls.live.setChecked(self.live.on))
        mending.begun.connect(lambda: self.live.pause(True))
        mending.ended.connect(lambda: self.live.pause(False))
        studio.generation.measured.connect(self._on_measured)
        studio.generation.model_changed.connect(self._decide)
        self._decide()

    def measure_soon(self) -> None:
        """Measure the model's speed, where that is not known and makes a difference."""
        QTimer.singleShot(CALM, self, self._measure)

    def _measure(self) -> None:
        if self._session.settings.live is None and self._key() not in self._session.settings.trial_seconds:
            self._generation.measure()

    def _on_measured(self, seconds: float) -> None:
        known = {**self._session.settings.trial_seconds, self._key(): seconds}
        self._session.take(replace(self._session.settings, trial_seconds=dict(list(known.items())[-MOST:])))
        self._decide()

    def _decide(self) -> None:
        chosen, seconds = self._session.settings.live, self._session.settings.trial_seconds.get(self._key())
        self.live.turn(chosen if chosen is not None else seconds is not None and seconds < QUICK)

    def _choose(self, on: bool) -> None:
        self._session.take(replace(self._session.settings, live=on))
        self.live.turn(on)

    def _key(self) -> str:
        return "" if self._generation.entry is None else self._generation.entry.name
