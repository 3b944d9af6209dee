"""Memory of the process that is free again."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress


def give_back() -> None:
    """Return to the system what this process has freed and the C library keeps for later; with glibc alone.

    Reading a model leaves some twice its size so. It takes milliseconds.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # other C libraries keep little, and have no function for it
            ctypes.CDLL(None).malloc_trim(0)
