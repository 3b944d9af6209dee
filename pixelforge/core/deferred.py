"""A backend that is made when it is first asked for anything: a model may have two, of which a request needs one."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from functools import cached_property

from pixelforge.core.backend import Answer, Backend
from pixelforge.core.condition import Cue
from pixelforge.memory import give_back

logger = logging.getLogger(__name__)


class Deferred:
    """See `Backend`. Whatever is asked first raises what making it raises."""

    def __init__(self, make: Callable[[], Backend]) -> None:
        self._make = make

    @cached_property
    def made(self) -> Backend:
        """The backend itself."""
        began = time.perf_counter()
        made = self._make()
        give_back()
        logger.info("A network is on %s by %s after %.2f s", made.device, made.name, time.perf_counter() - began)
        return made

    @property
    def name(self) -> str:
        """The engine's name."""
        return self.made.name

    @property
    def device(self) -> str:
        """The kind of device that the engine runs on."""
        return self.made.device

    def prepare(self, cues: Sequence[Cue], timesteps: Sequence[int]) -> Answer:
        """As the backend does."""
        return self.made.prepare(cues, timesteps)

    def is_out_of_memory(self, error: Exception) -> bool:
        """As the backend says."""
        return self.made.is_out_of_memory(error)
