"""A critic with random weights for tests."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from pixelforge.core.checkpoint import load_checkpoint, save_checkpoint
from pixelforge.core.critic import CriticWords, NumpyCritic, shapes_of
from pixelforge.core.header import Critic, ModelHeader

FACTS = Critic(widths=(8, 8, 16), word_weight=0.5, area=0.75, learnt=7)


def critic_for(header: ModelHeader) -> NumpyCritic:
    """Of a model with FACTS in its header."""
    words, rng = CriticWords.of(header), np.random.default_rng(0)
    shapes = shapes_of(words, FACTS.widths, header.model.image_size)
    weights = {
        name: np.asarray(rng.normal(size=shape) / max(1, math.prod(shape[1:])) ** 0.5, np.float16)
        for name, shape in shapes.items()
    }
    return NumpyCritic(words, weights, FACTS.word_weight)


def add_critic(path: Path) -> Path:
    """Give the model in a file a critic."""
    checkpoint = load_checkpoint(path)
    student = None if checkpoint.student is None else checkpoint.student.state_dict()
    save_checkpoint(
        path,
        replace(checkpoint.header, critic=FACTS),
        checkpoint.network.state_dict(),
        checkpoint.bank,
        student=student,
        critic=critic_for(checkpoint.header),
    )
    return path
