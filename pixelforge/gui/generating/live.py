"""The stage follows the controls: every change of them is tried at once, and what is shown at rest is kept."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from pixelforge.gui.generating.generation_model import GenerationModel

REST = 600  # milliseconds after which the hand rests
QUICK = 0.15  # seconds that a trial takes at most where this is on without being asked for


class Live(QObject):
    """Watches what is asked for. Variations follow their own slider, seeds are drawn by Generate: neither counts."""

    changed = Signal()

    def __init__(self, generation: GenerationModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._generation = generation
        self._on = False
        self._paused = False
        self._asked = self._now()
        self._rest = QTimer(self, singleShot=True, interval=REST)
        self._rest.timeout.connect(generation.keep_shown)
        generation.settings_changed.connect(self._look)

    @property
    def on(self) -> bool:
        """Whether the stage follows."""
        return self._on

    def turn(self, on: bool) -> None:
        """Follow from now on, or not."""
        if on != self._on:
            self._on = on
            self._rest.stop()
            self.changed.emit()

    def pause(self, paused: bool) -> None:
        """Follow nothing as long as the stage is not to be seen."""
        self._paused = paused

    def _look(self) -> None:
        before, self._asked = self._asked, self._now()
        if self._on and not self._paused and None not in (before, self._asked) and before != self._asked:
            self._generation.try_out()
            self._rest.start()

    def _now(self) -> object:
        """What the stage follows."""
        settings, entry = self._generation.settings, self._generation.entry
        if settings is None or entry is None:
            return None
        asked = settings.request
        return entry.path, asked.conditions, asked.sampling.guidance_scale, asked.palette, asked.count
