"""Which models a training can begin from. Without torch, so that the window can ask."""

from __future__ import annotations

from pixelforge.core.config import ModelConfig, Prediction


def unfit(shape: ModelConfig, image_size: int, prediction: Prediction | None = None) -> str:
    """Why a network cannot be begun from for sprites of a size, in a sentence; empty where it can.

    prediction: what it is to learn; None leaves it to the plan.
    """
    if shape.architecture != "context_unet":
        return "A notebook's network cannot be trained on: begin from the bundled model, or from nothing."
    if shape.image_size != image_size:
        return (
            f"That model makes sprites of {shape.image_size} x {shape.image_size} pixels, not of {image_size}: "
            "begin from nothing (--from nothing)."
        )
    pointer = shape.prediction == "pointer"
    if pointer and prediction not in (None, "pointer"):
        return (
            f"That model draws in any palette, and cannot learn {prediction} instead: leave out --prediction, "
            "or begin from nothing (--from nothing)."
        )
    if prediction == "pointer" and not pointer:
        return "That model draws in its own colours alone: for any palette, begin from nothing (--from nothing)."
    return ""
