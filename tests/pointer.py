"""A tiny model that is told words and a palette, with random weights, for tests."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from pixelforge.core.checkpoint import save_checkpoint
from pixelforge.core.config import ModelConfig
from pixelforge.core.header import ModelHeader, Student
from pixelforge.core.sampling import Sampling
from pixelforge.core.schemes import SchemeBank, mask_of
from pixelforge.core.vocabulary import Style, Words, WordVocabulary
from tests.tiny import COLOURS, TINY, random_weights

CLASSES = ("cats", "dogs")
DAWN = COLOURS
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
    np.zeros(3, np.uint8),
)


def write_pointer_model(path: Path, side: int = 8, student: Student | None = None) -> Path:
    """The model in a file, for sprites of side x side; with a student, whose weights are others."""
    path.write_bytes(_content(side, student))
    return path


@cache
def _content(side: int, student: Student | None) -> bytes:
    """Of the file, made once: it is the same every time, and ninety tests want one."""
    config = replace(
        TINY,
        num_classes=len(CLASSES),
        image_size=side,
        prediction="pointer",
        palette=(),
        embedding_rows=WordVocabulary(CLASSES, WORDS).num_rows,
    )
    header = ModelHeader(
        model=config,
        class_names=CLASSES,
        words=WORDS,
        recommended=Sampling(sampler="ddim", steps=2),
        student=student,
    )
    of_student = None if student is None else _random(header.student_model)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        save_checkpoint(path, header, _random(config), BANK, student=of_student)
        return path.read_bytes()


def _random(config: ModelConfig) -> dict[str, torch.Tensor]:
    return {name: weight.half() for name, weight in random_weights(config, 1 / 4).items()}
