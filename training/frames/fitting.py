"""Fitting a CopyUNet to pairs of frames. A run is so short that it is made anew rather than resumed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import save_checkpoint
from pixelforge.core.config import ModelConfig
from pixelforge.core.header import FRAMES, ModelHeader, Provenance
from training.data.pairs import FramePairs
from training.frames.batches import endless_batches
from training.frames.loss import copy_loss
from training.frames.request import FramesRequest

EMA_DECAY = 0.99
WARM_UP = 50  # steps
WEIGHT_DECAY = 0.02


@dataclass(frozen=True)
class FitStep:
    """A step was made."""

    step: int  # 1 … steps
    loss: float


def fit(pairs: FramePairs, request: FramesRequest, weights: dict[str, Tensor]) -> Iterator[FitStep]:
    """Fit a network; after the last step `weights` are the mean that it is to be used with."""
    torch.manual_seed(request.seed)
    network = build_network(config_of(request, pairs)).train()
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=WEIGHT_DECAY)
    weights.update({name: tensor.detach().clone() for name, tensor in network.state_dict().items()})
    for step, batch in enumerate(endless_batches(pairs, request.batch, request.seed), 1):
        for group in optimizer.param_groups:
            group["lr"] = request.learning_rate * min(step / WARM_UP, 1) * (1 - (step - 1) / request.steps)
        t = torch.zeros(len(batch.x), dtype=torch.long)
        loss = copy_loss(network(batch.x, t, batch.rows, batch.palettes), batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        decay = min(EMA_DECAY, step / (step + 10))
        for name, tensor in network.state_dict().items():
            weights[name].lerp_(tensor.detach(), 1 - decay)
        yield FitStep(step, float(loss.detach()))
        if step == request.steps:
            return


def config_of(request: FramesRequest, pairs: FramePairs) -> ModelConfig:
    """The network: 0.9 MB in half precision.

    Of idle's second frames held out it has 30 % less wrong than the best shift, 24 % less than the best rule. Two
    levels of widths 1 and 3, 600 steps, no dropout and no tints: 29 % less than the best shift.
    """
    return ModelConfig(
        num_classes=len(pairs.names),
        image_size=pairs.first.shape[1],
        base_width=16,
        multipliers=(1, 2, 3),
        blocks_per_level=1,
        attention_levels=(),
        embed_width=32,
        dropout=request.dropout,
        prediction="copy",
    )


def save_frames_model(path: Path, request: FramesRequest, pairs: FramePairs, weights: dict[str, Tensor]) -> None:
    """Write the model file, in half precision. Raises OutputError."""
    header = ModelHeader(
        task=FRAMES,
        model=config_of(request, pairs),
        class_names=pairs.names,
        provenance=Provenance(sprites=2 * len(pairs), steps=request.steps),
    )
    save_checkpoint(path, header, {name: weight.half() for name, weight in weights.items()})
