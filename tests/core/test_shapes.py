"""The weights that are listed are those of the networks in torch."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from pixelforge.core.build import network_shapes
from pixelforge.core.config import ModelConfig, Prediction
from pixelforge.core.shapes import weight_shapes

LEVELS: list[dict[str, Any]] = [
    {"multipliers": (2,), "attention_levels": ()},
    {"multipliers": (1, 1), "attention_levels": (0,), "blocks_per_level": 3, "augment_dim": 5},
    {"multipliers": (1, 3, 2), "attention_levels": (1, 2), "embed_width": 24},
    {"multipliers": (2, 1, 1, 4), "attention_levels": (3,), "blocks_per_level": 1, "augment_dim": 1},
]


@pytest.mark.parametrize("prediction", ["eps", "v", "palette", "pointer", "copy"])
def test_they_are_those_of_the_network(prediction: Prediction) -> None:
    palette = ((0, 0, 0), (9, 9, 9)) if prediction == "palette" else ()
    for levels, guided, channels in itertools.product(LEVELS, (False, True), (3, 4)):
        if channels == 3 and prediction in ("pointer", "copy"):
            continue
        shape = {"num_classes": 3, "base_width": 8, "num_heads": 2, "pointer_width": 12, **levels}
        config = ModelConfig(prediction=prediction, palette=palette, guided=guided, channels=channels, **shape)
        assert weight_shapes(config) == network_shapes(config)
