"""What a user asks of a critic."""

from __future__ import annotations

from dataclasses import dataclass

from pixelforge.fields import check, setting


@dataclass(frozen=True, kw_only=True)
class CriticRequest:
    """Raises RequestError for what is out of range."""

    sprites: int = setting(2000, "Sprites", "Make so many to learn from", least=64, most=100_000)
    minutes: float | None = setting(
        None, "Minutes", "Make no more after so long, and learn from what is there", least=0, shown_default="no limit"
    )
    rounds: int = setting(
        400,
        "Rounds",
        "Learn from so many batches at most; it ends early where no more is learnt",
        least=20,
        most=10_000,
    )
    # 64 of 256 made sprites kept, a critic of 872: two-sample area 0.81 at 0 and 0.5, 0.83 by the words alone (all of
    # them: 0.87); kinds told of 33, 34, 33% (all: 31%).
    word_weight: float = setting(
        0.5,
        "Word weight",
        "How much it counts that what was asked for is recognised, beside looking drawn",
        least=0.0,
        most=10.0,
        step=0.5,
    )
    holdout: float = setting(0.1, "Share held out", "As in training: what the critic never sees", least=0.01, most=0.5)
    seed: int = setting(0, "Seed", "As in training", least=0, most=2**31 - 1)

    def __post_init__(self) -> None:
        check(self)

    def is_due(self, seconds: float) -> bool:
        """Whether the making of sprites has had its time."""
        return self.minutes is not None and seconds >= 60 * self.minutes
