"""Which engine runs a network: torch on any device, or ONNX Runtime on the CPU."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Literal

from pixelforge.core.backend import Backend
from pixelforge.core.config import ModelConfig
from pixelforge.core.onnx_backend import OnnxBackend, is_installed
from pixelforge.core.weights import Floats, Weights
from pixelforge.errors import Remedy, RequestError
from pixelforge.training_part import is_torch_installed

EngineName = Literal["auto", "onnxruntime", "torch"]
ENGINES: tuple[EngineName, ...] = ("auto", "onnxruntime", "torch")

# Their finished pixels are the likeliest colours of a palette: the same in both engines, 200 sprites of 200 (the
# bundled model, DPM++ 2M, 8 steps). Those of `eps` and `v` are rounded numbers: of 65,536 three and one differed.
EXACT = ("palette", "pointer")

logger = logging.getLogger(__name__)


def pick_backend(config: ModelConfig, weights: Mapping[str, Floats], device: str, engine: str = "auto") -> Backend:
    """A network on the named engine. Raises RequestError for one that there is not, or that cannot run it.

    device: as `core.device.pick_device` names it, or torch. `auto` is ONNX Runtime on a CPU, where it is installed and
    makes the sprites that torch makes, else torch; where that is not installed, whatever ONNX Runtime takes.
    """
    if engine not in ENGINES:
        raise RequestError(f"There is no engine {engine!r}: choose one of {', '.join(ENGINES)}.")
    torch_too = is_torch_installed()
    if engine == "torch" and not torch_too:
        raise RequestError("The engine torch is not part of this PixelForge.", Remedy.WITH_TRAINING)
    if engine == "torch" or (engine == "auto" and config.prediction not in EXACT and torch_too):
        return _in_torch(config, weights, device)
    obstacle = _obstacle(config, device)
    if not obstacle:
        try:
            return OnnxBackend(config, Weights(weights))
        except Exception as error:  # they have no base of their own
            logger.exception("ONNX Runtime does not take the network")
            obstacle = f"ONNX Runtime cannot run that model here: {error}"
    if not torch_too:
        reason = f"{obstacle.removesuffix('.')}. The engine torch, which can, is not part of this PixelForge."
        raise RequestError(reason, Remedy.WITH_TRAINING)
    if engine == "onnxruntime":
        raise RequestError(f"{obstacle.removesuffix('.')}. The engine torch can.")
    return _in_torch(config, weights, device)


def _in_torch(config: ModelConfig, weights: Mapping[str, Floats], device: str) -> Backend:
    from pixelforge.core.build import built
    from pixelforge.core.torch_backend import TorchBackend

    return TorchBackend(built(config, weights), device)


def _obstacle(config: ModelConfig, device: str) -> str:
    """Why ONNX Runtime cannot run a network on a device; "" where it can."""
    if device != "cpu":
        return f"ONNX Runtime runs on the CPU alone, not on {device.partition(':')[0]}"
    if config.architecture != "context_unet":
        return "ONNX Runtime cannot run the notebook's network"
    return "" if is_installed() else "ONNX Runtime is not installed"
