from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pixelforge.core.config import MAX_PALETTE, DiffusionConfig, ModelConfig
from pixelforge.errors import ConfigError, PixelForgeError

GREYS = tuple((i, i, i) for i in range(MAX_PALETTE + 1))


@pytest.mark.parametrize(
    "change",
    [
        {"num_classes": 0},
        {"num_classes": -1},
        {"num_classes": 10_001},
        {"channels": 1},
        {"channels": 5},
        {"base_width": 0},
        {"base_width": 12},
        {"base_width": 2048},
        {"multipliers": ()},
        {"multipliers": (1, 0)},
        {"multipliers": (1, 17)},
        {"multipliers": (1,) * 7},
        {"image_size": 4},
        {"image_size": 7},
        {"image_size": 10, "multipliers": (1, 2, 3)},
        {"image_size": 8, "multipliers": (1, 1, 1, 1, 1)},
        {"image_size": 128},
        {"blocks_per_level": 0},
        {"blocks_per_level": 9},
        {"attention_levels": (2,)},
        {"attention_levels": (-1,)},
        {"num_heads": 0},
        {"num_heads": 3},
        {"num_heads": -2},
        {"dropout": 1.0},
        {"dropout": -0.1},
        {"augment_dim": -1},
        {"augment_dim": 65},
        {"palette": GREYS},
        {"palette": ((0, 0, 0), (0, 0, 256))},
        {"palette": ((0, 0, 0), (-1, 0, 0))},
        {"palette": ((1, 2, 3), (1, 2, 3))},
        {"palette": ()},
        {"palette": ((0, 0, 0),)},
        {"architecture": "notebook"},
        {"architecture": "notebook", "prediction": "eps"},
        {"architecture": "notebook", "prediction": "v", "channels": 3},
    ],
    ids=str,
)
def test_a_network_that_cannot_be_built_is_a_config_error(change: dict[str, Any], tiny: ModelConfig) -> None:
    with pytest.raises(ConfigError) as caught:
        replace(tiny, **change)
    assert isinstance(caught.value, PixelForgeError)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "values",
    [
        {"num_timesteps": 1},
        {"num_timesteps": 100_001},
        {"cosine_s": 0.0},
        {"cosine_s": 1.0},
        {"beta_min": -0.1},
        {"beta_min": 0.5, "beta_max": 0.5},
        {"beta_max": 1.0},
        {"beta_min": 0.5},  # over 1000 timesteps
    ],
    ids=str,
)
def test_a_schedule_that_cannot_be_built_is_a_config_error(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        DiffusionConfig(**values)


def test_what_follows_from_a_config(tiny: ModelConfig) -> None:
    assert tiny.num_colours == tiny.out_channels == 6  # transparent and five colours
    rgb = replace(tiny, channels=3)
    assert rgb.num_colours == rgb.out_channels == 5
    assert replace(tiny, prediction="v").out_channels == 4
