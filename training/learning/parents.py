"""Which models a training can begin from. Without torch, so that the window can ask."""

from __future__ import annotations

from pixelforge.core.config import ModelConfig


def unfit(shape: ModelConfig, image_size: int) -> str:
    """Why a network cannot be begun from for sprites of a size, in a sentence; empty where it can."""
    if shape.prediction == "pointer":
        return "A model that draws in any palette cannot be trained on yet: begin from another."
    if shape.architecture != "context_unet":
        return "A notebook's network cannot be trained on: begin from the bundled model, or from nothing."
    if shape.image_size != image_size:
        return (
            f"That model makes sprites of {shape.image_size} x {shape.image_size} pixels, not of {image_size}: "
            "begin from nothing (--from nothing)."
        )
    return ""
