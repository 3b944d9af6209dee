"""A model file with its critic."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pixelforge.core.checkpoint import Checkpoint, as_small, save_checkpoint
from training.critic.fitting import Fitted


def save_with_critic(path: Path, checkpoint: Checkpoint, fitted: Fitted) -> None:
    """Write the model with the critic in place of any that it had; all else stays. Raises OutputError."""
    header = replace(checkpoint.header, critic=fitted.facts)
    weights, student = as_small(checkpoint.weights), checkpoint.student_weights
    save_checkpoint(path, header, weights, checkpoint.bank, student=student, critic=fitted.critic)
