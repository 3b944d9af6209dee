from __future__ import annotations

from dataclasses import replace

import pytest

from pixelforge.core.config import ModelConfig
from tests import tiny


@pytest.fixture
def model_config() -> ModelConfig:
    """Of one level: a run does the same with every network, and saving is what it does most."""
    return replace(tiny.TINY, multipliers=(1,), attention_levels=(), dropout=0.1, augment_dim=5)
