"""What a student is to learn. Without torch."""

from __future__ import annotations

from dataclasses import dataclass, field

from pixelforge.core.header import Student
from pixelforge.errors import ConfigError

MOST_SUBSTEPS = 64


@dataclass(frozen=True, kw_only=True)
class Distillation:
    """What a student learns of its teacher. Raises ConfigError."""

    student: Student = field(default_factory=Student)
    substeps: int = 4  # deterministic steps of the teacher for each of the student's
    adversarial: bool = False  # a student that there is learns against a discriminator, and nothing of its teacher
    head_start: int = 0  # steps in which the discriminator alone learns

    def __post_init__(self) -> None:
        if not 1 <= self.substeps <= MOST_SUBSTEPS:
            raise ConfigError(f"substeps must be 1 to {MOST_SUBSTEPS}, not {self.substeps}.")
        if self.head_start < 0:
            raise ConfigError(f"head_start must be 0 or more, not {self.head_start}.")
