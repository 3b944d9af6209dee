"""How a model of frames is made."""

from __future__ import annotations

from dataclasses import dataclass

from pixelforge.fields import check, setting
from training.data.followings import LEARNT


@dataclass(frozen=True, kw_only=True)
class FramesRequest:
    """Raises RequestError for what is out of range."""

    action: str = setting("idle", "Action", "What is learnt", among=tuple(LEARNT))
    steps: int = setting(1500, "Steps", "So many batches", least=1)
    batch: int = setting(32, "Batch", "Pairs in a batch", least=2, most=4096)
    learning_rate: float = setting(2e-3, "Learning rate", "Of AdamW, at its highest", least=1e-6, most=1.0)
    dropout: float = setting(0.1, "Dropout", "Inside every block", least=0.0, most=0.9, step=0.1)
    holdout: float = setting(0.15, "Held out", "The part of the pairs that is kept from it", least=0.0, most=0.9)
    seed: int = setting(0, "Seed", "Of weights, batches, and of what is held out", least=0, most=2**32 - 1)

    def __post_init__(self) -> None:
        check(self)
