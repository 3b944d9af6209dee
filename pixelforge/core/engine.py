"""Which engine runs a network: torch on any device, or ONNX Runtime on the CPU."""

from __future__ import annotations

import logging
from typing import Literal

import torch

from pixelforge.core.backend import Backend
from pixelforge.core.config import ModelConfig
from pixelforge.core.network import Network
from pixelforge.core.onnx_backend import OnnxBackend, is_installed
from pixelforge.core.torch_backend import TorchBackend
from pixelforge.core.weights import Weights
from pixelforge.errors import RequestError

EngineName = Literal["auto", "onnxruntime", "torch"]
ENGINES: tuple[EngineName, ...] = ("auto", "onnxruntime", "torch")

# Their finished pixels are the likeliest colours of a palette: the same in both engines, 200 sprites of 200 (the
# bundled model, DPM++ 2M, 8 steps). Those of `eps` and `v` are rounded numbers: of 65,536 three and one differed.
EXACT = ("palette", "pointer")

logger = logging.getLogger(__name__)


def pick_backend(config: ModelConfig, network: Network, device: torch.device, engine: str = "auto") -> Backend:
    """A network on the named engine. Raises RequestError for one that there is not, or that cannot run it.

    `auto` is ONNX Runtime on a CPU, where it is installed and makes the sprites that torch makes, else torch.
    """
    if engine not in ENGINES:
        raise RequestError(f"There is no engine {engine!r}: choose one of {', '.join(ENGINES)}.")
    if engine == "torch" or (engine == "auto" and config.prediction not in EXACT):
        return TorchBackend(network, device)
    obstacle = _obstacle(config, device)
    if not obstacle:
        arrays = {name: weight.numpy() for name, weight in network.state_dict().items()}
        try:
            return OnnxBackend(config, Weights(arrays))
        except Exception as error:  # they have no base of their own
            logger.exception("ONNX Runtime does not take the network")
            obstacle = f"ONNX Runtime cannot run that model here: {error}"
    if engine == "onnxruntime":
        raise RequestError(f"{obstacle.removesuffix('.')}. The engine torch can.")
    return TorchBackend(network, device)


def _obstacle(config: ModelConfig, device: torch.device) -> str:
    """Why ONNX Runtime cannot run a network on a device; "" where it can."""
    if device.type != "cpu":
        return f"ONNX Runtime runs on the CPU alone, not on {device.type}"
    if config.architecture != "context_unet":
        return "ONNX Runtime cannot run the notebook's network"
    return "" if is_installed() else "ONNX Runtime is not installed"
