"""Where a network runs."""

from __future__ import annotations

from typing import Literal

import torch

from pixelforge.errors import RequestError

DeviceName = Literal["auto", "cuda", "mps", "cpu"]
DEVICES: tuple[DeviceName, ...] = ("auto", "cuda", "mps", "cpu")
OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")  # MPS; the CPU; the CPU on Windows


def pick_device(name: str = "auto") -> torch.device:
    """The named device; `auto` is the first of CUDA, MPS and CPU that is there. Raises RequestError."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(device for device, available in there.items() if available))
    if name not in there:
        raise RequestError(f"There is no device {name!r}: choose one of {', '.join(DEVICES)}.")
    if not there[name]:
        usable = ", ".join(device for device, available in there.items() if available)
        raise RequestError(f"This machine has no usable {name} device; it has {usable}.")
    return torch.device(name)


def is_out_of_memory(error: RuntimeError) -> bool:
    """Whether torch failed for want of memory: CUDA has an error of its own, MPS and the CPU only a message."""
    message = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError) or any(words in message for words in OUT_OF_MEMORY)
