"""The training loss of each prediction."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pixelforge.core.diffusion import colour_evidence, q_sample, v_target
from pixelforge.core.schedule import NoiseSchedule
from pixelforge.core.unet import ContextUNet
from training.learning.tensors import alpha_bars, choices, coloured


def diffusion_loss(
    model: ContextUNet,
    schedule: NoiseSchedule,
    planes: Tensor,
    rows: Tensor,
    t: Tensor,
    noise: Tensor,
    augment: Tensor | None = None,
    parallel: nn.Module | None = None,
    palettes: Tensor | None = None,
    precision: torch.dtype = torch.float32,
) -> Tensor:
    """Mean loss over a batch: cross-entropy a pixel for `palette` and `pointer`, mean squared error for `eps` and `v`.

    planes: (B, 1, H, W) indices into the model's colours for `palette`, into transparent and the colours of `palettes`
    (B, K, 4) for `pointer`, else (B, C, H, W) of 0 … 255. rows: (B, R), of the condition embedding; t: (B,); noise:
    (B, C, H, W); augment: (B, augment_dim) or None. parallel: what runs in place of the model, where several processes
    share the work. precision: of the network alone; near t = 0 the evidence of bfloat16 pixels would be wrong by tens.
    """

    def output(*inputs: Tensor | None) -> Tensor:
        with torch.autocast(planes.device.type, precision, enabled=precision != torch.float32):
            return (parallel or model)(*inputs).float()  # type: ignore[no-any-return]

    prediction = model.config.prediction
    alpha_bar = alpha_bars(schedule, t)
    if prediction == "pointer":
        assert palettes is not None
        colours, indices = choices(palettes), planes[:, 0].long()
        x_t = q_sample(coloured(indices, colours), noise, alpha_bar)
        logits = output(x_t, t, rows, palettes, augment)
        return F.cross_entropy(logits + colour_evidence(x_t, colours, alpha_bar), indices)
    x_0 = clean_values(model, planes)
    alpha_bar = alpha_bar.to(x_0)
    out = output(q_sample(x_0, noise, alpha_bar), t, rows, None, augment)
    if prediction == "palette":
        return F.cross_entropy(out, planes[:, 0].long())
    target = noise if prediction == "eps" else v_target(x_0, noise, alpha_bar)
    return F.mse_loss(out, target)


def clean_values(model: ContextUNet, planes: Tensor) -> Tensor:
    """x_0 (B, C, H, W) in [-1, 1] of planes as `diffusion_loss` takes them."""
    if model.config.prediction == "palette":
        return model.colours[planes[:, 0].long()].permute(0, 3, 1, 2).contiguous()
    return planes.float() / 127.5 - 1
