"""A tiny model that is told words and a palette, with random weights, for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import save_checkpoint
from pixelforge.core.config import ModelConfig
from pixelforge.core.header import ModelHeader, Student
from pixelforge.core.sampling import Sampling
from pixelforge.core.schemes import SchemeBank, mask_of
from pixelforge.core.vocabulary import Style, Words, WordVocabulary

CLASSES = ("cats", "dogs")
DAWN = ((20, 12, 28), (210, 69, 73), (109, 170, 44), (89, 125, 207))
WORDS = Words(
    kinds=("lion", "lynx", "wolf"),
    styles=(Style(name="dawn", palette=DAWN), Style(name="ink", palette=((0, 0, 0),))),
    colours=("red", "blue"),
    sizes=("small", "large"),
    facings=("down", "up"),
)
BANK = SchemeBank(  # nobody drew a wolf in ink, and no dog looks any way
    np.array([[0, 0, 0, 0, 1, 0], [0, 1, 1, -1, 0, 1], [1, 2, 0, 1, -1, -1]], np.int16),
    np.stack([mask_of(np.array(indices)) for indices in ([0, 1, 2], [0], [1, 3])]),
    np.array([1, 1, 2], np.float32),
)


def write_pointer_model(path: Path, side: int = 8, student: Student | None = None) -> Path:
    """The model in a file, for sprites of side x side; with a student, whose weights are others."""
    config = ModelConfig(
        num_classes=len(CLASSES),
        image_size=side,
        prediction="pointer",
        base_width=8,
        multipliers=(1, 2),
        blocks_per_level=1,
        attention_levels=(1,),
        num_heads=2,
        embedding_rows=WordVocabulary(CLASSES, WORDS).num_rows,
        pointer_width=8,
    )
    header = ModelHeader(
        model=config,
        class_names=CLASSES,
        words=WORDS,
        recommended=Sampling(sampler="ddim", steps=2),
        student=student,
    )
    torch.manual_seed(0)
    weights = _random(config)
    of_student = None if student is None else _random(header.student_model)
    save_checkpoint(path, header, weights, BANK, student=of_student)
    return path


def _random(config: ModelConfig) -> dict[str, torch.Tensor]:
    return {name: torch.randn_like(weight).half() / 4 for name, weight in build_network(config).state_dict().items()}
