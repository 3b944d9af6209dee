"""The training loss of each prediction."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from pixelforge.core.diffusion import q_sample, v_target
from pixelforge.core.schedule import NoiseSchedule
from pixelforge.core.unet import ContextUNet


def diffusion_loss(
    model: ContextUNet,
    schedule: NoiseSchedule,
    planes: Tensor,
    rows: Tensor,
    t: Tensor,
    noise: Tensor,
    augment: Tensor | None = None,
    parallel: nn.Module | None = None,
) -> Tensor:
    """Mean loss over a batch: cross-entropy a pixel for `palette`, mean squared error for `eps` and `v`.

    planes: (B, 1, H, W) indices into the model's colours for `palette`, else (B, C, H, W) of 0 … 255.
    rows: (B, R), of the condition embedding; t: (B,); noise: (B, C, H, W); augment: (B, augment_dim) or None.
    parallel: what runs in place of the model, where several processes share the work.
    """
    prediction = model.config.prediction
    x_0 = clean_values(model, planes)
    alpha_bar = schedule.alphas_cumprod[t.cpu()].to(x_0)
    output = (parallel or model)(q_sample(x_0, noise, alpha_bar), t, rows, None, augment).float()
    if prediction == "palette":
        return F.cross_entropy(output, planes[:, 0].long())
    target = noise if prediction == "eps" else v_target(x_0, noise, alpha_bar)
    return F.mse_loss(output, target)


def clean_values(model: ContextUNet, planes: Tensor) -> Tensor:
    """x_0 (B, C, H, W) in [-1, 1] of planes as `diffusion_loss` takes them."""
    if model.config.prediction == "palette":
        return model.colours[planes[:, 0].long()].permute(0, 3, 1, 2).contiguous()
    return planes.float() / 127.5 - 1
