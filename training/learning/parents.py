"""Which models a training can begin from. Without torch, so that the window can ask."""

from __future__ import annotations

from pixelforge.core.config import ModelConfig, Prediction
from pixelforge.errors import Remedy, TrainingError


def unfit(shape: ModelConfig, image_size: int, prediction: Prediction | None = None) -> TrainingError | None:
    """Why a network cannot be begun from for sprites of a size; None where it can.

    prediction: what it is to learn; None leaves it to the plan.
    """
    if shape.architecture != "context_unet":
        return TrainingError("A notebook's network cannot be trained on.", Remedy.FROM_NOTHING)
    if shape.image_size != image_size:
        own = f"{shape.image_size} x {shape.image_size}"
        return TrainingError(f"That model makes sprites of {own} pixels, not of {image_size}.", Remedy.FROM_NOTHING)
    pointer = shape.prediction == "pointer"
    if pointer and prediction not in (None, "pointer"):
        return TrainingError(
            f"That model draws in any palette, and cannot learn {prediction} instead.",
            Remedy.USUAL_PREDICTION,
            Remedy.FROM_NOTHING,
        )
    if prediction == "pointer" and not pointer:
        return TrainingError(
            "That model draws in its own colours alone, and cannot learn to draw in others.", Remedy.FROM_NOTHING
        )
    return None
