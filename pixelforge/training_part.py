"""Training, which a PixelForge may come without: then torch is not installed, and all else works."""

from __future__ import annotations

import importlib.util

from pixelforge.errors import Remedy, RequestError


def is_torch_installed() -> bool:
    """Whether torch is there. It is not loaded for that."""
    try:
        return importlib.util.find_spec("torch") is not None
    except (ImportError, ValueError):  # something refuses it; half of it is there
        return False


def need_torch(what: str) -> None:
    """Raises RequestError where torch is not installed. what: the beginning of a sentence on what needs it."""
    if not is_torch_installed():
        raise RequestError(f"{what} is not part of this PixelForge.", Remedy.WITH_TRAINING)
