"""Where a network runs. torch is asked what there is, and need not be installed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from pixelforge.errors import RequestError
from pixelforge.training_part import is_torch_installed

DeviceName = Literal["auto", "cuda", "mps", "cpu"]
DEVICES: tuple[DeviceName, ...] = ("auto", "cuda", "mps", "cpu")
DRIVERS = ("nvidia*", "nvhost*", "kfd", "dxg")  # NVIDIA's; Jetson's; AMD's for ROCm; Windows' under WSL
OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")  # MPS; the CPU; the CPU on Windows


def pick_device(name: str = "auto") -> str:
    """The named device; `auto` is the first of CUDA, MPS and CPU that is there. Raises RequestError."""
    if name not in DEVICES:
        raise RequestError(f"There is no device {name!r}: choose one of {', '.join(DEVICES)}.")
    if name == "cpu":
        return name
    usable = _usable()
    if name == "auto":
        return usable[0]
    if name not in usable:
        raise RequestError(f"This machine has no usable {name} device; it has {', '.join(usable)}.")
    return name


def _usable() -> list[str]:
    """The devices that are there, the fastest first."""
    if not (is_torch_installed() and may_have_accelerator()):
        return ["cpu"]
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    return [device for device, available in there.items() if available]


def may_have_accelerator() -> bool:
    """Whether torch is worth asking, which takes a second to load: on Linux a graphics card's driver makes a device."""
    return sys.platform != "linux" or any(True for pattern in DRIVERS for _ in Path("/dev").glob(pattern))


def is_out_of_memory(error: RuntimeError) -> bool:
    """Whether torch failed for want of memory: CUDA has an error of its own, MPS and the CPU only a message."""
    import torch

    message = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError) or any(words in message for words in OUT_OF_MEMORY)
